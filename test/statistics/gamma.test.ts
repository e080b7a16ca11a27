import { describe, expect, it } from 'vitest';
import { logGamma, logGammaQuantile, lowerGamma } from '../../src/statistics/gamma.js';

describe('the gamma function', () => {
  it('has its known values', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(logGamma(5)).toBeCloseTo(Math.log(24), 13);
    expect(logGamma(0.01)).toBeCloseTo(4.599479878042022, 12);
    expect(logGamma(171)).toBeCloseTo(706.5730622457874, 9);
  });

  it('its lower part is the closed form for shapes 1 and 2, and erf for a half', () => {
    for (const x of [1e-9, 0.1, 1, 3, 12]) {
      expect(lowerGamma(1, x)).toBeCloseTo(-Math.expm1(-x), 13);
      expect(lowerGamma(2, x)).toBeCloseTo(1 - (1 + x) * Math.exp(-x), 13);
    }
    // erf(1)
    expect(lowerGamma(0.5, 1)).toBeCloseTo(0.8427007929497149, 13);
    expect(lowerGamma(0.5, 0)).toBe(0);
  });

  it('its quantiles invert it', () => {
    for (const a of [0.02, 0.1, 1, 4]) {
      for (const p of [1e-6, 0.3, 0.9, 0.999]) {
        const x = logGammaQuantile(a, p);
        if (x > -699) expect(lowerGamma(a, Math.exp(x)) / p).toBeCloseTo(1, 9);
      }
    }
  });
});
