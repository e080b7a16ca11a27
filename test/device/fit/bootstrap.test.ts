import { describe, expect, it } from 'vitest';
import { fitModel } from '../../../src/device/fit/estimate.js';
import { fold, keyOf } from '../../../src/random.js';
import { options, patience, uS } from './intervals.js';
import { drawRampSet, exponentialTruth } from './synthetic.js';

const noise = { startSpread: 0.8 * uS, programming: 0.4 * uS, read: 0.2 * uS };

function fitsOf(draws: number, ramps: number, differing: Partial<typeof noise> = {}) {
  const truth = exponentialTruth({
    ltp: { start: 12 * uS, end: 95 * uS, alpha: 2, pulses: 20 },
    ltd: { start: 100 * uS, end: 10 * uS, alpha: -2, pulses: 20 },
    ...{ ...noise, ...differing },
  });
  return Array.from({ length: draws }, (_, draw) => {
    const set = drawRampSet(truth, ramps, fold(keyOf(23, 'rampResampling'), draw));
    return fitModel('exponential', set, { ...options, resamplings: 30, seed: draw });
  });
}

describe('standard errors', () => {
  it(
    'are what estimates spread by, of as few ramps as two (their squares within 30 % on average)',
    () => {
      const fits = fitsOf(240, 2).map(({ estimates }) => estimates);
      for (const name of ['ltp.start', 'ltp.end', 'ltd.start', 'ltd.end']) {
        const values = fits.map((fit) => fit[name]!.value);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
        const squared = fits.reduce((sum, fit) => sum + fit[name]!.error! ** 2, 0) / fits.length;
        expect(squared / variance, name).toBeGreaterThan(0.7);
        expect(squared / variance, name).toBeLessThan(1.3);
      }
    },
    patience,
  );

  it("make intervals by Student's t of one degree of freedom less than ramps", () => {
    const [four] = fitsOf(1, 4);
    const { value, low, high, error } = four!.estimates['ltp.end']!;
    expect((high! - value) / error!).toBeCloseTo(3.1824, 3);
    expect((value - low!) / error!).toBeCloseTo(3.1824, 3);
    const { value: s, low: below, high: above } = four!.estimates['device.states.ltp']!;
    expect(above! / s).toBeCloseTo(s / below!, 9);
  });
});

describe('the interval of a σ', () => {
  it('does not reach below zero, where the σ itself is zero', () => {
    const sigmas = fitsOf(12, 3, { programming: 0 }).map(({ estimates }) => estimates['ltp.programmingNoise']!);
    expect(sigmas.some(({ value }) => value === 0)).toBe(true);
    for (const { value, low, high } of sigmas) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });

  it('is one of logarithms of its square and the read noise that was taken off it', () => {
    const fits = fitsOf(8, 60, { programming: 0.4 * uS, read: 0.6 * uS });
    const told = fits.filter(({ estimates }) => estimates['ltp.programmingNoise']!.low! > 0);
    expect(told.length).toBeGreaterThan(4);
    for (const { estimates, parts } of told) {
      const { value, low, high } = estimates['ltp.programmingNoise']!;
      const { taken } = parts['ltp.programmingNoise']!;
      expect(taken / value ** 2).toBeGreaterThan(1);
      const whole = (sigma: number): number => sigma ** 2 + taken;
      expect((whole(low!) * whole(high!)) / whole(value) ** 2).toBeCloseTo(1, 9);
    }
  });
});
