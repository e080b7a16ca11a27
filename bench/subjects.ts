import { adapterName, findAdapter, wasFound } from '../kernels/webgpu/adapter.js';
import { findTensorflow, tensorflowFound } from '../kernels/composed/tensorflow.js';
import type { ComposedBackend } from '../kernels/composed/active.js';
import { asKernels } from '../kernels/host.js';
import type { OnlineSgdKernel, Samples } from '../kernels/online-sgd/contract.js';
import { composedKernels, kernels, type Backend } from '../kernels/register.js';
import { useBackend } from '../src/ops/backend.js';
import type { Model, Regime, Workload } from './models.js';
import type { AihwkitPeer } from './peers/aihwkit.js';

/** Training images that composed kernels, and peers, train on in one window. */
export type PeerSizes = Readonly<Record<ComposedBackend | 'webgpu' | 'aihwkit', number>>;

export type Phase = 'start' | 'settled';

/** One implementation of one model's training, measured window by window. */
export interface Subject {
  readonly shape: string;
  readonly model: string;
  readonly implementation: string;
  /** Undefined where the work does not depend on how far training is. */
  readonly phase: Phase | undefined;
  readonly samplesPerWindow: number;
  /** Samples per second in one more window, which starts where every window starts. */
  readonly measure: () => Promise<number>;
}

/** The implementation that the others are compared with. */
export const fusedKernel = 'wasm kernel';

/** Every subject, in the order of the table; what is not at hand here is left out. */
export async function subjectsOf(
  { models, samples }: Workload,
  sizes: PeerSizes,
  aihwkit: AihwkitPeer | undefined,
): Promise<Subject[]> {
  const composed: ComposedBackend[] = [
    'wasm',
    'cpu',
    ...(tensorflowFound(findTensorflow()) ? ['tensorflow' as const] : []),
  ];
  const gpu = await gpuName();
  return models.flatMap((model) => [
    ...phases.map((phase) => fusedSubject(model, phase, 'wasm', samples)),
    ...phases.map((phase) => fusedSubject(model, phase, 'cpu', samples)),
    ...(gpu === undefined ? [] : [gpuSubject(model, gpu, samples, sizes.webgpu)]),
    ...composed.flatMap((backend) =>
      phases.map((phase) => composedSubject(model, phase, backend, samples, sizes[backend])),
    ),
    ...(aihwkit ? aihwkitSubjects(model, aihwkit, sizes.aihwkit) : []),
  ]);
}

const phases = ['start', 'settled'] as const;

/** The name of a GPU's adapter, and whether the processor computes for it. */
async function gpuName(): Promise<string | undefined> {
  const found = await findAdapter();
  if (!wasFound(found)) return undefined;
  return found.facts.software ? 'webgpu kernel, on the processor' : `webgpu kernel, ${adapterName(found.facts)}`;
}

function fusedSubject(model: Model, phase: Phase, backend: 'cpu' | 'wasm', samples: Samples): Subject {
  const { images, repeats } = model.window;
  const name = backend === 'wasm' ? fusedKernel : 'typescript reference';
  const window = { images, repeats: backend === 'wasm' ? repeats : 1 };
  return sessionSubject(model, phase, name, samples, window, { backend, kernel: kernels[backend].OnlineSgd });
}

function gpuSubject(model: Model, name: string, samples: Samples, images: number): Subject {
  const by = { backend: 'webgpu' as const, kernel: kernels.webgpu.OnlineSgd };
  return sessionSubject(model, 'settled', name, samples, { images, repeats: 1 }, by);
}

function composedSubject(
  model: Model,
  phase: Phase,
  backend: ComposedBackend,
  samples: Samples,
  images: number,
): Subject {
  const kernel = asKernels(composedKernels(backend)).OnlineSgd;
  const name = `composed tfjs ops, ${backend}`;
  return sessionSubject(model, phase, name, samples, { images, repeats: 1 }, { backend, kernel });
}

/** Which of aihwkit's devices do the work of a model. */
function aihwkitSubjects(model: Model, peer: AihwkitPeer, count: number): Subject[] {
  const devices: Readonly<Record<string, readonly string[]>> = {
    'device, stochastic': ['pair of exponential steps', 'exponential step', 'constant step'],
    ideal: ['floating point'],
  };
  return (devices[model.name] ?? []).map((device) => ({
    ...{ shape: model.shape, model: model.name, phase: undefined, samplesPerWindow: count },
    implementation: `aihwkit, ${device}`,
    measure: async () => (await peer.measure(device, count)).samplesPerSecond,
  }));
}

interface Implementation {
  readonly backend: Backend;
  readonly kernel: OnlineSgdKernel;
}

function sessionSubject(
  model: Model,
  phase: Phase,
  implementation: string,
  samples: Samples,
  { images, repeats }: Model['window'],
  { backend, kernel }: Implementation,
): Subject {
  const regime = phase === 'start' ? model.fresh : model.settled;
  return {
    ...{ shape: model.shape, model: model.name, phase, samplesPerWindow: images * repeats, implementation },
    measure: async () => {
      await useBackend(backend);
      let seconds = 0;
      for (let k = 0; k < repeats; k++) seconds += await timeKernel(kernel, regime, samples, images);
      return (images * repeats) / seconds;
    },
  };
}

/** Seconds that a session takes to train; opening it and filling its memory are done once a run and left out. */
async function timeKernel(
  kernel: OnlineSgdKernel,
  { replica, step }: Regime,
  samples: Samples,
  count: number,
): Promise<number> {
  const session = await kernel.open([replica]);
  try {
    const handle = await session.load(samples);
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    const started = performance.now();
    await session.train(handle, order, step);
    // What is queued on a GPU has been done once cells are read.
    if (kernel.backend === 'webgpu') await session.states(0);
    return (performance.now() - started) / 1000;
  } finally {
    session.dispose();
  }
}
