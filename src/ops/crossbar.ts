import type * as tf from '@tensorflow/tfjs';
import { UsageError } from '../errors.js';
import { writeNoiseOf } from '../device/response.js';
import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../crossbar/program.js';
import type { CellSources } from '../../kernels/webgpu/crossbar.js';
import type { GpuKernelCall, GpuKernelResult, KernelCall, KernelResult } from './tfjs.js';

/**
 * A crossbar's cells as tensors. `plus` and `minus` hold normalised conductances, shape [rows, cols]; `minus` is there
 * for pairs only. `columns`, shape [2, cols], is what an op returned before; without it it is made from the cells.
 */
export interface CrossbarTensors {
  readonly plus: tf.Tensor2D;
  readonly minus?: tf.Tensor2D | undefined;
  readonly columns?: tf.Tensor2D | undefined;
  /** What pulses move, where the device has write noise and an op returned it before; without it, plus and minus. */
  readonly hiddenPlus?: tf.Tensor2D | undefined;
  readonly hiddenMinus?: tf.Tensor2D | undefined;
}

/** A crossbar's tensors as named kernel inputs, their shapes checked. */
export function crossbarInputs(
  where: string,
  crossbar: CrossbarProgram,
  tensors: CrossbarTensors,
  suffix = '',
): tf.NamedTensorMap {
  const { rows, cols, coding } = crossbar;
  requireShape(where, `plus${suffix}`, tensors.plus, [rows, cols]);
  const inputs: tf.NamedTensorMap = { [`plus${suffix}`]: tensors.plus };
  const pair = devicesPerWeight(coding) === 2;
  if (pair !== (tensors.minus !== undefined)) {
    const what = pair
      ? `minus${suffix} is missing, but ${coding} has two cells a weight`
      : `got minus${suffix}, but ${coding} has one cell a weight`;
    throw new UsageError({ where, what });
  }
  if (tensors.minus) {
    requireShape(where, `minus${suffix}`, tensors.minus, [rows, cols]);
    inputs[`minus${suffix}`] = tensors.minus;
  }
  if (tensors.columns) {
    requireShape(where, `columns${suffix}`, tensors.columns, [2, cols]);
    inputs[`columns${suffix}`] = tensors.columns;
  }
  for (const name of ['hiddenPlus', 'hiddenMinus'] as const) {
    const tensor = tensors[name];
    if (!tensor) continue;
    requireShape(where, name + suffix, tensor, [rows, cols]);
    inputs[name + suffix] = tensor;
  }
  return inputs;
}

/** Checks a tensor's dtype (float32 unless said) and shape. */
export function requireShape(
  where: string,
  name: string,
  tensor: tf.Tensor,
  shape: readonly number[],
  dtype = 'float32',
): void {
  const expected = `${dtype} [${shape.join(',')}]`;
  const got = `${tensor.dtype} [${tensor.shape.join(',')}]`;
  if (tensor.isDisposed) throw new UsageError({ where, what: `${name} was disposed` });
  if (got !== expected) throw new UsageError({ where, what: `${name} is ${got}, expected ${expected}` });
}

const none = new Float32Array(0);

/** The cells that a kernel was called with. */
export function stateOf(call: KernelCall<object>, suffix = ''): CrossbarState {
  const optional = (name: string): Float32Array =>
    call.has(name + suffix) ? (call.values(name + suffix) as Float32Array) : none;
  const hidden = call.has(`hiddenPlus${suffix}`)
    ? { hidden: { plus: optional('hiddenPlus'), minus: optional('hiddenMinus') } }
    : {};
  const plus = call.values(`plus${suffix}`) as Float32Array;
  return { plus, minus: optional('minus'), columns: optional('columns'), ...hidden };
}

/** Cells as a kernel returns them: plus, minus where there is one, columns; the same hidden under write noise. */
export function resultsOf({ rows, cols }: CrossbarProgram, state: CrossbarState): KernelResult[] {
  const shape = [rows, cols];
  const cellsOf = ({ plus, minus }: Pick<CrossbarState, 'plus' | 'minus'>): KernelResult[] =>
    (minus.length > 0 ? [plus, minus] : [plus]).map((values) => ({ values, shape }));
  const hidden = state.hidden ? cellsOf(state.hidden) : [];
  return [...cellsOf(state), { values: state.columns, shape: [2, cols] }, ...hidden];
}

/** The cells that a kernel on the GPU was called with. */
export function sourcesOf(call: GpuKernelCall<object>, suffix = ''): CellSources {
  const optional = (name: string): GPUBuffer | undefined =>
    call.has(name + suffix) ? call.buffer(name + suffix) : undefined;
  const hidden = call.has(`hiddenPlus${suffix}`)
    ? { hidden: { plus: call.buffer(`hiddenPlus${suffix}`), minus: optional('hiddenMinus') } }
    : {};
  return { plus: call.buffer(`plus${suffix}`), minus: optional('minus'), columns: optional('columns'), ...hidden };
}

/** Buffers of cells as a kernel on the GPU returns them, in the order of {@link resultsOf}; what is left, with a shape. */
export function gpuResultsOf(
  { rows, cols, coding, response }: CrossbarProgram,
  buffers: readonly GPUBuffer[],
  rest: number[] = [],
): GpuKernelResult[] {
  const cells = new Array<number[]>(devicesPerWeight(coding)).fill([rows, cols]);
  const shapes = [...cells, [2, cols], ...(writeNoiseOf(response) === 0 ? [] : cells)];
  return buffers.map((buffer, i) => ({ buffer, shape: [...(shapes[i] ?? rest)] }));
}

/** Takes one crossbar's tensors off the front of an op's results. */
export function takeTensors(crossbar: CrossbarProgram, results: tf.Tensor[]): CrossbarTensors {
  const pair = devicesPerWeight(crossbar.coding) === 2;
  const take = (): tf.Tensor2D => results.shift() as tf.Tensor2D;
  const shown = { plus: take(), minus: pair ? take() : undefined, columns: take() };
  if (writeNoiseOf(crossbar.response) === 0) return shown;
  return { ...shown, hiddenPlus: take(), hiddenMinus: pair ? take() : undefined };
}
