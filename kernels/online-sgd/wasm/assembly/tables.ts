// Fractional pulses on cells of a measured table, four at a time: the reference's updateEveryCell where no cell needs a
// second look (levels, refresh, access resistance). Only columns with an error are visited, those that go up apart from those that go down,
// so that four neighbours in a list read tables of one direction.
import { Crossbar, FRACTIONAL, ONE_SIDED_PAIR, Polarity, rowFrom, TABLE } from '../../../wasm/assembly/cells';
import { clip4 } from '../../../wasm/assembly/arithmetic';
import {
  addFour,
  beginWeighing,
  inputsOf,
  Ledger,
  lostOf,
  othersOf,
  totalsOf,
  weighedOf,
  workingOf,
} from '../../../wasm/assembly/ledger';
import { bits4 } from '../../../wasm/assembly/random';
import { Layer } from './memory';
import { recordRequests } from './requests';

/** Columns whose error has one sign, in vectors of four; the last is filled up with its own first column. */
@unmanaged
class Columns {
  /** Columns of whole vectors, and those that are left over: 0 … 3. */
  whole: i32;
  rest: i32;
  /** |error|, byte offset in a row, and column sum, four bytes each. */
  errors: usize;
  offsets: usize;
  sums: usize;
  /** With a ledger: Σ|x|·G of rows with positive and with negative inputs, what pulses take of reads, and totals of G. */
  above: usize;
  below: usize;
  lost: usize;
  totals: usize;
}

/** Two lists and their arrays within `fractional`, whose twenty-four strides they fill to at most four. */
const HEAD: usize = 96;

/** Whether this case was handled here. */
export function updateTables(l: Layer, c: Crossbar, device: i32, p: Polarity): bool {
  if (c.response != TABLE || c.policy != FRACTIONAL || c.levelCount > 0 || c.coding == ONE_SIDED_PAIR) return false;
  if (c.accessCurvature != 0) return false;
  const stride = (<usize>c.stride) << 2;
  const lists = l.fractional;
  const positive = listColumns(l, c, lists, lists + HEAD, true);
  const negative = listColumns(l, c, lists + HEAD / 2, positive.sums + vectors(positive), false);
  if (c.ledger != 0) beginRecords(l, c, device, positive, negative);
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    // A wish of a positive product raises the plus cell and lowers the minus cell.
    const rises = x > 0 == (device == 0);
    const row = <usize>i * stride;
    if (c.ledger == 0) {
      updateRow(c, p, device, i, row, abs<f32>(x), rises, positive, 0, false);
      updateRow(c, p, device, i, row, abs<f32>(x), !rises, negative, 0, false);
    } else {
      const works = x > 0 ? positive.above : positive.below;
      recordParts(c, device, row, x);
      updateRow(c, p, device, i, row, abs<f32>(x), rises, positive, works, true);
      const others = x > 0 ? negative.above : negative.below;
      updateRow(c, p, device, i, row, abs<f32>(x), !rises, negative, others, true);
    }
  }
  returnSums(c, positive);
  returnSums(c, negative);
  if (c.ledger != 0) endRecords(l, c, device, positive, negative);
  return true;
}

/** Lays out the ledger's part: pulses for a unit of |x| first, column by column, and the lists' totals. */
function beginRecords(l: Layer, c: Crossbar, device: i32, positive: Columns, negative: Columns): void {
  const ledger = changetype<Ledger>(c.ledger);
  beginWeighing(ledger);
  const width = ledger.width;
  const rates = workingOf(ledger);
  memory.fill(rates, 0, 2 * width);
  for (let j: usize = 0; j < (<usize>c.cols) << 2; j += 4) {
    const error = load<f32>(l.updateErrors + j);
    const up = error > 0 == (device == 0);
    store<f32>(rates + j, (up ? c.rateUp : c.rateDown) * abs<f32>(error));
    store<f32>(rates + width + j, (up ? c.rateDown : c.rateUp) * abs<f32>(error));
  }
  placeRecords(ledger, positive, rates + 2 * width);
  placeRecords(ledger, negative, positive.totals + vectors(positive));
}

function placeRecords(ledger: Ledger, list: Columns, at: usize): void {
  const size = vectors(list);
  list.above = at;
  list.below = at + size;
  list.lost = at + 2 * size;
  list.totals = at + 3 * size;
  memory.fill(at, 0, 2 * size);
  for (let k: usize = 0; k < size; k += 4) {
    const j = <usize>load<u32>(list.offsets + k);
    store<f32>(list.lost + k, load<f32>(lostOf(ledger) + j));
    store<f32>(list.totals + k, load<f32>(totalsOf(ledger) + j));
  }
}

function endRecords(l: Layer, c: Crossbar, device: i32, positive: Columns, negative: Columns): void {
  const ledger = changetype<Ledger>(c.ledger);
  returnRecords(ledger, positive);
  returnRecords(ledger, negative);
  recordRequests(l, c, device);
}

function returnRecords(ledger: Ledger, list: Columns): void {
  for (let k: usize = 0; k < (<usize>(list.whole + list.rest)) << 2; k += 4) {
    const j = <usize>load<u32>(list.offsets + k);
    store<f32>(weighedOf(ledger, true) + j, load<f32>(list.above + k));
    store<f32>(weighedOf(ledger, false) + j, load<f32>(list.below + k));
    store<f32>(lostOf(ledger) + j, load<f32>(list.lost + k));
    if (ledger.backward) store<f32>(totalsOf(ledger) + j, load<f32>(list.totals + k));
  }
}

/** The pulses of a row, cell by cell: in the columns' own order, where they lie side by side. */
function recordParts(c: Crossbar, device: i32, row: usize, x: f32): void {
  const ledger = changetype<Ledger>(c.ledger);
  const rates = workingOf(ledger) + (x > 0 ? 0 : ledger.width);
  const others = othersOf(ledger, device) + row;
  const size = f32x4.splat(abs<f32>(x));
  const end = ledger.width;
  const half = end & ~31;
  let j: usize = 0;
  // Two vectors a turn: the loop itself costs as much as one.
  for (; j < half; j += 32) {
    addFour(others + j, f32x4.mul(v128.load(rates + j), size));
    addFour(others + j + 16, f32x4.mul(v128.load(rates + j + 16), size));
  }
  if (j < end) addFour(others + j, f32x4.mul(v128.load(rates + j), size));
}

/** Bytes of one of a list's arrays. */
// @ts-ignore: decorator
@inline
function vectors(list: Columns): usize {
  return ((<usize>(list.whole + list.rest)) << 2) + (list.rest > 0 ? (<usize>(4 - list.rest)) << 2 : 0);
}

/** Lists the columns whose error has a sign; `at` is where the list's arrays go, one behind the other. */
function listColumns(l: Layer, c: Crossbar, list: usize, at: usize, positive: bool): Columns {
  const columns = changetype<Columns>(list);
  let count = 0;
  for (let j = 0; j < c.cols; j++) {
    const error = load<f32>(l.updateErrors + ((<usize>j) << 2));
    count += i32(positive ? error > 0 : error < 0);
  }
  columns.whole = count & ~3;
  columns.rest = count & 3;
  columns.errors = at;
  columns.offsets = at + vectors(columns);
  columns.sums = columns.offsets + vectors(columns);
  let k: usize = 0;
  for (let j: usize = 0; j < (<usize>c.cols) << 2; j += 4) {
    const error = load<f32>(l.updateErrors + j);
    if (positive ? error > 0 : error < 0) {
      store<f32>(columns.errors + k, abs<f32>(error));
      store<u32>(columns.offsets + k, <u32>j);
      store<f32>(columns.sums + k, load<f32>(c.columnSums + j));
      k += 4;
    }
  }
  const first = (<usize>columns.whole) << 2;
  for (; k < vectors(columns); k += 4) {
    store<f32>(columns.errors + k, load<f32>(columns.errors + first));
    store<u32>(columns.offsets + k, load<u32>(columns.offsets + first));
    store<f32>(columns.sums + k, 0);
  }
  return columns;
}

function returnSums(c: Crossbar, list: Columns): void {
  for (let k: usize = 0; k < (<usize>(list.whole + list.rest)) << 2; k += 4) {
    store<f32>(c.columnSums + <usize>load<u32>(list.offsets + k), load<f32>(list.sums + k));
  }
}

/**
 * @param works - the list's sums of Σ|x|·G of such rows
 * @param recorded - whether a ledger is kept; a constant, so that the row without has nothing of it
 */
// @ts-ignore: decorator
@inline
function updateRow(
  c: Crossbar,
  p: Polarity,
  device: i32,
  i: i32,
  row: usize,
  x: f32,
  up: bool,
  list: Columns,
  works: usize,
  recorded: bool,
): void {
  const rate = f32x4.splat(up ? c.rateUp : c.rateDown);
  const size = f32x4.splat(x);
  const shared = i32x4.splat(<i32>(up ? c.blocksUp : c.blocksDown));
  const offset = c.devices == 1;
  const reference = f32x4.splat(c.reference);
  const others = device == 0 ? c.minus + row : c.plus + row;
  const cells = p.g + row;
  const differences = c.difference + row;
  const first = i32x4.splat(i * c.allCols + c.firstCol);
  // Of a row's cells, each its own device's blocks; 0 where all share one table.
  const owns: usize = c.parameterStride == 0 ? 0 : p.parameters + ((<usize>(i * c.allCols + c.firstCol)) << 2);
  const end = vectors(list);
  const whole = (<usize>list.whole) << 2;
  const ledger = changetype<Ledger>(c.ledger);
  const inputs = f32x4.splat(recorded ? inputsOf(ledger, (<usize>i) << 2) : 0);
  const lost = list.lost;
  const totals = list.totals;
  const backward = recorded && ledger.backward;
  for (let k: usize = 0; k < end; k += 4 << 2) {
    const columns = v128.load(list.offsets + k);
    const j0 = <usize>(<u32>i32x4.extract_lane(columns, 0));
    const j1 = <usize>(<u32>i32x4.extract_lane(columns, 1));
    const j2 = <usize>(<u32>i32x4.extract_lane(columns, 2));
    const j3 = <usize>(<u32>i32x4.extract_lane(columns, 3));
    const g = gather(cells, j0, j1, j2, j3);
    const pulses = f32x4.mul(f32x4.mul(rate, v128.load(list.errors + k)), size);
    const cell = i32x4.add(first, i32x4.shr_u(columns, 2));
    const blocks = owns == 0 ? shared : i32x4.add(shared, gather(owns, j0, j1, j2, j3));
    const change = tableChange4(c, blocks, g, pulses, bits4(p.cycleToCycle, cell));
    const moved = clip4(f32x4.add(g, change), f32x4.splat(0), f32x4.splat(1));
    if (recorded) {
      addFour(works + k, f32x4.mul(size, g));
      const by = f32x4.sub(moved, g);
      addFour(lost + k, f32x4.mul(by, inputs));
      if (backward) addFour(totals + k, by);
    }
    const other = offset ? reference : gather(others, j0, j1, j2, j3);
    const before = device == 0 ? f32x4.sub(g, other) : f32x4.sub(other, g);
    const difference = device == 0 ? f32x4.sub(moved, other) : f32x4.sub(other, moved);
    const sum = list.sums + k;
    v128.store(sum, f32x4.add(v128.load(sum), f32x4.sub(difference, before)));
    const count = k < whole ? 4 : list.rest;
    v128.store_lane<f32>(cells + j0, moved, 0);
    v128.store_lane<f32>(differences + j0, difference, 0);
    if (count > 1) {
      v128.store_lane<f32>(cells + j1, moved, 1);
      v128.store_lane<f32>(differences + j1, difference, 1);
    }
    if (count > 2) {
      v128.store_lane<f32>(cells + j2, moved, 2);
      v128.store_lane<f32>(differences + j2, difference, 2);
    }
    if (count > 3) {
      v128.store_lane<f32>(cells + j3, moved, 3);
      v128.store_lane<f32>(differences + j3, difference, 3);
    }
  }
}

// @ts-ignore: decorator
@inline
function gather(row: usize, j0: usize, j1: usize, j2: usize, j3: usize): v128 {
  let values = v128.load_zero<f32>(row + j0);
  values = v128.load_lane<f32>(row + j1, values, 1);
  values = v128.load_lane<f32>(row + j2, values, 2);
  return v128.load_lane<f32>(row + j3, values, 3);
}

/** Two pairs of floats, from two addresses. */
// @ts-ignore: decorator
@inline
function pairs(a: usize, b: usize): v128 {
  return v128.load_lane<i64>(b, v128.load_zero<i64>(a), 1);
}

// @ts-ignore: decorator
@inline
function firsts(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function seconds(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 1, 3, 5, 7);
}

/** readTable of kernels/table.ts and what it comes to for so many pulses, for four cells that go one way. */
// @ts-ignore: decorator
@inline
function tableChange4(c: Crossbar, blocks: v128, g: v128, pulses: v128, hash: v128): v128 {
  const q = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash, 8)), f32x4.splat(<f32>5.9604644775390625e-8));
  const rows = rowsOf(c, q, i32x4.shr_u(hash, 24));
  const size = (<usize>c.blockSize) << 2;
  const place = f32x4.mul(g, f32x4.splat(<f32>(c.bins - 1)));
  const bin = i32x4.min_s(i32x4.trunc_sat_f32x4_s(place), i32x4.splat(c.bins - 2));
  const t = f32x4.sub(place, f32x4.convert_i32x4_s(bin));
  const block = i32x4.add(i32x4.mul(bin, i32x4.splat(<i32>size)), blocks);
  const b0 = <usize>(<u32>i32x4.extract_lane(block, 0));
  const b1 = <usize>(<u32>i32x4.extract_lane(block, 1));
  const b2 = <usize>(<u32>i32x4.extract_lane(block, 2));
  const b3 = <usize>(<u32>i32x4.extract_lane(block, 3));
  const r0 = <usize>(<u32>i32x4.extract_lane(rows, 0));
  const r1 = <usize>(<u32>i32x4.extract_lane(rows, 1));
  const r2 = <usize>(<u32>i32x4.extract_lane(rows, 2));
  const r3 = <usize>(<u32>i32x4.extract_lane(rows, 3));
  const m01 = pairs(b0, b1);
  const m23 = pairs(b2, b3);
  const mean = f32x4.add(firsts(m01, m23), f32x4.mul(t, seconds(m01, m23)));
  const n01 = pairs(c.nodes + (r0 << 3), c.nodes + (r1 << 3));
  const n23 = pairs(c.nodes + (r2 << 3), c.nodes + (r3 << 3));
  const u = f32x4.mul(f32x4.sub(q, firsts(n01, n23)), seconds(n01, n23));
  const a0 = b0 + (r0 << 2) + 8;
  const a1 = b1 + (r1 << 2) + 8;
  const a2 = b2 + (r2 << 2) + 8;
  const a3 = b3 + (r3 << 2) + 8;
  const e01 = between(pairs(a0, a1), pairs(a0 + size, a1 + size), v128.shuffle<f32>(t, t, 0, 0, 1, 1));
  const e23 = between(pairs(a2, a3), pairs(a2 + size, a3 + size), v128.shuffle<f32>(t, t, 2, 2, 3, 3));
  const deviation = between(firsts(e01, e23), seconds(e01, e23), u);
  return f32x4.add(f32x4.mul(pulses, mean), f32x4.mul(f32x4.sqrt(pulses), deviation));
}

// @ts-ignore: decorator
@inline
function between(a: v128, b: v128, t: v128): v128 {
  return f32x4.add(a, f32x4.mul(t, f32x4.sub(b, a)));
}

/** The rows of four probabilities, whose upper eight bits are `k`. */
// @ts-ignore: decorator
@inline
function rowsOf(c: Crossbar, q: v128, k: v128): v128 {
  const guide = c.guide;
  const g01 = pairs(
    guide + ((<usize>(<u32>i32x4.extract_lane(k, 0))) << 3),
    guide + ((<usize>(<u32>i32x4.extract_lane(k, 1))) << 3),
  );
  const g23 = pairs(
    guide + ((<usize>(<u32>i32x4.extract_lane(k, 2))) << 3),
    guide + ((<usize>(<u32>i32x4.extract_lane(k, 3))) << 3),
  );
  const rows = firsts(g01, g23);
  // Where the next row's probability is not above q, it holds: a mask is −1.
  const last = i32x4.splat(c.blockSize - 4);
  const next = i32x4.sub(rows, f32x4.ge(q, seconds(g01, g23)));
  return i32x4.bitmask(rows) == 0 ? i32x4.min_s(next, last) : searchRows(c, q, rows);
}

/** In the tails several rows share a 256th. */
function searchRows(c: Crossbar, q: v128, rows: v128): v128 {
  const first = v128.and(rows, i32x4.splat(0x7fffffff));
  const r0 = rowFrom(c, i32x4.extract_lane(first, 0), f32x4.extract_lane(q, 0));
  const r1 = rowFrom(c, i32x4.extract_lane(first, 1), f32x4.extract_lane(q, 1));
  const r2 = rowFrom(c, i32x4.extract_lane(first, 2), f32x4.extract_lane(q, 2));
  const r3 = rowFrom(c, i32x4.extract_lane(first, 3), f32x4.extract_lane(q, 3));
  let found = i32x4.splat(r0);
  found = i32x4.replace_lane(found, 1, r1);
  found = i32x4.replace_lane(found, 2, r2);
  return i32x4.replace_lane(found, 3, r3);
}
