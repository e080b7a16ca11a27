import type * as tf from '@tensorflow/tfjs';
import { UsageError } from '../errors.js';
import type {
  OnlineSgdProgram,
  OnlineSgdSession,
  OpenOptions,
  Replica,
  Samples,
} from '../../kernels/online-sgd/contract.js';
import { readableBackends, readableKernels, kernels, tensorKernels, type Backend } from '../../kernels/register.js';
import {
  crossbarInputs,
  gpuResultsOf,
  requireShape,
  resultsOf,
  sourcesOf,
  stateOf,
  takeTensors,
  type CrossbarTensors,
} from './crossbar.js';
import {
  activeBackend,
  registerGpuKernel,
  registerTfjsKernel,
  runTfjsKernel,
  type GpuKernelCall,
  type GpuKernelResult,
  type KernelCall,
} from './tfjs.js';

const where = 'OnlineSgd';

/** One network among those trained at once, its cells as tensors. */
export interface ReplicaTensors {
  readonly program: OnlineSgdProgram;
  readonly seed: number;
  /** One per layer. */
  readonly layers: readonly CrossbarTensors[];
}

export interface OnlineSgdOptions {
  /** Global step of the first sample; the next call goes on at firstStep + n. */
  readonly firstStep: number;
  /** The commonest input, whose rows cost nothing (0). */
  readonly background?: number;
}

interface Attributes extends Required<OnlineSgdOptions> {
  readonly replicas: readonly { readonly program: OnlineSgdProgram; readonly seed: number }[];
}

/**
 * Trains replicas on samples, one after the other, in one kernel call. New tensors are returned; the inputs stay as
 * they are. On webgpu the work is submitted when the call returns and nothing is read back, so a label that is no class is
 * not refused: it is nobody's. Samples cut over several calls give the same bits, as long as `columns` and `firstStep` are passed on.
 * @param x - float32 [n, inputs]
 * @param labels - int32 [n], classes
 * @returns each replica's cells, layer by layer
 * @throws UsageError where a shape or dtype, or elsewhere than on webgpu a label, does not fit, or the list of replicas is empty
 */
export function onlineSgd(
  x: tf.Tensor2D,
  labels: tf.Tensor1D,
  replicas: readonly ReplicaTensors[],
  { firstStep, background = 0 }: OnlineSgdOptions,
): CrossbarTensors[][] {
  const [first] = replicas;
  if (!first) throw new UsageError({ where, what: 'got an empty list of replicas, expected at least one' });
  const inputs = first.program.layers[0]!.crossbar.rows - (first.program.bias ? 1 : 0);
  requireShape(where, 'x', x, [x.shape[0], inputs]);
  requireShape(where, 'labels', labels, [x.shape[0]], 'int32');
  const tensors = replicas.flatMap(({ program, layers }, r) =>
    program.layers.map(({ crossbar }, l) => crossbarInputs(where, crossbar, requireLayer(layers, l), suffix(r, l))),
  );
  const attributes: Attributes = {
    replicas: replicas.map(({ program, seed }) => ({ program, seed })),
    firstStep,
    background,
  };
  const results = runTfjsKernel(where, Object.assign({ x, labels }, ...tensors) as tf.NamedTensorMap, attributes);
  return replicas.map(({ program }) => program.layers.map(({ crossbar }) => takeTensors(crossbar, results)));
}

function requireLayer(layers: readonly CrossbarTensors[], l: number): CrossbarTensors {
  const layer = layers[l];
  if (layer) return layer;
  throw new UsageError({ where, what: `the cells of layer ${l} are missing, got ${layers.length} layers` });
}

const suffix = (replica: number, layer: number): string => `_${replica}_${layer}`;

/**
 * Opens replicas in the kernel's own memory on tfjs's active backend: the way to train for long, since nothing is
 * copied between calls. The caller disposes the session.
 */
export async function openOnlineSgd(
  replicas: readonly Replica[],
  { backend = activeBackend(where), ...options }: OpenOptions & { readonly backend?: Backend | undefined } = {},
): Promise<OnlineSgdSession> {
  return kernels[backend].OnlineSgd.open(replicas, options);
}

export function registerOnlineSgd(): void {
  for (const backend of readableBackends) {
    registerTfjsKernel<Attributes>(where, backend, (call) => {
      const replicas = call.attributes.replicas.map(({ program, seed }, r) => ({
        program,
        seed,
        states: program.layers.map((_, l) => stateOf(call, suffix(r, l))),
      }));
      const session = readableKernels[backend].OnlineSgd.open(replicas);
      try {
        const samples = samplesOf(call);
        const order = Uint32Array.from({ length: samples.count }, (_, i) => i);
        session.train(session.load(samples), order, call.attributes.firstStep);
        return replicas.flatMap(({ program }, r) =>
          session.states(r).flatMap((state, l) => resultsOf(program.layers[l]!.crossbar, state)),
        );
      } finally {
        session.dispose();
      }
    });
  }
  registerGpuKernel<Attributes>(where, trainOnGpu);
}

/** Nothing is read back: the work is submitted when the call returns. */
function trainOnGpu(call: GpuKernelCall<Attributes>): GpuKernelResult[] {
  const { firstStep, background } = call.attributes;
  const [count, features] = call.shape('x') as [number, number];
  const replicas = call.attributes.replicas.map(({ program, seed }, r) => ({
    program,
    seed,
    states: program.layers.map((_, l) => sourcesOf(call, suffix(r, l))),
  }));
  const samples = { x: call.buffer('x'), labels: call.buffer('labels'), count, features, background };
  const trained = tensorKernels.OnlineSgd(call.gpu, { replicas, ...samples, firstStep });
  return trained.flatMap((layers, r) =>
    layers.flatMap((buffers, l) => gpuResultsOf(replicas[r]!.program.layers[l]!.crossbar, buffers)),
  );
}

function samplesOf(call: KernelCall<Attributes>): Samples {
  const [count, features] = call.shape('x') as [number, number];
  const labels = call.values('labels');
  const wrong = labels.findIndex((label) => label < 0 || label > 255);
  if (wrong >= 0) throw new UsageError({ where, what: `labels[${wrong}] is ${labels[wrong]}, expected 0 … 255` });
  return {
    kind: 'values',
    values: call.values('x') as Float32Array,
    background: call.attributes.background,
    labels: Uint8Array.from(labels),
    count,
    features,
  };
}
