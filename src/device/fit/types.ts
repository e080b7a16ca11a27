import type { FamilyName, FittedDevice, RangeRule } from './family.js';

export interface FitOptions {
  /** `auto` is the family that cross-validation chooses. */
  readonly model: FamilyName | 'lookup-table' | 'auto';
  readonly range: RangeRule;
  /** Resamplings of the ramps behind every interval. */
  readonly resamplings: number;
  readonly seed: number;
  /** Conductance bins and CDF points of a lookup table. */
  readonly bins: number;
  readonly cdfPoints: number;
  /** Probability that an interval covers its parameter. */
  readonly confidence: number;
}

/** What a device file holds, in siemens. */
export interface DeviceValues extends Pick<FittedDevice, 'states' | 'exactStates' | 'alpha' | 'exponent'> {
  readonly gMin: number;
  readonly gMax: number;
  readonly cycleToCycle: number;
  readonly readNoise: number;
}
