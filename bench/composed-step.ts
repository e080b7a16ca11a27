import * as tf from '@tensorflow/tfjs';
import type { Converter, Threshold } from '../src/crossbar/schema.js';
import type { CrossbarProgram, CrossbarState } from '../src/crossbar/program.js';
import { writeNoiseOf, type AffineResponse, type AffineStep } from '../src/device/response.js';
import { UsageError } from '../src/errors.js';
import type { OnlineSgdProgram, Replica } from '../kernels/online-sgd/contract.js';

/**
 * The training step of `OnlineSgd` put together from tfjs's own ops, as someone without Mho's kernels would write it:
 * the peer that the fused kernels are measured against. It runs on tfjs's active backend and does the work of the
 * kernels on the devices of the benchmark: ideal weights, or differential pairs of affine cells that are all alike.
 */

/** One layer's cells, shape [rows, cols] each. `weights` is what a read multiplies: g⁺ − g⁻, or the ideal weights. */
type Cells = { weights: tf.Tensor2D; pair?: { plus: tf.Tensor2D; minus: tf.Tensor2D } };

type Write = (cells: Cells, x: tf.Tensor2D, delta: tf.Tensor2D) => Cells;

export class ComposedNetwork {
  private cells: Cells[];
  private readonly crossbars: readonly CrossbarProgram[];
  private readonly writes: readonly Write[];

  /** @throws UsageError where the network is one that the composed step does not know */
  constructor({ program, states, seed }: Replica) {
    requireComposable(program);
    const draws = new Draws(seed);
    this.crossbars = program.layers.map(({ crossbar }) => crossbar);
    this.writes = program.layers.map(({ crossbar, learningRate = program.learningRate }) =>
      writeOf(crossbar, learningRate, draws),
    );
    this.cells = this.crossbars.map((crossbar, l) => cellsOf(crossbar, states[l]!));
  }

  /**
   * Trains on one sample.
   * @param x - shape [1, inputs]
   * @param target - one-hot, shape [1, classes]
   */
  train(x: tf.Tensor2D, target: tf.Tensor2D): void {
    const before = this.cells;
    this.cells = tf.tidy(() => this.step(x, target));
    tf.dispose(before);
  }

  private step(x: tf.Tensor2D, target: tf.Tensor2D): Cells[] {
    const z = this.forward(x);
    const output = z.at(-1)!;
    let delta = tf.mul<tf.Tensor2D>(tf.sub(target, output), slope(output));
    const cells = [...this.cells];
    for (let l = cells.length - 1; l >= 0; l--) {
      const input = z[l]!;
      cells[l] = this.writes[l]!(cells[l]!, input, delta);
      if (l > 0) delta = tf.mul(this.backward(l, cells[l]!, delta), slope(input));
    }
    return cells;
  }

  /** The input, and every layer's activations. */
  private forward(x: tf.Tensor2D): tf.Tensor2D[] {
    const z = [x];
    for (const [l, { converters, readScale }] of this.crossbars.entries()) {
      const sums = tf.matMul<tf.Tensor2D>(convert(z[l]!, converters.forwardInput), this.cells[l]!.weights);
      z.push(tf.sigmoid(convert(scaled(sums, readScale), converters.forwardOutput)));
    }
    return z;
  }

  private backward(l: number, { weights }: Cells, delta: tf.Tensor2D): tf.Tensor2D {
    const { converters, readScale } = this.crossbars[l]!;
    const sums = tf.matMul<tf.Tensor2D>(convert(delta, converters.backwardInput), weights, false, true);
    return convert(scaled(sums, readScale), converters.backwardOutput);
  }

  /** Each layer's cells as the kernels give them, without column sums. */
  states(): CrossbarState[] {
    const values = (tensor: tf.Tensor2D | undefined): Float32Array =>
      tensor ? (tensor.dataSync() as Float32Array).slice() : new Float32Array(0);
    return this.cells.map(({ weights, pair }) => {
      return { plus: values(pair?.plus ?? weights), minus: values(pair?.minus), columns: values(undefined) };
    });
  }

  dispose(): void {
    tf.dispose(this.cells);
  }
}

function requireComposable({ layers, bias, loss, errorPath }: OnlineSgdProgram): void {
  const plain = layers.every(({ activation, crossbar }) => activation === 'sigmoid' && composableCells(crossbar));
  if (plain && !bias && loss === 'squared-error' && errorPath === 'after-update') return;
  const what =
    'the composed step knows sigmoid layers without bias, squared error after the update, and ideal or equal';
  throw new UsageError({ where: 'bench', what: `${what} affine cells in differential pairs, given pulses below one` });
}

function composableCells({ coding, response, pulsePolicy, quantizeWrites, accessCurvature }: CrossbarProgram): boolean {
  if (response.kind === 'ideal') return true;
  if (accessCurvature > 0) return false;
  const alike =
    response.kind === 'affine' &&
    response.drawCell === undefined &&
    response.readNoise === 0 &&
    (response.stepNoise ?? 0) === 0 &&
    writeNoiseOf(response) === 0;
  const even = response.pulsesPerRange.up === response.pulsesPerRange.down;
  return alike && even && coding === 'differential-pair' && pulsePolicy !== 'round' && !quantizeWrites;
}

function cellsOf({ rows, cols, coding }: CrossbarProgram, state: CrossbarState): Cells {
  const plus = tf.tensor2d(state.plus, [rows, cols]);
  if (coding === 'ideal') return { weights: plus };
  const minus = tf.tensor2d(state.minus, [rows, cols]);
  return { weights: tf.sub(plus, minus), pair: { plus, minus } };
}

/** How a layer's cells take the outer product of δ and their inputs. */
function writeOf(crossbar: CrossbarProgram, learningRate: number, draws: Draws): Write {
  const { response } = crossbar;
  if (response.kind !== 'affine')
    return (cells, x, delta) => writeIdeal(cells, outer(crossbar, learningRate, x, delta));
  const rate = learningRate * crossbar.conductancePerWeight * response.pulsesPerRange.up;
  requireSinglePulses(crossbar, rate);
  const pulse = crossbar.pulsePolicy === 'stochastic' ? wholePulses(response, draws) : partPulses(response, draws);
  return (cells, x, delta) => writePair(cells, outer(crossbar, rate, x, delta), response, pulse);
}

/** A pulse drawn by comparison is one pulse at most: requests must stay below one. */
function requireSinglePulses({ converters, pulsePolicy }: CrossbarProgram, rate: number): void {
  const { updateInput, updateError } = converters;
  const input = updateInput && 'threshold' in updateInput ? 1 : (updateInput?.max ?? Infinity);
  const largest = rate * input * (updateError?.max ?? Infinity);
  if (pulsePolicy !== 'stochastic' || largest <= 1) return;
  const what = `up to ${largest} pulses are asked of a cell, expected one at most`;
  throw new UsageError({ where: 'bench', what, remedy: 'lower learningRate, or the max of the update converters' });
}

/** rate·q(x)ᵀ·q(δ), shape [rows, cols]; the rate goes into the short vector. */
function outer({ converters }: CrossbarProgram, rate: number, x: tf.Tensor2D, delta: tf.Tensor2D): tf.Tensor2D {
  const errors = scaled(convert(delta, converters.updateError), rate);
  return tf.matMul(convert(x, converters.updateInput), errors, true);
}

function writeIdeal({ weights }: Cells, change: tf.Tensor2D): Cells {
  return { weights: tf.add(weights, change) };
}

/** New conductances of cells that are given |request| pulses along their mean step. */
type Pulse = (g: tf.Tensor2D, step: tf.Tensor2D, amount: tf.Tensor2D) => tf.Tensor2D;

/** The one cell of a pair moves up and the other down, or the other way round. */
function writePair({ pair }: Cells, request: tf.Tensor2D, { nominal }: AffineResponse, pulse: Pulse): Cells {
  const { plus, minus } = pair!;
  const [rises, amount] = [tf.greater(request, 0), tf.abs(request)];
  const stepsUp = (g: tf.Tensor2D): tf.Tensor2D => meanStep(g, nominal.up);
  const stepsDown = (g: tf.Tensor2D): tf.Tensor2D => meanStep(g, nominal.down);
  const bounded = (g: tf.Tensor2D): tf.Tensor2D => tf.clipByValue(g, nominal.low, nominal.high);
  const next = {
    plus: bounded(pulse(plus, tf.where(rises, stepsUp(plus), stepsDown(plus)), amount)),
    minus: bounded(pulse(minus, tf.where(rises, stepsDown(minus), stepsUp(minus)), amount)),
  };
  return { weights: tf.sub(next.plus, next.minus), pair: next };
}

/** One pulse with the probability asked for. */
function wholePulses({ cycleToCycle }: AffineResponse, draws: Draws): Pulse {
  return (g, step, amount) => {
    const hit = tf.less(draws.uniform(g.shape), amount);
    const moved = cycleToCycle === 0 ? step : tf.add(step, draws.normal(g.shape, cycleToCycle));
    return tf.where(hit, tf.add<tf.Tensor2D>(g, moved), g);
  };
}

/** The part of a pulse asked for; noise goes with its root. */
function partPulses({ cycleToCycle }: AffineResponse, draws: Draws): Pulse {
  return (g, step, amount) => {
    const mean = tf.add<tf.Tensor2D>(g, tf.mul(amount, step));
    return cycleToCycle === 0 ? mean : tf.add(mean, tf.mul(tf.sqrt(amount), draws.normal(g.shape, cycleToCycle)));
  };
}

/** c0 − c1·g. */
function meanStep(g: tf.Tensor2D, { c0, c1 }: AffineStep): tf.Tensor2D {
  return c1 === 0 ? tf.fill(g.shape, c0) : tf.add(tf.mul(g, -c1), c0);
}

/** Rounds to the converter's levels, within its limits. */
function convert(values: tf.Tensor2D, converter: Converter | Threshold | undefined): tf.Tensor2D {
  if (!converter) return values;
  if ('threshold' in converter) return tf.cast(tf.greaterEqual<tf.Tensor2D>(values, converter.threshold), 'float32');
  const { bits, max } = converter;
  const perUnit = (2 ** bits - 1) / max;
  return tf.mul(tf.round(tf.mul(tf.clipByValue(values, -max, max), perUnit)), 1 / perUnit);
}

function scaled(values: tf.Tensor2D, factor: number): tf.Tensor2D {
  return factor === 1 ? values : tf.mul(values, factor);
}

/** Derivative of the sigmoid from its output. */
function slope(z: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(z, tf.sub(1, z));
}

/** tfjs's random tensors, each from a seed of its own. */
class Draws {
  private next: number;

  constructor(seed: number) {
    this.next = seed;
  }

  uniform(shape: [number, number]): tf.Tensor2D {
    return tf.randomUniform(shape, 0, 1, 'float32', ++this.next);
  }

  normal(shape: [number, number], deviation: number): tf.Tensor2D {
    return tf.randomNormal(shape, 0, deviation, 'float32', ++this.next);
  }
}
