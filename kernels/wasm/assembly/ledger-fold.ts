// Settles a ledger's sums into doubles, before float32 loses their last digits.
import { Crossbar } from './crossbar';
import { BACKWARD, DIRECT, DOWN, ERASED_WORK, ERASURES, FORWARD, inputsOf, Ledger, lostOf, SUMS, TOTALS, totalsOf, UP, WORK } from './ledger';
import { addParts } from './ledger-parts';
import { addReads } from './ledger-reads';
import { addFour } from './lanes';

/** After setArrays: pulses and reads are recorded. */
export function attachLedger(at: usize, ledger: usize): void {
  changetype<Crossbar>(at).ledger = ledger;
  settleLedger(at);
}

/** Adds what waits of updates and reads: before sums and counts are read. */
export function addWaiting(at: usize): void {
  const c = changetype<Crossbar>(at);
  const l = changetype<Ledger>(c.ledger);
  addParts(l);
  addReads(c, l);
}

/** Settles what the ledger has. */
export function settleLedger(at: usize): void {
  const c = changetype<Crossbar>(at);
  if (c.ledger == 0) return;
  addWaiting(at);
  foldLedger(changetype<Ledger>(c.ledger), c.plus, c.devices == 2 ? c.minus : 0, c.rows);
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
function foldLedger(l: Ledger, plus: usize, minus: usize, rows: i32): void {
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

/** G of a weight's cells, four weights. */
// @ts-ignore: decorator
@inline
function both(plus: usize, minus: usize, pair: bool, floors: v128): v128 {
  const g = v128.load(plus);
  return f32x4.add(pair ? f32x4.add(g, v128.load(minus)) : g, floors);
}

/** Totals of G and Σ X·G of eight columns, whose sums stay in registers; `pair`, a constant: whether there are minus cells. */
// @ts-ignore: decorator
@inline
function foldColumns(
  l: Ledger,
  plus: usize,
  minus: usize,
  rows: i32,
  floors: v128,
  totals: usize,
  sums: usize,
  pair: bool,
): void {
  let t0 = f32x4.splat(0);
  let t1 = t0;
  let s0 = t0;
  let s1 = t0;
  for (let i: usize = 0, row: usize = 0; i < (<usize>rows) << 2; i += 4, row += l.width) {
    const inputs = f32x4.splat(inputsOf(l, i));
    const g0 = both(plus + row, minus + row, pair, floors);
    const g1 = both(plus + row + 16, minus + row + 16, pair, floors);
    t0 = f32x4.add(t0, g0);
    t1 = f32x4.add(t1, g1);
    s0 = f32x4.add(s0, f32x4.mul(inputs, g0));
    s1 = f32x4.add(s1, f32x4.mul(inputs, g1));
  }
  v128.store(totals, t0);
  v128.store(totals, t1, 16);
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
}

function foldReads(l: Ledger, plus: usize, minus: usize, rows: i32): void {
  const width = l.width;
  const totals = totalsOf(l);
  const sums = l.columns + SUMS * width;
  const floors = f32x4.splat(minus == 0 ? l.floor : l.floor + l.floor);
  for (let j: usize = 0; j < width; j += 32) {
    if (minus == 0) foldColumns(l, plus + j, 0, rows, floors, totals + j, sums + j, false);
    else foldColumns(l, plus + j, minus + j, rows, floors, totals + j, sums + j, true);
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
