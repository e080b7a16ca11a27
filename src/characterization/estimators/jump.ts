import type { Iv } from '../instrument.js';

/** Where the current of a branch changes most from one point to the next. */
export interface Jump {
  /** The first voltage at which it is changed [V]. */
  readonly voltage: number;
  /** By how much: ln of the currents' ratio, above 0 for a rise. */
  readonly size: number;
  /** Current just before [A]. */
  readonly before: number;
}

/**
 * The largest rise (or fall) of ln|I| between neighbouring points of a branch.
 * @param wider - how many points on either side the change is taken over; 1 for a sharp one
 */
export function largestJump({ voltage, current }: Iv, way: 'rise' | 'fall', wider = 1): Jump {
  const sign = way === 'rise' ? 1 : -1;
  let jump: Jump = { voltage: NaN, size: 0, before: NaN };
  for (let i = wider; i < current.length; i++) {
    const [before, after] = [Math.abs(current[i - wider]!), Math.abs(current[i]!)];
    if (!(before > 0 && after > 0) || voltage[i - wider] === 0) continue;
    const size = Math.log(after / before);
    if (sign * size > sign * jump.size) jump = { voltage: voltage[i]!, size, before: current[i - wider]! };
  }
  return jump;
}
