import { depression, potentiation } from '../../../src/device/exponential.js';
import { fitModel } from '../../../src/device/fit/estimate.js';
import type { FamilyName } from '../../../src/device/fit/family.js';
import type { RampSet } from '../../../src/device/fit/ramps.js';
import { alphaOfLabel } from '../../../src/device/nonlinearity.js';
import { fold, keyOf, type Key } from '../../../src/random.js';
import { drawHardRamps, type HardCell } from './hard-bounds.js';

export const uS = 1e-6;
export const bounds = { gMin: 10 * uS, gMax: 110 * uS };
export const key = keyOf(11, 'cycleToCycle');

/** Labels 2.4 and −4.88 over 40 pulses. */
export function exponentialCell(cycleToCycle: number): HardCell {
  const up = potentiation(alphaOfLabel(2.4), 40);
  return { ...bounds, up, down: depression(alphaOfLabel(-4.88), 40), cycleToCycle };
}

export function fitted(model: FamilyName, ramps: RampSet, seed = 1) {
  return fitModel(model, ramps, { model, range: 'overlap', resamplings: 60, seed, confidence: 0.95 });
}

/** Of so many draws, those whose interval holds the truth, by parameter. */
export function held(
  model: FamilyName,
  draws: number,
  set: (key: Key) => RampSet,
  expected: Readonly<Record<string, number>>,
): Record<string, number> {
  const hits = Object.fromEntries(Object.keys(expected).map((name) => [name, 0]));
  for (let draw = 0; draw < draws; draw++) {
    const { estimates } = fitted(model, set(fold(key, draw)), draw);
    for (const [name, value] of Object.entries(expected)) {
      const { low, high } = estimates[name]!;
      if (low! <= value && value <= high!) hits[name]!++;
    }
  }
  return hits;
}

/** Of 100 draws of 20 alternating ramps, those whose interval holds the truth, by parameter. */
export function covered(model: FamilyName, cell: HardCell, expected: Readonly<Record<string, number>>) {
  const all = { gMin: cell.gMin, gMax: cell.gMax, cycleToCycle: cell.cycleToCycle, ...expected };
  return held(model, 100, (draw) => drawHardRamps(cell, { ltp: 40, ltd: 40 }, 20, draw, true), all);
}

export const states = { 'device.states.ltp': 40, 'device.states.ltd': 40 };
export const labels = { 'device.label.ltp': 2.4, 'device.label.ltd': -4.88 };
/** Thousands of fits, on a machine that does other things as well [ms]. */
export const patience = 400_000;
