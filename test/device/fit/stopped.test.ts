import { describe, expect, it } from 'vitest';
import { depression, potentiation } from '../../../src/device/exponential.js';
import { freeStretch, stopSet, stopsOf } from '../../../src/device/fit/stops.js';
import { stoppedMean } from '../../../src/device/fit/stopped-chain.js';
import type { Ramp, RampSet } from '../../../src/device/fit/ramps.js';
import { alphaOfLabel } from '../../../src/device/nonlinearity.js';
import { fold, normal, type Key } from '../../../src/random.js';
import { leastHits } from '../../helpers/binomial.js';
import { drawHardRamps } from './hard-bounds.js';
import { bounds, exponentialCell, fitted, held, key, labels, patience, uS } from './hard-intervals.js';

const powerStates = { 'ltp.states': 40, 'ltd.states': 40 };

/** Step and noise of a power law that bounds stop, ramps of 60 pulses. */
function powerRamps(key: Key, gamma: { ltp: number; ltd: number }, cycleToCycle: number): RampSet {
  const set: { ltp: Ramp[]; ltd: Ramp[] } = { ltp: [], ltd: [] };
  let g = 0;
  for (let r = 0; r < 20; r++) {
    for (const [word, branch] of (['ltp', 'ltd'] as const).entries()) {
      const values = [g];
      for (let k = 0; k < 60; k++) {
        const room = branch === 'ltp' ? 1 - g : g;
        const step = ((gamma[branch] + 1) / 40) * Math.max(0, room) ** gamma[branch];
        const noise = cycleToCycle * normal(fold(fold(key, r), word), k);
        g = Math.min(1, Math.max(0, g + (branch === 'ltp' ? step : -step) + noise));
        values.push(g);
      }
      const siemens = values.map((x) => bounds.gMin + (bounds.gMax - bounds.gMin) * x);
      set[branch].push({ name: `ramp${r + 1}`, file: 'simulated.csv', device: 0, values: siemens });
    }
  }
  return set;
}

/** Devices with bounds and labels of their own. */
function devicesOf(key: Key, count: number, ramps: number): RampSet {
  const all = Array.from({ length: count }, (_, device) => {
    const off = (i: number): number => normal(fold(key, 1), 4 * device + i);
    const cell = {
      ...{ gMin: bounds.gMin + off(0) * 1.5 * uS, gMax: bounds.gMax + off(1) * 10 * uS, cycleToCycle: 0.01 },
      up: potentiation(alphaOfLabel(2.4 + 0.4 * off(2)), 40),
      down: depression(alphaOfLabel(-4.88 + 0.4 * off(3)), 40),
    };
    const set = drawHardRamps(cell, { ltp: 40, ltd: 40 }, ramps, fold(fold(key, 2), device), true);
    const own = (of: readonly Ramp[]): Ramp[] => of.map((ramp) => ({ ...ramp, device }));
    return { ltp: own(set.ltp), ltd: own(set.ltd) };
  });
  return { ltp: all.flatMap(({ ltp }) => ltp), ltd: all.flatMap(({ ltd }) => ltd) };
}

describe('of 25 and 40 draws, as 90 % in all but one of 1000 series', () => {
  it(
    'a power law that bounds stop',
    () => {
      const gamma = { ltp: 1.5, ltd: 0.7 };
      const expected = { ...bounds, 'ltp.gamma': gamma.ltp, 'ltd.gamma': gamma.ltd, cycleToCycle: 0.01 };
      const hits = held('power', 25, (draw) => powerRamps(draw, gamma, 0.01), { ...expected, ...powerStates });
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(leastHits(25));
    },
    patience,
  );

  it(
    'the mean of devices that have bounds of their own',
    () => {
      const expected = { ...bounds, ...labels, cycleToCycle: 0.01 };
      const hits = held('exponential', 40, (draw) => devicesOf(draw, 6, 6), expected);
      for (const [name, count] of Object.entries(hits)) expect(count, name).toBeGreaterThanOrEqual(leastHits(40));
    },
    patience,
  );
});

describe('ramps that stay at a bound', () => {
  // 70 pulses of LTD hold e^−5 against e^−8.75 of the range between where steps lead and the bound: no steps tell that.
  it('tell the steps; where those contradict a curve that ends there, label and states have no intervals', () => {
    const cell = exponentialCell(0.01);
    const ramps = drawHardRamps(cell, { ltp: 80, ltd: 70 }, 20, key, false);
    const { estimates, device, solution } = fitted('exponential', ramps);
    expect(solution.freed).toEqual(['ltp']);
    expect(estimates['device.label.ltp']).toMatchObject({ low: null, high: null });
    expect(device.exactStates.ltp).toBeLessThan(60);
    const [up, down] = [
      potentiation(device.alpha!.ltp, device.exactStates.ltp),
      depression(device.alpha!.ltd, device.exactStates.ltd),
    ];
    // σ of a mean step is 0.01 of the range; hundreds of steps are near any conductance.
    for (const g of [0.1, 0.5, 0.9]) {
      expect(Math.abs(up.c0 - up.c1 * g - (cell.up.c0 - cell.up.c1 * g)), `up at ${g}`).toBeLessThan(0.003);
      expect(Math.abs(down.c0 - down.c1 * g - (cell.down.c0 - cell.down.c1 * g)), `down at ${g}`).toBeLessThan(0.003);
    }
  });
});

describe('bounds', () => {
  const ramps = drawHardRamps(exponentialCell(0.01), { ltp: 40, ltd: 40 }, 10, key);

  it('are the extremes that readings repeat', () => {
    const { low, high, resolution } = stopsOf(ramps, 0);
    expect([low! / uS, high! / uS]).toEqual([expect.closeTo(10, 9), expect.closeTo(110, 9)]);
    expect(resolution / uS).toBeLessThan(0.01);
  });

  it('are none where cells never come to them, nor where readings are coarse', () => {
    const short = drawHardRamps(exponentialCell(0.003), { ltp: 20, ltd: 8 }, 10, key, false);
    expect(stopSet(short)).toBeUndefined();
    const coarse = (g: number): number => Math.round(g / (2 * uS)) * 2 * uS;
    const inside = drawHardRamps(
      { ...exponentialCell(0.01), up: { c0: 0.09, c1: 0.1 }, down: { c0: 0.01, c1: 0.1 } },
      { ltp: 60, ltd: 60 },
      10,
      key,
      false,
    );
    const rounded = (branch: 'ltp' | 'ltd') =>
      inside[branch].map((ramp) => ({ ...ramp, values: ramp.values.map(coarse) }));
    expect(stopSet({ ltp: rounded('ltp'), ltd: rounded('ltd') })).toBeUndefined();
  });

  it('leave the pulses free at which hardly a ramp is stopped', () => {
    const stops = stopSet(ramps)!;
    const free = freeStretch(ramps.ltd, stops);
    expect(free).toHaveLength(10);
    expect(free[0]!.values.length).toBeGreaterThan(10);
    expect(free[0]!.values.length).toBeLessThan(30);
  });

  it('keep the mean of cells inside, as far as in 20,000 simulated ramps', () => {
    const cell = exponentialCell(0.03);
    const many = drawHardRamps(cell, { ltp: 60, ltd: 1 }, 20_000, key, false).ltp;
    const { c0, c1 } = cell.up;
    const pulse = { step: (x: number) => c0 - c1 * x, sigma: 0.03 };
    const mean = stoppedMean(pulse, [0], { low: 0, high: 1, resolution: 1e-9 }, 61);
    for (const k of [1, 5, 20, 40, 60]) {
      const simulated = many.reduce((sum, { values }) => sum + (values[k]! - cell.gMin) / (100 * uS), 0) / many.length;
      // σ of a mean of 20,000: 0.06/√20,000 = 0.0004; 4 of them.
      expect(Math.abs(mean[k]! - simulated), `pulse ${k}`).toBeLessThan(0.0017);
    }
    // A cell without noise ends at the bound.
    expect(mean[40]).toBeLessThan(0.975);
  });
});
