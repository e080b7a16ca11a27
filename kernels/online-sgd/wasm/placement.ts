import { devicesPerWeight, type CrossbarProgram } from '../../../src/crossbar/program.js';
import { activations } from '../../arithmetic.js';
import { layerKeys } from '../../keys.js';
import { placeCrossbar, strideOf, type PlacedCrossbar } from '../../wasm/crossbar.js';
import type { KernelMemory } from '../../wasm/memory.js';
import { PlacedTraps } from '../../wasm/traps.js';
import type { Replica } from '../contract.js';

/** A network in a kernel's memory. */
export interface PlacedReplica {
  /** Address of the first layer. */
  readonly layers: number;
  readonly crossbars: readonly PlacedCrossbar[];
  /** By layer, from its first drift on. */
  readonly traps: (PlacedTraps | undefined)[];
}

/** Bytes of what a pulse needs of a step. */
export const polaritySize = 48;

/** Places a network's layers one behind the other. */
export function placeReplica(memory: KernelMemory, { program, states, seed }: Replica): PlacedReplica {
  const { exports } = memory;
  const layers = memory.allocate(exports.layerSize() * program.layers.length);
  const crossbars = program.layers.map(({ crossbar, activation, learningRate = program.learningRate }, l) => {
    const place = { seed, layer: l, learningRate };
    const placed = placeCrossbar(memory, crossbar, states[l]!, place);
    // A vector more than columns: the bias of the next layer is written behind the activations.
    const columns = (): number => memory.floats(placed.stride + 16);
    const rows = (): number => memory.floats(strideOf(crossbar.rows));
    const [foregroundRead, foregroundWritten] = [rows(), rows()];
    // Only the first layer has a background; above it the lists of foreground rows hold every row.
    const [read, written] = l === 0 ? [rows(), rows()] : [foregroundRead, foregroundWritten];
    const [indices, offsets] = placeRowLists(memory, crossbar, placed.stride);
    const address = layers + l * exports.layerSize();
    exports.setLayer(
      address,
      placed.address,
      activations.indexOf(activation),
      ...([columns(), columns(), columns(), columns(), columns()] as const),
      read,
      written,
      indices,
      offsets,
      foregroundRead,
      foregroundWritten,
      rows(),
      memory.allocate(polaritySize),
      memory.floats(columnFloats(crossbar, placed.stride)),
      needsDense(crossbar),
    );
    placeLayerKeys(memory, address, seed, l, devicesPerWeight(crossbar.coding));
    return placed;
  });
  const traps = crossbars.map((placed, l) => {
    const { crossbar } = program.layers[l]!;
    const held = states[l]!.traps;
    return held && new PlacedTraps(memory, placed, crossbar, { seed, layer: l, traps: held });
  });
  return { layers, crossbars, traps };
}

/**
 * Floats in which an update lays out columns: candidates (assembly/candidates.ts) take 25 widths of columns and 64 floats, which are
 * four strides of the narrowest; and where measured tables are pulsed by fractions, two cells a
 * weight, two for each cell.
 */
export function columnFloats({ rows, response, coding, pulsePolicy }: CrossbarProgram, stride: number): number {
  const waits = response.kind === 'table' && coding === 'differential-pair' && pulsePolicy === 'fractional';
  return (waits ? 2 * rows + 29 : 29) * stride;
}

/** Lists of all rows and of their byte offsets: what a layer without a background always reads. */
function placeRowLists(memory: KernelMemory, { rows }: CrossbarProgram, stride: number): readonly [number, number] {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  return [memory.copyIn(all), memory.copyIn(all.map((i) => 4 * stride * i))];
}

/** Whether a layer visits every row: its cells one by one, or the noise of all of them. */
function needsDense({ pulsePolicy, response, coding }: CrossbarProgram): boolean {
  return coding !== 'ideal' && (pulsePolicy !== 'stochastic' || (response.kind !== 'ideal' && response.readNoise > 0));
}

function placeLayerKeys(memory: KernelMemory, address: number, seed: number, layer: number, devices: number): void {
  const { gaps, thinning } = layerKeys(seed, layer);
  for (let device = 0; device < devices; device++) {
    for (const kind of [0, 1] as const) {
      const place = 2 * device + kind;
      memory.exports.setLayerKey(address, place, gaps[device]![kind].a, gaps[device]![kind].b);
      memory.exports.setLayerKey(address, 4 + place, thinning[device]![kind].a, thinning[device]![kind].b);
    }
  }
}
