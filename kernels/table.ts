import type { Directions, TableResponse } from '../src/device/response.js';
import { f32 } from './arithmetic.js';

/** Where to look for a probability: an entry for each part of them, all of one size. */
export interface Guide {
  /** The first row to try, with the sign bit set where more than two rows lie in the entry. */
  readonly firstRow: Int32Array;
  /** The probability from which on the next row holds. */
  readonly nextFrom: Float32Array;
}

/**
 * A table as kernels read it. ΔG = s·μ(g) + √s·e(q | g): the mean, and the deviation from it at each probability, so that
 * a draw needs no difference of two interpolated values.
 */
export interface PackedTable extends Guide {
  /**
   * Per conductance bin one block of `blockSize` floats: the mean, its difference to the next bin's, then the deviations
   * at all probabilities. The two probabilities around a draw lie side by side. Where cells are of several devices, the
   * blocks of one lie behind those of another.
   */
  readonly blocks: Directions<Float32Array>;
  readonly blockSize: number;
  /** Floats of one device's blocks. */
  readonly deviceSize: number;
  /** For each row but the last: its probability, and 1/(the next one's − its own), so that no backend divides. */
  readonly nodes: Float32Array;
}

/** Floats before a block's deviations. */
export const blockHead = 2;

/** Marks an entry of the guide in which more than two rows lie. */
export const moreRows = -0x80000000;

export function packTable(response: TableResponse): PackedTable {
  const { cdf, bins } = response;
  const devices = response.devices ?? [response];
  const blockSize = blockHead + cdf.length;
  const deviceSize = bins * blockSize;
  const packed = (direction: keyof Directions<never>): Float32Array => {
    const blocks = new Float32Array(devices.length * deviceSize);
    devices.forEach(({ mean, quantiles }, i) => {
      blocks.set(packBlocks(mean[direction], quantiles[direction], bins, cdf.length), i * deviceSize);
    });
    return blocks;
  };
  const blocks = { up: packed('up'), down: packed('down') };
  const nodes = Float32Array.from({ length: 2 * (cdf.length - 1) }, (_, i) => {
    const row = i >> 1;
    return i % 2 === 0 ? cdf[row]! : 1 / (cdf[row + 1]! - cdf[row]!);
  });
  return { blocks, blockSize, deviceSize, nodes, ...guideOf(cdf, 256, 0, 1 / 256) };
}

function packBlocks(mean: Float32Array, quantiles: Float32Array, bins: number, rows: number): Float32Array {
  const size = blockHead + rows;
  const blocks = new Float32Array(bins * size);
  for (let bin = 0; bin < bins; bin++) {
    const at = bin * size;
    blocks[at] = mean[bin]!;
    blocks[at + 1] = bin + 1 < bins ? mean[bin + 1]! - mean[bin]! : 0;
    for (let row = 0; row < rows; row++) blocks[at + blockHead + row] = quantiles[row * bins + bin]! - mean[bin]!;
  }
  return blocks;
}

/**
 * Where to look for a probability.
 * @param size - entries, from the probability `from` on, which have `step` of the probabilities each
 */
export function guideOf(cdf: Float32Array, size: number, from: number, step: number): Guide {
  const firstRow = new Int32Array(size);
  const nextFrom = new Float32Array(size);
  const last = cdf.length - 2;
  for (let k = 0, row = 0; k < size; k++) {
    while (row < last && cdf[row + 1]! <= from + k * step) row++;
    const several = row + 1 < last && cdf[row + 2]! < from + (k + 1) * step;
    firstRow[k] = several ? row | moreRows : row;
    nextFrom[k] = cdf[row + 1]!;
  }
  return { firstRow, nextFrom };
}

/** One pulse's mean and its deviation at probability q, bilinear in conductance and probability. */
export interface TableDraw {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Reads a table, operation by operation in float32.
 * @param device - number of the cell's device
 * @param g - normalised conductance, 0 … 1
 * @param q - probability, 0 ≤ q < 1
 */
export function readTable(table: PackedTable, device: number, g: number, up: boolean, q: number): TableDraw {
  const { blocks, blockSize, deviceSize } = table;
  const bins = deviceSize / blockSize;
  const values = up ? blocks.up : blocks.down;
  const place = f32(g * (bins - 1));
  const bin = Math.min(Math.trunc(place), bins - 2);
  const t = f32(place - bin);
  const at = device * deviceSize + bin * blockSize;
  const { row, u } = placeOf(table, q);
  const along = (from: number): number => {
    const a = values[from]!;
    return f32(a + f32(t * f32(values[from + blockSize]! - a)));
  };
  const [below, above] = [along(at + blockHead + row), along(at + blockHead + row + 1)];
  return {
    mean: f32(values[at]! + f32(t * values[at + 1]!)),
    deviation: f32(below + f32(u * f32(above - below))),
  };
}

/** Where a probability lies in a table: the last row that does not exceed it, and the part of the way to the next. */
export function placeOf(table: PackedTable, q: number): { readonly row: number; readonly u: number } {
  const row = rowOf(table, q);
  return { row, u: f32(f32(q - table.nodes[2 * row]!) * table.nodes[2 * row + 1]!) };
}

/** The row whose probability is the last that does not exceed q. */
function rowOf({ firstRow, nodes }: PackedTable, q: number): number {
  const last = nodes.length / 2 - 1;
  let row = firstRow[Math.floor(q * 256)]! & 0x7fffffff;
  while (row < last && nodes[2 * (row + 1)]! <= q) row++;
  return row;
}
