// Twin of kernels/ledger.ts: pulses and reads of one crossbar, beside its training.

/** Arrays of `width` bytes: the first eight are what the host reads, in the order of its `ledgerColumns`. */
@unmanaged
export class Ledger {
  columns: usize;
  width: usize;
  /** X of each row beyond `base`. */
  excess: usize;
  base: f32;
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
const WORK: usize = 2;
const ERASURES: usize = 4;
const ERASED_WORK: usize = 5;
const FORWARD: usize = 6;
const BACKWARD: usize = 7;
const LOST: usize = 8;
const TOTALS: usize = 9;
/** Working memory of a fold. */
const SUMS: usize = 10;
export const ledgerArrays: usize = 11;

export function ledgerSize(): usize {
  return (offsetof<Ledger>() + 15) & ~15;
}

export function setLedger(
  at: usize,
  columns: usize,
  width: usize,
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
  l.excess = excess;
  l.base = 0;
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

// @ts-ignore: decorator
@inline
function add(at: usize, by: f32): void {
  store<f32>(at, load<f32>(at) + by);
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

/** A write of pulses; `place` is where the cell lies in a matrix, `column` where its column in an array: bytes. */
// @ts-ignore: decorator
@inline
export function recordPulses(l: Ledger, device: i32, place: usize, column: usize, up: bool, n: f32, from: f32, to: f32): void {
  const at = l.columns + (up ? UP : DOWN) * l.width + column;
  add(at, n);
  add(at + WORK * l.width, n * ((from + to) * <f32>0.5 + l.floor));
  if (n == 1) countOne(l, device, place);
  else add((device == 0 ? l.othersPlus : l.othersMinus) + place, n);
}

export function recordErasure(l: Ledger, device: i32, place: usize, column: usize, from: f32, to: f32): void {
  add(l.columns + ERASURES * l.width + column, 1);
  add(l.columns + ERASED_WORK * l.width + column, (from + to) * <f32>0.5 + l.floor);
  countOne(l, device, place);
}

/** The cells of a weight moved by `by` together; `row` in bytes of an array of rows. */
// @ts-ignore: decorator
@inline
export function recordMove(l: Ledger, row: usize, column: usize, by: f32): void {
  const at = l.columns + LOST * l.width + column;
  add(at, by * (l.base + load<f32>(l.excess + row)));
  if (l.backward) add(at + l.width, by);
}

/** X of a row. */
// @ts-ignore: decorator
@inline
export function inputsOf(l: Ledger, row: usize): f32 {
  return l.base + load<f32>(l.excess + row);
}

/** Four neighbouring columns of one row, for kernels that pulse them at once; `up` is a mask. */
// @ts-ignore: decorator
@inline
export function recordFour(
  l: Ledger,
  device: i32,
  place: usize,
  column: usize,
  up: v128,
  n: v128,
  from: v128,
  to: v128,
  inputs: v128,
  by: v128,
): void {
  const mean = f32x4.add(f32x4.mul(f32x4.add(from, to), f32x4.splat(0.5)), f32x4.splat(l.floor));
  const work = f32x4.mul(n, mean);
  const at = l.columns + column;
  const width = l.width;
  addFour(at, v128.and(n, up));
  addFour(at + width, v128.andnot(n, up));
  addFour(at + WORK * width, v128.and(work, up));
  addFour(at + (WORK + 1) * width, v128.andnot(work, up));
  addFour((device == 0 ? l.othersPlus : l.othersMinus) + place, n);
  addFour(at + LOST * width, f32x4.mul(by, inputs));
  addFour(at + TOTALS * width, by);
}

// @ts-ignore: decorator
@inline
function addFour(at: usize, by: v128): void {
  v128.store(at, f32x4.add(v128.load(at), by));
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
  const totals = l.columns + TOTALS * l.width;
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

/** Settles the reads so far and sums the totals afresh; `minus` 0 where there is one cell a weight. */
export function foldLedger(l: Ledger, plus: usize, minus: usize, rows: i32): void {
  const width = l.width;
  const totals = l.columns + TOTALS * width;
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
  const lost = l.columns + LOST * width;
  for (let j: usize = 0; j < width; j += 16) {
    addFour(l.columns + FORWARD * width + j, f32x4.sub(v128.load(sums + j), v128.load(lost + j)));
  }
  spill(l.onesPlus, l.wholePlus, l.cells);
  if (l.onesMinus != 0) spill(l.onesMinus, l.wholeMinus, l.cells);
  memory.fill(lost, 0, width);
  memory.fill(l.excess, 0, (<usize>rows) << 2);
  l.base = 0;
}
