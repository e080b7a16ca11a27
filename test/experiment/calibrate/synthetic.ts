import { fold, keyOf, normal } from '../../../src/random.js';
import { calibrate } from '../../../src/experiment/calibrate/calibrate.js';
import { CalibrationFolder } from '../../../src/experiment/calibrate/folder.js';
import { loadCalibration } from '../../../src/experiment/calibrate/load.js';
import type { CalibrationResult } from '../../../src/experiment/calibrate/result.js';
import type { JobResult, TrainAll, TrainingJob } from '../../../src/experiment/batch/job.js';
import { smallDevice, smallExperiment, type Scratch } from '../scratch.js';

/** An experiment with cells, for parameters to act on. */
export const cellExperiment = smallExperiment
  .replace('units: 4', 'units: 4\n      weightLimit: 1')
  .replace('units: 10', 'units: 10\n      weightLimit: 1')
  .replace('{ model: ideal }', 'device.yaml');

/** Two parameters on two targets, whose rungs are told by their epochs; each test changes what it is about. */
export const smallCalibration = `name: small
targets:
  - name: first
    experiment: cells.yaml
    statistic: mean
    accuracy: 0.9
    tolerance: 0.004
    rungs:
      - { overrides: ['training.epochs=1'], seeds: 1, seconds: 1 }
      - { overrides: ['training.epochs=3'], seeds: 2, seconds: 3 }
      - { overrides: ['training.epochs=9'], seeds: 4, seconds: 9 }
  - name: second
    experiment: cells.yaml
    overrides: [training.order=shuffle]
    statistic: median
    accuracy: 0.85
    tolerance: 0.004
    rungs:
      - { overrides: ['training.epochs=1'], seeds: 1, seconds: 1 }
      - { overrides: ['training.epochs=3'], seeds: 2, seconds: 3 }
      - { overrides: ['training.epochs=9'], seeds: 4, seconds: 9 }
parameters:
  - name: sigma
    range: [0.001, 0.1]
    scale: log
    sets: [{ path: device.cycleToCycle }]
  - name: rate
    range: [0.01, 1]
    scale: log
    sets: [{ path: training.learningRate }]
search: { candidates: 24, pilots: 6, keep: 0.5, refine: { rounds: 1, candidates: 8 } }
`;

/** The small calibration with the first of its targets alone. */
export const oneTarget = smallCalibration.replace(/ {2}- name: second[^]*?(?=parameters:)/, '');

/** Places of both parameters in their ranges, 0 to 1, and which target it is. */
export type Truth = (sigma: number, rate: number, second: boolean) => number;

/** Logit of an accuracy without noise. */
export function logit(accuracy: number): number {
  return Math.log(accuracy / (1 - accuracy));
}

export function accuracy(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/**
 * Trains nothing: the accuracy is a known function of the values that a job lays upon its experiment, less what few
 * epochs cost, with normal noise of the seed. Logits throughout.
 */
export function pretend(truth: Truth, noise = 0.04, heard: TrainingJob[] = []): TrainAll {
  return (jobs, done) => {
    const results = jobs.map((job, i) => {
      heard.push(job);
      const result = pretended(job, truth, noise);
      done(i, result);
      return result;
    });
    return Promise.resolve(results);
  };
}

function pretended(job: TrainingJob, truth: Truth, noise: number): JobResult {
  const values = new Map(job.overrides.map((text) => text.split('=') as [string, string]));
  const place = (path: string, low: number): number => Math.log(Number(values.get(path)) / low) / Math.log(100);
  const [sigma, rate] = [place('device.cycleToCycle', 0.001), place('training.learningRate', 0.01)];
  const epochs = Number(values.get('training.epochs'));
  const second = values.has('training.order');
  const full = truth(sigma, rate, second);
  // What the cheaper runs are off by is smooth, and larger the cheaper they are.
  const short = epochs === 9 ? 0 : -0.6 / epochs + (0.15 / epochs) * Math.sin(5 * sigma + 3 * rate);
  const key = fold(fold(keyOf(job.seed, 'initialWeights'), epochs), second ? 1 : 0);
  const reached = accuracy(full + short + noise * normal(key, 0));
  return { accuracy: reached, correct: Math.round(reached * 1e5), count: 100_000, seconds: epochs };
}

export function writeFiles(scratch: Scratch, text: string): string {
  scratch.write('device.yaml', smallDevice);
  scratch.write('cells.yaml', cellExperiment);
  return scratch.write('calibration.yaml', text);
}

/** Writes a calibration and runs it on a trainer. */
export async function calibrated(
  scratch: Scratch,
  text: string,
  train: TrainAll,
  options: { out?: string; quick?: boolean; warn?: (message: string) => void } = {},
): Promise<CalibrationResult> {
  const calibration = loadCalibration(writeFiles(scratch, text));
  const folder = CalibrationFolder.open(scratch.path(options.out ?? 'out'), calibration, false);
  const effort = { probes: 1024, walkers: 32, steps: 100 };
  const { warn } = options;
  return calibrate({ calibration, folder, train, offline: true, warn, ...(options.quick === true && { effort }) });
}
