import type { Ramp } from '../../src/device/fit/ramps.js';
import { keyOf } from '../../src/random.js';
import { drawRampSet, exponentialTruth } from '../device/fit/synthetic.js';
import { scratch } from './command.js';

export const uS = 1e-6;

/** LTP ends below where LTD starts, and LTD above where LTP starts. */
export const ltp = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 30 };
export const ltd = { start: 98 * uS, end: 14 * uS, alpha: -3, pulses: 24 };
const truth = exponentialTruth({ ltp, ltd, startSpread: 0.5 * uS, programming: 0.6 * uS, read: 0.2 * uS });

export const read = ['--read-voltage', '0.1V', '--resamplings', '60'];

/** Writes twelve ramps of a device and a direction: `set0.csv`, `reset0.csv`. */
export function writeRamps(device = 0, scale = 1): void {
  const set = drawRampSet(truth, 12, keyOf(21, 'cycleToCycle'), device);
  scratch.write(`set${device}.csv`, table(set.ltp, scale));
  scratch.write(`reset${device}.csv`, table(set.ltd, scale));
}

/** Ramps as columns, currents in microampere at 0.1 V. */
function table(ramps: readonly Ramp[], scale: number): string {
  const rows = ramps[0]!.values.map((_, k) =>
    ramps.map(({ values }) => (values[k]! * scale * 0.1e6).toFixed(6)).join(','),
  );
  return [ramps.map(({ name }) => name).join(','), ramps.map(() => 'uA').join(','), ...rows, ''].join('\n');
}
