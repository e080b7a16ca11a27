// Fractional pulses on cells of a measured table: the reference's updateEveryCell where no cell needs a second look (levels,
// refresh, access resistance, write noise). A row's plus cells and minus cells are moved and written together, since half of what a weight's
// cells cost is to be found and put back.
import { Crossbar, FRACTIONAL, ONE_SIDED_PAIR, TABLE } from '../../../wasm/assembly/crossbar';
import { inputsOf, Ledger } from '../../../wasm/assembly/ledger';
import { fold } from '../../../wasm/assembly/random';
import { addFour, scatter } from '../../../wasm/assembly/lanes';
import { Layer } from './memory';
import { moveMinus, movePlus, recordMinus, recordPlus } from './table-cells';
import {
  ABOVE,
  beginRecords,
  behindColumns,
  BELOW,
  COLUMNS,
  endRecords,
  GIVEN,
  listColumns,
  LOST,
  MOVED,
  POLARITY,
  returnSums,
  SUM,
  TOTAL,
  weighedBy,
} from './table-columns';
import { drawRow, drawRows } from './table-draws';

/** Bytes of a table's blocks up to which places in them are whole floats. */
const mostBytes: i64 = 1 << 23;

/** Whether this case was handled here. */
export function updateTables(l: Layer, c: Crossbar, step: u32): bool {
  if (c.response != TABLE || c.policy != FRACTIONAL || c.levelCount > 0 || c.coding == ONE_SIDED_PAIR) return false;
  if (c.accessCurvature != 0 || c.writeSigma != 0 || (<i64>c.bins * c.blockSize) << 2 > mostBytes) return false;
  const count = listColumns(l, c);
  if (count == 0) return true;
  const end = l.fractional + <usize>((count + 3) >> 2) * COLUMNS;
  if (c.ledger == 0) {
    if (c.devices == 2) updatePairs(l, c, step, end);
    else updateSingles(l, c, step, end);
  } else {
    beginRecords(l, c, count);
    if (c.devices == 2) recordPairs(l, c, step, end);
    else recordSingles(l, c, step, end);
    endRecords(l, c, count);
  }
  returnSums(l, c, count);
  return true;
}

// Functions of their own, lest the compiler makes one loop of them again that asks at every turn what it is for.

function updatePairs(l: Layer, c: Crossbar, step: u32, end: usize): void {
  updateRows(l, c, step, end, true, false);
}

function recordPairs(l: Layer, c: Crossbar, step: u32, end: usize): void {
  updateRows(l, c, step, end, true, true);
}

function updateSingles(l: Layer, c: Crossbar, step: u32, end: usize): void {
  updateRows(l, c, step, end, false, false);
}

function recordSingles(l: Layer, c: Crossbar, step: u32, end: usize): void {
  updateRows(l, c, step, end, false, true);
}

/**
 * @param pair - whether a weight has two cells, and @param recorded - whether a ledger is kept; constants, so that rows have
 *   nothing of what they need not do
 */
// @ts-ignore: decorator
@inline
function updateRows(l: Layer, c: Crossbar, step: u32, end: usize, pair: bool, recorded: bool): void {
  const plus = fold(c.cycleToCyclePlus, step);
  const minus = fold(c.cycleToCycleMinus, step);
  // The reference pulses all plus cells before any minus cell: what the latter add to sums waits for its turn.
  const waiting = behindColumns(l, c);
  const line = lineOf(l, end);
  let at = waiting;
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    if (pair) drawRows(c, plus, minus, i, l.fractional, end);
    else drawRow(c, plus, i, l.fractional, end);
    moveCells(l, c, 0, i, x, end, recorded);
    if (pair) {
      moveCells(l, c, 1, i, x, end, recorded);
      writePairs(l, c, i, end, at, recorded ? at + cellsSize(c) : 0, recorded);
      at += line;
    } else writeSingles(l, c, i, end, recorded);
  }
  if (!pair) return;
  addWaiting(l, end, waiting, at, line);
  if (recorded) recordWaiting(l, c, end, line);
}

/** Bytes of a float for each of these columns' cells. */
// @ts-ignore: decorator
@inline
function cellsSize(c: Crossbar): usize {
  return <usize>(c.rows * c.width) << 2;
}

/** Bytes that a row's columns take behind one another, in whole blocks of four vectors. */
// @ts-ignore: decorator
@inline
function lineOf(l: Layer, end: usize): usize {
  return (((end - l.fractional) / COLUMNS + 3) & ~3) << 4;
}

/** Moves one polarity's cells of a row. */
// @ts-ignore: decorator
@inline
function moveCells(l: Layer, c: Crossbar, device: i32, i: i32, x: f32, end: usize, recorded: bool): void {
  const row = <usize>i * ((<usize>c.stride) << 2);
  const cells = (device == 0 ? c.plus : c.minus) + row;
  const parameters = device == 0 ? c.parametersPlus : c.parametersMinus;
  const owns: usize = c.parameterStride == 0 ? 0 : parameters + ((<usize>(i * c.allCols + c.firstCol)) << 2);
  const sign = x > 0 == (device == 0) ? ABOVE : BELOW;
  const weighed = recorded ? weighedBy(device, x > 0) : 0;
  const size = abs<f32>(x);
  if (device == 0) {
    if (recorded) recordPlus(c, cells, owns, size, l.fractional, end, sign, weighed);
    else movePlus(c, cells, owns, size, l.fractional, end, sign);
  } else {
    if (recorded) recordMinus(c, cells, owns, size, l.fractional, end, sign, weighed);
    else moveMinus(c, cells, owns, size, l.fractional, end, sign);
  }
}

/** Puts back a row's cells and weights where a weight has one cell. */
// @ts-ignore: decorator
@inline
function writeSingles(l: Layer, c: Crossbar, i: i32, end: usize, recorded: bool): void {
  const row = <usize>i * ((<usize>c.stride) << 2);
  const plus = c.plus + row;
  const differences = c.difference + row;
  const reference = f32x4.splat(c.reference);
  const ledger = changetype<Ledger>(c.ledger);
  const inputs = f32x4.splat(recorded ? inputsOf(ledger, (<usize>i) << 2) : 0);
  const backward = recorded && ledger.backward;
  let at = l.fractional;
  do {
    const j0 = <usize>load<u32>(at);
    const j1 = <usize>load<u32>(at, 4);
    const j2 = <usize>load<u32>(at, 8);
    const j3 = <usize>load<u32>(at, 12);
    const g = v128.load(at, GIVEN);
    const moved = v128.load(at, MOVED);
    const difference = f32x4.sub(moved, reference);
    v128.store(at, f32x4.add(v128.load(at, SUM), f32x4.sub(difference, f32x4.sub(g, reference))), SUM);
    scatter(plus, moved, j0, j1, j2, j3);
    scatter(differences, difference, j0, j1, j2, j3);
    if (recorded) {
      const by = f32x4.sub(moved, g);
      addFour(at + LOST, f32x4.mul(by, inputs));
      if (backward) addFour(at + TOTAL, by);
    }
    at += COLUMNS;
  } while (at < end);
}

/** The same of two cells a weight; leaves at `waiting` what the minus cells add to sums, and behind it for a ledger their moves. */
// @ts-ignore: decorator
@inline
function writePairs(
  l: Layer,
  c: Crossbar,
  i: i32,
  end: usize,
  waiting: usize,
  waitingMoves: usize,
  recorded: bool,
): void {
  const row = <usize>i * ((<usize>c.stride) << 2);
  const plus = c.plus + row;
  const minus = c.minus + row;
  const differences = c.difference + row;
  const ledger = changetype<Ledger>(c.ledger);
  const inputs = f32x4.splat(recorded ? inputsOf(ledger, (<usize>i) << 2) : 0);
  const backward = recorded && ledger.backward;
  let at = l.fractional;
  let to = waiting;
  let moves = waitingMoves;
  do {
    const j0 = <usize>load<u32>(at);
    const j1 = <usize>load<u32>(at, 4);
    const j2 = <usize>load<u32>(at, 8);
    const j3 = <usize>load<u32>(at, 12);
    const g = v128.load(at, GIVEN);
    const moved = v128.load(at, MOVED);
    const other = v128.load(at, GIVEN + POLARITY);
    const otherMoved = v128.load(at, MOVED + POLARITY);
    const between = f32x4.sub(moved, other);
    const difference = f32x4.sub(moved, otherMoved);
    v128.store(at, f32x4.add(v128.load(at, SUM), f32x4.sub(between, f32x4.sub(g, other))), SUM);
    v128.store(to, f32x4.sub(difference, between));
    scatter(plus, moved, j0, j1, j2, j3);
    scatter(minus, otherMoved, j0, j1, j2, j3);
    scatter(differences, difference, j0, j1, j2, j3);
    if (recorded) {
      const by = f32x4.sub(moved, g);
      addFour(at + LOST, f32x4.mul(by, inputs));
      if (backward) addFour(at + TOTAL, by);
      v128.store(moves, f32x4.sub(otherMoved, other));
      moves += 16;
    }
    at += COLUMNS;
    to += 16;
  } while (at < end);
}

/** Adds what waited to sums, row after row, for four vectors of columns at once. */
function addWaiting(l: Layer, end: usize, waiting: usize, waitingEnd: usize, line: usize): void {
  let first = waiting;
  for (let at = l.fractional; at < end; at += 4 * COLUMNS, first += 64) {
    let s0 = v128.load(at, SUM);
    let s1 = v128.load(at, SUM + COLUMNS);
    let s2 = v128.load(at, SUM + 2 * COLUMNS);
    let s3 = v128.load(at, SUM + 3 * COLUMNS);
    for (let from = first; from < waitingEnd; from += line) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
    }
    v128.store(at, s0, SUM);
    v128.store(at, s1, SUM + COLUMNS);
    v128.store(at, s2, SUM + 2 * COLUMNS);
    v128.store(at, s3, SUM + 3 * COLUMNS);
  }
}

/** Enters the minus cells' moves in the ledger's part, behind those of all plus cells; four vectors of columns at once. */
function recordWaiting(l: Layer, c: Crossbar, end: usize, line: usize): void {
  const ledger = changetype<Ledger>(c.ledger);
  let first = behindColumns(l, c) + cellsSize(c);
  if (ledger.backward) addMoves(l, c, end, first, line);
  for (let at = l.fractional; at < end; at += 4 * COLUMNS, first += 64) {
    let s0 = v128.load(at, LOST);
    let s1 = v128.load(at, LOST + COLUMNS);
    let s2 = v128.load(at, LOST + 2 * COLUMNS);
    let s3 = v128.load(at, LOST + 3 * COLUMNS);
    let from = first;
    for (let i: usize = 0; i < (<usize>c.rows) << 2; i += 4) {
      if (load<f32>(l.written + i) == 0) continue;
      const inputs = f32x4.splat(inputsOf(ledger, i));
      s0 = f32x4.add(s0, f32x4.mul(v128.load(from), inputs));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(from, 16), inputs));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(from, 32), inputs));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(from, 48), inputs));
      from += line;
    }
    v128.store(at, s0, LOST);
    v128.store(at, s1, LOST + COLUMNS);
    v128.store(at, s2, LOST + 2 * COLUMNS);
    v128.store(at, s3, LOST + 3 * COLUMNS);
  }
}

/** Adds moves that waited to totals of G, of the few layers that want them. */
function addMoves(l: Layer, c: Crossbar, end: usize, first: usize, line: usize): void {
  let from = first;
  for (let i: usize = 0; i < (<usize>c.rows) << 2; i += 4) {
    if (load<f32>(l.written + i) == 0) continue;
    let moves = from;
    for (let at = l.fractional; at < end; at += COLUMNS, moves += 16) addFour(at + TOTAL, v128.load(moves));
    from += line;
  }
}
