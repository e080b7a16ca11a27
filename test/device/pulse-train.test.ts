import { describe, expect, it } from 'vitest';
import { pulsesOverRange, pulsesToCover, pulseTrains, stepCurves } from '../../src/device/pulse-train.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import { tabulate, type OwnResponse } from '../../src/device/response.js';

function compiled(device: object): OwnResponse {
  const range = { gMin: '1 uS', gMax: '101 uS' };
  const response = compileDevice(deviceSchema.parse({ ...range, ...device }), { window: [0, 1] });
  if (response.kind === 'ideal' || response.kind === 'table') throw new TypeError(response.kind);
  return response;
}

const noisy = { model: 'linear', states: 1000, cycleToCycle: 0.002 };

describe('a train of pulses', () => {
  it('walks along the closed form, up and then down from where it came', () => {
    const alpha = { ltp: 2, ltd: -3 };
    const [up, down] = [40, 25];
    const nonlinearity = { ltp: { alpha: alpha.ltp }, ltd: { alpha: alpha.ltd } };
    const response = compiled({ model: 'exponential', states: { ltp: up, ltd: down }, nonlinearity });
    expect(pulsesOverRange(response)).toEqual({ up, down });
    const trains = pulseTrains(response, { up, down });
    const level = (p: number, a: number): number => Math.expm1(-p * a) / Math.expm1(-a);
    trains.up.at.forEach((p, i) => {
      expect(trains.up.mean[i]).toBeCloseTo(level(p / up, alpha.ltp), 6);
    });
    expect(trains.down.at.at(0)).toBe(up);
    trains.down.at.forEach((p, i) => {
      expect(trains.down.mean[i]).toBeCloseTo(level(1 - (p - up) / down, alpha.ltd), 6);
    });
  });

  it('is as long as it takes to show the range, as far as that can be', () => {
    const nonlinearity = { ltp: { label: 3 }, ltd: { label: -5 } };
    const exact = compiled({ model: 'exponential', states: { ltp: 40, ltd: 25 }, nonlinearity });
    expect(pulsesToCover(exact)).toEqual({ up: 40, down: 25 });
    // (1 - 2/N)^n = 0.005; what LTD begins from is not quite the top.
    const soft = pulsesToCover(compiled({ model: 'soft-bounds', states: 100 }));
    const pulses = Math.ceil(Math.log(0.005) / Math.log(1 - 2 / 100));
    expect(soft).toEqual({ up: pulses, down: pulses });
    // Steps of room^6 would take 1e10 pulses.
    expect(pulsesToCover(compiled({ model: 'power', states: 100, gamma: { ltp: 6, ltd: 0 } })).up).toBe(400);
    // The same through tables, whose mean step is taken over the window.
    const table = tabulate(compiled({ model: 'soft-bounds', states: 100 }));
    const trains = pulseTrains(table, pulsesToCover(table));
    expect(trains.up.mean.at(-1)).toBeGreaterThanOrEqual(0.995);
    expect(trains.down.mean.at(-1)).toBeLessThanOrEqual(0.005);
  });

  it('has a band of nothing without noise, and never one beyond the range', () => {
    const quiet = pulseTrains(compiled({ ...noisy, cycleToCycle: 0 }), { up: 300, down: 10 });
    expect(quiet.up.low).toEqual(quiet.up.high);
    const loud = pulseTrains(compiled({ ...noisy, cycleToCycle: 0.2 }), { up: 300, down: 10 });
    expect(Math.min(...loud.up.low)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...loud.up.high)).toBeLessThanOrEqual(1);
  });

  it('has the band of what is read where writes are noisy, which does not grow, and is not beneath zero siemens', () => {
    // σ of the range; of 400 cells half the distance of the edges is known to σ/18, and five of those are allowed.
    const hidden = compiled({ model: 'linear', states: 1000, writeNoise: 0.03 });
    const { up } = pulseTrains(hidden, { up: 500, down: 1 });
    expect([up.low[0], up.high[0]]).toEqual([0, 0]);
    for (const p of [100, 300, 500]) {
      const half = (up.high[p]! - up.low[p]!) / 2;
      expect(Math.abs(half / 0.03 - 1), `pulse ${p}`).toBeLessThan(5 / 18);
      expect(up.mean[p]).toBeCloseTo(p / 1000, 9);
    }
    // gMin is 1 uS of a range of 100.
    const loud = pulseTrains(compiled({ model: 'linear', states: 1000, writeNoise: 0.5 }), { up: 5, down: 1 });
    expect(Math.min(...loud.up.low)).toBeCloseTo(-0.01, 12);
  });

  it('has a band as wide as σ·√n far from the bounds', () => {
    // Of 400 cells each edge is known to σ/13, the half of their distance to σ/18; four of those are allowed.
    const { up } = pulseTrains(compiled(noisy), { up: 500, down: 1 });
    for (const pulses of [200, 350, 500]) {
      const i = up.at.indexOf(pulses);
      const half = (up.high[i]! - up.low[i]!) / 2;
      expect(Math.abs(half / (0.002 * Math.sqrt(pulses)) - 1)).toBeLessThan(4 / 18);
    }
  });

  it('keeps about 500 points of a long train, its end among them', () => {
    const { up, down } = pulseTrains(compiled(noisy), { up: 1700, down: 3 });
    expect(up.at.length).toBeGreaterThan(400);
    expect(up.at.length).toBeLessThan(502);
    expect(up.at.at(-1)).toBe(1700);
    expect(down.at).toEqual([1700, 1701, 1702, 1703]);
  });

  it('is the same whenever it is drawn', () => {
    const draw = () => pulseTrains(compiled(noisy), { up: 50, down: 50 });
    expect(draw()).toEqual(draw());
  });
});

describe('steps against conductance', () => {
  it('have a band of one σ, from the range and from the step', () => {
    const response = compiled({ model: 'soft-bounds', states: 50, cycleToCycle: 0.003, stepNoise: 0.4 });
    const { down } = stepCurves(response, 5);
    down.at.forEach((g, i) => {
      const step = -(2 / 50) * g;
      expect(down.mean[i]).toBeCloseTo(step, 6);
      expect(down.high[i]! - down.mean[i]!).toBeCloseTo(Math.hypot(0.003, 0.4 * step), 6);
      expect(down.mean[i]! - down.low[i]!).toBeCloseTo(Math.hypot(0.003, 0.4 * step), 6);
    });
  });

  it('of a table have the band of its distribution', () => {
    const response = compiled({ model: 'soft-bounds', states: 50, cycleToCycle: 0.003 });
    const [direct, table] = [stepCurves(response, 11), stepCurves(tabulate(response), 11)];
    // A table has 129 probabilities, between which it is straight.
    for (const edge of ['mean', 'low', 'high'] as const) {
      direct.up[edge].forEach((step, i) => {
        expect(Math.abs(table.up[edge][i]! - step)).toBeLessThan(0.01 * 0.003);
      });
    }
  });
});
