// What pulses do to a row's cells of a measured table, four at a time: readTable of kernels/table.ts, operation by operation. Loops
// test at their end: only from such a loop does the engine take constants out.
import { clip4 } from '../../../wasm/assembly/arithmetic';
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { rowOf } from '../../../wasm/assembly/table';
import { addFour } from '../../../wasm/assembly/ledger-records';
import { hashed4, spread } from '../../../wasm/assembly/random';
import { between, firsts, gather, shifted, pairs, pairsBehind, seconds } from './lanes';
import { BLOCKS, COLUMNS, COUNTERS, DRAWN, GIVEN, MOVED, PLACES, POLARITY, ROWS } from './table-columns';

/** Draws a probability for each of a row's cells in the listed columns, and finds the row of a table in which it lies. */
export function drawRow(c: Crossbar, key: u64, i: i32, columns: usize, end: usize): void {
  const counter = firstCounter(c, key, i);
  const second = <u32>(key >>> 32);
  const guide = i32x4.splat(<i32>c.guide);
  let at = columns;
  do {
    const rows = drawFour(at, second, i32x4.add(counter, v128.load(at, COUNTERS)), guide);
    if (i32x4.bitmask(rows) != 0) searchRows(c, at, rows);
    at += COLUMNS;
  } while (at < end);
}

/** The same of both cells of each weight. */
export function drawRows(c: Crossbar, plus: u64, minus: u64, i: i32, columns: usize, end: usize): void {
  const counter = firstCounter(c, plus, i);
  const otherCounter = firstCounter(c, minus, i);
  const second = <u32>(plus >>> 32);
  const otherSecond = <u32>(minus >>> 32);
  const guide = i32x4.splat(<i32>c.guide);
  let at = columns;
  do {
    const counters = v128.load(at, COUNTERS);
    const rows = drawFour(at, second, i32x4.add(counter, counters), guide);
    const others = drawFour(at + POLARITY, otherSecond, i32x4.add(otherCounter, counters), guide);
    if (i32x4.bitmask(v128.or(rows, others)) != 0) {
      searchRows(c, at, rows);
      searchRows(c, at + POLARITY, others);
    }
    at += COLUMNS;
  } while (at < end);
}

/** Of a row's first column, the counter as the hash takes it. */
// @ts-ignore: decorator
@inline
function firstCounter(c: Crossbar, key: u64, i: i32): v128 {
  return i32x4.splat(<i32>(spread(<u32>(i * c.allCols)) + <u32>key));
}

/** Draws for four cells; returns what the guide says of their rows, whose sign bit is set where it says too little. */
// @ts-ignore: decorator
@inline
function drawFour(at: usize, second: u32, counters: v128, guide: v128): v128 {
  const hash = hashed4(second, counters);
  const q = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash, 8)), f32x4.splat(<f32>5.9604644775390625e-8));
  // By way of memory: that takes fewer instructions than to take lanes out of a vector.
  v128.store(at, i32x4.add(i32x4.shl(i32x4.shr_u(hash, 22), 3), guide), ROWS);
  const g01 = pairs(load<u32>(at, ROWS), load<u32>(at, ROWS + 4));
  const g23 = pairs(load<u32>(at, ROWS + 8), load<u32>(at, ROWS + 12));
  const rows = firsts(g01, g23);
  // Where the next row's probability is not above q, it holds: a mask is −1.
  v128.store(at, i32x4.shl(i32x4.sub(rows, f32x4.ge(q, seconds(g01, g23))), 2), ROWS);
  v128.store(at, q, DRAWN);
  return rows;
}

/** In the tails several rows share an entry of the guide, which then says where they have entries of their own. */
function searchRows(c: Crossbar, at: usize, rows: v128): void {
  const q = v128.load(at, DRAWN);
  const place = i32x4.trunc_sat_f32x4_s(f32x4.mul(q, f32x4.splat(262144)));
  const inner = i32x4.add(v128.and(rows, i32x4.splat(0x7fffffff)), v128.and(place, i32x4.splat(255)));
  const entries = v128.bitselect(inner, i32x4.shr_u(place, 8), i32x4.shr_s(rows, 31));
  v128.store(at, i32x4.add(i32x4.shl(entries, 3), i32x4.splat(<i32>c.guide)), ROWS);
  const g01 = pairs(load<u32>(at, ROWS), load<u32>(at, ROWS + 4));
  const g23 = pairs(load<u32>(at, ROWS + 8), load<u32>(at, ROWS + 12));
  const found = firsts(g01, g23);
  v128.store(at, i32x4.shl(i32x4.sub(found, f32x4.ge(q, seconds(g01, g23))), 2), ROWS);
  if (i32x4.bitmask(found) == 0) return;
  for (let lane: usize = 0; lane < 16; lane += 4) {
    store<i32>(at + lane, rowOf(c, load<f32>(at + lane, DRAWN)) << 2, ROWS);
  }
}

/**
 * Moves a row's cells in the listed columns by what was drawn; leaves them as they were and as they are now at `its` of the columns, where
 * the draws are.
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
  const size = f32x4.splat(x);
  const bins = f32x4.splat(<f32>(c.bins - 1));
  const lastBin = f32x4.splat(<f32>(c.bins - 2));
  const blockSize = (<usize>c.blockSize) << 2;
  const blockSizes = f32x4.splat(<f32>blockSize);
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
    // In floats, since to truncate to shifted takes ten instructions; a NaN's bin is the last.
    const bin = f32x4.pmin(lastBin, f32x4.floor(place));
    const t = f32x4.sub(place, bin);
    v128.store(at, i32x4.add(shifted(f32x4.mul(bin, blockSizes)), blocks), PLACES);
    const b0 = <usize>load<u32>(at, PLACES);
    const b1 = <usize>load<u32>(at, PLACES + 4);
    const b2 = <usize>load<u32>(at, PLACES + 8);
    const b3 = <usize>load<u32>(at, PLACES + 12);
    const r0 = <usize>load<u32>(cell, ROWS);
    const r1 = <usize>load<u32>(cell, ROWS + 4);
    const r2 = <usize>load<u32>(cell, ROWS + 8);
    const r3 = <usize>load<u32>(cell, ROWS + 12);
    const n01 = pairs(nodes + (r0 << 1), nodes + (r1 << 1));
    const n23 = pairs(nodes + (r2 << 1), nodes + (r3 << 1));
    const u = f32x4.mul(f32x4.sub(v128.load(cell, DRAWN), firsts(n01, n23)), seconds(n01, n23));
    const m01 = pairs(b0, b1);
    const m23 = pairs(b2, b3);
    const mean = f32x4.add(firsts(m01, m23), f32x4.mul(t, seconds(m01, m23)));
    const a0 = b0 + r0;
    const a1 = b1 + r1;
    const a2 = b2 + r2;
    const a3 = b3 + r3;
    const t01 = v128.shuffle<f32>(t, t, 0, 0, 1, 1);
    const t23 = v128.shuffle<f32>(t, t, 2, 2, 3, 3);
    const e01 = between(pairsBehind(a0, a1), pairsBehind(a0 + blockSize, a1 + blockSize), t01);
    const e23 = between(pairsBehind(a2, a3), pairsBehind(a2 + blockSize, a3 + blockSize), t23);
    const deviation = between(firsts(e01, e23), seconds(e01, e23), u);
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
