import * as tf from '@tensorflow/tfjs';
import type { Samples } from '../kernels/online-sgd/contract.js';
import type { HostBackend } from '../kernels/register.js';
import { UsageError } from '../src/errors.js';
import { useBackend } from '../src/ops/backend.js';
import { openOnlineSgd } from '../src/ops/online-sgd.js';
import { ComposedNetwork } from './composed-step.js';
import type { Model, Regime, Workload } from './models.js';

/** Training images that the composed step trains on in one window. */
export type ComposedSizes = Readonly<Record<HostBackend, number>>;

export type Phase = 'start' | 'settled';

/** One implementation of one model's training, measured window by window. */
export interface Subject {
  readonly shape: string;
  readonly model: string;
  readonly implementation: string;
  /** Undefined where the work does not depend on how far training is: composed ops visit every cell in any case. */
  readonly phase: Phase | undefined;
  readonly samplesPerWindow: number;
  /** Samples per second in one more window, which starts where every window starts. */
  readonly measure: () => Promise<number>;
}

/** The implementation that the others are compared with. */
export const fusedKernel = 'wasm kernel';

/** Every subject, in the order of the table. */
export function subjectsOf({ models, samples }: Workload, sizes: ComposedSizes): Subject[] {
  return models.flatMap((model) => [
    kernelSubject(model, 'start', 'wasm', samples),
    kernelSubject(model, 'settled', 'wasm', samples),
    kernelSubject(model, 'start', 'cpu', samples),
    kernelSubject(model, 'settled', 'cpu', samples),
    // Measured tables have no composed step.
    ...(isTable(model)
      ? []
      : [composedSubject(model, 'wasm', samples, sizes.wasm), composedSubject(model, 'cpu', samples, sizes.cpu)]),
  ]);
}

function isTable({ fresh }: Model): boolean {
  return fresh.replica.program.layers.some(({ crossbar }) => crossbar.response.kind === 'table');
}

function kernelSubject(model: Model, phase: Phase, backend: HostBackend, samples: Samples): Subject {
  const regime = phase === 'start' ? model.fresh : model.settled;
  const { images } = model.window;
  const repeats = backend === 'wasm' ? model.window.repeats : 1;
  return {
    ...{ shape: model.shape, model: model.name, phase, samplesPerWindow: images * repeats },
    implementation: backend === 'wasm' ? fusedKernel : 'typescript reference',
    measure: async () => {
      await useBackend(backend);
      let seconds = 0;
      for (let k = 0; k < repeats; k++) seconds += await timeKernel(regime, samples, images);
      return (images * repeats) / seconds;
    },
  };
}

/** Seconds that a session takes to train; opening it and filling its memory are done once a run and left out. */
async function timeKernel({ replica, step }: Regime, samples: Samples, count: number): Promise<number> {
  const session = await openOnlineSgd([replica]);
  try {
    const handle = await session.load(samples);
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    const started = performance.now();
    await session.train(handle, order, step);
    return (performance.now() - started) / 1000;
  } finally {
    session.dispose();
  }
}

function composedSubject(model: Model, backend: HostBackend, samples: Samples, count: number): Subject {
  return {
    ...{ shape: model.shape, model: model.name, phase: undefined, samplesPerWindow: count },
    implementation: `composed tfjs ops, ${backend}`,
    measure: async () => {
      await useBackend(backend);
      return count / timeComposed(model.fresh, samples, count);
    },
  };
}

function timeComposed({ replica }: Regime, samples: Samples, count: number): number {
  const network = new ComposedNetwork(replica);
  const [x, targets] = tensorsOf(samples, count, replica.program.layers.at(-1)!.crossbar.cols);
  try {
    const started = performance.now();
    for (const [s, input] of x.entries()) network.train(input, targets[s]!);
    return (performance.now() - started) / 1000;
  } finally {
    network.dispose();
    tf.dispose([x, targets]);
  }
}

/** Inputs and one-hot targets of the first samples, a tensor of one row each. */
function tensorsOf(samples: Samples, count: number, classes: number): [tf.Tensor2D[], tf.Tensor2D[]] {
  if (samples.kind !== 'codes') throw new UsageError({ where: 'bench', what: 'samples are values, expected codes' });
  const { codes, values, features, labels } = samples;
  return tf.tidy(() => {
    const pixels = Float32Array.from(codes.subarray(0, count * features), (code) => values[code]!);
    const classOf = tf.tensor1d(Int32Array.from(labels.subarray(0, count)), 'int32');
    const targets = tf.reshape<tf.Rank.R2>(tf.oneHot(classOf, classes, 1, 0, 'float32'), [count, classes]);
    const rows = (matrix: tf.Tensor2D): tf.Tensor2D[] => tf.split(matrix, count);
    return [rows(tf.tensor2d(pixels, [count, features])), rows(targets)];
  });
}
