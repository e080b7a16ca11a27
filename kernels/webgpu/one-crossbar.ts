import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import { Arena, write, type Placed } from './arena.js';
import { createBuffer, isBuffer, readBack, usage, type Part, type Source } from './buffers.js';
import { groupSize } from './common.wgsl.js';
import { partsOf, placeCrossbar, reserveDescriptors, type CellSources, type CrossbarPlaces } from './crossbar.js';
import type { GpuDevice } from './device.js';
import { groupsFor, type Bound, type Dispatch } from './shader.js';

/** What a kernel of one crossbar is called with, wherever its arrays lie. */
export interface CrossbarCall {
  readonly crossbar: CrossbarProgram;
  readonly state: CellSources;
  readonly seed: number;
  readonly layer: number;
}

/** One crossbar in buffers of its own, for a kernel that runs once. */
export interface PlacedCall {
  readonly placed: Placed;
  readonly places: CrossbarPlaces;
  /** Address of its descriptor. */
  readonly first: number;
  /** Address of the words that the caller asked for. */
  readonly extra: number;
}

/** @param extra - words of the heap besides the crossbar's own */
export function placeCall(gpu: GpuDevice, { crossbar, state, seed, layer }: CrossbarCall, extra = 0): PlacedCall {
  const arena = new Arena();
  const { first, words } = reserveDescriptors(arena, 1);
  const places = placeCrossbar(arena, words[0]!, crossbar, state, { seed, layer, learningRate: 1 });
  const at = arena.room(extra);
  return { placed: arena.build(gpu), places, first, extra: at };
}

/** A source as a buffer that shaders read: a copy of what comes from the host. */
export function givenBuffer(gpu: GpuDevice, purpose: string, source: Source | Uint32Array): GPUBuffer {
  if (!(source instanceof Uint32Array) && isBuffer(source)) return source;
  const buffer = createBuffer(gpu, purpose, source.byteLength, usage.storage);
  write(gpu, buffer, 0, source);
  return buffer;
}

/** Does work on a source that is needed until it is submitted; a copy of what came from the host is destroyed then. */
export function withGiven(
  gpu: GpuDevice,
  purpose: string,
  source: Source | Uint32Array,
  submit: (given: GPUBuffer) => void,
): void {
  const given = givenBuffer(gpu, purpose, source);
  try {
    submit(given);
  } finally {
    if (given !== source) given.destroy();
  }
}

/** Dispatches that bring a crossbar into being: what a read multiplies, and its column sums. */
export function preparing(
  bound: Bound,
  { program, hasColumns }: CrossbarPlaces,
): Dispatch<'read_differences' | 'sum_columns'>[] {
  const differences = {
    entry: 'read_differences' as const,
    bound,
    groups: [groupsFor(program.rows * program.cols, groupSize)] as const,
  };
  return hasColumns ? [differences] : [differences, summing(bound, program)];
}

export function summing(bound: Bound, { cols }: CrossbarProgram): Dispatch<'sum_columns'> {
  return { entry: 'sum_columns', bound, groups: [groupsFor(cols, groupSize)] };
}

/** The arrays of a state on the host as sources; empty ones are none. */
export function sourcesOf({ plus, minus, columns, hidden, traps }: CrossbarState): CellSources {
  return { plus, minus, columns: columns.length === 0 ? undefined : columns, hidden, traps };
}

const none = new Float32Array(0);

/** Reads a crossbar's state back. */
export async function stateFrom(
  gpu: GpuDevice,
  { placed, places }: Pick<PlacedCall, 'placed' | 'places'>,
  drifted: boolean,
): Promise<CrossbarState> {
  return stateOfArrays(places, await readBack(gpu, partsOf(placed.heap, places, drifted)), drifted);
}

/** A state from its arrays in the order of {@link partsOf}. */
export function stateOfArrays(
  { program, cells, hidden, held }: CrossbarPlaces,
  arrays: Float32Array[],
  drifted: boolean,
): CrossbarState {
  const pair = devicesPerWeight(program.coding) === 2;
  const left = [...arrays];
  const take = () => {
    const plus = left.shift()!;
    return { plus, minus: pair ? left.shift()! : none };
  };
  const shown = take();
  const columns = left.shift()!;
  const moved = hidden === cells ? {} : { hidden: take() };
  return { ...shown, columns, ...moved, traps: drifted && held.length > 0 ? take() : undefined };
}

/** A kernel on arrays that lie on the GPU: submits its work and gives the results' buffers, which are the caller's. */
export type TensorKernel<Call> = (gpu: GpuDevice, call: Call) => GPUBuffer[];

/** The state of a call as buffers: cells, columns, what is hidden, what traps hold. */
export function stateBuffers(gpu: GpuDevice, { placed, places }: PlacedCall, drifted: boolean): GPUBuffer[] {
  const buffers = copiesOf(gpu, partsOf(placed.heap, places, drifted));
  placed.dispose();
  return buffers;
}

/** Copies parts of a heap into buffers of their own, for tensors. */
export function copiesOf(gpu: GpuDevice, parts: readonly Part[]): GPUBuffer[] {
  const encoder = gpu.device.createCommandEncoder();
  const copies = parts.map(({ buffer, at, count }) => {
    const copy = createBuffer(gpu, 'a tensor', 4 * count, usage.storage);
    encoder.copyBufferToBuffer(buffer, 4 * at, copy, 0, 4 * count);
    return copy;
  });
  gpu.device.queue.submit([encoder.finish()]);
  return copies;
}
