// Twin of kernels/ledger.ts: pulses and reads of one crossbar, beside its training.

/** Arrays of `width` bytes, in the order of the numbers below. */
@unmanaged
export class Ledger {
  columns: usize;
  width: usize;
  /** What was settled: doubles, a column each, in the order of the host's `ledgerColumns`. */
  settled: usize;
  /** X of each row beyond `base`. */
  excess: usize;
  base: f32;
  /** Σx² of all rows in reads that are summed at every sample. */
  power: f32;
  floor: f32;
  /**
   * Writes of one pulse to each cell since the last fold, a byte each, so that they stay in the caches; and such writes
   * before it, and pulses of other writes, floats laid out as the conductances. Of the second polarity 0 where there is one
   * cell a weight.
   */
  onesPlus: usize;
  onesMinus: usize;
  wholePlus: usize;
  wholeMinus: usize;
  othersPlus: usize;
  othersMinus: usize;
  /** Bytes of a polarity's `ones`. */
  cells: usize;
  /** Whether errors are read back: only then are totals wanted between two folds. */
  backward: bool;
}

const UP: usize = 0;
const DOWN: usize = 1;
/** Work of a kind of pulses lies so many arrays behind their number. */
const WORK: usize = 2;
const ERASURES: usize = 4;
const ERASED_WORK: usize = 5;
/** Settled the forward reads; before that, what pulses took of them. */
const FORWARD: usize = 6;
const LOST: usize = 6;
const BACKWARD: usize = 7;
/** Forward reads that were summed at every sample, without gMin. */
const DIRECT: usize = 8;
const TOTALS: usize = 9;
/** Working memory of a fold. */
const SUMS: usize = 10;
/**
 * What an update by fractions of a pulse comes to in one polarity: Σ|x|·G of rows with positive inputs and of those with
 * negative ones, and Σx²·G of the read before it.
 */
const WEIGHED: usize = 11;
/** Working memory of an update. */
const WORKING: usize = 14;
export const ledgerArrays: usize = 24;

export function ledgerSize(): usize {
  return (offsetof<Ledger>() + 15) & ~15;
}

/** Arrays of a crossbar's columns that {@link setLedger} wants. */
export function ledgerArrayCount(): usize {
  return ledgerArrays;
}

export function setLedger(
  at: usize,
  columns: usize,
  width: usize,
  settled: usize,
  excess: usize,
  floor: f32,
  backward: bool,
  cells: usize,
  onesPlus: usize,
  wholePlus: usize,
  othersPlus: usize,
  onesMinus: usize,
  wholeMinus: usize,
  othersMinus: usize,
): void {
  const l = changetype<Ledger>(at);
  l.columns = columns;
  l.width = width;
  l.settled = settled;
  l.excess = excess;
  l.base = 0;
  l.power = 0;
  l.floor = floor;
  l.cells = cells;
  l.backward = backward;
  l.onesPlus = onesPlus;
  l.wholePlus = wholePlus;
  l.othersPlus = othersPlus;
  l.onesMinus = onesMinus;
  l.wholeMinus = wholeMinus;
  l.othersMinus = othersMinus;
}

/** X of all rows since the last fold, and Σx² of reads that were weighed: what of a ledger's state is no array. */
export function ledgerBase(at: usize): f32 {
  return changetype<Ledger>(at).base;
}

export function ledgerPower(at: usize): f32 {
  return changetype<Ledger>(at).power;
}

export function takeUpLedger(at: usize, base: f32, power: f32): void {
  const l = changetype<Ledger>(at);
  l.base = base;
  l.power = power;
}

// @ts-ignore: decorator
@inline
function add(at: usize, by: f32): void {
  store<f32>(at, load<f32>(at) + by);
}

// @ts-ignore: decorator
@inline
export function addFour(at: usize, by: v128): void {
  v128.store(at, f32x4.add(v128.load(at), by));
}

/** One more write of one pulse. */
// @ts-ignore: decorator
@inline
function countOne(l: Ledger, device: i32, place: usize): void {
  const at = (device == 0 ? l.onesPlus : l.onesMinus) + (place >> 2);
  const count = load<u8>(at);
  store<u8>(at, count + 1);
  if (count == 255) add((device == 0 ? l.wholePlus : l.wholeMinus) + place, 256);
}

/** Pulses of writes other than of one, laid out as the conductances of a polarity. */
// @ts-ignore: decorator
@inline
export function othersOf(l: Ledger, device: i32): usize {
  return device == 0 ? l.othersPlus : l.othersMinus;
}

// @ts-ignore: decorator
@inline
export function lostOf(l: Ledger): usize {
  return l.columns + LOST * l.width;
}

// @ts-ignore: decorator
@inline
export function totalsOf(l: Ledger): usize {
  return l.columns + TOTALS * l.width;
}

/** Memory for an update to work in. */
// @ts-ignore: decorator
@inline
export function workingOf(l: Ledger): usize {
  return l.columns + WORKING * l.width;
}

/** A write of pulses; `place` is where the cell lies in a matrix, `column` where its column in an array: bytes. */
// @ts-ignore: decorator
@inline
export function recordPulses(l: Ledger, device: i32, place: usize, column: usize, up: bool, n: f32, from: f32, to: f32): void {
  const at = l.columns + (up ? UP : DOWN) * l.width + column;
  add(at, n);
  add(at + WORK * l.width, n * (from + to));
  if (n == 1) countOne(l, device, place);
  else add(othersOf(l, device) + place, n);
}

/** A write of a part of a request, which {@link recordRequest} enters in its column. */
// @ts-ignore: decorator
@inline
export function recordPart(l: Ledger, device: i32, place: usize, n: f32): void {
  add(othersOf(l, device) + place, n);
}

/** Σ|x|·G of the rows whose inputs have a sign, in columns. */
// @ts-ignore: decorator
@inline
export function weighedOf(l: Ledger, positive: bool): usize {
  return l.columns + (positive ? WEIGHED : WEIGHED + 1) * l.width;
}

/** Σx²·G of the read before the update, in columns. */
// @ts-ignore: decorator
@inline
export function weighedReadOf(l: Ledger): usize {
  return l.columns + (WEIGHED + 2) * l.width;
}

export function beginWeighing(l: Ledger): void {
  memory.fill(l.columns + WEIGHED * l.width, 0, 3 * l.width);
}

/** Weighs a row of one polarity before it is pulsed; `hidden` is what pulses move, `shown` what reads see. */
// @ts-ignore: decorator
@inline
export function weighRow(l: Ledger, hidden: usize, shown: usize, written: f32, read: f32): void {
  const size = f32x4.splat(abs<f32>(written));
  const square = f32x4.splat(read * read);
  const works = weighedOf(l, written > 0);
  const reads = weighedReadOf(l);
  for (let j: usize = 0; j < l.width; j += 16) {
    addFour(works + j, f32x4.mul(size, v128.load(hidden + j)));
    addFour(reads + j, f32x4.mul(square, v128.load(shown + j)));
  }
}

/** Enters the read that was weighed. */
export function endWeighing(l: Ledger): void {
  const reads = weighedReadOf(l);
  for (let j: usize = 0; j < l.width; j += 16) addFour(l.columns + DIRECT * l.width + j, v128.load(reads + j));
}

/** Fractions of a pulse, `rate`·|x| for each row of a column; `inputs` is Σ|x|, `weighed` Σ|x|·G. */
// @ts-ignore: decorator
@inline
export function recordRequest(l: Ledger, column: usize, up: bool, rate: f32, inputs: f32, weighed: f32): void {
  const at = l.columns + (up ? UP : DOWN) * l.width + column;
  add(at, rate * inputs);
  add(at + WORK * l.width, 2 * (rate * weighed));
}

/** A forward read that the update behind it weighs. */
export function recordPower(l: Ledger, read: usize, rows: i32): void {
  let sum: f32 = 0;
  for (let i: usize = 0; i < (<usize>rows) << 2; i += 4) {
    const x = load<f32>(read + i);
    sum += x * x;
  }
  l.power += sum;
}

export function recordErasure(l: Ledger, device: i32, place: usize, column: usize, from: f32, to: f32): void {
  add(l.columns + ERASURES * l.width + column, 1);
  add(l.columns + ERASED_WORK * l.width + column, from + to);
  countOne(l, device, place);
}

/** What a read sees of a cell moved by `by`; `row` in bytes of an array of rows. */
// @ts-ignore: decorator
@inline
export function recordMove(l: Ledger, row: usize, column: usize, by: f32): void {
  add(lostOf(l) + column, by * inputsOf(l, row));
  if (l.backward) add(totalsOf(l) + column, by);
}

/** X of a row. */
// @ts-ignore: decorator
@inline
export function inputsOf(l: Ledger, row: usize): f32 {
  return l.base + load<f32>(l.excess + row);
}

/** A forward read: `count` rows, listed by number, whose inputs are more than the background by so much. */
export function recordRead(l: Ledger, background: f32, rows: usize, more: usize, count: i32): void {
  l.base += background * background;
  const twice = background + background;
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const d = load<f32>(more + k);
    add(l.excess + ((<usize>load<u32>(rows + k)) << 2), d * (d + twice));
  }
}

export function recordBackwardRead(l: Ledger, errors: usize): void {
  const at = l.columns + BACKWARD * l.width;
  const totals = totalsOf(l);
  for (let j: usize = 0; j < l.width; j += 16) {
    const e = v128.load(errors + j);
    addFour(at + j, f32x4.mul(f32x4.mul(e, e), v128.load(totals + j)));
  }
}

/** Moves counts from bytes to floats, sixteen at a time. */
function spill(ones: usize, whole: usize, cells: usize): void {
  for (let i: usize = 0; i < cells; i += 16) {
    const bytes = v128.load(ones + i);
    if (!v128.any_true(bytes)) continue;
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    const at = whole + (i << 2);
    addFour(at, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)));
    addFour(at + 16, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)));
    addFour(at + 32, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)));
    addFour(at + 48, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)));
    v128.store(ones + i, i32x4.splat(0));
  }
}

/** Settles everything so far and sums the totals afresh; `minus` 0 where there is one cell a weight. */
export function foldLedger(l: Ledger, plus: usize, minus: usize, rows: i32): void {
  foldReads(l, plus, minus, rows);
  settleWork(l, UP);
  settleWork(l, DOWN);
  settleWork(l, ERASURES, ERASED_WORK);
  settle(l, UP);
  settle(l, DOWN);
  settle(l, ERASURES);
  settle(l, BACKWARD);
  memory.fill(l.columns, 0, TOTALS * l.width);
  spill(l.onesPlus, l.wholePlus, l.cells);
  if (l.onesMinus != 0) spill(l.onesMinus, l.wholeMinus, l.cells);
}

// @ts-ignore: decorator
@inline
function addDouble(at: usize, by: f64): void {
  store<f64>(at, load<f64>(at) + by);
}

/** Adds a column's sum to what was settled of it. */
function settle(l: Ledger, which: usize): void {
  for (let j: usize = 0; j < l.width; j += 4) {
    addDouble(l.settled + ((which * l.width + j) << 1), load<f32>(l.columns + which * l.width + j));
  }
}

/** The same of work, with gMin for each of the pulses. */
function settleWork(l: Ledger, pulses: usize, work: usize = pulses + WORK): void {
  for (let j: usize = 0; j < l.width; j += 4) {
    const sum: f64 = load<f32>(l.columns + work * l.width + j);
    const count: f64 = load<f32>(l.columns + pulses * l.width + j);
    addDouble(l.settled + ((work * l.width + j) << 1), 0.5 * sum + <f64>l.floor * count);
  }
}

function foldReads(l: Ledger, plus: usize, minus: usize, rows: i32): void {
  const width = l.width;
  const totals = totalsOf(l);
  const sums = l.columns + SUMS * width;
  const floors = f32x4.splat(minus == 0 ? l.floor : l.floor + l.floor);
  memory.fill(totals, 0, 2 * width);
  let row: usize = 0;
  for (let i: usize = 0; i < <usize>rows; i++, row += width) {
    const inputs = f32x4.splat(inputsOf(l, i << 2));
    for (let j: usize = 0; j < width; j += 16) {
      let g = v128.load(plus + row + j);
      if (minus != 0) g = f32x4.add(g, v128.load(minus + row + j));
      g = f32x4.add(g, floors);
      addFour(totals + j, g);
      addFour(sums + j, f32x4.mul(inputs, g));
    }
  }
  const direct = l.columns + DIRECT * width;
  const unseen = <f64>f32x4.extract_lane(floors, 0) * <f64>l.power;
  for (let j: usize = 0; j < width; j += 4) {
    const at = l.settled + ((FORWARD * width + j) << 1);
    addDouble(at, load<f32>(sums + j) - load<f32>(lostOf(l) + j));
    addDouble(at, <f64>load<f32>(direct + j) + unseen);
  }
  memory.fill(l.excess, 0, (<usize>rows) << 2);
  l.base = 0;
  l.power = 0;
}
