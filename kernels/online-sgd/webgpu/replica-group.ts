import { losses } from '../../arithmetic.js';
import { Arena, type Placed, type Words } from '../../webgpu/arena.js';
import { descriptorAt, partsOf, placeCrossbar, type CellSources, type CrossbarPlaces } from '../../webgpu/crossbar.js';
import { descriptorSize } from '../../webgpu/words.js';
import type { GpuDevice } from '../../webgpu/device.js';
import type { Part } from '../../webgpu/buffers.js';
import { preparing } from '../../webgpu/one-crossbar.js';
import type { CallWords, Shader } from '../../webgpu/shader.js';
import type { OnlineSgdProgram, Replica } from '../contract.js';
import type { OnlineSgdEntry } from './shader.js';

/** Samples of replicas that are predicted in one dispatch: at least, and at most, which fills the largest of GPUs. */
const fewestSlots = 256;
const mostSlots = 4096;
/** Words that they may take, where there is room. */
const slotWords = 4 * 2 ** 20;

interface Places {
  readonly descriptors: number;
  readonly programs: number;
  readonly vectors: number;
  readonly vectorSize: number;
  readonly progress: number;
  readonly scratch: number;
  readonly outputs: number;
}

/** What a group's networks are for: training alone takes no room for predictions. */
export type Use = 'training' | 'training and prediction';

/** A replica whose arrays lie on the host or on the GPU. */
export interface PlacedReplica extends Omit<Replica, 'states'> {
  readonly states: readonly CellSources[];
}

/** Puts replicas into as many groups as their buffers need. */
export function groupsOf(
  gpu: GpuDevice,
  shader: Shader<OnlineSgdEntry>,
  replicas: readonly PlacedReplica[],
  use: Use,
): ReplicaGroup[] {
  const groups: ReplicaGroup[] = [];
  for (let from = 0; from < replicas.length; from += groups.at(-1)!.count) {
    groups.push(new ReplicaGroup(gpu, shader, replicas.slice(from), use));
  }
  return groups;
}

/** Replicas that share two buffers, and so one dispatch: as many as the adapter's largest buffer holds. */
export class ReplicaGroup {
  readonly placed: Placed;
  readonly crossbars: readonly (readonly CrossbarPlaces[])[];
  /** Samples of replicas that can be predicted in one dispatch. */
  readonly slots: number;
  private readonly places: Places;
  private readonly layers: number;

  /** Takes the first of the replicas, as many as fit, at least one. */
  constructor(gpu: GpuDevice, shader: Shader<OnlineSgdEntry>, replicas: readonly PlacedReplica[], use: Use) {
    const arena = new Arena();
    const { program } = replicas[0]!;
    const layers = program.layers.length;
    const vectorSize = vectorsOf(program).size;
    const slotSize = vectorSize + classesOf(program);
    const slots = use === 'training' ? 0 : fewestSlots;
    /** What a number of replicas take besides their crossbars. */
    const besides = (count: number): Words => ({
      heap: count * (vectorSize + 1) + slots * slotSize,
      data: count * (layers * descriptorSize + 2),
    });
    const descriptors = new Uint32Array(replicas.length * layers * descriptorSize);
    const crossbars: CrossbarPlaces[][] = [];
    for (const [r, replica] of replicas.entries()) {
      const mark = arena.mark();
      const targets = program.layers.map((_, l) => descriptorAt(descriptors, r * layers + l));
      const places = placeReplica(arena, targets, replica);
      if (r > 0 && arena.bytesWith(besides(r + 1)) > gpu.largestBuffer) {
        arena.rewind(mark);
        break;
      }
      crossbars.push(places);
    }
    const { length: count } = crossbars;
    const replicaRoom = { vectors: arena.room(vectorSize * count), progress: arena.room(count) };
    const spare = Math.floor(Math.min(arena.heapLeft(gpu.largestBuffer), slotWords) / slotSize);
    // A network that hardly fits by itself predicts fewer at a time.
    this.slots = slots === 0 ? 0 : Math.min(Math.max(spare, 1), mostSlots);
    this.layers = layers;
    this.crossbars = crossbars;
    this.places = {
      descriptors: arena.constant(descriptors.slice(0, count * layers * descriptorSize)),
      programs: arena.constant(programWords(replicas.slice(0, count))),
      vectorSize,
      ...replicaRoom,
      scratch: arena.room(vectorSize * this.slots),
      outputs: arena.room((slotSize - vectorSize) * this.slots),
    };
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
  get predictionWords(): CallWords {
    const { scratch, outputs } = this.places;
    return { ...this.words, vectors: scratch, outputs };
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
