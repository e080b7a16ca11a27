import { describe, expect, it } from 'vitest';
import { distance, innovations } from '../../../src/device/fit/distance.js';
import { keyOf, normal } from '../../../src/random.js';

/** A walk of steps of σp, read with σr. */
function walk(programming: number, read: number, count: number): Float64Array {
  const key = keyOf(3, 'cycleToCycle');
  let at = 0;
  return Float64Array.from({ length: count }, (_, k) => {
    at += programming * normal(key, 2 * k);
    return at + read * normal(key, 2 * k + 1);
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('what a reading adds to those before it', () => {
  it.each([
    [1, 0],
    [0, 1],
    [1, 1],
    [0.2, 3],
  ])('has the variance that is foretold, noise of a pulse %s and of a read %s', (programming, read) => {
    const squares = innovations(walk(programming, read, 20_000), { programming: programming ** 2, read: read ** 2 });
    // The standard error of a mean of squares of normal numbers is √(2/n).
    expect(Math.abs(mean(squares) - 1)).toBeLessThan(4 * Math.sqrt(2 / squares.length));
  });

  it('bridges readings that are not there', () => {
    const row = walk(1, 0.5, 20_000).map((x, k) => (k % 3 === 1 ? NaN : x));
    const squares = innovations(row, { programming: 1, read: 0.25 });
    expect(Math.abs(mean(squares) - 1)).toBeLessThan(4 * Math.sqrt(2 / squares.length));
  });
});

describe('the distance of curves', () => {
  const flat = { ltp: new Float64Array(100), ltd: new Float64Array(100) };
  const of = (add: (k: number) => number) => ({ zero: -1, ltp: flat.ltp.map((_, k) => add(k)), ltd: flat.ltd });
  const noise = { programming: 0.01, read: 0 };

  it('is hardly that of a level which one pulse has left behind, and all that of steps at each', () => {
    const left = distance(
      of((k) => (k < 50 ? 0 : 1)),
      flat,
      () => true,
      { ltp: noise, ltd: noise },
    );
    const shaken = distance(
      of((k) => k % 2),
      flat,
      () => true,
      { ltp: noise, ltd: noise },
    );
    expect(left.squared).toBeCloseTo(shaken.squared, 12);
    expect(shaken.weighed / left.weighed).toBeCloseTo(99, 6);
  });

  it('is that of the levels where there is no noise', () => {
    const { squared, weighed } = distance(
      of((k) => k),
      flat,
      () => true,
    );
    expect(weighed).toBe(squared);
  });
});
