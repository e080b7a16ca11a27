import { UsageError } from '../../../errors.js';
import { extentOf } from '../../../statistics/extent.js';
import { formatQuantity } from '../../../units.js';
import type { Ramp } from '../ramps.js';
import type { Notices } from './notices.js';
import type { ReadOptions } from './options.js';
import type { RampTable } from './table.js';

/** 10 Ω: the leads and electrodes of a cell have as much, so that values above are mostly a unit mistaken [S]. */
const leads = 0.1;

/**
 * Warns of conductances that no cell has.
 * @throws UsageError where nothing but a guess says that they are so
 */
export function assertPlausible(
  ramps: readonly Ramp[],
  { file, units }: RampTable,
  { unit, readVoltage }: ReadOptions,
  notices: Notices,
): void {
  const most = ramps.reduce((high, { values }) => Math.max(high, extentOf(values)[1]), 0);
  if (most <= leads) return;
  const shown = `${formatQuantity(most, 'conductance')} (${formatQuantity(1 / most, 'resistance')})`;
  const guessed = unit === undefined && units.every((written) => written === undefined);
  if (!guessed) {
    const voltage = readVoltage === undefined ? 'the unit' : 'the unit and the read voltage';
    notices.warn(`${file}: its cells reach ${shown}, more than leads conduct; check ${voltage}`);
    return;
  }
  const what = `says no unit of its values; in ampere its cells would reach ${shown}`;
  throw new UsageError({ where: file, what, remedy: 'say what they are in, as in --unit uA' });
}
