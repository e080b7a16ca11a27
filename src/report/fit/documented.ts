import { fitRamps } from '../../device/fit/estimate.js';
import { finish } from '../../device/fit/work.js';
import { readMeasurement } from '../../../datasets/measurements.js';
import { renderSvg } from '../render.js';
import { curvesChart, curvesOfFit } from './curves-chart.js';
import { noiseChart } from './noise-chart.js';
import { loadRamps } from './load-ramps.js';

/** The measured ramps that docs/fit.md shows: `mho fit` of these files makes the pictures too, as `mine.fit/`. */
export const documentedRamps = {
  files: ['data:taox-ramps/set.csv'],
  reset: ['data:taox-ramps/reset.csv'],
  read: { unit: 'A', readVoltage: 0.1, skipBad: false },
} as const;

/**
 * The pictures of docs/fit.md that are drawn of measured ramps, by their names in `docs/pictures/`; none where the
 * measurement is not found. Intervals, which take most of a fit's time, are not in them.
 */
export async function documentedFit(): Promise<ReadonlyMap<string, string>> {
  const { files, reset } = documentedRamps;
  if ([...files, ...reset].some((file) => 'what' in readMeasurement(file))) return new Map();
  const { ramps } = await loadRamps(documentedRamps);
  const fit = finish(fitRamps(ramps, { model: 'auto', range: 'overlap', resamplings: 0, seed: 1, confidence: 0.95 }));
  return new Map([
    ['fit/taox.svg', `${await renderSvg(curvesChart(curvesOfFit(fit), 'mine').spec())}\n`],
    ['fit/taox-noise.svg', `${await renderSvg(noiseChart(fit.noise, 'mine').spec())}\n`],
  ]);
}
