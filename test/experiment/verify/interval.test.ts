import { describe, expect, it } from 'vitest';
import type { SampleCase, SampleExpectation } from '../../../src/experiment/verify/case.js';
import { allowedStalls, predictionInterval } from '../../../src/experiment/verify/interval.js';
import { deviation, mean, median } from '../../../src/experiment/verify/statistics.js';
import { fold, keyOf, normal, type Key } from '../../../src/random.js';

function expected(of: Partial<SampleExpectation> = {}): SampleExpectation {
  const provenance = { measured: '2026-01-01', commit: 'abc' };
  return { value: 0.9, sd: 0.01, seeds: { from: 101, to: 120 }, stalled: 0, ...provenance, ...of };
}

const mean1 = { statistic: 'mean', falseAlarmRate: 0.05 } as const;

describe('the interval', () => {
  it('is t times both standard errors on either side', () => {
    // t(0.05; 19) = 2.0930; √(1/20 + 1/5) = 1/2.
    const { low, high } = predictionInterval(expected(), 5, mean1);
    expect(high - 0.9).toBeCloseTo(2.093 * 0.01 * 0.5, 6);
    expect(0.9 - low).toBeCloseTo(2.093 * 0.01 * 0.5, 6);
  });

  it('is wider for a median by the error of a normal median', () => {
    const { high } = predictionInterval(expected(), 5, { ...mean1, statistic: 'median' });
    expect((high - 0.9) / (2.093 * 0.01 * 0.5)).toBeCloseTo(1.2533, 3);
  });

  it('leaves stalled runs out of what the expectation knows', () => {
    const known = predictionInterval(expected({ seeds: { from: 101, to: 125 }, stalled: 5 }), 5, mean1);
    expect(known).toEqual(predictionInterval(expected(), 5, mean1));
  });

  it('narrows with seeds on either side, and widens as alarms get rarer', () => {
    const half = (n0: number, n: number, falseAlarmRate: number): number =>
      predictionInterval(expected({ seeds: { from: 101, to: 100 + n0 } }), n, { statistic: 'mean', falseAlarmRate })
        .high;
    expect(half(20, 10, 0.05)).toBeLessThan(half(20, 5, 0.05));
    expect(half(40, 5, 0.05)).toBeLessThan(half(20, 5, 0.05));
    expect(half(20, 5, 0.001)).toBeGreaterThan(half(20, 5, 0.05));
  });

  it('ends at accuracies that there are', () => {
    const { low, high } = predictionInterval(expected({ value: 0.999, sd: 0.6 }), 1, mean1);
    expect({ low, high }).toEqual({ low: 0, high: 1 });
  });

  // Expectation and run drawn from the same normal distribution, over and over.
  it.each([
    ['mean', 4, 3],
    ['mean', 20, 5],
    ['median', 41, 21],
  ] as const)('of a %s of %s and %s runs gives as many false alarms as it says', (statistic, n0, n) => {
    const rate = falseAlarms({ statistic, falseAlarmRate: 0.05 }, n0, n, 4000);
    // 4000 trials at 5 %: a standard error of 0.35 points. The factor of the median is that of many values.
    expect(rate).toBeGreaterThan(statistic === 'mean' ? 0.037 : 0.03);
    expect(rate).toBeLessThan(0.063);
  });
});

function falseAlarms(
  of: Pick<SampleCase, 'statistic' | 'falseAlarmRate'>,
  n0: number,
  n: number,
  trials: number,
): number {
  const statistic = of.statistic === 'mean' ? mean : median;
  let alarms = 0;
  for (let trial = 0; trial < trials; trial++) {
    const key = fold(keyOf(11, 'initialWeights'), trial);
    const known = draws(key, 0, n0);
    const expectation = expected({
      ...{ value: statistic(known), sd: deviation(known), seeds: { from: 1, to: n0 } },
    });
    const { low, high } = predictionInterval(expectation, n, of);
    const got = statistic(draws(key, n0, n));
    if (got < low || got > high) alarms++;
  }
  return alarms / trials;
}

/** Accuracies about 0.5 with a spread of 0.01. */
function draws(key: Key, first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => 0.5 + 0.01 * normal(key, first + i));
}

describe('allowed stalls', () => {
  it('are few where few were seen', () => {
    const seen = expected({ seeds: { from: 101, to: 220 }, stalled: 4 });
    // By Fisher's test, 5 of 21 beside 4 of 120 have a probability of 0.39 %, 6 of 0.08 %.
    expect(allowedStalls(seen, 21, 0.001)).toBe(5);
    expect(allowedStalls(expected({ seeds: { from: 101, to: 220 } }), 21, 0.001)).toBe(3);
  });

  it('say nothing where every run may stall', () => {
    expect(allowedStalls(expected({ stalled: 18 }), 3, 0.001)).toBe(3);
  });
});
