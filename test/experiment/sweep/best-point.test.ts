import { afterEach, beforeEach, expect, it } from 'vitest';
import { addKnown, PointMeans } from '../../../src/experiment/sweep/best-point.js';
import { codeVersion } from '../../../src/experiment/sweep/code-version.js';
import { loadSweep } from '../../../src/experiment/sweep/load.js';
import { shortNames } from '../../../src/experiment/sweep/short-names.js';
import { Scratch } from '../scratch.js';
import { writeSweep } from './small-sweep.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => {
  scratch.remove();
});

const trial = (a: number, seed: number, accuracy: number | null, status: 'finished' | 'failed' = 'finished') => {
  return { index: 10 * a + seed, point: { a }, seed, status, result: { accuracy } };
};

it('is the point with the best mean of its seeds, and not that of the luckiest seed', () => {
  const means = new PointMeans();
  expect(means.best()).toBeUndefined();
  means.add(trial(1, 1, 0.95));
  expect(means.best()).toEqual({ point: { a: 1 }, seeds: [1], mean: 0.95, sd: null });
  means.add(trial(1, 2, 0.75));
  means.add(trial(2, 2, 0.9));
  means.add(trial(2, 1, 0.92));
  // One seed is not held against two, however good it is; a trial that failed, or was not evaluated, is none.
  means.add(trial(3, 1, 0.99));
  means.add(trial(3, 2, 0.99, 'failed'));
  means.add(trial(3, 3, null));
  const best = means.best()!;
  expect(best).toMatchObject({ point: { a: 2 }, seeds: [1, 2] });
  expect(best.mean).toBeCloseTo(0.91, 12);
  expect(best.sd).toBeCloseTo(0.02 / Math.SQRT2, 12);
});

it('of equal means is the first of the sweep, in whatever order trials end', () => {
  const means = new PointMeans();
  for (const a of [2, 1, 3]) means.add(trial(a, 1, 0.9));
  expect(means.best()?.point).toEqual({ a: 1 });
});

it('takes trials of the folder that are of the sweep and of this code', () => {
  const sweep = loadSweep(writeSweep(scratch));
  const write = (hash: string, cycleToCycle: number, accuracy: number, more: object = {}): void => {
    const point = { 'device.cycleToCycle': cycleToCycle, 'training.learningRate': 0.1 };
    const result = { accuracy, bestAccuracy: accuracy };
    const record = {
      ...{ hash, index: 0, point, seed: 1, status: 'finished', exitCode: 0, signal: null, error: null, result },
      ...{ code: codeVersion(), host: 'h', started: 's', seconds: 1, ...more },
    };
    scratch.write(`out/trials/${hash}/trial.json`, JSON.stringify(record));
  };
  write('a', 0, 0.8);
  write('b', 0.05, 0.7);
  write('c', 0.2, 0.99);
  write('d', 0.05, 0.99, { seed: 9 });
  write('e', 0.05, 0.99, { code: 'another' });
  const means = new PointMeans();
  addKnown(means, scratch.path('out'), sweep);
  addKnown(means, scratch.path('nowhere'), sweep);
  expect(means.best()).toMatchObject({ point: { 'device.cycleToCycle': 0 }, seeds: [1], mean: 0.8 });
});

it('short names are last steps, where they tell paths apart', () => {
  expect([...shortNames(['device.states', 'x.ltp.label', 'x.ltd.label', 'backend']).values()]).toEqual([
    ...['states', 'x.ltp.label', 'x.ltd.label', 'backend'],
  ]);
});
