import { describe, expect, it } from 'vitest';
import { decodeWeights } from '../../src/crossbar/weights.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import type { Coding } from '../../src/crossbar/schema.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import type { AffineResponse, Response } from '../../src/device/response.js';
import type { Activation } from '../../kernels/arithmetic.js';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import {
  crossbarOf,
  everySample,
  replicaOf,
  samplesOf,
  type Network,
  type CrossbarWritten,
} from '../helpers/kernels.js';

/** Textbook stochastic gradient descent, dense and in double precision: knows nothing of the kernels' tricks. */
class TextbookSgd {
  constructor(
    readonly weights: number[][],
    private readonly network: Network,
  ) {}

  train(inputs: readonly number[], label: number): void {
    const { sizes, bias, loss, activation = 'sigmoid', hidden = 'sigmoid', errorPath, learningRate } = this.network;
    const layers = this.weights.length;
    const of = (l: number): Activation => (l === layers - 1 ? activation : hidden);
    const x = [[...inputs]];
    for (let l = 0; l < layers; l++) {
      if (bias) x[l]!.push(1);
      const sums = Array.from({ length: sizes[l + 1]! }, (_, j) => this.column(l, j, x[l]!));
      x.push(activated(sums, of(l)));
    }
    const z = x[layers]!;
    const target = z.map((_, j) => (j === label ? 1 : 0));
    let delta = loss === 'cross-entropy' ? z.map((v, j) => target[j]! - v) : squaredError(z, target, of(layers - 1));
    for (let l = layers - 1; l >= 0; l--) {
      const current = delta;
      const update = (): void => {
        this.update(l, x[l]!, current, learningRate!);
      };
      if (errorPath === 'after-update') update();
      const passed = l === 0 ? [] : this.back(l, current, x[l]!, sizes[l]!, of(l - 1));
      if (errorPath !== 'after-update') update();
      delta = passed;
    }
  }

  private column(l: number, j: number, x: readonly number[]): number {
    const cols = this.network.sizes[l + 1]!;
    return x.reduce((sum, value, i) => sum + value * this.weights[l]![i * cols + j]!, 0);
  }

  private update(l: number, x: readonly number[], delta: readonly number[], rate: number): void {
    x.forEach((value, i) => {
      delta.forEach((d, j) => (this.weights[l]![i * delta.length + j]! += rate * d * value));
    });
  }

  private back(l: number, delta: readonly number[], z: readonly number[], count: number, below: Activation): number[] {
    return Array.from({ length: count }, (_, i) => {
      const sum = delta.reduce((total, d, j) => total + d * this.weights[l]![i * delta.length + j]!, 0);
      return sum * slope(z[i]!, below);
    });
  }
}

function activated(sums: readonly number[], activation: Activation): number[] {
  switch (activation) {
    case 'sigmoid':
      return sums.map((a) => 1 / (1 + Math.exp(-a)));
    case 'tanh':
      return sums.map(Math.tanh);
    case 'relu':
      return sums.map((a) => Math.max(a, 0));
    case 'identity':
      return [...sums];
    case 'softmax': {
      const total = sums.reduce((sum, a) => sum + Math.exp(a), 0);
      return sums.map((a) => Math.exp(a) / total);
    }
  }
}

/** −∂(½·Σ(z − y)²)/∂a, for softmax through its whole Jacobian. */
function squaredError(z: readonly number[], y: readonly number[], activation: Activation): number[] {
  const error = z.map((v, j) => y[j]! - v);
  if (activation !== 'softmax') return z.map((v, j) => error[j]! * slope(v, activation));
  return z.map((v, j) => error.reduce((sum, e, k) => sum + e * z[k]! * ((j === k ? 1 : 0) - v), 0));
}

function slope(z: number, activation: Activation): number {
  switch (activation) {
    case 'sigmoid':
      return z * (1 - z);
    case 'tanh':
      return 1 - z * z;
    case 'relu':
      return z > 0 ? 1 : 0;
    default:
      return 1;
  }
}

const networks: [name: string, network: Network][] = (
  [
    ['squared error and sigmoid', {}],
    ['squared error and sigmoid with bias, error passed before the update', { bias: true, errorPath: 'before-update' }],
    ['cross-entropy and softmax', { loss: 'cross-entropy', activation: 'softmax' }],
    [
      'cross-entropy and softmax with bias over tanh',
      { loss: 'cross-entropy', activation: 'softmax', hidden: 'tanh', bias: true },
    ],
    ['squared error and softmax over relu', { activation: 'softmax', hidden: 'relu' }],
    ['squared error and tanh over identity', { activation: 'tanh', hidden: 'identity', learningRate: 0.01 }],
    ['squared error and relu, one layer', { activation: 'relu', sizes: [20, 5] as const }],
    ['three layers', { sizes: [20, 8, 6, 5] as const, bias: true }],
  ] as const
).map(([name, options]) => [
  name,
  { sizes: [20, 12, 5], device: 'ideal', learningRate: 0.05, errorPath: 'after-update', bias: false, ...options },
]);

describe.each(hostBackends)('ideal weights on %s equal textbook SGD within 1e-4 after 500 samples', (backend) => {
  const count = 500;
  const samples = samplesOf({ kind: 'codes', count, features: 20, classes: 5, background: -0.408 });
  if (samples.kind !== 'codes') throw new TypeError('these are codes');

  it.each(networks)('%s', (_, network) => {
    const replica = replicaOf(network, 17);
    const textbook = new TextbookSgd(
      replica.states.map(({ plus }) => Array.from(plus)),
      network,
    );
    for (let s = 0; s < count; s++) {
      const codes = samples.codes.subarray(20 * s, 20 * (s + 1));
      textbook.train(
        Array.from(codes, (code) => samples.values[code]!),
        samples.labels[s]!,
      );
    }
    const session = hostKernels[backend].OnlineSgd.open([replica]);
    session.train(session.load(samples), everySample(count), 0);
    session.states(0).forEach((state, l) => {
      const weights = decodeWeights(replica.program.layers[l]!.crossbar, state);
      expect(furthest(weights, textbook.weights[l]!)).toBeLessThan(1e-4);
      // And the weights have gone far more than that.
      expect(furthest(weights, Array.from(replica.states[l]!.plus))).toBeGreaterThan(0.05);
    });
  });
});

function furthest(a: ArrayLike<number>, b: readonly number[]): number {
  return b.reduce((max, value, i) => Math.max(max, Math.abs(a[i]! - value)), 0);
}

const [alphaUp, alphaDown, states] = [2.4, -3.1, 30];
const exponential = compileDevice(
  deviceSchema.parse({
    model: 'exponential',
    gMin: '1 uS',
    gMax: '2 uS',
    states,
    nonlinearity: { ltp: { alpha: alphaUp }, ltd: { alpha: alphaDown } },
  }),
  { window: [0.25, 0.75] },
);

/** NeuroSim's curve g(P) and its inverse, with A = Pmax/alpha. */
const curve = (alpha: number, p: number): number => (1 - Math.exp((-p * alpha) / states)) / (1 - Math.exp(-alpha));
const place = (alpha: number, g: number): number => (-Math.log(1 - g * (1 - Math.exp(-alpha))) * states) / alpha;
const none = new Float32Array(0);

describe.each(hostBackends)('pulses on %s follow the exponential curve in closed form, g(P(g) ± n)', (backend) => {
  const { PulseUpdate } = hostKernels[backend];

  /** One offset-coded cell after a request of `pulses`, made whole. */
  function after(g: number, pulses: number): number {
    const crossbar = crossbarOf(1, 1, exponential, { coding: 'offset', pulsePolicy: 'round' });
    const delta = Float32Array.of(pulses / (crossbar.conductancePerWeight * states));
    const state = { plus: Float32Array.of(g), minus: none, columns: none };
    return PulseUpdate.run({ crossbar, state, delta, seed: 1, layer: 0, step: 0 }).plus[0]!;
  }

  it.each([0, 0.2, 0.55])('up from %d', (g) => {
    for (const n of [1, 2, 7]) expect(after(g, n)).toBeCloseTo(curve(alphaUp, place(alphaUp, g) + n), 5);
  });

  it.each([1, 0.8, 0.35])('down from %d', (g) => {
    for (const n of [1, 2, 5]) {
      const expected = Math.max(0, curve(alphaDown, place(alphaDown, g) - n));
      expect(after(g, -n)).toBeCloseTo(expected, 5);
    }
  });

  it('over the whole range in Pmax pulses, and not beyond', () => {
    expect(after(0, states)).toBeCloseTo(1, 5);
    expect(after(0, 4 * states)).toBe(1);
    expect(after(1, -4 * states)).toBe(0);
  });

  it('to the bound for requests that float32 cannot count down', () => {
    expect(after(0, 2 ** 27)).toBe(1);
    expect(after(1, -(2 ** 27))).toBe(0);
  });
});

/** A pair of cells after one PulseUpdate. */
function updatePair(
  backend: (typeof hostBackends)[number],
  options: CrossbarWritten,
  cells: readonly [plus: number, minus: number],
  deltaInPulses: number,
  response: Response = exponential,
): readonly [plus: number, minus: number] {
  const crossbar = crossbarOf(1, 1, response, { pulsePolicy: 'round', ...options });
  const delta = Float32Array.of(deltaInPulses / (crossbar.conductancePerWeight * states));
  const state = { plus: Float32Array.of(cells[0]), minus: Float32Array.of(cells[1]), columns: none };
  const { plus, minus } = hostKernels[backend].PulseUpdate.run({ crossbar, state, delta, seed: 1, layer: 0, step: 0 });
  return [plus[0]!, minus[0]!];
}

describe.each(hostBackends)('a one-sided pair on %s', (backend) => {
  const coding = { coding: 'one-sided-pair', refreshAt: 0.9 } as const;
  const largestStep = (exponential as AffineResponse).nominal.up.c0;

  it('only potentiates: the plus cell for a growing weight, the minus cell for a falling one', () => {
    const [up, still] = updatePair(backend, coding, [0.3, 0.4], 3);
    expect(up).toBeGreaterThan(0.3);
    expect(still).toBe(Math.fround(0.4));
    const [kept, down] = updatePair(backend, coding, [0.3, 0.4], -3);
    expect(kept).toBe(Math.fround(0.3));
    expect(down).toBeGreaterThan(0.4);
  });

  it('is left alone below refreshAt', () => {
    const [plus, minus] = updatePair(backend, coding, [0.83, 0.6], 1);
    expect(plus).toBeGreaterThan(0.83);
    expect(plus).toBeLessThan(0.9);
    expect(minus).toBe(Math.fround(0.6));
  });

  it.each([
    [0.895, 0.6, 1],
    [0.895, 0.3, 1],
    [0.7, 0.895, -1],
    [0.88, 0.88, 4],
  ])(
    'of %d, %d is erased and written anew at refreshAt, its weight kept within a pulse step',
    (plus, minus, pulses) => {
      const options = { ...coding, refreshAt: 1 };
      const moved = updatePair(backend, options, [plus, minus], pulses);
      const refreshed = updatePair(backend, coding, [plus, minus], pulses);
      expect(Math.max(...moved)).toBeGreaterThanOrEqual(0.9);
      expect(Math.abs(refreshed[0] - refreshed[1] - (moved[0] - moved[1]))).toBeLessThan(largestStep);
      // The smaller part stands at the erased conductance, the window's low end.
      expect(Math.min(...refreshed)).toBe(0.25);
    },
  );

  it('keeps a weight that no longer fits above the erased cell: as many pulses as reach the top, not more', () => {
    // Cycle-to-cycle noise tells how many pulses were given: it goes with their square root.
    const noisy = { ...(exponential as AffineResponse), cycleToCycle: 1e-4 };
    const [plus, minus] = updatePair(backend, coding, [0.999, 0.1], 2, noisy);
    expect(Math.abs(plus - 1)).toBeLessThan(0.005);
    expect(minus).toBe(0.25);
  });

  it('whose own upper bound is above 1 is written anew up to that bound', () => {
    const { nominal, ...rest } = exponential as AffineResponse;
    const wide = { ...rest, nominal: { ...nominal, up: { c0: 1 / states, c1: 0 }, high: 1.2 } };
    const [plus] = updatePair(backend, coding, [1.17, 0.1], 1, wide);
    expect(plus).toBeGreaterThan(1.2 - 1 / states);
  });
});

describe.each(hostBackends)('conductances on %s that snap to levels at every write', (backend) => {
  const levels = new Set((exponential as AffineResponse).levels);

  function landed(coding: Coding, refreshAt: number, steps = 5): Float32Array {
    const noisy: Response = { ...(exponential as AffineResponse), cycleToCycle: 0.03 };
    const crossbar = crossbarOf(20, 20, noisy, { coding, quantize: 'every-write', refreshAt });
    const middle = new Float32Array(400).fill(0.5);
    const pair = coding !== 'offset';
    let state: CrossbarState = { plus: middle, minus: pair ? middle : none, columns: none };
    for (let step = 0; step < steps; step++) {
      // At least a whole pulse for every cell, both ways.
      const delta = Float32Array.from({ length: 400 }, (_, i) => (i % 2 === step % 2 ? 0.3 : -0.3));
      state = hostKernels[backend].PulseUpdate.run({ crossbar, state, delta, seed: 2, layer: 0, step });
    }
    return Float32Array.from([...state.plus, ...state.minus]);
  }

  const offLevel = (values: Float32Array): number => values.filter((g) => !levels.has(g)).length;

  it.each(['differential-pair', 'offset'] as const)('land on the curve’s levels, %s', (coding) => {
    const values = landed(coding, 0.95);
    expect(offLevel(values)).toBe(0);
    expect(new Set(values).size).toBeGreaterThan(5);
  });

  it('land on the curve’s levels, one-sided-pair without a refresh', () => {
    // Two writes reach both cells of every pair, and take none to the top.
    const values = landed('one-sided-pair', 1, 2);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(offLevel(values)).toBe(0);
  });

  it('land on the curve’s levels, one-sided-pair through refreshes', () => {
    expect(offLevel(landed('one-sided-pair', 0.6))).toBe(0);
  });
});
