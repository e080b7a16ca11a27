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
    return fitModel('exponential', set, { ...options, resamplings: 30, seed: draw }).estimates;
  });
}

describe('standard errors', () => {
  it(
    'are what estimates spread by, of as few ramps as two (their squares within 30 % on average)',
    () => {
      const fits = fitsOf(240, 2);
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
    const { value, low, high, error } = four!['ltp.end']!;
    expect((high! - value) / error!).toBeCloseTo(3.1824, 3);
    expect((value - low!) / error!).toBeCloseTo(3.1824, 3);
    const { value: sigma, high: above, error: of } = four!['ltp.readNoise']!;
    expect(Math.log(above! / sigma)).toBeCloseTo((3.1824 * of!) / sigma, 3);
  });
});

describe('the interval of a σ', () => {
  it('does not reach below zero, where the σ itself is zero', () => {
    const sigmas = fitsOf(12, 3, { programming: 0 }).map((fit) => fit['ltp.programmingNoise']!);
    expect(sigmas.some(({ value }) => value === 0)).toBe(true);
    for (const { value, low, high } of sigmas) {
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });
});
