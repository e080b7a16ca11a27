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
  /** Pulses of each cell, laid out as the conductances; `countMinus` 0 where there is one cell a weight. */
  countPlus: usize;
  countMinus: usize;
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
  countPlus: usize,
  countMinus: usize,
): void {
  const l = changetype<Ledger>(at);
  l.columns = columns;
  l.width = width;
  l.excess = excess;
  l.base = 0;
  l.floor = floor;
  l.countPlus = countPlus;
  l.countMinus = countMinus;
}

// @ts-ignore: decorator
@inline
function add(at: usize, by: f32): void {
  store<f32>(at, load<f32>(at) + by);
}

/** A write of pulses; `place` is where the cell lies in a matrix, `column` where its column in an array: bytes. */
// @ts-ignore: decorator
@inline
export function recordPulses(l: Ledger, device: i32, place: usize, column: usize, up: bool, n: f32, from: f32, to: f32): void {
  const at = l.columns + (up ? UP : DOWN) * l.width + column;
  add(at, n);
  add(at + WORK * l.width, n * ((from + to) * <f32>0.5 + l.floor));
  add((device == 0 ? l.countPlus : l.countMinus) + place, n);
}

export function recordErasure(l: Ledger, device: i32, place: usize, column: usize, from: f32, to: f32): void {
  add(l.columns + ERASURES * l.width + column, 1);
  add(l.columns + ERASED_WORK * l.width + column, (from + to) * <f32>0.5 + l.floor);
  add((device == 0 ? l.countPlus : l.countMinus) + place, 1);
}

/** The cells of a weight moved by `by` together; `row` in bytes of an array of rows. */
// @ts-ignore: decorator
@inline
export function recordMove(l: Ledger, row: usize, column: usize, by: f32): void {
  const at = l.columns + LOST * l.width + column;
  add(at, by * (l.base + load<f32>(l.excess + row)));
  add(at + l.width, by);
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
  addFour((device == 0 ? l.countPlus : l.countMinus) + place, n);
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
  memory.fill(lost, 0, width);
  memory.fill(l.excess, 0, (<usize>rows) << 2);
  l.base = 0;
}
