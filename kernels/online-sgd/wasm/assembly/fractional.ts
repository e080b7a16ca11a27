// Fractional pulses on like cells, four at a time: the reference's updateEveryCell where every cell has the same affine
// response, every request is below one pulse, and no cell needs a second look (levels, refresh, write noise).
import { clip4 } from '../../../wasm/assembly/arithmetic';
import { AFFINE, Crossbar, FRACTIONAL, ONE_SIDED_PAIR } from '../../../wasm/assembly/crossbar';
import { seen4 } from '../../../wasm/assembly/differences';
import { Polarity } from '../../../wasm/assembly/pulses';
import { Ledger, totalsOf, weighedOf } from '../../../wasm/assembly/ledger';
import { beginReads, endReads, sumReads } from '../../../wasm/assembly/ledger-reads';
import { beginPart, keepPart } from '../../../wasm/assembly/ledger-parts';
import { addFour } from '../../../wasm/assembly/lanes';
import { beginWeighing } from '../../../wasm/assembly/ledger-records';
import { hashed4, normalOf4, spread } from '../../../wasm/assembly/random';
import { Layer } from './memory';
import { recordRequests } from './requests';

// Four columns' share of an update, one behind the other in `fractional`, so that a row has one address for all of it:
// their byte offset in a row, what rows of positive inputs and those of negative ones do to them, and their sums.
const ABOVE: usize = 16;
const BELOW: usize = 80;
const SUM: usize = 144;
const TOTAL: usize = 160;
/** Their part of a cell's counter as the hash takes it, and what was drawn of a row's cells. */
const COUNTERS: usize = 176;
const NOISE: usize = 192;
const COLUMNS: usize = 208;

// Within a sign of the input: pulses per unit of |x|, the step's c0 and c1, and Σ|x|·G of such rows.
const C0: usize = 16;
const C1: usize = 32;
const WEIGHED: usize = 48;

/** Whether this case was handled here. */
export function updateFractional(l: Layer, c: Crossbar, device: i32, p: Polarity): bool {
  const alike = c.response == AFFINE && c.parameterStride == 0 && c.levelCount == 0 && c.writeSigma == 0;
  if (!alike || c.policy != FRACTIONAL || c.coding == ONE_SIDED_PAIR) return false;
  if (!(mostPulses(l, c) * largestInput(l, c) < 1)) return false;
  const end = prepareColumns(l, c, p);
  const usual = c.sigma != 0 && c.accessCurvature == 0;
  // Where no error asks for anything, as of many samples none does.
  if (end == l.fractional) return true;
  if (c.ledger != 0) {
    if (device == 0) recordParts(l, c, end);
    if (!usual) recordAny(l, c, p, end);
    else if (changetype<Ledger>(c.ledger).backward) recordBackward(l, c, p, end);
    else recordNoisy(l, c, p, end);
    recordRequests(l, c, device);
  } else if (usual) updateNoisy(l, c, p, end);
  else updateAny(l, c, p, end);
  for (let at = l.fractional; at < end; at += COLUMNS) {
    v128.store(c.columnSums + <usize>load<u32>(at), v128.load(at, SUM));
  }
  return true;
}

/** Keeps the update's pulses for the ledger, of both polarities. */
function recordParts(l: Layer, c: Crossbar, end: usize): void {
  const ledger = changetype<Ledger>(c.ledger);
  const rates = beginPart(ledger);
  for (let at = l.fractional; at < end; at += COLUMNS) {
    const j = <usize>load<u32>(at);
    v128.store(rates + j, v128.load(at, ABOVE));
    v128.store(rates + ledger.width + j, v128.load(at, BELOW));
  }
  keepPart(ledger, l.written);
}

// Functions of their own, lest the compiler makes one loop of them that asks at every turn what it is for: from a loop in
// which nothing is asked the engine takes the hash's and the polynomial's constants out.

function updateNoisy(l: Layer, c: Crossbar, p: Polarity, end: usize): void {
  updateRows(l, c, p, end, true, false);
}

function updateAny(l: Layer, c: Crossbar, p: Polarity, end: usize): void {
  updateRows(l, c, p, end, c.sigma != 0, c.accessCurvature != 0);
}

function recordNoisy(l: Layer, c: Crossbar, p: Polarity, end: usize): void {
  recordRows(l, c, p, end, true, false, false);
}

function recordBackward(l: Layer, c: Crossbar, p: Polarity, end: usize): void {
  recordRows(l, c, p, end, true, false, true);
}

function recordAny(l: Layer, c: Crossbar, p: Polarity, end: usize): void {
  recordRows(l, c, p, end, c.sigma != 0, c.accessCurvature != 0, changetype<Ledger>(c.ledger).backward);
}

// @ts-ignore: decorator
@inline
function updateRows(l: Layer, c: Crossbar, p: Polarity, end: usize, noisy: bool, curved: bool): void {
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    updateRow(c, p, i, abs<f32>(x), l.fractional, end, x > 0 ? ABOVE : BELOW, noisy, curved, false, false);
  }
}

/** The same with a ledger. */
// @ts-ignore: decorator
@inline
function recordRows(
  l: Layer,
  c: Crossbar,
  p: Polarity,
  end: usize,
  noisy: bool,
  curved: bool,
  backward: bool,
): void {
  const ledger = changetype<Ledger>(c.ledger);
  beginWeighing(ledger);
  // Reads saw all cells as they are before any moves.
  const reads = p.device == 0 && ledger.readCount > 0;
  if (reads) beginReads(ledger);
  for (let i = 0; i < c.rows; i++) {
    // Four rows at a time, whose cells the update then finds in the caches.
    if (reads && (i & 3) == 0) sumReads(c, ledger, i);
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    updateRow(c, p, i, abs<f32>(x), l.fractional, end, x > 0 ? ABOVE : BELOW, noisy, curved, true, backward);
  }
  if (reads) endReads(c, ledger);
  returnRecords(ledger, l.fractional, end);
}

/** Largest |x| of all rows, the background's included. */
function largestInput(l: Layer, c: Crossbar): f32 {
  let largest: f32 = 0;
  for (let i = 0; i < c.rows; i++) largest = max<f32>(largest, abs<f32>(load<f32>(l.written + ((<usize>i) << 2))));
  return largest;
}

/** The most pulses per unit of |x| in any column. */
function mostPulses(l: Layer, c: Crossbar): f32 {
  let most: f32 = 0;
  for (let j: usize = 0; j < (<usize>c.width) << 2; j += 4) most = max<f32>(most, abs<f32>(load<f32>(l.updateErrors + j)));
  return max<f32>(c.rateUp, c.rateDown) * most;
}

/** Lays out the columns in which any of four errors is not zero; returns where they end. */
function prepareColumns(l: Layer, c: Crossbar, p: Polarity): usize {
  let at = l.fractional;
  for (let j: usize = 0; j < (<usize>c.width) << 2; j += 16) {
    const errors = v128.load(l.updateErrors + j);
    if (i32x4.all_true(f32x4.eq(errors, f32x4.splat(0)))) continue;
    const up = goesUp(p, errors);
    store<u32>(at, <u32>j);
    const counters = i32x4.add(i32x4.splat(<i32>(j >>> 2) + c.firstCol), i32x4(0, 1, 2, 3));
    v128.store(at, i32x4.mul(counters, i32x4.splat(spread(1))), COUNTERS);
    prepareSign(c, p, at + ABOVE, f32x4.abs(errors), up);
    prepareSign(c, p, at + BELOW, f32x4.abs(errors), v128.not(up));
    v128.store(at, v128.load(c.columnSums + j), SUM);
    if (c.ledger != 0) takeRecords(changetype<Ledger>(c.ledger), at, j);
    at += COLUMNS;
  }
  return at;
}

/** Of four columns, a mask of those whose cells positive inputs raise. */
// @ts-ignore: decorator
@inline
function goesUp(p: Polarity, errors: v128): v128 {
  const positive = f32x4.gt(errors, f32x4.splat(0));
  return p.device == 0 ? positive : v128.not(positive);
}

// @ts-ignore: decorator
@inline
function prepareSign(c: Crossbar, p: Polarity, at: usize, sizes: v128, up: v128): void {
  const rate = v128.bitselect(f32x4.splat(c.rateUp), f32x4.splat(c.rateDown), up);
  v128.store(at, f32x4.mul(rate, sizes));
  v128.store(at, v128.bitselect(v128.load32_splat(p.parameters), v128.load32_splat(p.parameters, 8), up), C0);
  v128.store(at, v128.bitselect(v128.load32_splat(p.parameters, 4), v128.load32_splat(p.parameters, 12), up), C1);
}

function takeRecords(ledger: Ledger, at: usize, j: usize): void {
  const none = f32x4.splat(0);
  v128.store(at, none, ABOVE + WEIGHED);
  v128.store(at, none, BELOW + WEIGHED);
  v128.store(at, v128.load(totalsOf(ledger) + j), TOTAL);
}

function returnRecords(ledger: Ledger, columns: usize, end: usize): void {
  for (let at = columns; at < end; at += COLUMNS) {
    const j = <usize>load<u32>(at);
    v128.store(weighedOf(ledger, true) + j, v128.load(at, ABOVE + WEIGHED));
    v128.store(weighedOf(ledger, false) + j, v128.load(at, BELOW + WEIGHED));
    if (ledger.backward) v128.store(totalsOf(ledger) + j, v128.load(at, TOTAL));
  }
}

/**
 * A column whose error is zero is asked for zero pulses and stays as it is, to the bit.
 * @param noisy - whether a pulse is noisy, @param curved - whether reads see conductances behind an access resistance, @param
 *   recorded - whether a ledger is kept, and @param backward - whether it wants totals of G: constants, so that a row has nothing of
 *   what it need not do
 */
// @ts-ignore: decorator
@inline
function updateRow(
  c: Crossbar,
  p: Polarity,
  i: i32,
  x: f32,
  columns: usize,
  end: usize,
  sign: usize,
  noisy: bool,
  curved: bool,
  recorded: bool,
  backward: bool,
): void {
  if (noisy) drawRow(c, p.cycleToCycle, i, columns, end);
  const row = <usize>i * ((<usize>c.stride) << 2);
  const size = f32x4.splat(x);
  const low = f32x4.splat(load<f32>(p.parameters, 16));
  const high = f32x4.splat(load<f32>(p.parameters, 20));
  const sigma = f32x4.splat(c.sigma);
  const first = p.device == 0;
  const offset = p.other == 0;
  const reference = f32x4.splat(c.reference);
  const gs = p.g + row;
  const others = p.other + row;
  const differences = c.difference + row;
  const ledger = changetype<Ledger>(c.ledger);
  let at = columns;
  do {
    const j = <usize>load<u32>(at);
    const its = at + sign;
    const pulses = f32x4.mul(v128.load(its), size);
    const g = v128.load(gs + j);
    // Before the pulse, while there is nothing else to keep in registers.
    if (recorded) addFour(its + WEIGHED, f32x4.mul(size, g));
    const step = f32x4.sub(v128.load(its, C0), f32x4.mul(v128.load(its, C1), g));
    let moved = f32x4.add(g, f32x4.mul(pulses, step));
    if (noisy) moved = f32x4.add(moved, f32x4.mul(f32x4.mul(sigma, f32x4.sqrt(pulses)), v128.load(at, NOISE)));
    const to = clip4(moved, low, high);
    v128.store(gs + j, to);
    if (backward) addFour(at + TOTAL, f32x4.sub(to, g));
    let other = reference;
    if (!offset) other = curved ? seen4(c, v128.load(others + j)) : v128.load(others + j);
    const own = curved ? seen4(c, to) : to;
    const difference = first ? f32x4.sub(own, other) : f32x4.sub(other, own);
    v128.store(at, f32x4.add(v128.load(at, SUM), f32x4.sub(difference, v128.load(differences + j))), SUM);
    v128.store(differences + j, difference);
    at += COLUMNS;
  } while (at < end);
}

/** Draws the noise of a row's cells: a pass of its own, since a loop's turns wait less for each other the shorter they are. */
function drawRow(c: Crossbar, key: u64, i: i32, columns: usize, end: usize): void {
  const second = <u32>(key >>> 32);
  const first = i32x4.splat(<i32>(spread(<u32>(i * c.allCols)) + <u32>key));
  let at = columns;
  do {
    v128.store(at, normalOf4(hashed4(second, i32x4.add(first, v128.load(at, COUNTERS)))), NOISE);
    at += COLUMNS;
  } while (at < end);
}
