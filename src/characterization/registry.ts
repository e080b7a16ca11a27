import type { Measure } from './measure.js';
import { arrayPattern } from './measures/array-pattern.js';
import { barrierThickness } from './measures/barrier-thickness.js';
import { ivSweep } from './measures/iv-sweep.js';
import { pairedPulse } from './measures/paired-pulse.js';
import { potentiationCycles } from './measures/potentiation-cycles.js';
import { pulseTrains } from './measures/pulse-trains.js';
import { energyOfPulses } from './measures/pulse-energy.js';
import { relaxation } from './measures/relaxation.js';
import { retention } from './measures/retention.js';
import { spikeTiming } from './measures/spike-timing.js';
import { staircase } from './measures/staircase.js';
import { sweepPotentiation } from './measures/sweep-potentiation.js';
import { switchingPower } from './measures/switching-power.js';
import { tunnelTraps } from './measures/tunnel-traps.js';
import { switchingCycles } from './measures/switching-cycles.js';

/** The only list of measurements. Files, help and documents follow from it. */
export const measures: readonly Measure[] = [
  barrierThickness,
  ivSweep,
  switchingCycles,
  relaxation,
  pulseTrains,
  staircase,
  pairedPulse,
  spikeTiming,
  potentiationCycles,
  sweepPotentiation,
  arrayPattern,
  tunnelTraps,
  retention,
  energyOfPulses,
  switchingPower,
];
