import type * as tf from '@tensorflow/tfjs';
import type { CrossbarProgram } from '../crossbar/program.js';
import { readableBackends, readableKernels, tensorKernels } from '../../kernels/register.js';
import {
  crossbarInputs,
  gpuResultsOf,
  requireShape,
  resultsOf,
  sourcesOf,
  stateOf,
  takeTensors,
  type CrossbarTensors,
} from './crossbar.js';
import { registerGpuKernel, registerTfjsKernel, runTfjsKernel } from './tfjs.js';

export interface PulseUpdateOptions {
  readonly seed: number;
  /** Which crossbar of a network this is (0). */
  readonly layer?: number;
  /** Number of this write: each has draws of its own. */
  readonly step: number;
}

type Attributes = Required<PulseUpdateOptions> & { readonly crossbar: CrossbarProgram };

/**
 * Writes a requested ΔW into a crossbar as pulses. New tensors are returned; the inputs stay as they are.
 * @param delta - requested change of the weights, float32 [rows, cols]
 * @throws UsageError where a shape or dtype does not fit, or a value is not finite
 */
export function pulseUpdate(
  crossbar: CrossbarProgram,
  tensors: CrossbarTensors,
  delta: tf.Tensor2D,
  { seed, step, layer = 0 }: PulseUpdateOptions,
): CrossbarTensors {
  const inputs = crossbarInputs('PulseUpdate', crossbar, tensors);
  requireShape('PulseUpdate', 'delta', delta, [crossbar.rows, crossbar.cols]);
  const attributes: Attributes = { crossbar, seed, step, layer };
  return takeTensors(crossbar, runTfjsKernel('PulseUpdate', { ...inputs, delta }, attributes));
}

export function registerPulseUpdate(): void {
  for (const backend of readableBackends) {
    registerTfjsKernel<Attributes>('PulseUpdate', backend, (call) => {
      const { crossbar, seed, step, layer } = call.attributes;
      const delta = call.values('delta') as Float32Array;
      const state = readableKernels[backend].PulseUpdate.run({
        crossbar,
        state: stateOf(call),
        delta,
        seed,
        step,
        layer,
      });
      return resultsOf(crossbar, state);
    });
  }
  registerGpuKernel<Attributes>('PulseUpdate', (call) => {
    const { crossbar, ...place } = call.attributes;
    const run = { ...place, crossbar, delta: call.buffer('delta'), state: sourcesOf(call) };
    return gpuResultsOf(crossbar, tensorKernels.PulseUpdate(call.gpu, run));
  });
}
