import { allOrNothing, withErrors, type Source } from '../../webgpu/buffers.js';
import { commonWgsl, groupSize } from '../../webgpu/common.wgsl.js';
import { gpuDevice, type GpuDevice } from '../../webgpu/device.js';
import {
  stateBuffers,
  placeCall,
  preparing,
  sourcesOf,
  stateFrom,
  summing,
  withGiven,
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
    try {
      return await stateFrom(gpu, enqueued, false);
    } finally {
      enqueued.placed.dispose();
    }
  },
};

/** Submits a write; the state lies in the crossbar's places. */
export function enqueuePulses(gpu: GpuDevice, call: GpuPulseCall): PlacedCall {
  const { crossbar, delta, step } = call;
  const shader = pulseUpdateShader.at(gpu);
  const placed = placeCall(gpu, call);
  const groups = [groupsFor(crossbar.rows * crossbar.cols, groupSize)] as const;
  withGiven(gpu, 'the request', delta, (given) => {
    const bound = shader.bind({ ...placed.placed, given }, { first: placed.first, step });
    // Column sums are summed afresh afterwards, whatever they were.
    const [differences] = preparing(bound, placed.places);
    shader.submit([differences!, { entry: 'pulse_update', bound, groups }, summing(bound, crossbar)]);
  });
  return placed;
}

/** `PulseUpdate` on tensors. */
export const pulseTensors: TensorKernel<GpuPulseCall> = (gpu, call) =>
  allOrNothing(() => stateBuffers(gpu, enqueuePulses(gpu, call), false));
