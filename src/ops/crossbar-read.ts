import type * as tf from '@tensorflow/tfjs';
import type { CrossbarProgram } from '../crossbar/program.js';
import { UsageError } from '../errors.js';
import { readableBackends, readableKernels, tensorKernels } from '../../kernels/register.js';
import { crossbarInputs, requireShape, sourcesOf, stateOf, type CrossbarTensors } from './crossbar.js';
import { registerGpuKernel, registerTfjsKernel, runTfjsKernel } from './tfjs.js';

export interface CrossbarReadOptions {
  readonly seed: number;
  /** Which crossbar of a network this is (0). */
  readonly layer?: number;
  /** Number of this read: each has noise of its own (0). */
  readonly stream?: number;
  /** Sends errors backward, [batch, cols] → [batch, rows], through the backward converters (false). */
  readonly transposed?: boolean;
}

type Attributes = Required<CrossbarReadOptions> & { readonly crossbar: CrossbarProgram };

/**
 * Reads a crossbar: y = q(weights · q(x)), with the device's read noise.
 * @param inputs - float32 [batch, rows], or [batch, cols] transposed; batch ≥ 1
 * @returns float32 [batch, cols], or [batch, rows] transposed
 * @throws UsageError where a shape or dtype does not fit
 */
export function crossbarRead(
  crossbar: CrossbarProgram,
  tensors: CrossbarTensors,
  inputs: tf.Tensor2D,
  { seed, layer = 0, stream = 0, transposed = false }: CrossbarReadOptions,
): tf.Tensor2D {
  const where = 'CrossbarRead';
  const cells = crossbarInputs(where, crossbar, tensors);
  const batch = inputs.shape[0];
  if (batch === 0) throw new UsageError({ where, what: 'inputs is an empty batch, expected at least one row' });
  requireShape(where, 'inputs', inputs, [batch, transposed ? crossbar.cols : crossbar.rows]);
  const attributes: Attributes = { crossbar, seed, layer, stream, transposed };
  return runTfjsKernel(where, { ...cells, inputs }, attributes)[0] as tf.Tensor2D;
}

export function registerCrossbarRead(): void {
  for (const backend of readableBackends) {
    registerTfjsKernel<Attributes>('CrossbarRead', backend, (call) => {
      const { crossbar, transposed, ...place } = call.attributes;
      const batch = call.shape('inputs')[0]!;
      const inputs = call.values('inputs') as Float32Array;
      const run = { ...place, crossbar, transposed, batch, inputs, state: stateOf(call) };
      const values = readableKernels[backend].CrossbarRead.run(run);
      return [{ values, shape: [batch, transposed ? crossbar.rows : crossbar.cols] }];
    });
  }
  registerGpuKernel<Attributes>('CrossbarRead', (call) => {
    const { crossbar, transposed, ...place } = call.attributes;
    const batch = call.shape('inputs')[0]!;
    const run = { ...place, crossbar, transposed, batch, inputs: call.buffer('inputs'), state: sourcesOf(call) };
    const [buffer] = tensorKernels.CrossbarRead(call.gpu, run);
    return [{ buffer: buffer!, shape: [batch, transposed ? crossbar.rows : crossbar.cols] }];
  });
}
