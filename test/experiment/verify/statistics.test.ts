import { describe, expect, it } from 'vitest';
import { deviation, hypergeometricTail, mean, median } from '../../../src/experiment/verify/statistics.js';
import { studentQuantile, studentWithin } from '../../../src/statistics/student.js';

describe('moments', () => {
  it('of odd and even counts', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(mean([1, 2, 6])).toBe(3);
    expect(deviation([1, 2, 3])).toBe(1);
    expect(deviation([5])).toBe(0);
  });

  it('refuse an empty list', () => {
    expect(() => median([])).toThrow('expected at least one');
    expect(() => mean([])).toThrow('expected at least one');
  });
});

describe("Student's t", () => {
  // Two-sided quantiles of printed tables.
  it.each([
    [0.05, 1, 12.7062],
    [0.05, 2, 4.3027],
    [0.05, 10, 2.2281],
    [0.01, 3, 5.8409],
    [0.01, 30, 2.75],
    [0.001, 7, 5.4079],
    [0.001, 120, 3.3735],
  ])('with probability %s outside and %s degrees of freedom is %s', (outside, degrees, t) => {
    expect(studentQuantile(outside, degrees)).toBeCloseTo(t, 3);
  });

  it('becomes normal with many degrees of freedom', () => {
    expect(studentQuantile(0.001, 100_001)).toBeCloseTo(3.2906, 3);
    expect(studentWithin(1.959964, 100_000)).toBeCloseTo(0.95, 5);
  });
});

describe("Fisher's exact tail", () => {
  it('of the lady tasting tea: three of her four cups or more by chance, 17 of 70', () => {
    expect(hypergeometricTail(3, 4, { total: 8, marked: 4 })).toBeCloseTo(17 / 70, 12);
  });

  it('is certain of none, and impossible beyond what there is', () => {
    expect(hypergeometricTail(0, 5, { total: 20, marked: 3 })).toBeCloseTo(1, 12);
    expect(hypergeometricTail(4, 5, { total: 20, marked: 3 })).toBe(0);
  });
});
