import type { Ramp, RampSet } from '../../../src/device/fit/ramps.js';
import { fold, normal, type Key } from '../../../src/random.js';

/** Steps of a cell in its own range, as Mho's affine models compile them. */
export interface HardCell {
  readonly gMin: number;
  readonly gMax: number;
  readonly up: { readonly c0: number; readonly c1: number };
  readonly down: { readonly c0: number; readonly c1: number };
  /** σ of one pulse, as a fraction of the range. */
  readonly cycleToCycle: number;
}

/**
 * Ramps of a simulated cell that its bounds stop: g ← clip(g + c0 − c1·g + σ·ξ). LTP starts at the lower bound and LTD at
 * the upper; where they alternate, each starts where the other ended.
 */
export function drawHardRamps(
  cell: HardCell,
  pulses: { ltp: number; ltd: number },
  count: number,
  key: Key,
  alternate = false,
): RampSet {
  const set: { ltp: Ramp[]; ltd: Ramp[] } = { ltp: [], ltd: [] };
  let g = 0;
  for (let r = 0; r < count; r++) {
    for (const [word, branch] of (['ltp', 'ltd'] as const).entries()) {
      if (!alternate) g = branch === 'ltp' ? 0 : 1;
      const { c0, c1 } = branch === 'ltp' ? cell.up : cell.down;
      const values = [g];
      for (let k = 0; k < pulses[branch]; k++) {
        g = Math.min(1, Math.max(0, g + c0 - c1 * g + cell.cycleToCycle * normal(fold(fold(key, r), word), k)));
        values.push(g);
      }
      const siemens = values.map((x) => cell.gMin + (cell.gMax - cell.gMin) * x);
      set[branch].push({ name: `ramp${r + 1}`, file: 'simulated.csv', device: 0, values: siemens });
    }
  }
  return set;
}
