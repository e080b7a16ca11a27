import { loadTensorflow } from './composed/tensorflow.js';
import type { ComposedBackend } from './composed/active.js';
import { composedCrossbarRead } from './crossbar-read/composed.js';
import { referenceCrossbarRead } from './crossbar-read/reference.js';
import { wasmCrossbarRead } from './crossbar-read/wasm/kernel.js';
import { readTensors, webgpuCrossbarRead } from './crossbar-read/webgpu/kernel.js';
import { composedDrift } from './drift/composed.js';
import { referenceDrift } from './drift/reference.js';
import { wasmDrift } from './drift/wasm/kernel.js';
import { driftTensors, webgpuDrift } from './drift/webgpu/kernel.js';
import { asKernels, type HostKernelSet, type KernelSet } from './host.js';
import { composedOnlineSgd } from './online-sgd/composed.js';
import { referenceOnlineSgd } from './online-sgd/reference.js';
import { wasmOnlineSgd } from './online-sgd/wasm/session.js';
import { webgpuOnlineSgd } from './online-sgd/webgpu/kernel.js';
import { trainTensors } from './online-sgd/webgpu/tensors.js';
import { composedPulseUpdate } from './pulse-update/composed.js';
import { referencePulseUpdate } from './pulse-update/reference.js';
import { wasmPulseUpdate } from './pulse-update/wasm/kernel.js';
import { pulseTensors, webgpuPulseUpdate } from './pulse-update/webgpu/kernel.js';

/** Backends whose kernels work in the host's memory; `cpu` is the scalar reference. */
export const hostBackends = ['cpu', 'wasm'] as const;
export type HostBackend = (typeof hostBackends)[number];

/** Backends that have every kernel, named as tfjs names its own. */
export const backends = [...hostBackends, 'webgpu', 'tensorflow'] as const;
export type Backend = (typeof backends)[number];

export type { HostKernelSet, KernelSet } from './host.js';

/** Kernels that give their results at once. */
export const hostKernels: Readonly<Record<HostBackend, HostKernelSet>> = {
  cpu: {
    OnlineSgd: referenceOnlineSgd,
    PulseUpdate: referencePulseUpdate,
    CrossbarRead: referenceCrossbarRead,
    Drift: referenceDrift,
  },
  wasm: {
    OnlineSgd: wasmOnlineSgd,
    PulseUpdate: wasmPulseUpdate,
    CrossbarRead: wasmCrossbarRead,
    Drift: wasmDrift,
  },
};

/** Kernels put together from tfjs's ops, for a backend of tfjs's that has none of its own; tfjs must have started it. */
export function composedKernels(backend: ComposedBackend): HostKernelSet {
  return {
    OnlineSgd: composedOnlineSgd(backend),
    PulseUpdate: composedPulseUpdate(backend),
    CrossbarRead: composedCrossbarRead(backend),
    Drift: composedDrift(backend),
  };
}

/** Backends whose ops read tensors at once, with their kernels. */
export const readableKernels = { ...hostKernels, tensorflow: composedKernels('tensorflow') } as const;
export const readableBackends = [...hostBackends, 'tensorflow'] as const;
export type ReadableBackend = (typeof readableBackends)[number];

/** The only list of kernels × backends. The tfjs ops, the parity suite and the benchmarks follow from it. */
export const kernels: Readonly<Record<Backend, KernelSet>> = {
  cpu: asKernels(hostKernels.cpu),
  wasm: asKernels(hostKernels.wasm),
  webgpu: {
    OnlineSgd: webgpuOnlineSgd,
    PulseUpdate: webgpuPulseUpdate,
    CrossbarRead: webgpuCrossbarRead,
    Drift: webgpuDrift,
  },
  tensorflow: asKernels(readableKernels.tensorflow, loadTensorflow),
};

/** Kernels on tensors that lie on the GPU: their work is submitted when the call returns, and nothing is read back. */
export const tensorKernels = {
  OnlineSgd: trainTensors,
  PulseUpdate: pulseTensors,
  CrossbarRead: readTensors,
  Drift: driftTensors,
} as const;
