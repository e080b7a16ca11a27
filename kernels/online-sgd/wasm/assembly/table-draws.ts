// What is drawn for a row's cells of a measured table, four at a time: probabilities. Conductances are gathered beside it, so that they
// come while hashes are computed, which wait for no memory.
//
// Work on a row is cut into short passes over its columns, since the processor looks so many instructions ahead that it works on several
// turns of a short loop at once and on hardly two of a long one, whose loads and sums wait for each other. Loops test at their end, and ask
// nothing: only from such a loop does the engine take constants out.
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { hashed4, spread } from '../../../wasm/assembly/random';
import { gather } from '../../../wasm/assembly/lanes';
import { COLUMNS, COUNTERS, DRAWN, ENTRIES, GIVEN, POLARITY } from './table-columns';

/** Draws a probability for each of a row's `cells` in the listed columns, and finds its entry in the guide. */
export function drawRow(c: Crossbar, key: u64, i: i32, cells: usize, columns: usize, end: usize): void {
  const counter = firstCounter(c, key, i);
  const second = <u32>(key >>> 32);
  const guide = i32x4.splat(<i32>c.guide);
  let at = columns;
  do {
    const j0 = <usize>load<u32>(at);
    const j1 = <usize>load<u32>(at, 4);
    const j2 = <usize>load<u32>(at, 8);
    const j3 = <usize>load<u32>(at, 12);
    v128.store(at, gather(cells, j0, j1, j2, j3), GIVEN);
    drawFour(at, second, i32x4.add(counter, v128.load(at, COUNTERS)), guide);
    at += COLUMNS;
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
  do {
    const j0 = <usize>load<u32>(at);
    const j1 = <usize>load<u32>(at, 4);
    const j2 = <usize>load<u32>(at, 8);
    const j3 = <usize>load<u32>(at, 12);
    v128.store(at, gather(plusCells, j0, j1, j2, j3), GIVEN);
    v128.store(at, gather(minusCells, j0, j1, j2, j3), GIVEN + POLARITY);
    const counters = v128.load(at, COUNTERS);
    drawFour(at, second, i32x4.add(counter, counters), guide);
    drawFour(at + POLARITY, otherSecond, i32x4.add(otherCounter, counters), guide);
    at += COLUMNS;
  } while (at < end);
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
