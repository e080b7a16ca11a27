import { allOrNothing, withErrors, readBack, type Source } from '../../webgpu/buffers.js';
import { commonWgsl, groupSize } from '../../webgpu/common.wgsl.js';
import { gpuDevice, type GpuDevice } from '../../webgpu/device.js';
import {
  copiesOf,
  placeCall,
  preparing,
  sourcesOf,
  withGiven,
  type CrossbarCall,
  type PlacedCall,
  type TensorKernel,
} from '../../webgpu/one-crossbar.js';
import { groupsFor, LazyShader } from '../../webgpu/shader.js';
import { validateCrossbarRead, type CrossbarReadKernel } from '../contract.js';
import { crossbarReadWgsl } from './crossbar-read.wgsl.js';

/** A call whose arrays may lie on the GPU. */
export interface GpuReadCall extends CrossbarCall {
  readonly inputs: Source;
  readonly batch: number;
  readonly transposed: boolean;
  readonly stream: number;
}

export const crossbarReadShader = new LazyShader('CrossbarRead', [commonWgsl, crossbarReadWgsl].join('\n'), [
  ...(['read_differences', 'sum_columns', 'read_forward', 'read_transposed'] as const),
]);

/** `CrossbarRead` in WGSL. */
export const webgpuCrossbarRead: CrossbarReadKernel = {
  name: 'CrossbarRead',
  backend: 'webgpu',
  async run(call) {
    validateCrossbarRead(call);
    const gpu = await gpuDevice();
    await crossbarReadShader.on(gpu);
    const enqueued = await withErrors(gpu, 'CrossbarRead', () =>
      enqueueRead(gpu, { ...call, state: sourcesOf(call.state) }),
    );
    try {
      const [outputs] = await readBack(gpu, [outputsOf(call, enqueued)]);
      return outputs!;
    } finally {
      enqueued.placed.dispose();
    }
  },
};

/** Submits a read; its outputs lie in `extra`. */
export function enqueueRead(gpu: GpuDevice, call: GpuReadCall): PlacedCall {
  const { crossbar, batch, transposed } = call;
  const shader = crossbarReadShader.at(gpu);
  const count = batch * (transposed ? crossbar.rows : crossbar.cols);
  const placed = placeCall(gpu, call, count);
  const words = { first: placed.first, count: batch, step: call.stream, outputs: placed.extra };
  const entry = transposed ? 'read_transposed' : 'read_forward';
  withGiven(gpu, 'inputs', call.inputs, (given) => {
    const bound = shader.bind({ ...placed.placed, given }, words);
    shader.submit([...preparing(bound, placed.places), { entry, bound, groups: [groupsFor(count, groupSize)] }]);
  });
  return placed;
}

/** Where a read's outputs lie. */
export function outputsOf(
  { crossbar, batch, transposed }: Pick<GpuReadCall, 'crossbar' | 'batch' | 'transposed'>,
  { placed, extra }: PlacedCall,
) {
  return { buffer: placed.heap, at: extra, count: batch * (transposed ? crossbar.rows : crossbar.cols) };
}

/** `CrossbarRead` on tensors. */
export const readTensors: TensorKernel<GpuReadCall> = (gpu, call) => {
  return allOrNothing(() => {
    const enqueued = enqueueRead(gpu, call);
    const buffers = copiesOf(gpu, [outputsOf(call, enqueued)]);
    enqueued.placed.dispose();
    return buffers;
  });
};
