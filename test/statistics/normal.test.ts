import { describe, expect, it } from 'vitest';
import { logNormalBelow, normalBelow, normalDensity, normalHazard } from '../../src/statistics/normal.js';

// M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.2.
describe('the normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.841344746],
    [-1.96, 0.024997895],
    [3, 0.998650102],
    [-5, 2.866515719e-7],
  ])('Φ(%d) = %d', (x, below) => {
    expect(normalBelow(x) / below).toBeCloseTo(1, 6);
    expect(logNormalBelow(x)).toBeCloseTo(Math.log(below), 6);
  });

  it('keeps its tails where Φ itself is below any float: ln Φ(−40) = −804.608442', () => {
    expect(normalBelow(-40)).toBe(0);
    expect(logNormalBelow(-40)).toBeCloseTo(-804.608442, 5);
    // x + 1/x − 2/x³ of Mills' ratio.
    expect(normalHazard(-40)).toBeCloseTo(40.024969, 4);
  });

  it('has a hazard that is the slope of ln Φ', () => {
    for (const x of [-8, -2, -0.5, 0, 0.5, 2, 4]) {
      expect(normalHazard(x) / (normalDensity(x) / normalBelow(x))).toBeCloseTo(1, 6);
      const slope = (logNormalBelow(x + 1e-3) - logNormalBelow(x - 1e-3)) / 2e-3;
      expect(normalHazard(x)).toBeCloseTo(slope, 3);
    }
  });
});
