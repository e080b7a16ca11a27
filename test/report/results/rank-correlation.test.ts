import { expect, it } from 'vitest';
import { rankCorrelation, ranksOf } from '../../../src/report/results/rank-correlation.js';

it('gives equal values the mean of their ranks', () => {
  expect(ranksOf([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
});

it.each([
  [[1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8],
  [[1, 2, 3, 4, 5], [1, 8, 27, 64, 125], 1],
  [[1, 2, 2, 4], [9, 5, 5, 1], -1],
])('of %j and %j is %d', (a, b, rho) => {
  expect(rankCorrelation(a, b)!.rho).toBeCloseTo(rho, 12);
});

it('has an interval of Fisher’s z, which says nothing of three pairs', () => {
  const x = Array.from({ length: 103 }, (_, i) => i);
  const found = rankCorrelation(
    x,
    x.map((i) => (i * 37) % 103),
  )!;
  const half = 1.959964 * Math.sqrt((1 + found.rho ** 2 / 2) / 100);
  expect(Math.atanh(found.high!) - Math.atanh(found.rho)).toBeCloseTo(half, 9);
  expect(Math.atanh(found.rho) - Math.atanh(found.low!)).toBeCloseTo(half, 9);
  expect(rankCorrelation([1, 2, 3], [1, 2, 3])).toMatchObject({ rho: 1, low: null, high: null });
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeUndefined();
});
