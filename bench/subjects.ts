import { adapterName, findAdapter, wasFound, type AdapterFacts } from '../kernels/webgpu/adapter.js';
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
  const gpu = await findAdapter();
  return models.flatMap((model) => [
    ...phases.map((phase) => fusedSubject(model, phase, 'wasm', samples)),
    ...phases.map((phase) => fusedSubject(model, phase, 'cpu', samples)),
    ...(wasFound(gpu) ? gpuSubjects(model, gpu.facts, samples, sizes.webgpu) : []),
    ...composed.flatMap((backend) =>
      phases.map((phase) => composedSubject(model, phase, backend, samples, sizes[backend])),
    ),
    ...(aihwkit ? aihwkitSubjects(model, aihwkit, sizes.aihwkit) : []),
  ]);
}

const phases = ['start', 'settled'] as const;

function fusedSubject(model: Model, phase: Phase, backend: 'cpu' | 'wasm', samples: Samples): Subject {
  const { images, repeats } = model.window;
  const name = backend === 'wasm' ? fusedKernel : 'typescript reference';
  const window = { images, repeats: backend === 'wasm' ? repeats : 1 };
  return sessionSubject(model, phase, name, samples, window, { backend, kernel: kernels[backend].OnlineSgd });
}

/** Of a card both phases and all images; of a driver that computes on the processor a few once settled. */
function gpuSubjects(model: Model, facts: AdapterFacts, samples: Samples, few: number): Subject[] {
  const by = { backend: 'webgpu' as const, kernel: kernels.webgpu.OnlineSgd };
  const { software } = facts;
  const name = `webgpu kernel, ${software ? 'on the processor' : adapterName(facts)}`;
  const window = software ? { images: few, repeats: 1 } : { images: samples.count, repeats: 4 };
  return (software ? (['settled'] as const) : phases).map((phase) => {
    const subject = sessionSubject(model, phase, name, samples, window, by);
    let found: Promise<void> | undefined;
    const measure = async (): Promise<number> => {
      await (found ??= findLayout(phase === 'start' ? model.fresh : model.settled, samples));
      return subject.measure();
    };
    return { ...subject, measure };
  });
}

/** A layout has been found by then, or after as many seconds, and holds for the process: see layout-choice.ts. */
const mostToFind = { samples: 130, seconds: 20 } as const;

/** Trains until the fastest layout has been found, so that windows show it alone. */
async function findLayout({ replica, step }: Regime, samples: Samples): Promise<void> {
  await useBackend('webgpu');
  const session = await kernels.webgpu.OnlineSgd.open([replica]);
  const handle = await session.load(samples);
  const started = performance.now();
  for (let n = 0; n < mostToFind.samples && performance.now() - started < 1000 * mostToFind.seconds; n++) {
    await session.train(handle, Uint32Array.of(n % samples.count), step + n);
  }
  session.dispose();
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
    // Of a GPU too this is kept only when the work has been done.
    await session.train(handle, order, step);
    return (performance.now() - started) / 1000;
  } finally {
    session.dispose();
  }
}
