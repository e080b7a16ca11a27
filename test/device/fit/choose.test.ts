import { describe, expect, it } from 'vitest';
import { choose, type Candidate } from '../../../src/device/fit/cross-validate.js';
import { fitModel, type RampFit } from '../../../src/device/fit/estimate.js';
import { keyOf } from '../../../src/random.js';
import { fitWarnings } from '../../../src/report/fit/fit-remarks.js';
import { levelsApart } from '../../../src/report/fit/fit-tables.js';
import { drawRampSet, exponentialTruth } from './synthetic.js';

const candidate = (name: Candidate['name'], change: Partial<Candidate>): Candidate => ({
  ...{ name, parameters: 6, error: 0.01, excess: 0, excessError: 0, limits: [] },
  ...change,
});

describe('the choice of a model', () => {
  it('is the simplest within one standard error of the least', () => {
    const linear = candidate('linear', { parameters: 3, error: 0.012, excess: 2e-6, excessError: 3e-6 });
    const far = { ...linear, excessError: 1e-6 };
    expect(choose([linear, candidate('exponential', {})])).toBe('linear');
    expect(choose([far, candidate('exponential', {})])).toBe('exponential');
  });

  it('passes over a family at the limit of the search, though its error is the least', () => {
    const power = candidate('power', {
      parameters: 8,
      error: 0.0099,
      excess: -2e-7,
      excessError: 1e-7,
      limits: ['bound'],
    });
    expect(choose([candidate('exponential', {}), power])).toBe('exponential');
    const both = [candidate('exponential', { excess: 3e-4, excessError: 1e-5, limits: ['start'] }), power];
    expect(choose(both)).toBe('power');
  });

  it('does not go by digits of readings', () => {
    const power = candidate('power', { parameters: 8, error: 1e-7 });
    expect(choose([candidate('exponential', { error: 2e-7, excess: 3e-14 }), power])).toBe('exponential');
    expect(choose([candidate('exponential', { error: 2e-4, excess: 4e-8 }), power])).toBe('power');
  });

  it('asks for more where pulses of one ramp are foretold from those beside them', () => {
    const power = candidate('power', { parameters: 8, error: 0.0075 });
    const exponential = candidate('exponential', { excess: 4e-5, excessError: 1e-5 });
    expect(choose([exponential, power])).toBe('power');
    expect(choose([exponential, power], true)).toBe('exponential');
    expect(choose([exponential, { ...power, error: 0.006 }], true)).toBe('power');
  });

  it('is a family at the limit of the search where it is clearly better: the ramps tell its form', () => {
    const power = candidate('power', {
      parameters: 8,
      error: 0.008,
      excess: -4e-7,
      excessError: 1e-7,
      limits: ['bound'],
    });
    const linear = candidate('linear', { parameters: 3 });
    expect(choose([linear, candidate('exponential', {}), power])).toBe('power');
    expect(choose([linear, { ...power, excess: -2.9e-7 }])).toBe('linear');
  });
});

describe('a fit is warned of', () => {
  const curve = { mean: Float64Array.of(10e-6, 60e-6, 100e-6), deviation: new Float64Array(3), ramps: 5, pulses: 2 };
  const warn = (gMin: number, gMax: number, limits: readonly string[] = []): string[] => {
    const device = { gMin, gMax } as RampFit['device'];
    return fitWarnings({ device, curves: { ltp: curve, ltd: curve }, model: 'power', limits });
  };

  it('where its range is mostly not what was measured', () => {
    expect(warn(9e-6, 105e-6)).toEqual([]);
    expect(warn(0.1e-6, 105e-6)).toEqual([
      expect.stringMatching(
        /^the device's range, 100 nS to 105 uS, reaches far beyond the 10 uS to 100 uS that were measured/,
      ),
    ]);
    expect(warn(10e-6, 210e-6)).toHaveLength(1);
  });

  it('where the search ran to its end', () => {
    expect(warn(9e-6, 105e-6, ['lower bound'])[0]).toMatch(/^lower bound of power ran to the limit of the search/);
  });
});

describe('readings without noise', () => {
  it('make a device without noise, and no levels without end', () => {
    const uS = 1e-6;
    const ltp = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 30 };
    const ltd = { ...ltp, start: 90 * uS, end: 10 * uS, alpha: -2 };
    const truth = exponentialTruth({ ltp, ltd, startSpread: 0, programming: 0, read: 0 });
    const ramps = drawRampSet(truth, 3, keyOf(1, 'cycleToCycle'));
    const options = { model: 'exponential', range: 'overlap', resamplings: 50, seed: 1, confidence: 0.95 } as const;
    const { device } = fitModel('exponential', ramps, options);
    expect([device.cycleToCycle, device.readNoise]).toEqual([0, 0]);
    expect(levelsApart({ device, noise: {} } as RampFit)).toBe(Infinity);
  });
});
