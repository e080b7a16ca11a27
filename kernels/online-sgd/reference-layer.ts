import { fold, type Key } from '../../src/random.js';
import type { DriftLosses } from '../../src/crossbar/drift.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import { activate, derivative, f32, quantize } from '../arithmetic.js';
import { quantizersOf, readForward, readTransposed, type Quantizers } from '../read.js';
import { ReferenceCells } from '../cells.js';
import { layerKeys, type LayerKeys, type StepKeys } from '../keys.js';
import { directionOf, drawPulses } from '../pulse-draws.js';
import { ReferenceTraps } from '../traps.js';
import type { OnlineSgdLayer } from './contract.js';

/** One layer of the specification: its reads, its error and its pulses. */
export class ReferenceLayer {
  readonly cells: ReferenceCells;
  /** From the first drift on. */
  private traps: ReferenceTraps | undefined;
  readonly activation;
  /** Activations and errors, shape [cols]. */
  readonly z: Float32Array;
  readonly delta: Float32Array;
  private readonly rows: number;
  private readonly cols: number;
  /** Inputs after the read's and the update's converter, and those of the background. */
  private readonly read: Float32Array;
  private readonly written: Float32Array;
  private readBackground = 0;
  private writtenBackground = 0;
  /** Rows whose input differs from the background, ascending. */
  private foreground: number[] = [];
  private readonly isForeground: Uint8Array;
  private readonly quantizers: Quantizers;
  private readonly keys: LayerKeys;
  /** Pulses per unit of |δ|·|x|, for each direction; for the ideal device the learning rate. */
  private readonly rate: { readonly up: number; readonly down: number };

  constructor(
    private readonly layer: OnlineSgdLayer,
    state: CrossbarState,
    private readonly seed: number,
    private readonly index: number,
    learningRate: number,
  ) {
    const { crossbar } = layer;
    this.activation = layer.activation;
    this.rows = crossbar.rows;
    this.cols = crossbar.cols;
    this.cells = new ReferenceCells(crossbar, state, seed, index);
    if (state.traps) this.traps = new ReferenceTraps(this.cells, seed, index, state.traps);
    this.z = new Float32Array(this.cols);
    this.delta = new Float32Array(this.cols);
    this.read = new Float32Array(this.rows);
    this.written = new Float32Array(this.rows);
    this.isForeground = new Uint8Array(this.rows);
    const { converters, response, conductancePerWeight } = crossbar;
    this.quantizers = quantizersOf(converters);
    this.keys = layerKeys(seed, index);
    const pulses = response.kind === 'ideal' ? { up: 1, down: 1 } : response.pulsesPerRange;
    const rate = (perRange: number): number => f32(learningRate * conductancePerWeight * perRange);
    this.rate = { up: rate(pulses.up), down: rate(pulses.down) };
  }

  state(): CrossbarState {
    return { ...this.cells.state(), traps: this.traps?.state() };
  }

  drift(losses: DriftLosses): void {
    this.traps ??= new ReferenceTraps(this.cells, this.seed, this.index, undefined);
    this.cells.ledger?.fold();
    this.traps.drift(losses);
    this.cells.ledger?.fold();
  }

  /**
   * Takes an input vector, to which a 1 is appended where there is a bias.
   * @param isBackground - whether input i equals the background; the bias never does
   */
  take(values: Float32Array, background: number, isBackground: (i: number) => boolean): void {
    const { forwardInput, updateInput } = this.quantizers;
    this.readBackground = quantize(background, forwardInput);
    this.writtenBackground = quantize(background, updateInput);
    this.foreground = [];
    for (let i = 0; i < this.rows; i++) {
      const isBias = i >= values.length;
      const x = isBias ? 1 : values[i]!;
      this.read[i] = quantize(x, forwardInput);
      this.written[i] = quantize(x, updateInput);
      const differs = isBias || !isBackground(i);
      this.isForeground[i] = differs ? 1 : 0;
      if (differs) this.foreground.push(i);
    }
  }

  /** z = activation(read of the inputs). */
  forward(noise: () => Key): void {
    const inputs = { values: this.read, background: this.readBackground, foreground: this.foreground };
    readForward(this.cells, inputs, this.quantizers.forwardOutput, noise, this.z);
    activate(this.z, this.activation);
  }

  /** Enters a training step's read in the ledger, where one is kept. */
  recordRead(): void {
    const { ledger } = this.cells;
    if (this.weighsReads()) ledger?.readWeighed(this.read);
    else ledger?.read(this.read, this.readBackground, this.foreground);
  }

  /** Whether the update enters the read before it. */
  private weighsReads(): boolean {
    const { pulsePolicy, response } = this.layer.crossbar;
    return pulsePolicy === 'fractional' && response.kind !== 'table';
  }

  /** Noise of a training step's read, and of a prediction's. */
  stepNoise(step: number): () => Key {
    return () => fold(this.keys.read, step);
  }

  predictionNoise(stream: number, sample: number): () => Key {
    return () => fold(fold(this.keys.predict, stream), sample);
  }

  /** δ of the layer below: the transposed read of this layer's δ times the derivative there. */
  passErrorTo(below: ReferenceLayer, step: number): void {
    const errors = this.delta.map((d) => quantize(d, this.quantizers.backwardInput));
    const noise = () => fold(this.keys.backwardRead, step);
    this.cells.ledger?.readBackward(errors);
    readTransposed(this.cells, errors, this.quantizers.backwardOutput, noise, below.delta);
    for (let i = 0; i < below.cols; i++) {
      below.delta[i] = f32(below.delta[i]! * derivative(below.z[i]!, below.activation));
    }
  }

  /** Writes the outer product of δ and the inputs. */
  update(step: number): void {
    const errors = this.delta.map((d) => quantize(d, this.quantizers.updateError));
    if (this.layer.crossbar.coding === 'ideal') {
      this.updateIdeal(errors);
      return;
    }
    if (this.layer.crossbar.pulsePolicy === 'fractional') this.recordRequests(errors);
    for (let device = 0; device < this.cells.devices; device++) {
      const keys = this.cells.stepKeys(device, step);
      if (this.layer.crossbar.pulsePolicy === 'stochastic') this.updateByJumps(device, errors, keys, step);
      else this.updateEveryCell(device, errors, keys);
    }
  }

  /** w += lr·δ·x, where the background's part goes into one offset per column. */
  private updateIdeal(errors: Float32Array): void {
    const { cols, cells } = this;
    const c = this.writtenBackground;
    const steps = errors.map((e) => f32(this.rate.up * e));
    let sum = 0;
    for (const i of this.foreground) {
      const x = f32(this.written[i]! - c);
      sum = f32(sum + x);
      for (let j = 0; j < cols; j++) {
        cells.difference[i * cols + j] = f32(cells.difference[i * cols + j]! + f32(steps[j]! * x));
      }
    }
    for (let j = 0; j < cols; j++) {
      cells.columnOffsets[j] = f32(cells.columnOffsets[j]! + f32(steps[j]! * c));
      cells.columnSums[j] = f32(cells.columnSums[j]! + f32(steps[j]! * sum));
    }
  }

  /** Whether a wish of this sign pulses this polarity, and in which direction. */
  private direction(device: number, positive: boolean): 'up' | 'down' | undefined {
    return directionOf(this.layer.crossbar.coding === 'one-sided-pair', device, positive);
  }

  /** Fractional and rounded pulses: every cell whose request is not zero. */
  private updateEveryCell(device: number, errors: Float32Array, keys: StepKeys): void {
    const rounds = this.layer.crossbar.pulsePolicy === 'round';
    for (let i = 0; i < this.rows; i++) {
      const x = this.written[i]!;
      if (x === 0) continue;
      for (let j = 0; j < this.cols; j++) {
        if (errors[j] === 0) continue;
        const direction = this.direction(device, errors[j]! > 0 === x > 0);
        if (!direction) continue;
        const request = f32(f32(this.rate[direction] * Math.abs(errors[j]!)) * Math.abs(x));
        const pulses = rounds ? Math.floor(f32(request + 0.5)) : request;
        if (pulses > 0) this.cells.pulse(device, i * this.cols + j, direction === 'up', pulses, keys);
      }
    }
  }

  /** What fractional pulses come to in each column, of all polarities before any is pulsed. */
  private recordRequests(errors: Float32Array): void {
    const { ledger, hidden, devices } = this.cells;
    if (!ledger) return;
    const read = this.weighsReads() ? this.read : new Float32Array(this.rows);
    for (let device = 0; device < devices; device++) {
      const { above, below } = ledger.weigh(device, hidden[device]!, { written: this.written, read });
      for (const [sign, weighed] of [[1, above] as const, [-1, below] as const]) {
        const inputs = this.written.reduce((sum, x) => (sign * x > 0 ? f32(sum + Math.abs(x)) : sum), 0);
        errors.forEach((error, j) => {
          const direction = error === 0 ? undefined : this.direction(device, error > 0 === sign > 0);
          if (!direction) return;
          ledger.request(j, direction === 'up', f32(this.rate[direction] * Math.abs(error)), inputs, weighed[j]!);
        });
      }
    }
  }

  /** Whole pulses drawn at random. */
  private updateByJumps(device: number, errors: Float32Array, keys: StepKeys, step: number): void {
    const { foreground, isForeground } = this;
    const vectors = { errors, inputs: this.written, background: this.writtenBackground, foreground, isForeground };
    const direction = (positive: boolean) => this.direction(device, positive);
    drawPulses(vectors, this.rate, { keys: this.keys, device, step }, direction, (row, col, up, pulses) => {
      this.cells.pulse(device, row * this.cols + col, up, pulses, keys);
    });
  }
}
