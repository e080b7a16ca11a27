import { gpuDevice } from '../../webgpu/device.js';
import { refuseLedger } from '../calls.js';
import { validateReplicas } from '../validation.js';
import type { OnlineSgdKernel, OnlineSgdSession, Replica } from '../contract.js';
import type { Layout } from './layout.js';
import { RecoveringSession } from './recovering-session.js';
import { WebgpuSession } from './session.js';
import { onlineSgdShader } from './shader.js';

/** `OnlineSgd` in WGSL: replicas stay on the GPU. */
export const webgpuOnlineSgd: OnlineSgdKernel = {
  name: 'OnlineSgd',
  backend: 'webgpu',
  open: async (replicas, options = {}) => {
    refuseLedger('webgpu', options);
    return openOnGpu(replicas);
  },
};

/** @param layout - instead of the one that is found the fastest */
export async function openOnGpu(replicas: readonly Replica[], layout?: Layout): Promise<OnlineSgdSession> {
  validateReplicas(replicas);
  return RecoveringSession.open(replicas, async (from) => {
    const gpu = await gpuDevice();
    return WebgpuSession.open(gpu, await onlineSgdShader(from[0]!.program).on(gpu), from, layout);
  });
}
