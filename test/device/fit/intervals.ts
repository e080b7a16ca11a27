import { fitModel } from '../../../src/device/fit/estimate.js';
import type { FamilyName } from '../../../src/device/fit/family.js';
import type { FitOptions } from '../../../src/device/fit/types.js';
import { fold, keyOf } from '../../../src/random.js';
import { drawRampSet, type Truth } from './synthetic.js';

export const options: FitOptions = {
  model: 'exponential',
  range: 'overlap',
  resamplings: 60,
  seed: 1,
  confidence: 0.95,
};

/** Of 100 draws, those whose interval holds the truth, by parameter. */
export function covered(truth: Truth, expected: Readonly<Record<string, number>>, model: FamilyName, ramps: number) {
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

export const uS = 1e-6;

/** 6000 fits of curves of many pulses, on a machine that does other things as well. */
export const patience = 400_000;
