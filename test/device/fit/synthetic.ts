import { depression, potentiation } from '../../../src/device/exponential.js';
import type { Ramp, RampSet } from '../../../src/device/fit/ramps.js';
import { fold, keyOf, normal } from '../../../src/random.js';

/** A device whose ramps are drawn; conductances in siemens, noises as fractions of the range. */
export interface Truth {
  readonly gMin: number;
  readonly gMax: number;
  readonly pulses: number;
  readonly alpha: { readonly ltp: number; readonly ltd: number };
  readonly programming: number;
  readonly read: number;
  readonly ramps: number;
}

/** Draws ramps pulse by pulse from the step of the device model itself, not from the curve that is fitted. */
export function drawRamps(truth: Truth, seed: number, device = 0): RampSet {
  const key = fold(keyOf(seed, 'cycleToCycle'), device);
  const range = truth.gMax - truth.gMin;
  const up = potentiation(truth.alpha.ltp, truth.pulses);
  const down = depression(truth.alpha.ltd, truth.pulses);
  const ramp = (branch: 'ltp' | 'ltd', r: number): Ramp => {
    const own = fold(fold(key, branch === 'ltp' ? 0 : 1), r);
    const { c0, c1 } = branch === 'ltp' ? up : down;
    const values: number[] = [];
    for (let p = 0, g = branch === 'ltp' ? 0 : 1; p <= truth.pulses; p++) {
      values.push(truth.gMin + range * (g + truth.read * normal(own, 2 * p)));
      g += c0 - c1 * g + truth.programming * normal(own, 2 * p + 1);
    }
    return { name: `${branch}${r}`, file: 'drawn', device, values };
  };
  const all = (branch: 'ltp' | 'ltd') => Array.from({ length: truth.ramps }, (_, r) => ramp(branch, r));
  return { ltp: all('ltp'), ltd: all('ltd') };
}
