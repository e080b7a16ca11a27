// What is drawn of a row's cells of a measured table, four at a time: probabilities, and their rows in the table.
//
// Work on a row is cut into short passes over its columns, since the processor looks so many instructions ahead that it works on several
// turns of a short loop at once and on hardly two of a long one, whose loads and sums wait for each other. Loops test at their end, and ask
// nothing: only from such a loop does the engine take constants out.
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { hashed4, spread } from '../../../wasm/assembly/random';
import { rowOf } from '../../../wasm/assembly/table';
import { firsts, pairs, seconds } from '../../../wasm/assembly/lanes';
import { COLUMNS, COUNTERS, DRAWN, POLARITY, ROWS } from './table-columns';

/** Draws a probability for each of a row's cells in the listed columns, and finds the row of a table in which it lies. */
export function drawRow(c: Crossbar, key: u64, i: i32, columns: usize, end: usize): void {
  const counter = firstCounter(c, key, i);
  const second = <u32>(key >>> 32);
  const guide = i32x4.splat(<i32>c.guide);
  let at = columns;
  do {
    drawFour(at, second, i32x4.add(counter, v128.load(at, COUNTERS)), guide);
    at += COLUMNS;
  } while (at < end);
  at = columns;
  do {
    const rows = findFour(at);
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
    drawFour(at, second, i32x4.add(counter, counters), guide);
    drawFour(at + POLARITY, otherSecond, i32x4.add(otherCounter, counters), guide);
    at += COLUMNS;
  } while (at < end);
  at = columns;
  do {
    const rows = findFour(at);
    const others = findFour(at + POLARITY);
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

/** Draws probabilities for four cells, and lays out where the guide has their entries. */
// @ts-ignore: decorator
@inline
function drawFour(at: usize, second: u32, counters: v128, guide: v128): void {
  const hash = hashed4(second, counters);
  v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash, 8)), f32x4.splat(<f32>5.9604644775390625e-8)), DRAWN);
  v128.store(at, i32x4.add(i32x4.shl(i32x4.shr_u(hash, 22), 3), guide), ROWS);
}

/** Finds four cells' rows; returns what the guide says of them, whose sign bit is set where it says too little. */
// @ts-ignore: decorator
@inline
function findFour(at: usize): v128 {
  // By way of memory: that takes fewer instructions than to take lanes out of a vector.
  const g01 = pairs(load<u32>(at, ROWS), load<u32>(at, ROWS + 4));
  const g23 = pairs(load<u32>(at, ROWS + 8), load<u32>(at, ROWS + 12));
  const rows = firsts(g01, g23);
  // Where the next row's probability is not above q, it holds: a mask is −1.
  v128.store(at, i32x4.shl(i32x4.sub(rows, f32x4.ge(v128.load(at, DRAWN), seconds(g01, g23))), 2), ROWS);
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
