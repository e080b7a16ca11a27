// Where a row's cells of a measured table and their draws lie in it, four at a time: addresses for table-cells.ts to load from.
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { rowOf } from '../../../wasm/assembly/table';
import { firsts, gather, gather4, pairs, seconds, shifted } from '../../../wasm/assembly/lanes';
import {
  BLOCKS,
  COLUMNS,
  DEVIATIONS,
  DRAWN,
  ENTRIES,
  GIVEN,
  MEANS,
  NODES,
  PART,
  POLARITY,
  SEARCHED,
} from './table-columns';

/**
 * Places four cells of one polarity; returns what the guide says of their draws, whose sign bit is set where it says too little.
 * @param blocks - of their devices and directions
 * @param cell - their polarity's part of the columns
 * @param bins - bins less one, @param lastBin - the last that a cell is in, @param blockSizes - bytes of a block, and
 * @param nodes - address of the rows' nodes: constants of a table, in all lanes
 */
// @ts-ignore: decorator
@inline
function placeFour(blocks: v128, cell: usize, bins: v128, lastBin: v128, blockSizes: v128, nodes: v128): v128 {
  const place = f32x4.mul(v128.load(cell, GIVEN), bins);
  // In floats, since to truncate to integers takes ten instructions; a NaN's bin is the last. A conductance below the range is in the first.
  const bin = f32x4.pmax(f32x4.splat(0), f32x4.pmin(lastBin, f32x4.floor(place)));
  v128.store(cell, f32x4.sub(place, bin), PART);
  const means = i32x4.add(shifted(f32x4.mul(bin, blockSizes)), blocks);
  v128.store(cell, means, MEANS);
  // By way of memory: that takes fewer instructions than to take lanes out of a vector.
  const g01 = pairs(load<u32>(cell, ENTRIES), load<u32>(cell, ENTRIES + 4));
  const g23 = pairs(load<u32>(cell, ENTRIES + 8), load<u32>(cell, ENTRIES + 12));
  const found = firsts(g01, g23);
  // Where the next row's probability is not above q, it holds.
  const next = v128.and(f32x4.ge(v128.load(cell, DRAWN), seconds(g01, g23)), i32x4.splat(8));
  const row = i32x4.add(found, next);
  v128.store(cell, i32x4.add(means, row), DEVIATIONS);
  v128.store(cell, i32x4.add(nodes, row), NODES);
  return found;
}

/** Words of four columns of a row. */
// @ts-ignore: decorator
@inline
function gatherAt(row: usize, at: usize): v128 {
  const j0 = <usize>load<u32>(at);
  const j1 = <usize>load<u32>(at, 4);
  const j2 = <usize>load<u32>(at, 8);
  const j3 = <usize>load<u32>(at, 12);
  return gather(row, j0, j1, j2, j3);
}

// @ts-ignore: decorator
@inline
function placeRow(c: Crossbar, owns: usize, columns: usize, end: usize, sign: usize, own: bool): void {
  const bins = f32x4.splat(<f32>(c.bins - 1));
  const lastBin = f32x4.splat(<f32>(c.bins - 2));
  const blockSizes = f32x4.splat(<f32>(c.blockSize << 2));
  const nodes = i32x4.splat(<i32>c.nodes);
  let at = columns;
  let searched = columns;
  do {
    let blocks = v128.load(at + sign, BLOCKS);
    if (own) blocks = i32x4.add(blocks, gatherAt(owns, at));
    const found = placeFour(blocks, at, bins, lastBin, blockSizes, nodes);
    store<u32>(searched, <u32>at, SEARCHED);
    searched += i32x4.bitmask(found) != 0 ? COLUMNS : 0;
    at += COLUMNS;
  } while (at < end);
  for (let k = columns; k < searched; k += COLUMNS) search(c, <usize>load<u32>(k, SEARCHED));
}

// @ts-ignore: decorator
@inline
function placeRows(
  c: Crossbar,
  ownsPlus: usize,
  ownsMinus: usize,
  columns: usize,
  end: usize,
  sign: usize,
  otherSign: usize,
  own: bool,
): void {
  const bins = f32x4.splat(<f32>(c.bins - 1));
  const lastBin = f32x4.splat(<f32>(c.bins - 2));
  const blockSizes = f32x4.splat(<f32>(c.blockSize << 2));
  const nodes = i32x4.splat(<i32>c.nodes);
  let at = columns;
  let searched = columns;
  do {
    const other = at + POLARITY;
    let blocks = v128.load(at + sign, BLOCKS);
    if (own) blocks = i32x4.add(blocks, gatherAt(ownsPlus, at));
    const found = placeFour(blocks, at, bins, lastBin, blockSizes, nodes);
    blocks = v128.load(at + otherSign, BLOCKS);
    if (own) blocks = i32x4.add(blocks, gatherAt(ownsMinus, at));
    const otherFound = placeFour(blocks, other, bins, lastBin, blockSizes, nodes);
    store<u32>(searched, <u32>at, SEARCHED);
    searched += i32x4.bitmask(v128.or(found, otherFound)) != 0 ? COLUMNS : 0;
    at += COLUMNS;
  } while (at < end);
  for (let k = columns; k < searched; k += COLUMNS) {
    const at = <usize>load<u32>(k, SEARCHED);
    search(c, at);
    search(c, at + POLARITY);
  }
}

/** In the tails several rows share an entry of the guide, which then says where they have entries of their own. */
function search(c: Crossbar, cell: usize): void {
  const guide = i32x4.splat(<i32>c.guide);
  const q = v128.load(cell, DRAWN);
  const place = i32x4.shr_u(i32x4.trunc_sat_f32x4_s(q), 6);
  v128.store(cell, i32x4.add(i32x4.shl(i32x4.shr_u(place, 8), 3), guide), ENTRIES);
  const outer = gather4(0, v128.load(cell, ENTRIES));
  const inner = i32x4.add(v128.and(outer, i32x4.splat(0x7fffffff)), v128.and(place, i32x4.splat(255)));
  const entries = v128.bitselect(inner, i32x4.shr_u(place, 8), i32x4.shr_s(outer, 31));
  v128.store(cell, i32x4.add(i32x4.shl(entries, 3), guide), ENTRIES);
  const g01 = pairs(load<u32>(cell, ENTRIES), load<u32>(cell, ENTRIES + 4));
  const g23 = pairs(load<u32>(cell, ENTRIES + 8), load<u32>(cell, ENTRIES + 12));
  const found = firsts(g01, g23);
  const row = i32x4.add(found, v128.and(f32x4.ge(q, seconds(g01, g23)), i32x4.splat(8)));
  v128.store(cell, i32x4.add(v128.load(cell, MEANS), row), DEVIATIONS);
  v128.store(cell, i32x4.add(i32x4.splat(<i32>c.nodes), row), NODES);
  if (i32x4.bitmask(found) != 0) searchEach(c, cell);
}

/** Where not even those suffice. */
function searchEach(c: Crossbar, cell: usize): void {
  for (let lane = cell; lane < cell + 16; lane += 4) {
    const row = <u32>rowOf(c, load<f32>(lane, DRAWN));
    store<u32>(lane, load<u32>(lane, MEANS) + row, DEVIATIONS);
    store<u32>(lane, <u32>c.nodes + row, NODES);
  }
}

export function placeSingles(c: Crossbar, columns: usize, end: usize, sign: usize): void {
  placeRow(c, 0, columns, end, sign, false);
}

export function placeOwnSingles(c: Crossbar, owns: usize, columns: usize, end: usize, sign: usize): void {
  placeRow(c, owns, columns, end, sign, true);
}

export function placePairs(
  c: Crossbar,
  columns: usize,
  end: usize,
  sign: usize,
  otherSign: usize,
): void {
  placeRows(c, 0, 0, columns, end, sign, otherSign, false);
}

export function placeOwnPairs(
  c: Crossbar,
  ownsPlus: usize,
  ownsMinus: usize,
  columns: usize,
  end: usize,
  sign: usize,
  otherSign: usize,
): void {
  placeRows(c, ownsPlus, ownsMinus, columns, end, sign, otherSign, true);
}
