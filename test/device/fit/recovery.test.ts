import { describe, expect, it } from 'vitest';
import { bootstrap } from '../../../src/device/fit/bootstrap.js';
import { choose, crossValidate } from '../../../src/device/fit/cross-validate.js';
import { familyNames } from '../../../src/device/fit/family.js';
import { fitRamps } from '../../../src/device/fit/estimate.js';
import { quantities } from '../../../src/device/fit/quantities.js';
import { meanCurve } from '../../../src/device/fit/ramps.js';
import { scaleOf, unitCurves } from '../../../src/device/fit/scale.js';
import { families, solve } from '../../../src/device/fit/solve.js';
import type { FitOptions } from '../../../src/device/fit/types.js';
import { labelOfAlpha } from '../../../src/device/nonlinearity.js';
import { drawRamps, type Truth } from './synthetic.js';

const truth: Truth = {
  ...{ gMin: 2e-6, gMax: 12e-6, pulses: 40, alpha: { ltp: 2.5, ltd: -1.5 } },
  ...{ programming: 0.004, read: 0.003, ramps: 12 },
};
const options: FitOptions = {
  ...{ model: 'exponential', range: 'union', resamplings: 60, seed: 1, confidence: 0.95, bins: 20, cdfPoints: 21 },
};

function estimatesOf(seed: number) {
  const ramps = drawRamps(truth, seed);
  const pulses = { ltp: truth.pulses, ltd: truth.pulses };
  const curves = { ltp: meanCurve(ramps.ltp), ltd: meanCurve(ramps.ltd) };
  const scale = scaleOf(curves);
  const family = families.exponential;
  const { parameters } = solve(family, unitCurves(curves, scale));
  const fitted = quantities({ family, ramps, scale, pulses, parameters, rule: 'union' });
  if (typeof fitted === 'string') throw new Error(fitted);
  return bootstrap(fitted, { ramps, scale, pulses, options });
}

describe('known parameters, drawn 100 times', () => {
  it('lie within their stated intervals in at least 90 draws', { timeout: 300_000 }, () => {
    const range = truth.gMax - truth.gMin;
    const known: Readonly<Record<string, number>> = {
      'ltp.alpha': truth.alpha.ltp,
      'ltd.alpha': truth.alpha.ltd,
      'ltp.label': labelOfAlpha(truth.alpha.ltp),
      'ltp.A': truth.pulses / truth.alpha.ltp,
      'ltd.A': truth.pulses / truth.alpha.ltd,
      'ltp.start': truth.gMin,
      'ltp.end': truth.gMax,
      'ltd.start': truth.gMax,
      'ltd.end': truth.gMin,
      'ltp.programmingNoise': truth.programming * range,
      'ltd.programmingNoise': truth.programming * range,
      'ltp.readNoise': truth.read * range,
      'ltd.readNoise': truth.read * range,
    };
    const hits = Object.fromEntries(Object.keys(known).map((name) => [name, 0]));
    for (let seed = 1; seed <= 100; seed++) {
      const estimates = estimatesOf(seed);
      for (const [name, value] of Object.entries(known)) {
        const { low, high } = estimates[name]!;
        if (low! <= value && value <= high!) hits[name]!++;
      }
    }
    expect(Object.entries(hits).filter(([, count]) => count < 90)).toEqual([]);
    // Intervals that are wide enough for anything would pass as well.
    const { low, high } = estimatesOf(1)['ltp.alpha']!;
    expect(high! - low!).toBeLessThan(0.5);
  });
});

describe('the choice of a model', () => {
  const chosen = (alpha: Truth['alpha'], seed: number) => {
    const ramps = drawRamps({ ...truth, alpha }, seed);
    const scale = scaleOf({ ltp: meanCurve(ramps.ltp), ltd: meanCurve(ramps.ltd) });
    return choose(crossValidate(familyNames, ramps, scale));
  };

  it('is the one that drew the ramps', () => {
    expect(chosen({ ltp: 2.5, ltd: 1.5 }, 1)).toBe('exponential');
    expect(chosen({ ltp: 0, ltd: 0 }, 1)).toBe('linear');
  });
});

describe('a fit', () => {
  it('states no interval of a single ramp', () => {
    const fit = fitRamps(drawRamps({ ...truth, ramps: 1 }, 3), options);
    expect(fit.estimates['ltp.alpha']).toMatchObject({ low: null, high: null });
    expect(Math.abs(fit.estimates['ltp.alpha']!.value - truth.alpha.ltp)).toBeLessThan(0.3);
  });

  it('takes the range that both branches cover, or that either does', () => {
    // An LTP curve that saturates at 12 µS could not be carried on to 13 µS.
    const gentle = { ...truth, alpha: { ltp: 0.8, ltd: -0.5 } };
    const { ltp } = drawRamps(gentle, 4);
    const shifted = { ...gentle, gMin: 3e-6, gMax: 13e-6 };
    const ramps = { ltp, ltd: drawRamps(shifted, 5).ltd };
    const of = (range: 'overlap' | 'union') => fitRamps(ramps, { ...options, range, resamplings: 20 }).device;
    const [overlap, union] = [of('overlap'), of('union')];
    for (const [value, expected] of [
      [overlap.gMin, 3e-6],
      [overlap.gMax, 12e-6],
      [union.gMin, 2e-6],
      [union.gMax, 13e-6],
    ] as const)
      expect(Math.abs(value - expected)).toBeLessThan(0.1e-6);
    expect(overlap.states.ltp).toBeLessThan(union.states.ltp);
  });

  it('finds the spread over devices', () => {
    const tops = [-1.5, -0.9, -0.3, 0.3, 0.9, 1.5].map((z) => 12e-6 + z * 0.5e-6);
    const sets = tops.map((gMax, device) => drawRamps({ ...truth, gMax }, 10, device));
    const ramps = { ltp: sets.flatMap(({ ltp }) => ltp), ltd: sets.flatMap(({ ltd }) => ltd) };
    const { spread, device } = fitRamps(ramps, { ...options, resamplings: 20 });
    const sigma = (Math.sqrt((2 * (1.5 ** 2 + 0.9 ** 2 + 0.3 ** 2)) / 5) * 0.5e-6) / (device.gMax - device.gMin);
    expect(spread!.count).toBe(6);
    expect(Math.abs(spread!.sigma.gMax.sigma / sigma - 1)).toBeLessThan(0.15);
    expect(spread!.sigma.gMin.sigma).toBeLessThan(0.2 * sigma);
  });
});
