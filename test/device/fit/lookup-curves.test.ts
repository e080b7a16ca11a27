import { describe, expect, it } from 'vitest';
import { lookupCurves } from '../../../src/device/fit/lookup-curves.js';
import { fitLookup } from '../../../src/device/fit/lookup.js';
import { keyOf } from '../../../src/random.js';
import { drawRampSet, exponentialTruth, type Truth } from './synthetic.js';

const uS = 1e-6;
const ltp = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 60 };
const exponential = exponentialTruth({
  ...{ ltp, ltd: { ...ltp, start: 90 * uS, end: 10 * uS, alpha: -2 } },
  ...{ startSpread: 0.2 * uS, programming: 0.05 * uS, read: 0.02 * uS },
});
/** Steps that are largest in the middle of the range: no exponential curve. */
const hump: Truth = {
  ...exponential,
  // Enough to lead from end to end: tables are of what both branches cover.
  pulses: { ltp: 80, ltd: 80 },
  step: (branch, g) => (branch === 'ltp' ? 1 : -1) * uS * (0.7 + 1.4 * Math.exp(-(((g / uS - 50) / 15) ** 2))),
};

function compared(truth: Truth) {
  const ramps = drawRampSet(truth, 40, keyOf(6, 'cycleToCycle'));
  return lookupCurves(ramps, fitLookup(ramps, { bins: 40, removeReadNoise: true }).increasing.conductance);
}

describe('the walk along a lookup table', () => {
  it('foretells ramps of any shape, where an exponential device does not', () => {
    const { error, curves, table } = compared(hump);
    expect(error.exponential).toBeGreaterThan(0.02);
    expect(error.table! / error.exponential!).toBeLessThan(0.5);
    const off = table.ltp.map((g, p) => Math.abs(g - curves.ltp.mean[p]!) / (80 * uS));
    expect(Math.max(...off)).toBeLessThan(0.02);
  });

  it('comes near an exponential device on its own ground', () => {
    const { error } = compared(exponential);
    expect(error.table! / error.exponential!).toBeGreaterThan(0.7);
    expect(error.table! / error.exponential!).toBeLessThan(1.5);
  });

  it('has no error where a branch is a single ramp', () => {
    const { ltp: up, ltd } = drawRampSet(exponential, 2, keyOf(6, 'cycleToCycle'));
    const bins = Array.from({ length: 10 }, (_, i) => (15 + 7 * i) * uS);
    const { error } = lookupCurves({ ltp: up.slice(0, 1), ltd }, bins);
    expect(error).toEqual({ table: undefined, exponential: undefined });
  });
});
