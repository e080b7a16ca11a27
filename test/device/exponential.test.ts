import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depression, exponential, potentiation } from '../../src/device/exponential.js';
import { alphaOfLabel } from '../../src/device/nonlinearity.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import { pulseOnce, type AffineResponse, type AffineStep, type Directions } from '../../src/device/response.js';
import { fold, keyOf } from '../../src/random.js';
import { errorOfDeviation, errorOfMean, momentsOf, standardErrors } from './statistics.js';

const window = [0.25, 0.75] as const;

function compiled(config: Record<string, unknown>): AffineResponse {
  const response = compileDevice(deviceSchema.parse({ gMin: '1 nS', gMax: '10 nS', states: 30, ...config }), {
    window,
  });
  if (response.kind !== 'affine') throw new TypeError(`expected an affine response, got ${response.kind}`);
  return response;
}

function exponentialCell(ltp: number, ltd: number, config: Record<string, unknown> = {}): AffineResponse {
  return compiled({ model: 'exponential', nonlinearity: { ltp: { label: ltp }, ltd: { label: ltd } }, ...config });
}

const after = (step: AffineStep, g: number): number => g + step.c0 - step.c1 * g;

function train(step: AffineStep, g: number, pulses: number): number {
  let reached = g;
  for (let p = 0; p < pulses; p++) reached = after(step, reached);
  return reached;
}

/** NeuroSim's curve in the unit range: g(P) = B·(1 − e^{−P/A}), and the pulses that lead to g. */
function curveOf(alpha: number, states: number) {
  const a = states / alpha;
  const b = 1 / (1 - Math.exp(-states / a));
  return {
    conductance: (pulses: number) => b * (1 - Math.exp(-pulses / a)),
    pulses: (g: number) => -a * Math.log(1 - g / b),
  };
}

const label = fc.oneof(fc.double({ min: 0.05, max: 6, noNaN: true }), fc.double({ min: -6, max: -0.05, noNaN: true }));
const states = fc.integer({ min: 2, max: 1000 });
const inside = fc.double({ min: 0.02, max: 0.98, noNaN: true });

describe("NeuroSim's curves", () => {
  it('takes a number of pulses of its own for each branch', () => {
    const cell = exponentialCell(2, -4, { states: { ltp: 30, ltd: 3 } });
    expect(cell.pulsesPerRange).toEqual({ up: 30, down: 3 });
    expect(cell.nominal.up).toEqual(exponentialCell(2, -4, { states: 30 }).nominal.up);
    expect(cell.nominal.down).toEqual(exponentialCell(2, -4, { states: 3 }).nominal.down);
    expect(train(cell.nominal.up, 0, 30)).toBeCloseTo(1, 9);
    expect(train(cell.nominal.down, 1, 3)).toBeCloseTo(0, 9);
    expect(cell.levels).toHaveLength(31);
  });

  it('n pulses up are G(P0 + n) on the LTP curve, for either sign', () => {
    fc.assert(
      fc.property(label, states, inside, fc.integer({ min: 1, max: 20 }), (nl, N, g, n) => {
        const alpha = alphaOfLabel(nl);
        const { conductance, pulses } = curveOf(alpha, N);
        const expected = conductance(pulses(g) + n);
        expect(Math.abs(train(potentiation(alpha, N), g, n) - expected)).toBeLessThan(1e-9 * Math.max(1, expected));
      }),
    );
  });

  it('n pulses down are G(P0 − n) on the LTD curve, walked backwards, for either sign', () => {
    fc.assert(
      fc.property(label, states, inside, fc.integer({ min: 1, max: 20 }), (nl, N, g, n) => {
        const alpha = alphaOfLabel(nl);
        const { conductance, pulses } = curveOf(alpha, N);
        const expected = conductance(pulses(g) - n);
        const bound = 1e-9 * Math.max(1, Math.abs(expected));
        expect(Math.abs(train(depression(alpha, N), g, n) - expected)).toBeLessThan(bound);
      }),
    );
  });

  it('a positive LTD retraces the LTP branch: a pulse down undoes a pulse up', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6, noNaN: true }), states, inside, (nl, N, g) => {
        const alpha = alphaOfLabel(nl);
        expect(Math.abs(after(depression(alpha, N), after(potentiation(alpha, N), g)) - g)).toBeLessThan(1e-9);
      }),
    );
  });

  it('a negative LTD takes its largest step first, from the top, and saturates at the bottom', () => {
    const down = depression(alphaOfLabel(-4), 30);
    const steps = Array.from({ length: 30 }, (_, n) => train(down, 1, n) - train(down, 1, n + 1));
    expect(steps.every((step, n) => step > 0 && (n === 0 || step < steps[n - 1]!))).toBe(true);
    expect(steps[0]! / steps[29]!).toBeGreaterThan(30);
  });

  it('a positive LTP takes its largest step first, from the bottom', () => {
    const up = potentiation(alphaOfLabel(2), 30);
    const steps = Array.from({ length: 30 }, (_, n) => train(up, 0, n + 1) - train(up, 0, n));
    expect(steps.every((step, n) => step > 0 && (n === 0 || step < steps[n - 1]!))).toBe(true);
  });

  it('N pulses lead from 0 to 1 and from 1 to 0, whatever the label (1e-6)', () => {
    // Rounding grows by e^α on the way from the saturated end: at |NL| = 6, α = 7.6.
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), states, (nl, N) => {
        const alpha = alphaOfLabel(nl);
        expect(Math.abs(train(potentiation(alpha, N), 0, N) - 1)).toBeLessThan(1e-6);
        expect(Math.abs(train(depression(alpha, N), 1, N))).toBeLessThan(1e-6);
      }),
    );
  });

  it('α = 0 is the limit of small α', () => {
    for (const step of [potentiation, depression]) {
      const [linear, near] = [step(0, 30), step(1e-6, 30)];
      expect(Math.abs(near.c0 - linear.c0)).toBeLessThan(1e-6);
      expect(Math.abs(near.c1 - linear.c1)).toBeLessThan(1e-6);
    }
  });
});

describe('compiled closed forms', () => {
  it('an exponential cell takes LTP and LTD each from its own label', () => {
    const { nominal, pulsesPerRange, levels, drawCell } = exponentialCell(2, -4);
    expect(nominal).toEqual({
      up: potentiation(alphaOfLabel(2), 30),
      down: depression(alphaOfLabel(-4), 30),
      ...{ low: 0, high: 1 },
    });
    expect(pulsesPerRange).toEqual({ up: 30, down: 30 });
    expect(drawCell).toBeUndefined();
    expect(levels).toHaveLength(31);
    expect([levels[0], levels[10]]).toEqual([0, Math.fround(train(nominal.up, 0, 10))]);
    expect(Math.abs(levels[30]! - 1)).toBeLessThan(1e-6);
  });

  it('soft bounds: up s·(1 − g), down −s·g, with a mean step over the range of 1/states', () => {
    const { nominal } = compiled({ model: 'soft-bounds', states: 50 });
    for (const g of [0, 0.3, 0.9, 1]) {
      expect(after(nominal.up, g) - g).toBeCloseTo((2 / 50) * (1 - g), 14);
      expect(after(nominal.down, g) - g).toBeCloseTo((-2 / 50) * g, 14);
    }
    const places = Array.from({ length: 1000 }, (_, k) => (k + 0.5) / 1000);
    expect(momentsOf(places.map((g) => after(nominal.up, g) - g)).mean).toBeCloseTo(1 / 50, 12);
    expect(momentsOf(places.map((g) => after(nominal.down, g) - g)).mean).toBeCloseTo(-1 / 50, 12);
  });

  it('linear: equal steps of 1/states', () => {
    const { nominal, levels } = compiled({ model: 'linear', states: 8 });
    expect([after(nominal.up, 0.3) - 0.3, after(nominal.down, 0.3) - 0.3]).toEqual([
      expect.closeTo(0.125, 14),
      expect.closeTo(-0.125, 14),
    ]);
    expect([...levels]).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]);
  });

  it('keep gMin and gMax in siemens, and the noise', () => {
    const response = exponentialCell(1, 1, { cycleToCycle: 0.02, readNoise: 0.01 });
    expect(response.gMin).toBeCloseTo(1e-9, 20);
    expect(response.gMax).toBeCloseTo(1e-8, 20);
    expect([response.cycleToCycle, response.readNoise]).toEqual([0.02, 0.01]);
  });

  it.each([
    [{ states: 1 }, 'states'],
    [{ cycleToCycle: -0.1 }, 'cycleToCycle'],
    [{ gMin: '0 S' }, 'gMin'],
    [{ gMax: '1 V' }, 'gMax'],
    [{ deviceToDevice: { gMax: 0.6 } }, 'deviceToDevice.gMax'],
    [{ origin: { states: 'somewhere' } }, 'origin.states'],
  ])('%j is refused at %s', (change, path) => {
    const nonlinearity = { ltp: { label: 1 }, ltd: { label: 1 } };
    const base = { model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 30, nonlinearity };
    const { error } = exponential.schema.safeParse({ ...base, ...change });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

/** ΔG of a train of noisy pulses on each of many cells. */
function changes(response: AffineResponse, start: number, direction: keyof Directions<never>, pulses: number) {
  const key = keyOf(5, 'cycleToCycle');
  return Float64Array.from({ length: cells }, (_, cell) => {
    let g = start;
    for (let p = 0; p < pulses; p++) g = pulseOnce(response, g, direction, fold(key, p), cell);
    return g - start;
  });
}

const cells = 4000;

/**
 * One pulse takes g to (1 − c1)·g + c0 + σ·ξ, so that after n pulses the mean is n steps along the curve and the
 * variance is σ²·Σ (1 − c1)^{2k}, k = 0 … n − 1. 500 states and σ of 0.2 % keep every cell more than 5σ from a bound.
 */
describe.each(['up', 'down'] as const)('noisy pulses %s', (direction) => {
  const response = exponentialCell(1.5, direction === 'up' ? 1.5 : -1.5, { states: 500, cycleToCycle: 0.002 });
  const step = response.nominal[direction];

  it.each([0.25, 0.4, 0.5, 0.6, 0.75].flatMap((start) => [1, 10, 100].map((pulses) => [start, pulses] as const)))(
    'from %s, %s pulses: mean and spread of ΔG (5 standard errors)',
    (start, pulses) => {
      const retained = (1 - step.c1) ** 2;
      const sigma = 0.002 * Math.sqrt((1 - retained ** pulses) / (1 - retained));
      const { mean, deviation } = momentsOf(changes(response, start, direction, pulses));
      const expected = train(step, start, pulses) - start;
      expect(Math.abs(mean - expected)).toBeLessThan(standardErrors * errorOfMean(sigma, cells));
      expect(Math.abs(deviation - sigma)).toBeLessThan(standardErrors * errorOfDeviation(sigma, cells));
    },
  );

  it('never leave the range', () => {
    const noisy = exponentialCell(2, 2, { cycleToCycle: 0.3 });
    const reached = changes(noisy, 0.5, direction, 20).map((change) => 0.5 + change);
    expect([Math.min(...reached), Math.max(...reached)]).toEqual([0, 1]);
  });
});
