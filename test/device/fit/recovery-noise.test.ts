import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../src/device/fit/bootstrap.js';
import { fitModel } from '../../../src/device/fit/estimate.js';
import { fold, keyOf } from '../../../src/random.js';
import { leastHits } from '../../helpers/binomial.js';
import { options, patience, uS } from './intervals.js';
import { drawRampSet, exponentialTruth } from './synthetic.js';

const programming = 0.4 * uS;

/** Fits of 100 draws of 20 ramps whose reads have `ratio` times the noise of a pulse, over 83 µS. */
function fitsOf(ratio: number): Readonly<Record<string, Estimate>>[] {
  const truth = exponentialTruth({
    ltp: { start: 12 * uS, end: 95 * uS, alpha: 2.5, pulses: 40 },
    ltd: { start: 100 * uS, end: 10 * uS, alpha: -4, pulses: 30 },
    ...{ startSpread: 0.8 * uS, programming, read: ratio * programming },
  });
  return Array.from({ length: 100 }, (_, draw) => {
    const set = drawRampSet(truth, 20, fold(keyOf(11, 'cycleToCycle'), draw));
    return fitModel('exponential', set, { ...options, seed: draw }).estimates;
  });
}

describe('noise is within its 95 % intervals in at least 90 of 100 draws', () => {
  it.each([0, 3, 5])(
    'where that of reads is %s times that of a pulse',
    (ratio) => {
      const fits = fitsOf(ratio);
      const sigmas = {
        ...{ 'ltp.programmingNoise': programming, 'ltp.readNoise': ratio * programming },
        ...{ 'ltd.programmingNoise': programming, 'ltd.readNoise': ratio * programming },
        cycleToCycle: programming / (83 * uS),
      };
      for (const [name, value] of Object.entries(sigmas)) {
        const held = fits.filter((fit) => fit[name]!.low! <= value && value <= fit[name]!.high!);
        expect(held.length, name).toBeGreaterThanOrEqual(90);
      }
      // The exponent of √n: told wrongly no oftener than 90 % would be in all but one of 1000 series, whether told often or not.
      for (const branch of ['ltp', 'ltd']) {
        const growths = fits.map((fit) => fit[`${branch}.growth`]);
        const told = growths.flatMap((one) => (one?.low == null || one.high === null ? [] : [[one.low, one.high]]));
        const wrong = told.filter(([low, high]) => low! > 0.5 || high! < 0.5);
        expect(100 - wrong.length, branch).toBeGreaterThanOrEqual(leastHits(100));
        if (ratio === 0) expect(told).toHaveLength(100);
        // Two reads have 50 times the variance of a pulse, of which ramps of 30 and 40 tell too little.
        if (ratio === 5) expect(told.length).toBeLessThan(50);
      }
    },
    patience,
  );
});
