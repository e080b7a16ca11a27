import { describe, expect, it } from 'vitest';
import { fitModel, prepare } from '../../../src/device/fit/estimate.js';
import { hiddenBounds, type HiddenBound } from '../../../src/device/fit/hidden-bounds.js';
import { stepIn } from '../../../src/device/fit/quantities.js';
import type { Ramp, RampSet } from '../../../src/device/fit/ramps.js';
import { families } from '../../../src/device/fit/solve.js';
import { fold, keyOf, normal, type Key } from '../../../src/random.js';
import { hiddenBoundRemarks } from '../../../src/report/fit/fit-remarks.js';
import { leastHits } from '../../helpers/binomial.js';
import { drawHardRamps } from './hard-bounds.js';
import { bounds, exponentialCell, key, uS } from './hard-intervals.js';
import { drawRampSet, exponentialTruth } from './synthetic.js';

/** Ramps as read with noise [S]. */
function asRead({ ltp, ltd }: RampSet, sigma: number, word: Key): RampSet {
  const of = (ramps: readonly Ramp[], branch: number): Ramp[] =>
    ramps.map((ramp, r) => ({
      ...ramp,
      values: ramp.values.map((g, k) => g + sigma * normal(fold(fold(word, branch), r), k)),
    }));
  return { ltp: of(ltp, 0), ltd: of(ltd, 1) };
}

/** Without intervals, which are not asked for. */
const once = { model: 'exponential', range: 'overlap', resamplings: 1, seed: 1, confidence: 0.95 } as const;

function hiddenIn(ramps: RampSet): { hidden: HiddenBound[]; fit: ReturnType<typeof fitModel> } {
  const prepared = prepare(ramps);
  const fit = fitModel('exponential', ramps, once);
  const step = stepIn({ ...prepared, ...fit, family: families.exponential });
  return { fit, hidden: hiddenBounds({ ...prepared, noise: fit.noise, step, stops: prepared.stops?.mean }) };
}

const draws = 40;

describe('a hard bound that read noise hides', () => {
  // 20 ramps of 40 pulses from bound to bound, 0.3 uS of read noise on 100 uS.
  it.each([0.01, 0.03])('is spoken of at both ends, σ of a pulse %s of the range', (sigma) => {
    const counts = { gMin: 0, gMax: 0 };
    for (let draw = 0; draw < draws; draw++) {
      const own = fold(key, draw);
      const ramps = drawHardRamps(exponentialCell(sigma), { ltp: 40, ltd: 40 }, 20, own, true);
      const { hidden } = hiddenIn(asRead(ramps, 0.3 * uS, fold(own, 99)));
      for (const { end } of hidden) counts[end]++;
    }
    expect(counts.gMin).toBeGreaterThanOrEqual(leastHits(draws));
    expect(counts.gMax).toBeGreaterThanOrEqual(leastHits(draws));
  });

  it('is seldom suspected where ramps end before they level off, and nothing stops them', () => {
    const truth = exponentialTruth({
      ltp: { start: 10 * uS, end: 90 * uS, alpha: 1, pulses: 40 },
      ltd: { start: 90 * uS, end: 10 * uS, alpha: -1, pulses: 40 },
      ...{ startSpread: 0.5 * uS, programming: 0.5 * uS, read: 0.3 * uS },
    });
    let suspected = 0;
    for (let draw = 0; draw < draws; draw++) {
      suspected += hiddenIn(drawRampSet(truth, 20, keyOf(draw, 'cycleToCycle'))).hidden.length;
    }
    // Of 80 ends; the spread of 20 ramps is below √0.75 of its mean in a fifth of draws.
    expect(suspected / (2 * draws)).toBeLessThan(0.35);
  });

  it('is none where it was seen', () => {
    const ramps = drawHardRamps(exponentialCell(0.01), { ltp: 40, ltd: 40 }, 20, key, true);
    const { hidden, fit } = hiddenIn(ramps);
    expect([hidden, fit.device.gMax / bounds.gMax]).toEqual([[], expect.closeTo(1, 6)]);
  });
});

describe('the remark on it', () => {
  const noise = { ltp: { programming: 1e-6, read: 2e-7 } } as Parameters<typeof hiddenBoundRemarks>[0]['noise'];
  const one = { end: 'gMax', branch: 'ltp', step: 4e-7, spread: 1e-6, expected: 2e-6, narrowed: false } as const;

  it('tells what speaks for it', () => {
    expect(hiddenBoundRemarks({ hidden: [], noise })).toEqual([]);
    expect(hiddenBoundRemarks({ hidden: [one, { ...one, narrowed: true }], noise })).toEqual([
      expect.stringMatching(
        /^LTP ends with steps of 400 nS, less than the noise of a pulse \(1 uS\): .* gMax lies inside/,
      ),
      expect.stringMatching(/^LTP ramps end within 1 uS \(σ\) of one another, where .* would leave 2 uS: /),
    ]);
  });
});
