import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/random.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import type { CrossbarConfig } from '../../src/crossbar/schema.js';
import { deviceSchema, compileDevice } from '../../src/device/registry.js';
import type { Response } from '../../src/device/response.js';
import type { Replica, Samples } from '../../kernels/online-sgd/contract.js';
import { gap, ladder, negativeLog2, rungOf } from '../../kernels/jumps.js';
import { hostKernels } from '../../kernels/register.js';
import { crossbarOf } from '../helpers/kernels.js';

/** Statistics of the pulse draws. All keys are fixed, so a bound of 4.5σ fails for a wrong law and never by chance. */

const sigmas = 4.5;

describe('gaps between candidates', () => {
  it.each([0.9, 0.5, 0.11, 0.013, 1e-4])('are geometric at probability %d (χ² over ten bins)', (p) => {
    const rung = rungOf(p);
    const exact = ladder[rung]!;
    const draws = 200_000;
    const bins = 10;
    // Bin edges at the geometric law's own deciles, as whole gaps.
    const edges = Array.from({ length: bins - 1 }, (_, k) =>
      Math.ceil(Math.log(1 - (k + 1) / bins) / Math.log1p(-exact)),
    );
    const distinct = [0, ...new Set(edges.filter((edge) => edge > 0)), Infinity];
    const counts = distinct.slice(1).map(() => 0);
    for (let n = 0; n < draws; n++) {
      const skipped = Math.floor(gap(keyOf(5, 'pulseGaps'), n, rung));
      counts[distinct.findIndex((edge) => skipped < edge) - 1]!++;
    }
    const tail = (edge: number): number => (edge === Infinity ? 0 : (1 - exact) ** edge);
    const chi2 = counts.reduce((sum, count, k) => {
      const expected = draws * (tail(distinct[k]!) - tail(distinct[k + 1]!));
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    const freedom = Math.max(1, counts.length - 1);
    expect(chi2).toBeLessThan(freedom + sigmas * Math.sqrt(2 * freedom));
  });

  it('take the first rung above a probability, at most an eighth of an octave higher', () => {
    for (let p = 2 ** -31; p < 15 / 16; p *= 1.013) {
      const candidate = ladder[rungOf(Math.fround(p))]!;
      expect(candidate).toBeGreaterThan(Math.fround(p));
      expect(candidate / p).toBeLessThan(1.126);
    }
  });

  it.each([15 / 16, 1, 2.5, 1e6])('make every row a candidate at %d', (p) => {
    expect(ladder[rungOf(p)]).toBe(1);
    expect(gap(keyOf(5, 'pulseGaps'), 1, rungOf(p))).toBe(0);
  });

  it('come from a logarithm good to 3e-6', () => {
    for (let h = 1; h < 2 ** 32; h = Math.ceil(h * 1.0007)) {
      expect(Math.abs(negativeLog2(h) / 2 ** 24 + Math.log2(h / 2 ** 32))).toBeLessThan(3.2e-6);
    }
  });
});

/** So fine a linear cell that a pulse is exact in float32 and no bound is ever reached. */
const states = 65_536;
const counter = linear(states, 0);

function linear(count: number, cycleToCycle: number): Response {
  const config = { model: 'linear', gMin: '1 uS', gMax: '2 uS', states: count, cycleToCycle };
  return compileDevice(deviceSchema.parse(config), { window: [0, 1] });
}

const rows = 24;
const cols = 40;

/** A read that gives 0, so that δ is +½ for the label's column and −½ for all others, at every step. */
function replicaOfRate(pulsesAtUnitInput: number, coding: CrossbarConfig['coding'] = 'differential-pair'): Replica {
  const crossbar = { ...crossbarOf(rows, cols, counter, { coding, window: [0, 1] }), readScale: 0 };
  const learningRate = pulsesAtUnitInput / (0.5 * crossbar.conductancePerWeight * states);
  const layers = [{ crossbar, activation: 'sigmoid' as const }];
  const program = {
    layers,
    bias: false,
    loss: 'cross-entropy' as const,
    learningRate,
    errorPath: 'after-update' as const,
  };
  return { program, states: [middle(coding)], seed: 21 };
}

function middle(coding: CrossbarConfig['coding']): CrossbarState {
  const half = new Float32Array(rows * cols).fill(0.5);
  return { plus: half, minus: coding === 'offset' ? new Float32Array(0) : half, columns: new Float32Array(0) };
}

/** Signed pulses that each cell of one polarity has got. */
function pulsesOf(values: Float32Array): Int32Array {
  return Int32Array.from(values, (g) => Math.round((g - 0.5) * states));
}

interface Draws {
  readonly plus: Int32Array;
  readonly minus: Int32Array;
}

/** Trains `steps` times on one input vector, always with label 0. */
function draw(replica: Replica, x: Float32Array, background: number, steps: number, firstStep = 1): Draws {
  const session = hostKernels.wasm.OnlineSgd.open([replica]);
  const samples: Samples = {
    kind: 'values',
    values: x,
    background,
    labels: Uint8Array.of(0),
    count: 1,
    features: rows,
  };
  session.train(session.load(samples), new Uint32Array(steps), firstStep);
  const [state] = session.states(0);
  return { plus: pulsesOf(state!.plus), minus: pulsesOf(state!.minus) };
}

/** Pulses of one row over all columns; all of them go the same way but the label's column. */
function rowTotal(pulses: Int32Array, row: number): number {
  return pulses.subarray(row * cols, (row + 1) * cols).reduce((sum, n) => sum + Math.abs(n), 0);
}

/** Variance of one draw's pulses at mean m: only its broken part is random. */
const drawVariance = (m: number): number => (m % 1) * (1 - (m % 1));

/** Each row's deviation from its expected number of pulses, in σ. */
function rowDeviations(pulses: Int32Array, x: Float32Array, rate: number, steps: number): number[] {
  return Array.from({ length: rows }, (_, i) => {
    const m = rate * Math.abs(x[i]!);
    const [expected, variance] = [cols * steps * m, cols * steps * drawVariance(m)];
    const off = rowTotal(pulses, i) - expected;
    return variance < 1e-9 ? off : off / Math.sqrt(variance);
  });
}

function expectStandardNormal(deviations: readonly number[]): void {
  const chi2 = deviations.reduce((sum, z) => sum + z * z, 0);
  expect(Math.max(...deviations.map(Math.abs))).toBeLessThan(sigmas);
  expect(Math.abs(chi2 - deviations.length)).toBeLessThan(sigmas * Math.sqrt(2 * deviations.length));
}

const mixed = Float32Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 1 : -1) * (0.05 + (0.95 * i) / rows));
const even = new Float32Array(rows).fill(1);

describe('pulses of OnlineSgd on wasm', () => {
  it.each([1e-4, 0.003, 0.04, 0.3, 0.6, 0.9, 0.97, 1.4, 2.7])('come to every row with its probability, m = %d', (m) => {
    const steps = m < 0.01 ? 4000 : 400;
    const { plus, minus } = draw(replicaOfRate(m), even, 0, steps);
    expectStandardNormal([...rowDeviations(plus, even, m, steps), ...rowDeviations(minus, even, m, steps)]);
  });

  it('are certain where the request is a whole number', () => {
    const { plus } = draw(replicaOfRate(3), even, 0, 10);
    expect(new Set(Array.from(plus, Math.abs))).toEqual(new Set([30]));
  });

  it.each([0.01, 0.2, 0.8, 1.7])('are thinned to each row’s own |x|, of both signs, m = %d·|x|', (m) => {
    const { plus, minus } = draw(replicaOfRate(m), mixed, 0, 500);
    expectStandardNormal([...rowDeviations(plus, mixed, m, 500), ...rowDeviations(minus, mixed, m, 500)]);
  });

  it.each([0.02, 0.5, 1.3])('come to background and foreground rows alike, m = %d·|x|', (m) => {
    const x = mixed.map((value, i) => (i % 3 === 0 ? value : -0.4));
    const { plus, minus } = draw(replicaOfRate(m), x, Math.fround(-0.4), 500);
    expectStandardNormal([...rowDeviations(plus, x, m, 500), ...rowDeviations(minus, x, m, 500)]);
  });

  it('go up where δ·x is above zero on the plus cell, and the other way on the minus cell', () => {
    const { plus, minus } = draw(replicaOfRate(5), mixed, 0, 3);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) {
        const wish = (j === 0 ? 1 : -1) * Math.sign(mixed[i]!);
        expect(Math.sign(plus[i * cols + j]!) * wish).toBeGreaterThanOrEqual(0);
        expect(Math.sign(minus[i * cols + j]!) * wish).toBeLessThanOrEqual(0);
      }
    }
  });

  it('never come to rows whose input is zero', () => {
    const x = even.map((_, i) => i % 2);
    const { plus } = draw(replicaOfRate(2.5), x, 0, 20);
    for (let i = 0; i < rows; i++) expect(rowTotal(plus, i) > 0).toBe(x[i] === 1);
  });

  describe('of one step', () => {
    const m = 0.3;
    const steps = 300;
    const each = Array.from({ length: steps }, (_, step) => draw(replicaOfRate(m), even, 0, 1, step + 1));
    const hits = (pulses: Int32Array): number[] => Array.from(pulses, (n) => Math.abs(n) - m);

    /** Correlation of two lists of centred hits, in σ. */
    function correlation(a: readonly number[], b: readonly number[]): number {
      const sum = a.reduce((total, value, i) => total + value * b[i]!, 0);
      return sum / (m * (1 - m) * Math.sqrt(a.length));
    }

    it('are independent between plus and minus cells', () => {
      const all = (polarity: keyof Draws): number[] => each.flatMap((step) => hits(step[polarity]));
      expect(Math.abs(correlation(all('plus'), all('minus')))).toBeLessThan(sigmas);
    });

    it.each([
      ['the next row', cols],
      ['the row after that', 2 * cols],
      ['the next column', 1],
    ])('are independent of %s', (_, distance) => {
      const all = each.map((step) => hits(step.plus));
      const near = all.flatMap((values) => values.slice(0, -distance));
      expect(
        Math.abs(
          correlation(
            near,
            all.flatMap((values) => values.slice(distance)),
          ),
        ),
      ).toBeLessThan(sigmas);
    });

    it('are independent of the next step', () => {
      const all = each.map((step) => hits(step.plus));
      const correlated = correlation(all.slice(0, -1).flat(), all.slice(1).flat());
      expect(Math.abs(correlated)).toBeLessThan(sigmas);
    });
  });
});

describe('an N-state cell', () => {
  const [n, sigma] = [30, 0.02];
  const [side, writes, pulsesPerWrite] = [120, 40, 0.05];
  const amount = (writes * pulsesPerWrite) / n;
  const begin = Math.fround(0.4);

  /** Conductances after many small requests, begun at the middle of the range. */
  function spread(response: Response, pulsePolicy: CrossbarConfig['pulsePolicy']): { mean: number; variance: number } {
    const crossbar = crossbarOf(side, side, response, { coding: 'offset', window: [0, 1], pulsePolicy });
    const delta = new Float32Array(side * side).fill(pulsesPerWrite / (crossbar.conductancePerWeight * n));
    const none = new Float32Array(0);
    let state: CrossbarState = { plus: new Float32Array(side * side).fill(begin), minus: none, columns: none };
    for (let step = 0; step < writes; step++) {
      state = hostKernels.wasm.PulseUpdate.run({ crossbar, state, delta, seed: 6, layer: 0, step });
    }
    const moves = Array.from(state.plus, (g) => g - begin);
    const mean = moves.reduce((sum, d) => sum + d, 0) / moves.length;
    return { mean, variance: moves.reduce((sum, d) => sum + (d - mean) ** 2, 0) / moves.length };
  }

  const cells = side * side;
  const perAmount = (1 - pulsesPerWrite) / n + n * sigma * sigma;

  it('under stochastic pulses moves by the amount asked, with σ² = (1/N + N·σc²)·amount', () => {
    const { mean, variance } = spread(linear(n, sigma), 'stochastic');
    expect(Math.abs(mean - amount)).toBeLessThan(sigmas * Math.sqrt((perAmount * amount) / cells));
    // Kurtosis of a sum of few pulses is above the normal's: the bound leaves room for it.
    expect(Math.abs(variance / (perAmount * amount) - 1)).toBeLessThan(2 * sigmas * Math.sqrt(2 / cells));
  });

  it('under fractional pulses with σ² = 1/N + N·σc² has the same mean and variance', () => {
    const equivalent = linear(n, Math.sqrt(perAmount / n));
    const { mean, variance } = spread(equivalent, 'fractional');
    expect(Math.abs(mean - amount)).toBeLessThan(sigmas * Math.sqrt((perAmount * amount) / cells));
    expect(Math.abs(variance / (perAmount * amount) - 1)).toBeLessThan(sigmas * Math.sqrt(2 / cells));
  });

  it('under rounded pulses loses requests below half of a pulse', () => {
    expect(spread(linear(n, sigma), 'round')).toEqual({ mean: 0, variance: 0 });
  });
});
