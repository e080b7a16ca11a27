import { describe, expect, it } from 'vitest';
import { fitModel, fitRamps, type RampFit } from '../../../src/device/fit/estimate.js';
import type { FamilyName } from '../../../src/device/fit/family.js';
import { finish } from '../../../src/device/fit/work.js';
import type { FitOptions } from '../../../src/device/fit/types.js';
import { labelOfAlpha } from '../../../src/device/nonlinearity.js';
import { fold, keyOf } from '../../../src/random.js';
import { drawRampSet, exponentialTruth, type Truth } from './synthetic.js';

const options: FitOptions = { model: 'exponential', range: 'overlap', resamplings: 60, seed: 1, confidence: 0.95 };

/** Of 100 draws, those whose interval holds the truth, by parameter. */
function covered(truth: Truth, expected: Readonly<Record<string, number>>, model: FamilyName, ramps: number) {
  const hits = Object.fromEntries(Object.keys(expected).map((name) => [name, 0]));
  for (let draw = 0; draw < 100; draw++) {
    const set = drawRampSet(truth, ramps, fold(keyOf(11, 'cycleToCycle'), draw));
    const { estimates } = fitModel(model, set, { ...options, seed: draw });
    for (const [name, value] of Object.entries(expected)) {
      const { low, high } = estimates[name]!;
      if (low! <= value && value <= high!) hits[name]!++;
    }
  }
  return hits;
}

const uS = 1e-6;

/** 6000 fits of curves of many pulses, on a machine that does other things as well. */
const patience = 400_000;

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

  it(
    'of a power law',
    () => {
      const [low, high, states] = [10 * uS, 100 * uS, { ltp: 40, ltd: 30 }];
      const gamma = { ltp: 1.5, ltd: 0.7 };
      const truth: Truth = {
        ...{ pulses: { ltp: 60, ltd: 35 }, start: { ltp: 15 * uS, ltd: 95 * uS }, startSpread: 0.3 * uS },
        ...{ programming: 0.2 * uS, read: 0.2 * uS },
        step: (branch, g) => {
          const room = Math.max(0, branch === 'ltp' ? high - g : g - low) / (high - low);
          const size = ((gamma[branch] + 1) / states[branch]) * room ** gamma[branch] * (high - low);
          return branch === 'ltp' ? size : -size;
        },
      };
      const hits = covered(
        truth,
        {
          ...{ gMin: low, gMax: high, 'ltp.gamma': gamma.ltp, 'ltd.gamma': gamma.ltd },
          ...{ 'ltp.states': states.ltp, 'ltd.states': states.ltd },
        },
        'power',
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
