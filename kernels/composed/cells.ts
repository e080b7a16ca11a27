import * as tf from '@tensorflow/tfjs';
import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import { writeNoiseOf } from '../../src/device/response.js';
import { f32 } from '../arithmetic.js';
import { scoped } from './active.js';

/** The cells of one crossbar as tensors. Twin of kernels/cells.ts, whole arrays at a time. */
export interface CellTensors {
  /** What reads see, by polarity, shape [rows·cols]; for the ideal device one array of weights. */
  readonly g: readonly tf.Tensor1D[];
  /** What pulses move: `g` itself unless writes are noisy. */
  readonly hidden: readonly tf.Tensor1D[];
  /** The ideal device's column offsets, shape [cols]. */
  readonly offsets: tf.Tensor1D;
}

/** Uploads a crossbar's cells. */
export function cellsOf(program: CrossbarProgram, state: CrossbarState): CellTensors {
  // Copies: tfjs's cpu backend takes an array as it is, and its tensorScatterUpdate writes into what it updates.
  const upload = ({ plus, minus }: Pick<CrossbarState, 'plus' | 'minus'>): tf.Tensor1D[] =>
    [plus, minus].slice(0, devicesPerWeight(program.coding)).map((values) => tf.tensor1d(values.slice()));
  const g = upload(state);
  const noisy = writeNoiseOf(program.response) > 0;
  const { cols } = program;
  const offsets = state.columns.length > 0 ? state.columns.slice(cols) : new Float32Array(cols);
  return { g, hidden: noisy ? upload(state.hidden ?? state) : g, offsets: tf.tensor1d(offsets) };
}

/** Reads cells back, with their column sums. */
export function stateOf(program: CrossbarProgram, cells: CellTensors): CrossbarState {
  const columns = scoped(() => valuesOf(columnsOf(program, cells)));
  const shown = (arrays: readonly tf.Tensor1D[]) => {
    return { plus: valuesOf(arrays[0]!), minus: arrays[1] ? valuesOf(arrays[1]) : new Float32Array(0) };
  };
  const hidden = writeNoiseOf(program.response) > 0 ? { hidden: shown(cells.hidden) } : {};
  return { ...shown(cells.g), columns, ...hidden };
}

/** Column sums of the differences, then the offsets, shape [2, cols]. */
export function columnsOf(program: CrossbarProgram, cells: CellTensors): tf.Tensor2D {
  return tf.stack<tf.Tensor1D>([tf.sum<tf.Tensor1D>(differences(program, cells), 0), cells.offsets]) as tf.Tensor2D;
}

/** A tensor's values in memory of their own. */
export function valuesOf(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}

/** What a read multiplies: g⁺ − g⁻, g − reference, or the ideal weight; shape [rows, cols]. */
export function differences(program: CrossbarProgram, { g }: CellTensors): tf.Tensor2D {
  const { rows, cols, coding, reference } = program;
  const shape: [number, number] = [rows, cols];
  const [plus, minus] = g.map((values) => seen(values, program));
  if (coding === 'ideal') return tf.reshape(plus!, shape);
  return tf.reshape(tf.sub(plus!, minus ?? f32(reference)), shape);
}

/** What a read sees of conductances behind the access resistance. */
function seen(g: tf.Tensor1D, { accessCurvature }: CrossbarProgram): tf.Tensor1D {
  if (accessCurvature === 0) return g;
  const k = f32(accessCurvature);
  return tf.div(tf.mul(g, f32(1 + k)), tf.add(1, tf.mul(k, g)));
}

/** Sums of squared conductances of each weight's cells, raised by gMin, shape [rows, cols]. */
export function powers({ rows, cols, conductanceFloor }: CrossbarProgram, { g }: CellTensors): tf.Tensor2D {
  const squares = g.map((values) => tf.square(tf.add<tf.Tensor1D>(values, f32(conductanceFloor))));
  return tf.reshape(tf.addN(squares), [rows, cols]);
}

/** Frees cells, but for those that their successors share. */
export function disposeCells({ g, hidden, offsets }: CellTensors, next?: CellTensors): void {
  const kept = new Set<tf.Tensor>(next ? [...next.g, ...next.hidden, next.offsets] : []);
  tf.dispose([...new Set([...g, ...hidden, offsets])].filter((tensor) => !kept.has(tensor)));
}
