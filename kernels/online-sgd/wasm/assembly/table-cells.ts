// What pulses do to a row's cells of a measured table, four at a time: readTable of kernels/table.ts, operation by operation.
import { clip4 } from '../../../wasm/assembly/arithmetic';
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { addFour, between, firsts, gather, pairs, seconds, shifted } from '../../../wasm/assembly/lanes';
import { BLOCKS, COLUMNS, DRAWN, GIVEN, MOVED, PLACES, POLARITY, ROWS } from './table-columns';

/**
 * Finds where a row's cells lie in their table: leaves their conductances, the blocks they are in, and the parts of the way to the next
 * block and to the next row.
 */
// @ts-ignore: decorator
@inline
function placeRow(
  c: Crossbar,
  cells: usize,
  owns: usize,
  columns: usize,
  end: usize,
  sign: usize,
  its: usize,
): void {
  const bins = f32x4.splat(<f32>(c.bins - 1));
  const lastBin = f32x4.splat(<f32>(c.bins - 2));
  const blockSizes = f32x4.splat(<f32>(c.blockSize << 2));
  const nodes = c.nodes;
  let at = columns;
  do {
    const cell = at + its;
    const j0 = <usize>load<u32>(at);
    const j1 = <usize>load<u32>(at, 4);
    const j2 = <usize>load<u32>(at, 8);
    const j3 = <usize>load<u32>(at, 12);
    const g = gather(cells, j0, j1, j2, j3);
    v128.store(cell, g, GIVEN);
    let blocks = v128.load(at + sign, BLOCKS);
    if (owns != 0) blocks = i32x4.add(blocks, gather(owns, j0, j1, j2, j3));
    const place = f32x4.mul(g, bins);
    // In floats, since to truncate to integers takes ten instructions; a NaN's bin is the last. A conductance below the range is in the first.
    const bin = f32x4.pmax(f32x4.splat(0), f32x4.pmin(lastBin, f32x4.floor(place)));
    const t = f32x4.sub(place, bin);
    const r0 = <usize>load<u32>(cell, ROWS);
    const r1 = <usize>load<u32>(cell, ROWS + 4);
    const r2 = <usize>load<u32>(cell, ROWS + 8);
    const r3 = <usize>load<u32>(cell, ROWS + 12);
    const n01 = pairs(nodes + (r0 << 1), nodes + (r1 << 1));
    const n23 = pairs(nodes + (r2 << 1), nodes + (r3 << 1));
    const u = f32x4.mul(f32x4.sub(v128.load(cell, DRAWN), firsts(n01, n23)), seconds(n01, n23));
    v128.store(cell, u, DRAWN);
    v128.store(cell, t, MOVED);
    v128.store(at, i32x4.add(shifted(f32x4.mul(bin, blockSizes)), blocks), PLACES);
    at += COLUMNS;
  } while (at < end);
}

/**
 * Moves a row's cells in the listed columns by what was drawn; leaves them as they were and as they are now at `its` of the columns,
 * where the draws are.
 * @param cells - the row of conductances
 * @param owns - of each cell, its own device's blocks; 0 where all share one table
 * @param x - |x| of the row
 * @param sign - which of a column's two directions
 * @param its - which polarity's part of the columns, and @param recorded - whether a ledger is kept: constants
 * @param weighed - with a ledger, which of the columns' Σ|x|·G the row belongs to
 */
// @ts-ignore: decorator
@inline
function moveRow(
  c: Crossbar,
  cells: usize,
  owns: usize,
  x: f32,
  columns: usize,
  end: usize,
  sign: usize,
  its: usize,
  weighed: usize,
  recorded: bool,
): void {
  placeRow(c, cells, owns, columns, end, sign, its);
  const size = f32x4.splat(x);
  let at = columns;
  do {
    const cell = at + its;
    const g = v128.load(cell, GIVEN);
    const t = v128.load(cell, MOVED);
    const b0 = <usize>load<u32>(at, PLACES);
    const b1 = <usize>load<u32>(at, PLACES + 4);
    const b2 = <usize>load<u32>(at, PLACES + 8);
    const b3 = <usize>load<u32>(at, PLACES + 12);
    const r0 = <usize>load<u32>(cell, ROWS);
    const r1 = <usize>load<u32>(cell, ROWS + 4);
    const r2 = <usize>load<u32>(cell, ROWS + 8);
    const r3 = <usize>load<u32>(cell, ROWS + 12);
    const m01 = pairs(b0, b1);
    const m23 = pairs(b2, b3);
    const mean = f32x4.add(firsts(m01, m23), f32x4.mul(t, seconds(m01, m23)));
    const d0 = v128.load(b0 + (r0 << 1), 8);
    const d1 = v128.load(b1 + (r1 << 1), 8);
    const d2 = v128.load(b2 + (r2 << 1), 8);
    const d3 = v128.load(b3 + (r3 << 1), 8);
    const t01 = v128.shuffle<f32>(t, t, 0, 0, 1, 1);
    const t23 = v128.shuffle<f32>(t, t, 2, 2, 3, 3);
    const e01 = f32x4.add(firsts(d0, d1), f32x4.mul(t01, seconds(d0, d1)));
    const e23 = f32x4.add(firsts(d2, d3), f32x4.mul(t23, seconds(d2, d3)));
    const deviation = between(firsts(e01, e23), seconds(e01, e23), v128.load(cell, DRAWN));
    const pulses = f32x4.mul(v128.load(at + sign), size);
    const change = f32x4.add(f32x4.mul(pulses, mean), f32x4.mul(f32x4.sqrt(pulses), deviation));
    v128.store(cell, clip4(f32x4.add(g, change), f32x4.splat(0), f32x4.splat(1)), MOVED);
    if (recorded) addFour(at + weighed, f32x4.mul(size, g));
    at += COLUMNS;
  } while (at < end);
}

export function movePlus(c: Crossbar, cells: usize, owns: usize, x: f32, columns: usize, end: usize, sign: usize): void {
  moveRow(c, cells, owns, x, columns, end, sign, 0, 0, false);
}

export function moveMinus(c: Crossbar, cells: usize, owns: usize, x: f32, columns: usize, end: usize, sign: usize): void {
  moveRow(c, cells, owns, x, columns, end, sign, POLARITY, 0, false);
}

export function recordPlus(
  c: Crossbar,
  cells: usize,
  owns: usize,
  x: f32,
  columns: usize,
  end: usize,
  sign: usize,
  weighed: usize,
): void {
  moveRow(c, cells, owns, x, columns, end, sign, 0, weighed, true);
}

export function recordMinus(
  c: Crossbar,
  cells: usize,
  owns: usize,
  x: f32,
  columns: usize,
  end: usize,
  sign: usize,
  weighed: usize,
): void {
  moveRow(c, cells, owns, x, columns, end, sign, POLARITY, weighed, true);
}
