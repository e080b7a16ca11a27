import { describe, expect, it } from 'vitest';
import { deviceToDevice } from '../../../src/device/fit/device-spread.js';
import { fitModel, prepare } from '../../../src/device/fit/estimate.js';
import type { RampSet } from '../../../src/device/fit/ramps.js';
import { finish } from '../../../src/device/fit/work.js';
import { alphaOfLabel } from '../../../src/device/nonlinearity.js';
import { fold, keyOf, normal, type Key } from '../../../src/random.js';
import { leastHits } from '../../helpers/binomial.js';
import { drawRampSet, exponentialTruth } from './synthetic.js';

const uS = 1e-6;
const mean = { low: 10 * uS, high: 90 * uS, ltp: 2.2, ltd: -3.1 };

/** Devices whose labels, lower and upper bounds have spreads of their own, each with its ramps. */
function drawDevices(count: number, ramps: number, spread: number, key: Key): RampSet {
  const all = Array.from({ length: count }, (_, device) => {
    const off = (i: number): number => spread * normal(fold(key, 7), 4 * device + i);
    const [start, end] = [mean.low + off(0) * 1.5 * uS, mean.high + off(1) * 10 * uS];
    const alpha = (label: number, i: number): number => alphaOfLabel(label + 0.4 * off(i));
    const truth = exponentialTruth({
      ltp: { start, end, alpha: alpha(mean.ltp, 2), pulses: 30 },
      ltd: { start: end, end: start, alpha: alpha(mean.ltd, 3), pulses: 30 },
      ...{ startSpread: 0.3 * uS, programming: 0.5 * uS, read: 0.3 * uS },
    });
    return drawRampSet(truth, ramps, fold(key, 8), device);
  });
  return { ltp: all.flatMap(({ ltp }) => ltp), ltd: all.flatMap(({ ltd }) => ltd) };
}

const expected = {
  ...{ gMin: mean.low, gMax: mean.high, cycleToCycle: 0.5 / 80 },
  ...{ 'device.label.ltp': mean.ltp, 'device.label.ltd': mean.ltd },
};

/** Of so many draws, those whose interval holds the mean device, by parameter. */
function covered(draws: number, set: (key: Key) => RampSet) {
  const hits = Object.fromEntries(Object.keys(expected).map((name) => [name, 0]));
  for (let draw = 0; draw < draws; draw++) {
    const { estimates } = fitModel('exponential', set(fold(keyOf(17, 'deviceToDevice'), draw)), {
      ...{ model: 'exponential', range: 'overlap', resamplings: 60, confidence: 0.95, seed: draw },
    });
    for (const [name, value] of Object.entries(expected)) {
      const { low, high } = estimates[name]!;
      if (low! <= value && value <= high!) hits[name]!++;
    }
  }
  return hits;
}

const patience = 400_000;

describe('the intervals of several devices hold the mean device, as 90 % would in all but one of 1000 series of draws', () => {
  it.each([
    [12, 2, 1],
    [6, 4, 0],
    [3, 6, 1],
  ])(
    '%s devices of %s ramps, spread %s',
    (devices, ramps, spread) => {
      const hits = covered(60, (key) => drawDevices(devices, ramps, spread, key));
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(leastHits(60));
    },
    patience,
  );

  it(
    'which those of as many ramps of one device would not',
    () => {
      const asOne = (ramps: RampSet['ltp']) => ramps.map((ramp) => ({ ...ramp, device: 0 }));
      const hits = covered(30, (key) => {
        const { ltp, ltd } = drawDevices(6, 10, 1, key);
        return { ltp: asOne(ltp), ltd: asOne(ltd) };
      });
      expect(hits['device.label.ltp']).toBeLessThan(leastHits(30));
      expect(hits.gMin).toBeLessThan(leastHits(30));
    },
    patience,
  );
});

describe('the spread over devices', () => {
  const options = { model: 'exponential', range: 'overlap', resamplings: 40, confidence: 0.95, seed: 1 } as const;

  function spreadOf(set: RampSet) {
    const few = { ...options, resamplings: 10 };
    return finish(deviceToDevice(fitModel('exponential', set, few), { ...prepare(set), options }))!;
  }

  it(
    'is without what the ramps leave uncertain of each device, however few they are',
    () => {
      // Of two ramps the labels of alike devices spread by 0.10 and 0.13: left in, σ of 0.12 would come out at 0.16.
      const draws = Array.from({ length: 24 }, (_, draw) => {
        const { ltp, ltd } = spreadOf(drawDevices(12, 2, 0.3, fold(keyOf(17, 'deviceToDevice'), draw))).sigma;
        return (ltp.sigma ** 2 + ltd.sigma ** 2) / 2;
      });
      const sigma = Math.sqrt(draws.reduce((sum, variance) => sum + variance, 0) / draws.length);
      expect(sigma).toBeGreaterThan(0.1);
      expect(sigma).toBeLessThan(0.14);
    },
    patience,
  );

  it('counts devices of a single ramp, of which that is not known', () => {
    const key = keyOf(3, 'deviceToDevice');
    expect(spreadOf(drawDevices(4, 1, 1, key))).toMatchObject({ count: 4, single: 4 });
    expect(spreadOf(drawDevices(3, 2, 1, key))).toMatchObject({ count: 3, single: 0 });
  });
});
