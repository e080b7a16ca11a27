import type { FamilyName, FittedDevice, RangeRule } from './family.js';

export interface FitOptions {
  /** `auto` is the family that cross-validation chooses. */
  readonly model: FamilyName | 'auto';
  readonly range: RangeRule;
  /** Resamplings of the ramps behind every interval. */
  readonly resamplings: number;
  readonly seed: number;
  /** Probability that an interval covers its parameter. */
  readonly confidence: number;
}

/** What a device file holds, in siemens. */
export interface DeviceValues extends Pick<FittedDevice, 'states' | 'exactStates' | 'alpha' | 'gamma'> {
  readonly gMin: number;
  readonly gMax: number;
  readonly cycleToCycle: number;
  readonly readNoise: number;
}
