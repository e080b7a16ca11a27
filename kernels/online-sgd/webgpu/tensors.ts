import { write } from '../../webgpu/arena.js';
import { allOrNothing, createBuffer, usage } from '../../webgpu/buffers.js';
import { commonWgsl, groupSize } from '../../webgpu/common.wgsl.js';
import type { GpuDevice } from '../../webgpu/device.js';
import { copiesOf } from '../../webgpu/one-crossbar.js';
import { LazyShader, groupsFor, type Shader } from '../../webgpu/shader.js';
import { ordersOf } from '../calls.js';
import { validatePrograms } from '../validation.js';
import { trainingDispatches } from './layout.js';
import { orderWords } from './orders.js';
import { packWgsl } from './pack.wgsl.js';
import { groupsOf, type PlacedReplica, type ReplicaGroup } from './replica-group.js';
import { onlineSgdShader, type OnlineSgdEntry } from './shader.js';

/** A call whose cells and samples lie on the GPU. */
export interface GpuTrainingCall {
  readonly replicas: readonly PlacedReplica[];
  /** float32 [count, features]. */
  readonly x: GPUBuffer;
  /** int32 [count]; one that is no class is nobody's, since nothing is read back to tell it. */
  readonly labels: GPUBuffer;
  readonly count: number;
  readonly features: number;
  readonly background: number;
  readonly firstStep: number;
}

/** Samples of one submission: a driver takes the GPU away from what holds it for seconds. */
const samplesPerSubmission = 256;

const packShader = new LazyShader('OnlineSgd on tensors', [commonWgsl, packWgsl].join('\n'), ['pack_samples'] as const);

/**
 * `OnlineSgd` on tensors: submits its work and gives each replica's cells, layer by layer, as buffers that are the
 * caller's. Nothing is read back.
 */
export function trainTensors(gpu: GpuDevice, call: GpuTrainingCall): GPUBuffer[][][] {
  const { replicas, count, firstStep } = call;
  validatePrograms(replicas);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  ordersOf(order, firstStep, { replicas: replicas.length, samples: count });
  const shader = onlineSgdShader(replicas[0]!.program).at(gpu);
  return allOrNothing(() => trainAll(gpu, shader, call, order));
}

function trainAll(
  gpu: GpuDevice,
  shader: Shader<OnlineSgdEntry>,
  call: GpuTrainingCall,
  order: Uint32Array,
): GPUBuffer[][][] {
  const { replicas } = call;
  const groups = groupsOf(gpu, shader, replicas, 'training');
  const given = packedSamples(gpu, call);
  const words = orderWords(replicas.map(() => order));
  const list = createBuffer(gpu, 'the order of samples', words.byteLength, usage.storage);
  write(gpu, list, 0, words);
  let first = 0;
  const results = groups.flatMap((group) => {
    train(shader, group, { given, list, first, ...call });
    first += group.count;
    return resultsOf(gpu, group);
  });
  for (const { placed } of groups) placed.dispose();
  given.destroy();
  list.destroy();
  return results;
}

interface GroupCall extends Pick<GpuTrainingCall, 'count' | 'firstStep' | 'replicas'> {
  readonly given: GPUBuffer;
  readonly list: GPUBuffer;
  /** The call's number of the group's first replica. */
  readonly first: number;
}

function train(shader: Shader<OnlineSgdEntry>, group: ReplicaGroup, call: GroupCall): void {
  const { given, list, first, count, firstStep, replicas } = call;
  const columns = replicas[0]!.program.layers[0]!.crossbar.cols;
  for (let from = 0; from < count; from += samplesPerSubmission) {
    const samples = Math.min(samplesPerSubmission, count - from);
    const { offset, size } = group.progress;
    shader.gpu.device.queue.writeBuffer(group.placed.heap, offset, new Uint8Array(size));
    const words = { ...group.words, replica: first, count: samples, step: firstStep + from, listFrom: from };
    const bound = shader.bind({ ...group.placed, given, list }, words);
    shader.submit(trainingDispatches('two-dispatch', bound, { replicas: group.count, samples, columns }));
  }
}

function resultsOf(gpu: GpuDevice, group: ReplicaGroup): GPUBuffer[][][] {
  return group.crossbars.map((layers, place) =>
    group
      .stateParts(
        place,
        layers.map(() => false),
      )
      .map((parts) => copiesOf(gpu, parts)),
  );
}

/** The samples in the form that layers read. */
function packedSamples(
  gpu: GpuDevice,
  { replicas, x, labels, count, features, background }: GpuTrainingCall,
): GPUBuffer {
  const bias = replicas[0]!.program.bias ? 1 : 0;
  const rows = features + bias;
  const words = 8 + (5 + Math.ceil(rows / 32) + 2 * rows) * count;
  const packed = createBuffer(gpu, 'the samples', 4 * words, usage.storage);
  const nothing = createBuffer(gpu, 'an empty table', 16, usage.storage);
  const shader = packShader.at(gpu);
  const step = new Uint32Array(Float32Array.of(background).buffer)[0]!;
  const bound = shader.bind(
    { heap: packed, data: nothing, given: x, list: labels },
    { first: features, replica: bias, count, step },
  );
  shader.submit([{ entry: 'pack_samples', bound, groups: [groupsFor(count, groupSize)] }]);
  nothing.destroy();
  return packed;
}
