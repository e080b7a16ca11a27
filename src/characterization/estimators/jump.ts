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
 * @param least - currents of which both are below it are the instrument's, and no change [A]
 */
export function largestJump({ voltage, current }: Iv, way: 'rise' | 'fall', least = 0): Jump {
  const sign = way === 'rise' ? 1 : -1;
  let jump: Jump = { voltage: NaN, size: 0, before: NaN };
  for (let i = 1; i < current.length; i++) {
    const [before, after] = [Math.abs(current[i - 1]!), Math.abs(current[i]!)];
    if (!(before > 0 && after > 0) || voltage[i - 1] === 0 || Math.max(before, after) < least) continue;
    const size = Math.log(after / before);
    if (sign * size > sign * jump.size) jump = { voltage: voltage[i]!, size, before: current[i - 1]! };
  }
  return jump;
}
