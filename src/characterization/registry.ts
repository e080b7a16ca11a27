import type { Measure } from './measure.js';
import { barrierThickness } from './measures/barrier-thickness.js';

/** The only list of measurements. Files, help and documents follow from it. */
export const measures: readonly Measure[] = [barrierThickness];
