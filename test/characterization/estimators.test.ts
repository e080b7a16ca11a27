import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draws } from '../../src/characterization/draws.js';
import { fitDecay } from '../../src/characterization/estimators/exponentials.js';
import { gaussianFit, histogram } from '../../src/characterization/estimators/histogram.js';
import { largestJump } from '../../src/characterization/estimators/jump.js';
import { straightLine } from '../../src/characterization/estimators/line.js';
import { otsuThreshold } from '../../src/characterization/estimators/otsu.js';
import { twoLines } from '../../src/characterization/estimators/segmented.js';
import { trendT } from '../../src/characterization/estimators/trend.js';
import { keyOf } from '../../src/random.js';

const seconds = (count: number, step: number): number[] => Array.from({ length: count }, (_, i) => i * step);
const draws = (seed = 1): Draws => new Draws(keyOf(seed, 'characterization'));

describe('straightLine', () => {
  it('agrees with a case worked out by hand', () => {
    // Anscombe's first quartet: y = 3.0001 + 0.5001·x, R² 0.6665, standard error of the slope 0.1179.
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const line = straightLine(x, y);
    expect(line.slope).toBeCloseTo(0.5001, 4);
    expect(line.intercept).toBeCloseTo(3.0001, 4);
    expect(line.r2).toBeCloseTo(0.6665, 4);
    expect(line.slopeError).toBeCloseTo(0.1179, 4);
  });
});

describe('fitDecay', () => {
  it('finds any τ and level that the trace covers', () => {
    const cases = fc.tuple(fc.double({ min: 20, max: 200, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }));
    fc.assert(
      fc.property(cases, ([tau, level]) => {
        const time = seconds(400, 2);
        const fit = fitDecay(
          time,
          time.map((t) => level + Math.exp(-t / tau)),
          [100],
          true,
        );
        expect(fit.taus[0]! / tau).toBeCloseTo(1, 4);
        expect(fit.constant).toBeCloseTo(level, 3);
      }),
      { numRuns: 40 },
    );
  });

  it('tells two times apart', () => {
    const time = Array.from({ length: 60 }, (_, i) => 10 * 300 ** (i / 59));
    const value = time.map((t) => 0.2 * Math.exp(-t / 48) + 0.03 * Math.exp(-t / 700));
    const { taus, amplitudes } = fitDecay(time, value, [30, 1000], false);
    expect(taus[0]).toBeCloseTo(48, 1);
    expect(taus[1]).toBeCloseTo(700, 0);
    expect(amplitudes[0]).toBeCloseTo(0.2, 4);
    expect(amplitudes[1]).toBeCloseTo(0.03, 4);
  });
});

describe('the normal curve of a histogram', () => {
  it('lies where the values do', () => {
    const source = draws();
    const values = Array.from({ length: 5000 }, () => 0.52 + 0.09 * source.normal());
    const { centre, sigma } = gaussianFit(histogram(values, 0.05), values);
    expect(Math.abs(centre - 0.52)).toBeLessThan(0.005);
    expect(Math.abs(sigma - 0.09)).toBeLessThan(0.006);
  });

  it('counts every value once', () => {
    const values = [-0.31, -0.3, -0.29, 0, 0.05, 0.1];
    const { at, counts } = histogram(values, 0.1);
    expect(counts.reduce((a, b) => a + b)).toBe(values.length);
    expect(at[0]).toBeCloseTo(-0.35);
    expect(counts[0]).toBe(1);
  });
});

describe('trendT', () => {
  it('seldom speaks where there is none, and does where there is one', () => {
    const source = draws();
    const series = (slope: number) => Array.from({ length: 100 }, (_, i) => slope * i + source.normal());
    const loud = Array.from({ length: 1000 }, () => Math.abs(trendT(series(0)))).filter((t) => t > 2.6).length;
    // Of a thousand, a hundredth: 10 ± 3.
    expect(loud).toBeGreaterThan(1);
    expect(loud).toBeLessThan(22);
    // σ of the slope is √12/100^1.5 = 0.0035: six times that is seen.
    expect(trendT(series(0.021))).toBeGreaterThan(2.6);
  });

  it('is 0 of values that do not change', () => {
    expect(trendT([2, 2, 2, 2])).toBe(0);
  });
});

describe('others', () => {
  it('twoLines finds the knee', () => {
    const x = seconds(41, 0.1);
    const { knee, before, after } = twoLines(
      x,
      x.map((at) => (at < 2 ? 1.2 * at : 2.4 + 2.5 * (at - 2))),
    );
    expect(knee).toBeCloseTo(2, 6);
    expect([before.slope, after.slope]).toEqual([expect.closeTo(1.2, 6), expect.closeTo(2.5, 6)]);
  });

  it('largestJump names the voltage that a current has jumped at', () => {
    const branch = { voltage: [0, 1, 2, 3, 4], current: [0, 1, 2, 40, 50] };
    expect(largestJump(branch, 'rise')).toEqual({ voltage: 3, size: Math.log(20), before: 2 });
    expect(largestJump({ ...branch, current: [0, 9, 8, 1, 0.9] }, 'fall').voltage).toBe(3);
  });

  it('otsuThreshold divides two groups', () => {
    const threshold = otsuThreshold([1, 1.1, 0.9, 8, 8.5, 7]);
    expect(threshold).toBeGreaterThan(1.1);
    expect(threshold).toBeLessThan(7);
  });
});
