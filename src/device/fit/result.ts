import type { BuiltTable } from './build-table.js';
import type { Estimate } from './bootstrap.js';
import type { Candidate } from './cross-validate.js';
import type { DeviceSpread } from './device-spread.js';
import type { FamilyName } from './family.js';
import type { BranchNoise } from './noise.js';
import type { Branch, MeanCurve } from './ramps.js';
import type { DeviceValues, FitOptions } from './types.js';

/** The tables of both branches. */
export type BuiltTables = Readonly<Record<Branch, BuiltTable>>;

/** A device fitted to measured ramps. Conductances in siemens. */
export interface RampFit {
  readonly model: FamilyName | 'lookup-table';
  /** Every family that was tried, in the order of {@link familyNames}. */
  readonly candidates: readonly Candidate[];
  readonly curves: Readonly<Record<Branch, MeanCurve>>;
  /** The chosen family's curves [S] at the pulses of `curves`. */
  readonly fitted: Readonly<Record<Branch, Float64Array>>;
  /** The other families' curves [S]. */
  readonly others: readonly { readonly name: FamilyName; readonly fitted: Readonly<Record<Branch, Float64Array>> }[];
  /** Root mean square of mean curve less fitted curve, as a fraction of the device's range. */
  readonly misfit: Readonly<Record<Branch, number>>;
  /** Every parameter by name, as `ltp.alpha`, with its interval. */
  readonly estimates: Readonly<Record<string, Estimate>>;
  readonly device: DeviceValues;
  readonly noise: Readonly<Record<Branch, BranchNoise>>;
  /** Absent where one device was measured. */
  readonly spread: DeviceSpread | undefined;
  readonly devices: number;
  /** Ramps of each branch, and the pulses that at least nine tenths of them have. */
  readonly ramps: Readonly<Record<Branch, number>>;
  readonly pulses: Readonly<Record<Branch, number>>;
  /** Of the model lookup-table. */
  readonly tables: BuiltTables | undefined;
  readonly options: FitOptions;
}
