import { withErrors, type Source } from '../../webgpu/buffers.js';
import { commonWgsl, groupSize } from '../../webgpu/common.wgsl.js';
import { gpuDevice, type GpuDevice } from '../../webgpu/device.js';
import {
  stateBuffers,
  givenBuffer,
  placeCall,
  preparing,
  sourcesOf,
  stateFrom,
  summing,
  type CrossbarCall,
  type PlacedCall,
  type TensorKernel,
} from '../../webgpu/one-crossbar.js';
import { groupsFor, LazyShader } from '../../webgpu/shader.js';
import { validatePulseUpdate, type PulseUpdateKernel } from '../contract.js';
import { pulseUpdateWgsl } from './pulse-update.wgsl.js';

/** A call whose arrays may lie on the GPU. */
export interface GpuPulseCall extends CrossbarCall {
  readonly delta: Source;
  readonly step: number;
}

export const pulseUpdateShader = new LazyShader('PulseUpdate', [commonWgsl, pulseUpdateWgsl].join('\n'), [
  ...(['read_differences', 'sum_columns', 'pulse_update'] as const),
]);

/** `PulseUpdate` in WGSL. */
export const webgpuPulseUpdate: PulseUpdateKernel = {
  name: 'PulseUpdate',
  backend: 'webgpu',
  async run(call) {
    validatePulseUpdate(call);
    const gpu = await gpuDevice();
    await pulseUpdateShader.on(gpu);
    const enqueued = await withErrors(gpu, 'PulseUpdate', () =>
      enqueuePulses(gpu, { ...call, state: sourcesOf(call.state) }),
    );
    const state = await stateFrom(gpu, enqueued, false);
    enqueued.placed.dispose();
    return state;
  },
};

/** Submits a write; the state lies in the crossbar's places. */
export function enqueuePulses(gpu: GpuDevice, call: GpuPulseCall): PlacedCall {
  const { crossbar, delta, step } = call;
  const shader = pulseUpdateShader.at(gpu);
  const placed = placeCall(gpu, call);
  const given = givenBuffer(gpu, 'the request', delta);
  const group = shader.bind({ ...placed.placed, given }, { first: placed.first, step });
  const groups = [groupsFor(crossbar.rows * crossbar.cols, groupSize)] as const;
  // Column sums are summed afresh afterwards, whatever they were.
  const [differences] = preparing(group, placed.places);
  shader.submit([differences!, { entry: 'pulse_update', group, groups }, summing(group, crossbar)]);
  return placed;
}

/** `PulseUpdate` on tensors. */
export const pulseTensors: TensorKernel<GpuPulseCall> = (gpu, call) =>
  stateBuffers(gpu, enqueuePulses(gpu, call), false);
