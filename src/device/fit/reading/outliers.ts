import { extentOf } from '../../../statistics/extent.js';
import { formatQuantity } from '../../../units.js';
import { placeOf, type Ramp } from '../ramps.js';
import type { Notices } from './notices.js';

/**
 * Times what nine tenths of all values are off the line between their neighbours at most. Of normal reads that is 4 σ, so that
 * chance has no value 32 σ off; of the measured TaOx ramps the furthest is 3.8 times off.
 */
const timesUsual = 8;

/** Part of its ramp's range that a value is off both its neighbours at least: less changes no fit by much. */
const ofRange = 0.1;

/** Values that are named each. */
const named = 3;

/** Warns of single values that leave their ramp and at once come back, by far more than the noise of all of them. */
export function tellOutliers(ramps: readonly Ramp[], file: string, notices: Notices): void {
  const usual = usualBend(ramps);
  const found = ramps.flatMap((ramp) => ramp.values.flatMap((_, k) => (isOff(ramp, k, usual) ? [{ ramp, k }] : [])));
  for (const { ramp, k } of found.slice(0, named)) {
    const [before, value, after] = [-1, 0, 1].map((by) => formatQuantity(ramp.values[k + by]!, 'conductance'));
    notices.warn(
      `${placeOf(ramp, k)}: ${value} lies off both values beside it, ${before} and ${after}, and counts as noise; if it is a mistake, mend it or take its ramp out`,
    );
  }
  if (found.length > named)
    notices.warn(`${file}: ${found.length - named} more values lie so far off those beside them`);
}

/** What nine tenths of the values stay below. */
function usualBend(ramps: readonly Ramp[]): number {
  const bends = ramps.flatMap(({ values }) =>
    values.slice(1, -1).map((g, i) => Math.abs(values[i]! - 2 * g + values[i + 2]!)),
  );
  bends.sort((a, b) => a - b);
  return bends[Math.floor(0.9 * bends.length)] ?? 0;
}

function isOff({ values }: Ramp, k: number, usual: number): boolean {
  if (k === 0 || k === values.length - 1 || values.length < 5) return false;
  const [before, after] = [values[k]! - values[k - 1]!, values[k]! - values[k + 1]!];
  if (before * after <= 0) return false;
  const off = Math.min(Math.abs(before), Math.abs(after));
  if (off <= timesUsual * usual) return false;
  const [least, most] = extentOf(values.filter((_, i) => i !== k));
  return off > ofRange * (most - least);
}
