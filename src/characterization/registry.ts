import type { Measure } from './measure.js';
import { barrierThickness } from './measures/barrier-thickness.js';
import { ivSweep } from './measures/iv-sweep.js';
import { switchingCycles } from './measures/switching-cycles.js';

/** The only list of measurements. Files, help and documents follow from it. */
export const measures: readonly Measure[] = [barrierThickness, ivSweep, switchingCycles];
