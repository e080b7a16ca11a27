import * as tf from '@tensorflow/tfjs';
import type { DriftLosses } from '../../src/crossbar/drift.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import { fold } from '../../src/random.js';
import { f32, quantize } from '../arithmetic.js';
import { layerKeys, stepKeys, type LayerKeys } from '../keys.js';
import type { OnlineSgdLayer } from '../online-sgd/contract.js';
import type { PulseRates } from '../pulse-draws.js';
import { quantizersOf, type Quantizers } from '../read.js';
import { scoped } from './active.js';
import { cellsOf, differences, disposeCells, stateOf, type CellTensors } from './cells.js';
import { deviceOf, disposeDevice, type Device } from './parameters.js';
import { quantized, readForward, readTransposed, type ReadCells } from './read.js';
import { drifted, heldOf, trapState, type HeldTensors } from './traps.js';
import { askedOf, drawnOf, type Outer } from './update.js';
import { pulse } from './write.js';

/** What a layer got for one sample. */
export interface LayerInput {
  /** As it came, with the bias, and behind the converters of the read and of the update; shape [1, rows]. */
  readonly values: tf.Tensor2D;
  readonly read: tf.Tensor2D;
  readonly written: tf.Tensor2D;
  /** The background behind the update's converter, and which rows have it. */
  readonly background: number;
  readonly isBackground: (row: number) => boolean;
}

export class ComposedLayer {
  readonly program: CrossbarProgram;
  readonly activation;
  private cells: CellTensors;
  /** What reads multiply, kept from write to write. */
  private weights: tf.Tensor2D;
  /** From the first drift on. */
  private held: HeldTensors | undefined;
  private readonly device: Device;
  private readonly quantizers: Quantizers;
  private readonly keys: LayerKeys;
  /** Pulses per unit of |δ|·|x|; for the ideal device the learning rate. */
  private readonly rates: PulseRates;

  constructor(
    layer: OnlineSgdLayer,
    state: CrossbarState,
    private readonly seed: number,
    private readonly index: number,
    learningRate: number,
  ) {
    const { crossbar } = layer;
    this.program = crossbar;
    this.activation = layer.activation;
    this.device = deviceOf(crossbar, seed, index);
    this.cells = cellsOf(crossbar, state);
    this.weights = scoped(() => tf.keep(differences(crossbar, this.cells)));
    if (state.traps) this.held = heldOf(crossbar, this.cells.g.length, state.traps);
    this.quantizers = quantizersOf(crossbar.converters);
    this.keys = layerKeys(seed, index);
    const { response, conductancePerWeight } = crossbar;
    const pulses = response.kind === 'ideal' ? { up: 1, down: 1 } : response.pulsesPerRange;
    const rate = (perRange: number): number => f32(learningRate * conductancePerWeight * perRange);
    this.rates = { up: rate(pulses.up), down: rate(pulses.down) };
  }

  state(): CrossbarState {
    return { ...stateOf(this.program, this.cells), traps: this.held && trapState(this.held) };
  }

  /** Takes a row of inputs; one without a background has none that is constant. */
  take(values: tf.Tensor2D, background?: { readonly value: number; readonly is: (i: number) => boolean }): LayerInput {
    const { forwardInput, updateInput } = this.quantizers;
    return {
      values,
      read: quantized(values, forwardInput),
      written: quantized(values, updateInput),
      background: quantize(background?.value ?? 0, updateInput),
      isBackground: background?.is ?? (() => false),
    };
  }

  private get reads(): ReadCells {
    return { program: this.program, cells: this.cells, weights: this.weights };
  }

  forward(read: tf.Tensor2D, step: number): tf.Tensor2D {
    return readForward(this.reads, read, this.quantizers.forwardOutput, () => fold(this.keys.read, step));
  }

  /** @param first - number of the batch's first sample, whose noise is its own */
  predict(values: tf.Tensor2D, stream: number, first: number): tf.Tensor2D {
    const { forwardInput, forwardOutput } = this.quantizers;
    const noise = (row: number) => fold(fold(this.keys.predict, stream), first + row);
    return readForward(this.reads, quantized(values, forwardInput), forwardOutput, noise);
  }

  backward(delta: tf.Tensor2D, step: number): tf.Tensor2D {
    const { backwardInput, backwardOutput } = this.quantizers;
    const noise = () => fold(this.keys.backwardRead, step);
    return readTransposed(this.reads, quantized(delta, backwardInput), backwardOutput, noise);
  }

  /** Writes the outer product of δ and the inputs. */
  update(input: LayerInput, delta: tf.Tensor2D, step: number): void {
    const outer: Outer = { ...input, errors: quantized(delta, this.quantizers.updateError) };
    this.replace(() => (this.program.coding === 'ideal' ? this.added(outer) : this.pulsed(outer, step)));
  }

  /** w += lr·δ·x, where the background's part goes into one offset per column. */
  private added({ written, background, errors }: Outer): CellTensors {
    const steps = tf.mul<tf.Tensor2D>(this.rates.up, errors);
    const change = tf.matMul(tf.sub<tf.Tensor2D>(written, background), steps, true);
    const g = [tf.add<tf.Tensor1D>(this.cells.g[0]!, tf.reshape(change, [-1]))];
    const offsets = tf.add<tf.Tensor1D>(this.cells.offsets, tf.reshape(tf.mul(steps, background), [-1]));
    return { g, hidden: g, offsets };
  }

  private pulsed(outer: Outer, step: number): CellTensors {
    const { program, rates, keys } = this;
    return this.cells.g.reduce((cells, _, device) => {
      const place = { program, rates, keys, device, step };
      const pulses = program.pulsePolicy === 'stochastic' ? drawnOf(outer, place) : askedOf(outer, place);
      return pulses ? pulse(this.device, cells, device, pulses, stepKeys(this.seed, this.index, device, step)) : cells;
    }, this.cells);
  }

  drift(losses: DriftLosses): void {
    const held = (this.held ??= heldOf(this.program, this.cells.g.length, undefined));
    this.replace(() => {
      const after = drifted(this.program, { cells: this.cells, held }, losses, { seed: this.seed, layer: this.index });
      this.held = after.held.map((classes) => classes.map((tensor) => tf.keep(tensor)));
      return after.cells;
    });
    tf.dispose(held.flat());
  }

  /** Puts new cells in the place of the old ones, which are freed. */
  private replace(next: () => CellTensors): void {
    const [cells, weights] = [this.cells, this.weights];
    scoped(() => {
      const after = next();
      if (after === cells) return;
      this.cells = keptCells(after);
      this.weights = tf.keep(differences(this.program, after));
    });
    if (this.cells === cells) return;
    disposeCells(cells, this.cells);
    weights.dispose();
  }

  dispose(): void {
    disposeCells(this.cells);
    this.weights.dispose();
    disposeDevice(this.device);
    tf.dispose(this.held?.flat());
  }
}

/** Outlives the sample's own tensors. */
function keptCells(cells: CellTensors): CellTensors {
  for (const tensor of [...cells.g, ...cells.hidden, cells.offsets]) tf.keep(tensor);
  return cells;
}
