import { referenceCrossbarRead } from './crossbar-read/reference.js';
import { wasmCrossbarRead } from './crossbar-read/wasm/kernel.js';
import type { CrossbarReadKernel } from './crossbar-read/contract.js';
import type { DriftKernel } from './drift/contract.js';
import { referenceDrift } from './drift/reference.js';
import { wasmDrift } from './drift/wasm/kernel.js';
import type { OnlineSgdKernel } from './online-sgd/contract.js';
import { referenceOnlineSgd } from './online-sgd/reference.js';
import { wasmOnlineSgd } from './online-sgd/wasm/session.js';
import type { PulseUpdateKernel } from './pulse-update/contract.js';
import { referencePulseUpdate } from './pulse-update/reference.js';
import { wasmPulseUpdate } from './pulse-update/wasm/kernel.js';

/** Backends that have every kernel, named as tfjs names its own; `cpu` is the scalar reference. */
export const backends = ['cpu', 'wasm'] as const;
export type Backend = (typeof backends)[number];

export interface KernelSet {
  readonly OnlineSgd: OnlineSgdKernel;
  readonly PulseUpdate: PulseUpdateKernel;
  readonly CrossbarRead: CrossbarReadKernel;
  readonly Drift: DriftKernel;
}

/** The only list of kernels × backends. The tfjs ops, the parity suite and the benchmarks follow from it. */
export const kernels: Readonly<Record<Backend, KernelSet>> = {
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
