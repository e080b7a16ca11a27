// Fractional pulses on cells of a measured table: the reference's updateEveryCell where no cell needs a second look (levels,
// refresh, access resistance, write noise). A row's plus cells and minus cells are moved and written together, since half of what a weight's
// cells cost is to be found and put back.
import { Crossbar, FRACTIONAL, ONE_SIDED_PAIR, TABLE } from '../../../wasm/assembly/crossbar';
import { inputsOf, Ledger } from '../../../wasm/assembly/ledger';
import { addFour } from '../../../wasm/assembly/lanes';
import { fold } from '../../../wasm/assembly/random';
import { Layer } from './memory';
import { movePairs, moveSingles, recordPairs as recordRows, recordSingles } from './table-cells';
import {
  ABOVE,
  beginRecords,
  behindColumns,
  BELOW,
  COLUMNS,
  endRecords,
  listColumns,
  LOST,
  returnSums,
  SUM,
  TOTAL,
} from './table-columns';
import { drawRow, drawRows } from './table-draws';
import { placeOwnPairs, placeOwnSingles, placePairs, placeSingles } from './table-places';

/** Bytes of a table's blocks up to which places in them are whole floats. */
const mostBytes: i64 = 1 << 23;

/** Whether this case was handled here. */
export function updateTables(l: Layer, c: Crossbar, step: u32): bool {
  if (c.response != TABLE || c.policy != FRACTIONAL || c.levelCount > 0 || c.coding == ONE_SIDED_PAIR) return false;
  if (c.accessCurvature != 0 || c.writeSigma != 0 || (<i64>c.bins * c.blockSize) << 2 > mostBytes) return false;
  const count = listColumns(l, c);
  if (count == 0) return true;
  const end = l.fractional + <usize>((count + 3) >> 2) * COLUMNS;
  if (c.ledger != 0) beginRecords(l, c, count);
  if (c.devices == 2) {
    if (c.ledger == 0) updatePairs(l, c, step, end);
    else recordPairs(l, c, step, end);
  }
  else updateSingles(l, c, step, end);
  if (c.ledger != 0) endRecords(l, c, count);
  returnSums(l, c, count);
  return true;
}

function updateSingles(l: Layer, c: Crossbar, step: u32, end: usize): void {
  const columns = l.fractional;
  const key = fold(c.cycleToCyclePlus, step);
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    const sign = x > 0 ? ABOVE : BELOW;
    drawRow(c, key, i, c.plus + rowOffset(c, i), columns, end);
    if (c.parameterStride == 0) placeSingles(c, columns, end, sign);
    else placeOwnSingles(c, c.parametersPlus + ownOffset(c, i), columns, end, sign);
    if (c.ledger == 0) moveSingles(c, i, x, columns, end, sign);
    else recordSingles(c, i, x, columns, end, sign);
  }
}

function updatePairs(l: Layer, c: Crossbar, step: u32, end: usize): void {
  updateRows(l, c, step, end, false);
}

function recordPairs(l: Layer, c: Crossbar, step: u32, end: usize): void {
  updateRows(l, c, step, end, true);
}

// @ts-ignore: decorator
@inline
function updateRows(l: Layer, c: Crossbar, step: u32, end: usize, recorded: bool): void {
  const columns = l.fractional;
  const plus = fold(c.cycleToCyclePlus, step);
  const minus = fold(c.cycleToCycleMinus, step);
  // The reference pulses all plus cells before any minus cell: what the latter add to sums waits for its turn.
  const waiting = behindColumns(l, c);
  const line = lineOf(l, end);
  let at = waiting;
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    const sign = x > 0 ? ABOVE : BELOW;
    const otherSign = x > 0 ? BELOW : ABOVE;
    const row = rowOffset(c, i);
    drawRows(c, plus, minus, i, c.plus + row, c.minus + row, columns, end);
    const own = ownOffset(c, i);
    if (c.parameterStride == 0) placePairs(c, columns, end, sign, otherSign);
    else {
      const ownsPlus = c.parametersPlus + own;
      const ownsMinus = c.parametersMinus + own;
      placeOwnPairs(c, ownsPlus, ownsMinus, columns, end, sign, otherSign);
    }
    if (!recorded) movePairs(c, i, x, columns, end, sign, otherSign, at);
    else recordRows(c, i, x, columns, end, sign, otherSign, at, at + cellsSize(c));
    at += line;
  }
  addWaiting(l, end, waiting, at, line);
  if (recorded) recordWaiting(l, c, end, line);
}

// @ts-ignore: decorator
@inline
function rowOffset(c: Crossbar, i: i32): usize {
  return <usize>i * ((<usize>c.stride) << 2);
}

/** Where a row's cells have their devices. */
// @ts-ignore: decorator
@inline
function ownOffset(c: Crossbar, i: i32): usize {
  return (<usize>(i * c.allCols + c.firstCol)) << 2;
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
