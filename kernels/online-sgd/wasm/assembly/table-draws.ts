// What is drawn for a row's cells of a measured table, four at a time: probabilities. Conductances are gathered beside it, so that they
// come while hashes are computed, which wait for no memory.
//
// Work on a row is cut into short passes over its columns, since the processor looks so many instructions ahead that it works on several
// turns of a short loop at once and on hardly two of a long one, whose loads and sums wait for each other. Loops test at their end, and ask
// nothing: only from such a loop does the engine take constants out.
//
// Cells are gathered by words and not into vectors: to put four words into a vector takes the two units that a row's passes are
// short of, and not before the next pass is the vector read. Two vectors a turn share what a turn costs.
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { hashed4, spread } from '../../../wasm/assembly/random';
import { COLUMNS, COUNTERS, DRAWN, ENTRIES, GIVEN, POLARITY } from './table-columns';

/** Draws a probability for each of a row's `cells` in the listed columns, and finds its entry in the guide. */
export function drawRow(c: Crossbar, key: u64, i: i32, cells: usize, columns: usize, end: usize): void {
  const counter = firstCounter(c, key, i);
  const second = <u32>(key >>> 32);
  const guide = i32x4.splat(<i32>c.guide);
  let at = columns;
  if (isOdd(columns, end)) {
    drawCells(at, cells, second, counter, guide);
    at += COLUMNS;
    if (at == end) return;
  }
  do {
    drawCells(at, cells, second, counter, guide);
    drawCells(at + COLUMNS, cells, second, counter, guide);
    at += 2 * COLUMNS;
  } while (at < end);
}

/** The same of both cells of each weight. */
export function drawRows(
  c: Crossbar,
  plus: u64,
  minus: u64,
  i: i32,
  plusCells: usize,
  minusCells: usize,
  columns: usize,
  end: usize,
): void {
  const counter = firstCounter(c, plus, i);
  const otherCounter = firstCounter(c, minus, i);
  const second = <u32>(plus >>> 32);
  const otherSecond = <u32>(minus >>> 32);
  const guide = i32x4.splat(<i32>c.guide);
  let at = columns;
  if (isOdd(columns, end)) {
    drawCells(at, plusCells, second, counter, guide);
    drawOthers(at, minusCells, otherSecond, otherCounter, guide);
    at += COLUMNS;
    if (at == end) return;
  }
  do {
    drawCells(at, plusCells, second, counter, guide);
    drawOthers(at, minusCells, otherSecond, otherCounter, guide);
    drawCells(at + COLUMNS, plusCells, second, counter, guide);
    drawOthers(at + COLUMNS, minusCells, otherSecond, otherCounter, guide);
    at += 2 * COLUMNS;
  } while (at < end);
}

/** Whether these are an odd number of vectors of columns. */
// @ts-ignore: decorator
@inline
function isOdd(columns: usize, end: usize): bool {
  return (((end - columns) / COLUMNS) & 1) != 0;
}

// @ts-ignore: decorator
@inline
function drawCells(at: usize, cells: usize, second: u32, counter: v128, guide: v128): void {
  copyWords(cells, at, at + GIVEN);
  drawFour(at, second, i32x4.add(counter, v128.load(at, COUNTERS)), guide);
}

/** Those of a weight's minus cells. */
// @ts-ignore: decorator
@inline
function drawOthers(at: usize, cells: usize, second: u32, counter: v128, guide: v128): void {
  copyWords(cells, at, at + (GIVEN + POLARITY));
  drawFour(at + POLARITY, second, i32x4.add(counter, v128.load(at, COUNTERS)), guide);
}

/** Words of a row at the byte offsets that lie at `offsets`. */
// @ts-ignore: decorator
@inline
function copyWords(row: usize, offsets: usize, to: usize): void {
  store<u32>(to, load<u32>(row + <usize>load<u32>(offsets)));
  store<u32>(to, load<u32>(row + <usize>load<u32>(offsets, 4)), 4);
  store<u32>(to, load<u32>(row + <usize>load<u32>(offsets, 8)), 8);
  store<u32>(to, load<u32>(row + <usize>load<u32>(offsets, 12)), 12);
}

/** Of a row's first column, the counter as the hash takes it. */
// @ts-ignore: decorator
@inline
function firstCounter(c: Crossbar, key: u64, i: i32): v128 {
  return i32x4.splat(<i32>(spread(<u32>(i * c.allCols)) + <u32>key));
}

// @ts-ignore: decorator
@inline
function drawFour(at: usize, second: u32, counters: v128, guide: v128): void {
  const hash = hashed4(second, counters);
  v128.store(at, f32x4.convert_i32x4_s(i32x4.shr_u(hash, 8)), DRAWN);
  v128.store(at, i32x4.add(i32x4.shl(i32x4.shr_u(hash, 22), 3), guide), ENTRIES);
}
