import { describe, expect, it } from 'vitest';
import { binomialInterval } from '../../../src/experiment/figures/interval.js';

/** P(correct) of `count` draws that each are right with probability `rate`. */
function binomial(correct: number, count: number, rate: number): number {
  let log = correct * Math.log(rate) + (count - correct) * Math.log1p(-rate);
  for (let i = 1; i <= correct; i++) log += Math.log((count - correct + i) / i);
  return Math.exp(log);
}

describe("Wilson's interval", () => {
  // The two solutions p of |k/n − p| = z·√(p·(1 − p)/n).
  it.each([
    [8, 10, 0.4902, 0.9433],
    [5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
  ])('of %i in %i', (correct, count, low, high) => {
    const interval = binomialInterval(correct, count);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it.each([0.1, 0.5, 0.8563, 0.98])('holds a rate of %f in 94 to 96 of 100 sets of 2000 images', (rate) => {
    const counts = Array.from({ length: 2001 }, (_, correct) => correct);
    const held = counts.filter((correct) => {
      const { low, high } = binomialInterval(correct, 2000);
      return low <= rate && rate <= high;
    });
    const coverage = held.reduce((sum, correct) => sum + binomial(correct, 2000, rate), 0);
    expect(coverage).toBeGreaterThan(0.94);
    expect(coverage).toBeLessThan(0.96);
  });
});
