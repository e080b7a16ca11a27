import type { DriftLosses } from '../../../src/crossbar/drift.js';
import { devicesPerWeight, type CrossbarProgram } from '../../../src/crossbar/program.js';
import { allOrNothing, withErrors } from '../../webgpu/buffers.js';
import { commonWgsl, groupSize } from '../../webgpu/common.wgsl.js';
import { gpuDevice, type GpuDevice } from '../../webgpu/device.js';
import {
  stateBuffers,
  placeCall,
  sourcesOf,
  stateFrom,
  summing,
  withGiven,
  type CrossbarCall,
  type PlacedCall,
  type TensorKernel,
} from '../../webgpu/one-crossbar.js';
import { groupsFor, LazyShader, type Bound, type Dispatch } from '../../webgpu/shader.js';
import { validateDrift, type DriftKernel } from '../contract.js';
import { driftWgsl } from './drift.wgsl.js';

/** A call whose arrays may lie on the GPU. */
export interface GpuDriftCall extends CrossbarCall {
  readonly losses: DriftLosses;
}

export const driftShader = new LazyShader('Drift', [commonWgsl, driftWgsl].join('\n'), [
  ...(['read_differences', 'sum_columns', 'drift'] as const),
]);

/** `Drift` in WGSL. */
export const webgpuDrift: DriftKernel = {
  name: 'Drift',
  backend: 'webgpu',
  async run(call) {
    validateDrift(call);
    const gpu = await gpuDevice();
    await driftShader.on(gpu);
    const enqueued = await withErrors(gpu, 'Drift', () => enqueueDrift(gpu, { ...call, state: sourcesOf(call.state) }));
    try {
      return await stateFrom(gpu, enqueued, true);
    } finally {
      enqueued.placed.dispose();
    }
  },
};

/** Submits a drift; the state lies in the crossbar's places. */
export function enqueueDrift(gpu: GpuDevice, call: GpuDriftCall): PlacedCall {
  const shader = driftShader.at(gpu);
  const placed = placeCall(gpu, call);
  withGiven(gpu, 'losses', lossWords(call.losses), (given) => {
    const bound = shader.bind({ ...placed.placed, given }, { first: placed.first });
    shader.submit(drifting(bound, call.crossbar));
  });
  return placed;
}

/** A drift's dispatches: the cells, then what a read multiplies and the column sums afresh. */
export function drifting(
  bound: Bound,
  program: CrossbarProgram,
): Dispatch<'drift' | 'read_differences' | 'sum_columns'>[] {
  const cells = groupsFor(program.rows * program.cols, groupSize);
  return [
    { entry: 'drift', bound, groups: [cells, devicesPerWeight(program.coding)] },
    { entry: 'read_differences', bound, groups: [cells] },
    summing(bound, program),
  ];
}

/** Losses as the shader reads them: a table of places and steps, then the values. */
export function lossWords(losses: DriftLosses): Uint32Array {
  const arrays = losses.flat();
  const words = new Uint32Array(arrays.reduce((sum, { length }) => sum + length, 2 * arrays.length));
  let at = 2 * arrays.length;
  for (const [i, values] of arrays.entries()) {
    words.set([at, values.length === 1 ? 0 : 1], 2 * i);
    words.set(new Uint32Array(values.buffer, values.byteOffset, values.length), at);
    at += values.length;
  }
  return words;
}

/** `Drift` on tensors. */
export const driftTensors: TensorKernel<GpuDriftCall> = (gpu, call) =>
  allOrNothing(() => stateBuffers(gpu, enqueueDrift(gpu, call), true));
