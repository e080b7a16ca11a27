import { describe, expect, it } from 'vitest';
import { compileCrossbar, type CrossbarState } from '../../src/crossbar/program.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import type { AffineCell, CurveCell, OwnResponse, Response } from '../../src/device/response.js';
import { keyOf, type Key } from '../../src/random.js';
import { hostKernels } from '../../kernels/register.js';
import { independentNormals } from './independent.js';
import { correlationOf, errorOfDeviation, errorOfMean, kurtosisOf, momentsOf, standardErrors } from './statistics.js';

/**
 * The kernels' cells against the formulae of ../../docs/devices.md, simulated here in double precision with a generator
 * of its own: mean and spread of ΔG after 1, 10 and 100 pulses from five starts, up and down.
 */
type Direction = 'up' | 'down';

/** A cell as its formula has it: step(w) in normalised g, before noise, and bounds. */
interface Cell {
  readonly step: (g: number, direction: Direction) => number;
  readonly low: number;
  readonly high: number;
}

interface Case {
  readonly config: Record<string, unknown>;
  /** Draws a cell from standard normals. */
  readonly cell: (normal: () => number) => Cell;
  readonly noise: (step: number) => number;
  /** σ of what is read about what pulses move. */
  readonly writeNoise?: number;
}

const range = { gMin: '10 uS', gMax: '20 uS' };
const bounds = { gMax: 0.05, gMin: 0.04 };
const floor = (x: number): number => Math.max(0.05, x);

function drawnBounds(normal: () => number): { low: number; high: number } {
  const low = Math.max(-1, bounds.gMin * normal());
  return { low, high: Math.max(low + 0.05, 1 + bounds.gMax * normal()) };
}

/** s_d of a cell over the nominal step: 1 + σ·ξ ± σud·ξ. */
function factors(step: number, asymmetry: number, normal: () => number): Record<Direction, number> {
  const [both, apart] = [step * normal(), asymmetry * normal()];
  return { up: floor(1 + both + apart), down: floor(1 + both - apart) };
}

const expA = { up: 0.00081, down: 0.36833 };
const expGamma = { up: 12.44625, down: 12.78785 };
const [expSlope, expOffset] = [0.244, 0.2425];
const nodes = { up: [1.4, 1, 0.6, 0.2], down: [0.3, 0.9, 1, 1.6] };

/** Linear interpolation at 0 … 1 over equally spaced nodes. */
function along(values: readonly number[], at: number): number {
  const place = Math.min(1, Math.max(0, at)) * (values.length - 1);
  const k = Math.min(values.length - 2, Math.floor(place));
  return values[k]! * (1 - (place - k)) + values[k + 1]! * (place - k);
}

const cases: Record<string, Case> = {
  'constant step': {
    config: {
      ...{ model: 'linear', ...range, states: 400, stepNoise: 0.3 },
      deviceToDevice: { step: 0.3, asymmetry: 0.01, ...bounds, stepsOf: 'nominal-range' },
    },
    cell(normal) {
      const s = factors(0.3, 0.01, normal);
      return { ...drawnBounds(normal), step: (_, d) => (d === 'up' ? s.up : -s.down) / 400 };
    },
    noise: (step) => 0.3 * step,
  },
  'linear step': {
    config: {
      ...{ model: 'linear', ...range, states: { ltp: 300, ltd: 200 }, slope: { ltp: 0.6, ltd: 0.8 }, stepNoise: 0.5 },
      deviceToDevice: { step: 0.2, ...bounds, slope: { ltp: 0.05, ltd: 0.1 }, stepsOf: 'nominal-range' },
    },
    cell(normal) {
      const s = factors(0.2, 0, normal);
      const [up, down] = [Math.abs(0.6 + 0.05 * normal()), Math.abs(0.8 + 0.1 * normal())];
      const step = (g: number, d: Direction): number => {
        const w = 2 * g - 1;
        return d === 'up' ? (s.up * (1 - up * w)) / 300 : (-s.down * (1 + down * w)) / 200;
      };
      return { ...drawnBounds(normal), step };
    },
    noise: (step) => 0.5 * step,
  },
  'soft bounds': {
    config: {
      ...{ model: 'soft-bounds', ...range, states: 150, stepNoise: 0.3, cycleToCycle: 0.002 },
      deviceToDevice: { step: 0.3, ...bounds, stepsOf: 'nominal-range' },
    },
    cell(normal) {
      const s = factors(0.3, 0, normal);
      const { low, high } = drawnBounds(normal);
      // In weights w = 2g − 1: up s·(1 − w/b+), down s·(1 − w/b−).
      const [bMin, bMax] = [2 * low - 1, 2 * high - 1];
      const step = (g: number, d: Direction): number => {
        const w = 2 * g - 1;
        return d === 'up' ? (s.up * (1 - w / bMax)) / 150 : (-s.down * (1 - w / bMin)) / 150;
      };
      return { low, high, step };
    },
    noise: (step) => Math.hypot(0.3 * step, 0.002),
  },
  'power step': {
    config: {
      ...{ model: 'power', ...range, states: 200, gamma: { ltp: 1.5, ltd: 2.5 }, stepNoise: 0.3 },
      deviceToDevice: { step: 0.2, gamma: 0.05, gammaAsymmetry: 0.03, ...bounds, stepsOf: 'nominal-range' },
    },
    cell(normal) {
      const s = factors(0.2, 0, normal);
      const { low, high } = drawnBounds(normal);
      const [gain, apart] = [1 + 0.05 * normal(), 0.03 * normal()];
      const [up, down] = [1.5 * (gain + apart), 2.5 * (gain - apart)];
      const step = (g: number, d: Direction): number => {
        const width = high - low;
        return d === 'up'
          ? ((s.up * 2.5) / 200) * Math.max(0, (high - g) / width) ** up
          : ((-s.down * 3.5) / 200) * Math.max(0, (g - low) / width) ** down;
      };
      return { low, high, step };
    },
    noise: (step) => 0.3 * step,
  },
  'exponential step': {
    config: {
      ...{ model: 'exponential-step', ...range, states: 400, a: expSlope, b: expOffset, stepNoise: 0.3 },
      ...{ amplitude: { ltp: expA.up, ltd: expA.down }, gamma: { ltp: expGamma.up, ltd: expGamma.down } },
      deviceToDevice: { step: 0.2, ...bounds, stepsOf: 'nominal-range' },
    },
    cell(normal) {
      const s = factors(0.2, 0, normal);
      const { low, high } = drawnBounds(normal);
      const step = (g: number, d: Direction): number => {
        const sign = d === 'up' ? 1 : -1;
        const z = (expSlope * (2 * g - 1)) / (high - low) + expOffset;
        return (sign * s[d] * Math.max(0, 1 - expA[d] * Math.exp(sign * expGamma[d] * z))) / 400;
      };
      return { low, high, step };
    },
    noise: (step) => 0.3 * step,
  },
  'piecewise step': {
    config: {
      ...{ model: 'piecewise', ...range, states: 300, stepNoise: 0.3 },
      nodes: { ltp: nodes.up, ltd: nodes.down },
      deviceToDevice: { step: 0.2, ...bounds, stepsOf: 'nominal-range' },
    },
    cell(normal) {
      const s = factors(0.2, 0, normal);
      const { low, high } = drawnBounds(normal);
      const step = (g: number, d: Direction): number =>
        ((d === 'up' ? s.up : -s.down) / 300) * along(nodes[d], (g - low) / (high - low));
      return { low, high, step };
    },
    noise: (step) => 0.3 * step,
  },
};

/** A/Pmax of a label, by bisection of NeuroSim's own formula; the sign is the label's. */
function neuroSimA(label: number): number {
  const labelOf = (a: number): number => {
    const b = 1 / (1 - Math.exp(-1 / a));
    return (b - a - a * Math.log(b / a)) / (0.07 * Math.SQRT2);
  };
  let [low, high] = [0.02, 1e4];
  for (let i = 0; i < 100; i++) {
    const middle = Math.sqrt(low * high);
    if (labelOf(middle) > Math.abs(label)) low = middle;
    else high = middle;
  }
  return Math.sign(label) * low;
}

/** NeuroSim's walk along its curve: the pulse number of a conductance, one more or less, and back. */
function neuroSimStep(g: number, a: number, pulses: number, direction: Direction): number {
  const [A, sign] = [a * pulses, direction === 'up' ? 1 : -1];
  const B = 1 / (1 - Math.exp(-pulses / A));
  const pulse = -A * Math.log(1 - g / B);
  return B * (1 - Math.exp(-(pulse + sign) / A)) - g;
}

cases['NeuroSim’s exponential'] = {
  config: {
    ...{ model: 'exponential', ...range, states: { ltp: 120, ltd: 90 }, cycleToCycle: 0.01 },
    nonlinearity: { ltp: { label: 1.5 }, ltd: { label: -2.5 } },
    deviceToDevice: { ltp: 0.3, ltd: 0.2, ...bounds },
  },
  cell(normal) {
    const a = { up: neuroSimA(1.5 + 0.3 * normal()), down: neuroSimA(-2.5 + 0.2 * normal()) };
    const { low, high } = drawnBounds(normal);
    const width = high - low;
    const step = (g: number, d: Direction): number =>
      width * neuroSimStep((g - low) / width, a[d], d === 'up' ? 120 : 90, d);
    return { low, high, step };
  },
  noise: () => 0.01,
};

cases['constant step with write noise'] = {
  ...cases['constant step']!,
  config: { ...cases['constant step']!.config, writeNoise: 0.02 },
  writeNoise: 0.02,
};

const counts = [1, 10, 100] as const;
const starts = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const cells = 3000;

function compiled(config: Record<string, unknown>): OwnResponse {
  const response: Response = compileDevice(deviceSchema.parse(config), { window: [0.25, 0.75] });
  if (response.kind !== 'affine' && response.kind !== 'curve') throw new TypeError(`got ${response.kind}`);
  return response;
}

/** The response with every cell drawn once: a test asks for the same ones a hundred times. */
function remembered(response: OwnResponse): OwnResponse {
  const drawn = new Map<number, (AffineCell | CurveCell)[]>();
  const drawCell = (key: Key, index: number): AffineCell | CurveCell => {
    const known = drawn.get(key.a) ?? [];
    drawn.set(key.a, known);
    return (known[index] ??= response.drawCell!(key, index));
  };
  return { ...response, drawCell } as OwnResponse;
}

/** ΔG of cells at each start after each count of single pulses, through the kernel that training uses. */
function kernelChanges(response: OwnResponse, direction: Direction): Float64Array[][] {
  const config = crossbarSchema.parse({ coding: 'offset', pulsePolicy: 'round' });
  const crossbar = compileCrossbar(config, response, { rows: starts.length, cols: cells, weightLimit: 1 });
  const perRange = response.pulsesPerRange[direction];
  const request = (direction === 'up' ? 1 : -1) / (perRange * crossbar.conductancePerWeight);
  const delta = new Float32Array(starts.length * cells).fill(request);
  const plus = Float32Array.from(delta, (_, i) => starts[Math.floor(i / cells)]!);
  let state: CrossbarState = { plus, minus: new Float32Array(0), columns: new Float32Array(0) };
  const changes: Float64Array[][] = [];
  for (let pulse = 1; pulse <= counts.at(-1)!; pulse++) {
    state = hostKernels.wasm.PulseUpdate.run({ crossbar, state, delta, seed: 5, layer: 0, step: pulse });
    if (!(counts as readonly number[]).includes(pulse)) continue;
    const reached = state.plus;
    changes.push(starts.map((g, s) => Float64Array.from(reached.subarray(s * cells, (s + 1) * cells), (x) => x - g)));
  }
  return changes;
}

/** The same by the formula, from one start. */
function formulaChanges(
  { cell, noise, writeNoise = 0 }: Case,
  start: number,
  direction: Direction,
  seed: number,
): Float64Array[] {
  const normal = independentNormals(seed);
  const changes = counts.map(() => new Float64Array(cells));
  for (let i = 0; i < cells; i++) {
    const { step, low, high } = cell(normal);
    let g = start;
    for (let pulse = 1; pulse <= counts.at(-1)!; pulse++) {
      const by = step(g, direction);
      g = Math.min(high, Math.max(low, g + by + noise(by) * normal()));
      const k = (counts as readonly number[]).indexOf(pulse);
      if (k >= 0) changes[k]![i] = g + (writeNoise > 0 ? writeNoise * normal() : 0) - start;
    }
  }
  return changes;
}

describe.each(Object.entries(cases))('%s', (_, one) => {
  const response = remembered(compiled(one.config));
  const found = { up: kernelChanges(response, 'up'), down: kernelChanges(response, 'down') };

  it.each(starts.flatMap((start, s) => (['up', 'down'] as const).map((direction) => ({ start, s, direction }))))(
    'from $start $direction: mean and spread of ΔG after 1, 10 and 100 pulses are the formula’s (5 standard errors)',
    ({ start, s, direction }) => {
      const seed = Math.round(1e6 * start) + (direction === 'up' ? 2 : 4);
      const expected = formulaChanges(one, start, direction, seed);
      counts.forEach((count, k) => {
        const [a, b] = [momentsOf(found[direction][k]![s]!), momentsOf(expected[k]!)];
        const ofMean = Math.SQRT2 * errorOfMean(b.deviation, cells);
        const excess = Math.sqrt((kurtosisOf(expected[k]!) - 1) / 2);
        const ofDeviation = Math.SQRT2 * excess * errorOfDeviation(b.deviation, cells);
        // Each of `count` float32 steps is rounded by up to 2^-25; the rest is the error of two samples.
        const rounding = count * 2 ** -25;
        expect(Math.abs(a.mean - b.mean), `mean after ${count}`).toBeLessThan(standardErrors * ofMean + rounding);
        expect(Math.abs(a.deviation - b.deviation), `spread after ${count}`).toBeLessThan(
          standardErrors * ofDeviation + rounding,
        );
      });
    },
  );

  it('sends cells up and down, each by something else', () => {
    const [up, down] = [momentsOf(found.up[1]![2]!), momentsOf(found.down[1]![2]!)];
    expect(up.mean).toBeGreaterThan(0);
    expect(down.mean).toBeLessThan(0);
    expect(Math.min(up.deviation, down.deviation)).toBeGreaterThan(1e-4);
  });
});

describe('without noise and spread', () => {
  const step = (config: Record<string, unknown>, g: number, direction: Direction): number => {
    const pulse = kernelSingle(compiled({ ...config, ...range }), g, direction);
    return pulse - Math.fround(g);
  };

  function kernelSingle(response: OwnResponse, g: number, direction: Direction): number {
    const config = crossbarSchema.parse({ coding: 'offset', pulsePolicy: 'round' });
    const crossbar = compileCrossbar(config, response, { rows: 1, cols: 1, weightLimit: 1 });
    const perRange = response.pulsesPerRange[direction];
    const delta = Float32Array.of((direction === 'up' ? 1 : -1) / (perRange * crossbar.conductancePerWeight));
    const state = { plus: Float32Array.of(g), minus: new Float32Array(0), columns: new Float32Array(0) };
    return hostKernels.wasm.PulseUpdate.run({ crossbar, state, delta, seed: 1, layer: 0, step: 0 }).plus[0]!;
  }

  const places = [0, 0.1, 0.25, 0.4, 0.55, 0.73, 0.9, 1];

  it.each(places)('each step at %f is the formula’s, to 1e-6 of the range', (g) => {
    const power = { model: 'power', states: 50, gamma: { ltp: 1.7, ltd: 3 } };
    expect(step(power, g, 'up')).toBeCloseTo((2.7 / 50) * (1 - g) ** 1.7, 6);
    expect(step(power, g, 'down')).toBeCloseTo((-4 / 50) * g ** 3, 6);
    const linear = { model: 'linear', states: 20, slope: { ltp: 0.5, ltd: 1 } };
    expect(step(linear, g, 'up')).toBeCloseTo(Math.min(1 - g, (1 - 0.5 * (2 * g - 1)) / 20), 6);
    expect(step(linear, g, 'down')).toBeCloseTo(Math.max(-g, -(1 + (2 * g - 1)) / 20), 6);
    const piecewise = { model: 'piecewise', states: 40, nodes: { ltp: nodes.up, ltd: nodes.down } };
    expect(step(piecewise, g, 'up')).toBeCloseTo(Math.min(1 - g, along(nodes.up, g) / 40), 6);
    expect(step(piecewise, g, 'down')).toBeCloseTo(Math.max(-g, -along(nodes.down, g) / 40), 6);
  });

  it('a linear step of slope 1 is the soft-bounds step', () => {
    const linear = compiled({ model: 'linear', ...range, states: 40, slope: { ltp: 1, ltd: 1 } });
    const soft = compiled({ model: 'soft-bounds', ...range, states: 40 });
    expect(linear.nominal).toEqual({ ...soft.nominal, down: { c0: -0, c1: 0.05 } });
  });

  it('a power of 1 is the soft-bounds step, and of 0 the constant one', () => {
    for (const g of places) {
      const soft = step({ model: 'soft-bounds', states: 40 }, g, 'up');
      expect(step({ model: 'power', states: 40, gamma: { ltp: 1, ltd: 1 } }, g, 'up')).toBeCloseTo(soft, 6);
      const even = step({ model: 'linear', states: 40 }, g, 'down');
      expect(step({ model: 'power', states: 40, gamma: { ltp: 0, ltd: 0 } }, g, 'down')).toBeCloseTo(even, 6);
    }
  });
});

describe('pulses over the range', () => {
  it.each([
    ['power', { model: 'power', states: 50, gamma: { ltp: 2, ltd: 0.5 } }, 50, 50],
    // Means of y: of the nodes by the trapezium rule, of the exponential by its integral.
    ['piecewise', { model: 'piecewise', states: 60, nodes: { ltp: [1.5, 1, 0.5], ltd: [0, 1, 0] } }, 60, 120],
    [
      'exponential step',
      {
        model: 'exponential-step',
        states: 60,
        amplitude: { ltp: 0.2, ltd: 0.1 },
        gamma: { ltp: 1, ltd: 2 },
        a: 0.5,
        b: 0,
      },
      60 / (1 - 0.2 * 2 * Math.sinh(0.5)),
      60 / (1 - (0.1 * 2 * Math.sinh(1)) / 2),
    ],
  ])('%s: at the mean step over it', (_, config, up, down) => {
    const { pulsesPerRange } = compiled({ ...config, ...range });
    expect(pulsesPerRange.up / up).toBeCloseTo(1, 5);
    expect(pulsesPerRange.down / down).toBeCloseTo(1, 5);
  });
});

describe('spreads over cells', () => {
  const key = keyOf(3, 'deviceToDevice');
  const drawn = (config: Record<string, unknown>): (AffineCell | CurveCell)[] => {
    const { drawCell } = compiled({ ...range, ...config });
    return Array.from({ length: cells }, (_, i) => drawCell!(key, i));
  };

  it('`step` moves both branches alike, `asymmetry` against one another', () => {
    const scales = (deviceToDevice: object): [number[], number[]] => {
      const all = drawn({ model: 'piecewise', states: 10, nodes: { ltp: [1, 1], ltd: [1, 1] }, deviceToDevice });
      const curve = all as CurveCell[];
      return [curve.map(({ up }) => 10 * up.scale), curve.map(({ down }) => -10 * down.scale)];
    };
    const [up, down] = scales({ step: 0.1 });
    expect(up).toEqual(down);
    expect(Math.abs(momentsOf(up).deviation - 0.1)).toBeLessThan(standardErrors * errorOfDeviation(0.1, cells));
    const [gains, losses] = scales({ asymmetry: 0.1 });
    expect(correlationOf(gains, losses)).toBeCloseTo(-1, 10);
    const [ltp, ltd] = scales({ ltp: 0.1, ltd: 0.1 });
    expect(Math.abs(correlationOf(ltp, ltd))).toBeLessThan(standardErrors / Math.sqrt(cells));
  });

  it('`stepsOf` says whose range steps are fractions of', () => {
    const factor = (stepsOf: string): number[] =>
      (
        drawn({
          ...{ model: 'power', states: 10, gamma: { ltp: 0, ltd: 0 } },
          deviceToDevice: { gMax: 0.1, stepsOf },
        }) as CurveCell[]
      ).map(({ up, high, low }) => (10 * up.scale) / (high - low));
    for (const value of factor('own-range')) expect(value).toBeCloseTo(1, 12);
    const ofNominal = factor('nominal-range').map((value) => 1 / value);
    expect(Math.abs(momentsOf(ofNominal).deviation - 0.1)).toBeLessThan(standardErrors * errorOfDeviation(0.1, cells));
  });

  it('draws the same cells as before where nothing new is asked for', () => {
    const old = drawn({ model: 'linear', states: 10, deviceToDevice: { ltp: 0.1, ltd: 0.2, gMax: 0.1 } });
    const more = drawn({ model: 'linear', states: 10, deviceToDevice: { ltp: 0.1, ltd: 0.2, gMax: 0.1, step: 1e-12 } });
    expect((old[7] as AffineCell).up.c0).toBeCloseTo((more[7] as AffineCell).up.c0, 10);
    expect(old[7]!.high).toBe(more[7]!.high);
  });
});

describe('what such a device cannot be', () => {
  const messages = (config: object): string[] =>
    deviceSchema.safeParse({ ...range, ...config }).error?.issues.map(({ message }) => message) ?? [];

  it('says what is wrong', () => {
    const uneven = { model: 'piecewise', states: 10, nodes: { ltp: [1, 1], ltd: [1, 1, 1] } };
    expect(messages(uneven)).toEqual(['has 3 nodes, expected as many as ltp, 2']);
    const still = { model: 'piecewise', states: 10, nodes: { ltp: [0, 0], ltd: [1, 1] } };
    expect(messages(still)).toEqual(['are all zero, expected a step somewhere in the range']);
    const shape = { gamma: { ltp: 1, ltd: 1 }, a: 0, b: 0, states: 10, amplitude: { ltp: 1, ltd: 0 } };
    expect(messages({ model: 'exponential-step', ...shape })).toEqual([
      'leaves no step anywhere in the range, expected a smaller amplitude or another gamma',
    ]);
  });
});

describe('write noise', () => {
  const noisy = (writeNoise: number): OwnResponse =>
    compiled({ model: 'linear', ...range, states: 100, writeNoise, deviceToDevice: { gMax: 0.1 } });
  const run = (response: OwnResponse, coding: 'offset' | 'differential-pair', writes: number): CrossbarState[] => {
    const config = crossbarSchema.parse({ coding, pulsePolicy: 'round' });
    const crossbar = compileCrossbar(config, response, { rows: 2, cols: cells, weightLimit: 1 });
    const delta = new Float32Array(2 * cells).fill(1 / (100 * crossbar.conductancePerWeight));
    // The second row is not written at all.
    delta.fill(0, cells);
    const plus = new Float32Array(2 * cells).fill(0.25);
    const minus = coding === 'offset' ? new Float32Array(0) : plus.slice();
    const states: CrossbarState[] = [{ plus, minus, columns: new Float32Array(0) }];
    for (let step = 0; step < writes; step++) {
      states.push(
        hostKernels.wasm.PulseUpdate.run({ crossbar, state: states.at(-1)!, delta, seed: 5, layer: 0, step }),
      );
    }
    return states.slice(1);
  };
  const firstRow = (g: Float32Array): Float32Array => g.subarray(0, cells);

  it('leaves what pulses move as it would be without', () => {
    const [quiet, loud] = [run(noisy(0), 'offset', 3), run(noisy(0.05), 'offset', 3)];
    expect(loud.map(({ hidden }) => hidden!.plus)).toEqual(quiet.map(({ plus }) => plus));
    expect(quiet.every(({ hidden }) => hidden === undefined)).toBe(true);
  });

  it('is drawn anew at each write, and for each cell of a pair', () => {
    const states = run(noisy(0.05), 'differential-pair', 2);
    const noises = states.flatMap(({ plus, minus, hidden }) => [
      firstRow(plus).map((g, i) => g - hidden!.plus[i]!),
      firstRow(minus).map((g, i) => g - hidden!.minus[i]!),
    ]);
    for (const [i, a] of noises.entries()) {
      expect(Math.abs(momentsOf(a).mean)).toBeLessThan(standardErrors * errorOfMean(0.05, cells));
      expect(Math.abs(momentsOf(a).deviation - 0.05)).toBeLessThan(standardErrors * errorOfDeviation(0.05, cells));
      for (const b of noises.slice(i + 1))
        expect(Math.abs(correlationOf(a, b))).toBeLessThan(standardErrors / Math.sqrt(cells));
    }
  });

  it('does not come to cells that are not written', () => {
    const [state] = run(noisy(0.05), 'offset', 1);
    expect(new Set(state!.plus.subarray(cells))).toEqual(new Set([0.25]));
  });

  it('never shows a conductance below zero siemens', () => {
    // gMin is the whole range: -1 in normalised conductance is zero siemens.
    const [state] = run(noisy(1), 'offset', 1);
    expect(Math.min(...firstRow(state!.plus))).toBe(-1);
  });

  it('goes with no law of forgetting', () => {
    const retention = { model: 'arrhenius', activationEnergy: '1.1 eV' };
    const response = compiled({ model: 'linear', ...range, states: 100, writeNoise: 0.05, retention });
    expect(() => compileCrossbar(crossbarSchema.parse({}), response, { rows: 2, cols: 2, weightLimit: 1 })).toThrow(
      'device.writeNoise: is not modelled together with the retention of the device; leave out one of them, or conditions',
    );
  });
});
