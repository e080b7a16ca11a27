import { losses } from '../../arithmetic.js';
import { Arena, type Placed } from '../../webgpu/arena.js';
import {
  partsOf,
  placeCrossbar,
  reserveDescriptors,
  type CellSources,
  type CrossbarPlaces,
} from '../../webgpu/crossbar.js';
import { descriptorSize } from '../../webgpu/words.js';
import type { GpuDevice } from '../../webgpu/device.js';
import type { Part } from '../../webgpu/buffers.js';
import { preparing } from '../../webgpu/one-crossbar.js';
import type { CallWords, Shader } from '../../webgpu/shader.js';
import type { OnlineSgdProgram, Replica } from '../contract.js';
import type { OnlineSgdEntry } from './shader.js';

/** Samples that are predicted in one dispatch. */
export const predictedAtOnce = 256;

interface Places {
  readonly descriptors: number;
  readonly programs: number;
  readonly vectors: number;
  readonly vectorSize: number;
  readonly progress: number;
  readonly scratch: number;
  readonly outputs: number;
}

/** A replica whose arrays lie on the host or on the GPU. */
export interface PlacedReplica extends Omit<Replica, 'states'> {
  readonly states: readonly CellSources[];
}

/** Puts replicas into as many groups as their buffers need. */
export function groupsOf(
  gpu: GpuDevice,
  shader: Shader<OnlineSgdEntry>,
  replicas: readonly PlacedReplica[],
): ReplicaGroup[] {
  const groups: ReplicaGroup[] = [];
  for (let from = 0; from < replicas.length; from += groups.at(-1)!.count) {
    groups.push(new ReplicaGroup(gpu, shader, replicas.slice(from)));
  }
  return groups;
}

/** Replicas that share two buffers, and so one dispatch: as many as the adapter's largest buffer holds. */
export class ReplicaGroup {
  readonly placed: Placed;
  readonly crossbars: readonly (readonly CrossbarPlaces[])[];
  private readonly places: Places;
  private readonly layers: number;

  /** Takes the first of the replicas, as many as fit, at least one. */
  constructor(gpu: GpuDevice, shader: Shader<OnlineSgdEntry>, replicas: readonly PlacedReplica[]) {
    const arena = new Arena();
    const { program } = replicas[0]!;
    this.layers = program.layers.length;
    const { first, words } = reserveDescriptors(arena, replicas.length * this.layers);
    const programs = programWords(replicas);
    const vectorSize = vectorsOf(program).size;
    this.places = {
      descriptors: first,
      programs: arena.constant(programs),
      vectorSize,
      vectors: arena.room(vectorSize * replicas.length),
      progress: arena.room(replicas.length),
      scratch: arena.room(vectorSize * predictedAtOnce),
      outputs: arena.room(classesOf(program) * predictedAtOnce),
    };
    const crossbars: CrossbarPlaces[][] = [];
    for (const replica of replicas) {
      const mark = arena.mark();
      const target = words.slice(crossbars.length * this.layers);
      const places = placeReplica(arena, target, replica);
      if (crossbars.length > 0 && arena.bytes > gpu.largestBuffer) {
        arena.rewind(mark);
        break;
      }
      crossbars.push(places);
    }
    this.crossbars = crossbars;
    this.placed = arena.build(gpu);
    this.prepare(shader);
  }

  get count(): number {
    return this.crossbars.length;
  }

  /** Words that every dispatch over all of the group's replicas is given. */
  get words(): CallWords {
    const { descriptors: first, programs, vectors, vectorSize, progress } = this.places;
    return { first, layers: this.layers, programs, vectors, vectorSize, progress };
  }

  /** The same for a prediction, whose samples have vectors of their own. */
  predictionWords(replica: number): CallWords {
    const { scratch, outputs } = this.places;
    return { ...this.words, vectors: scratch, outputs, replica };
  }

  outputs(count: number): Part {
    return { buffer: this.placed.heap, at: this.places.outputs, count };
  }

  /** Where the counters of samples lie in the heap: bytes. */
  get progress(): { readonly offset: number; readonly size: number } {
    return { offset: 4 * this.places.progress, size: 4 * this.count };
  }

  /** Address of a crossbar's descriptor. */
  descriptorOf(replica: number, layer: number): number {
    return this.places.descriptors + (replica * this.layers + layer) * descriptorSize;
  }

  stateParts(replica: number, drifted: readonly boolean[]): Part[][] {
    return this.crossbars[replica]!.map((places, l) => partsOf(this.placed.heap, places, drifted[l]!));
  }

  private prepare(shader: Shader<OnlineSgdEntry>): void {
    const dispatches = this.crossbars.flatMap((layers, r) =>
      layers.flatMap((places, l) => preparing(shader.bind(this.placed, { first: this.descriptorOf(r, l) }), places)),
    );
    shader.submit(dispatches);
  }
}

function placeReplica(
  arena: Arena,
  target: readonly Uint32Array[],
  { program, states, seed }: PlacedReplica,
): CrossbarPlaces[] {
  const { layers } = vectorsOf(program);
  return program.layers.map(({ crossbar, activation, learningRate = program.learningRate }, l) => {
    const place = { seed, layer: l, learningRate };
    return placeCrossbar(arena, target[l]!, crossbar, states[l]!, place, { activation, ...layers[l]! });
  });
}

/** Where a network's activations, sums before softmax and errors lie among its vectors. */
function vectorsOf({ layers }: OnlineSgdProgram) {
  let size = 0;
  const room = (count: number): number => (size += count) - count;
  const places = layers.map(({ crossbar: { cols } }) => ({ z: room(cols), raw: room(cols), delta: room(cols) }));
  return { layers: places, size };
}

function programWords(replicas: readonly PlacedReplica[]): Uint32Array {
  return Uint32Array.from(
    replicas.flatMap(({ program }) => [losses.indexOf(program.loss), program.errorPath === 'after-update' ? 1 : 0]),
  );
}

export function classesOf({ layers }: OnlineSgdProgram): number {
  return layers.at(-1)!.crossbar.cols;
}
