import { expect, it } from 'vitest';
import { PointMeans } from '../../../src/experiment/sweep/best-point.js';
import { shortNames } from '../../../src/experiment/sweep/short-names.js';

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

it('short names are last steps, where they tell paths apart', () => {
  expect([...shortNames(['device.states', 'x.ltp.label', 'x.ltd.label', 'backend']).values()]).toEqual([
    ...['states', 'x.ltp.label', 'x.ltd.label', 'backend'],
  ]);
});
