import { describe, expect, it } from 'vitest';
import { fitRamps, type RampFit } from '../../../src/device/fit/estimate.js';
import { finish } from '../../../src/device/fit/work.js';
import { labelOfAlpha } from '../../../src/device/nonlinearity.js';
import { keyOf } from '../../../src/random.js';
import { covered, options, patience, uS } from './intervals.js';
import { drawRampSet, exponentialTruth, type Truth } from './synthetic.js';

describe('known parameters are within their 95 % intervals in at least 90 of 100 draws', () => {
  it(
    'of an exponential device with unequal ends',
    () => {
      const ltp = { start: 12 * uS, end: 95 * uS, alpha: 2.5, pulses: 40 };
      const ltd = { start: 100 * uS, end: 10 * uS, alpha: -4, pulses: 30 };
      const truth = exponentialTruth({ ltp, ltd, startSpread: 0.8 * uS, programming: 0.7 * uS, read: 0.4 * uS });
      const hits = covered(
        truth,
        {
          ...{ 'ltp.alpha': ltp.alpha, 'ltp.label': labelOfAlpha(ltp.alpha), 'ltp.A': ltp.pulses / ltp.alpha },
          ...{ 'ltp.start': ltp.start, 'ltp.end': ltp.end, 'ltd.start': ltd.start, 'ltd.end': ltd.end },
          ...{ 'ltd.alpha': ltd.alpha, 'ltd.label': labelOfAlpha(ltd.alpha), 'ltd.A': ltd.pulses / ltd.alpha },
          ...{ gMin: ltp.start, gMax: ltp.end },
          ...{ 'ltp.programmingNoise': truth.programming, 'ltp.readNoise': truth.read },
          ...{ 'ltd.programmingNoise': truth.programming, 'ltd.readNoise': truth.read },
          cycleToCycle: truth.programming / (83 * uS),
        },
        'exponential',
        20,
      );
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(90);
    },
    patience,
  );

  it(
    'of a linear device',
    () => {
      const truth: Truth = {
        ...{ pulses: { ltp: 50, ltd: 50 }, start: { ltp: 10 * uS, ltd: 60 * uS }, startSpread: 0.5 * uS },
        ...{ programming: 0.3 * uS, read: 0.3 * uS, step: (branch) => (branch === 'ltp' ? 1 : -1) * uS },
      };
      const hits = covered(
        truth,
        {
          ...{ 'ltp.step': uS, 'ltp.start': 10 * uS, 'ltd.start': 60 * uS, 'device.states.ltp': 50 },
          ...{ 'ltp.programmingNoise': 0.3 * uS, 'ltd.readNoise': 0.3 * uS },
        },
        'linear',
        20,
      );
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(90);
    },
    patience,
  );

  it(
    'of soft bounds',
    () => {
      const s = 0.05;
      const truth: Truth = {
        ...{ pulses: { ltp: 50, ltd: 50 }, start: { ltp: 15 * uS, ltd: 95 * uS }, startSpread: 0.5 * uS },
        ...{ programming: 0.4 * uS, read: 0.4 * uS },
        step: (branch, g) => (branch === 'ltp' ? s * (100 * uS - g) : -s * (g - 10 * uS)),
      };
      const hits = covered(
        truth,
        { gMin: 10 * uS, gMax: 100 * uS, 'ltp.s': s, 'device.states.ltp': 2 / s, cycleToCycle: 0.4 / 90 },
        'soft-bounds',
        20,
      );
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(90);
    },
    patience,
  );
});

/** The model that cross-validation chooses for a device. */
function chosen(truth: Truth): RampFit {
  const ramps = drawRampSet(truth, 12, keyOf(5, 'cycleToCycle'));
  return finish(fitRamps(ramps, { ...options, model: 'auto', resamplings: 50 }));
}

describe('cross-validation chooses', () => {
  it('the model that the ramps came from', () => {
    const ends = { ltp: { start: 10 * uS, end: 90 * uS }, ltd: { start: 92 * uS, end: 11 * uS } };
    const noise = { startSpread: 0.5 * uS, programming: 0.4 * uS, read: 0.3 * uS };
    const curved = exponentialTruth({
      ...{ ltp: { ...ends.ltp, alpha: 3, pulses: 40 }, ltd: { ...ends.ltd, alpha: -6, pulses: 40 }, ...noise },
    });
    expect(chosen(curved).model).toBe('exponential');
    const even: Truth = {
      ...{ pulses: { ltp: 40, ltd: 40 }, start: { ltp: 10 * uS, ltd: 90 * uS }, ...noise },
      step: (branch) => (branch === 'ltp' ? 2 : -2) * uS,
    };
    expect(chosen(even).model).toBe('linear');
    const soft: Truth = {
      ...even,
      step: (branch, g) => (branch === 'ltp' ? 0.06 * (100 * uS - g) : -0.06 * (g - 8 * uS)),
    };
    expect(chosen(soft).model).toBe('soft-bounds');
  });
});
