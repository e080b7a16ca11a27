// What pulses do to a row's cells of a measured table, four at a time: readTable of kernels/table.ts, operation by operation.
import { clip4 } from '../../../wasm/assembly/arithmetic';
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { inputsOf, Ledger } from '../../../wasm/assembly/ledger';
import { addFour, between, firsts, pairs, scatter, seconds } from '../../../wasm/assembly/lanes';
import {
  COLUMNS,
  DEVIATIONS,
  DRAWN,
  GIVEN,
  LOST,
  MEANS,
  MOVED,
  NODES,
  PART,
  POLARITY,
  SUM,
  TOTAL,
  weighedBy,
} from './table-columns';

/** The engine computes as late as it can: what is stored need not wait with all that it is computed from for registers. */
// @ts-ignore: decorator
@inline
function settled(at: usize, value: v128): v128 {
  v128.store(at, value);
  return value;
}

/**
 * Conductances of four cells behind their pulses.
 * @param cell - where their places in the table are
 * @param rates - where their pulses for a unit of x are, and @param size - |x|
 */
// @ts-ignore: decorator
@inline
function pulsed(cell: usize, rates: usize, size: v128): v128 {
  const d0 = v128.load(load<u32>(cell, DEVIATIONS), 8);
  const d1 = v128.load(load<u32>(cell, DEVIATIONS + 4), 8);
  const d2 = v128.load(load<u32>(cell, DEVIATIONS + 8), 8);
  const d3 = v128.load(load<u32>(cell, DEVIATIONS + 12), 8);
  const t = v128.load(cell, PART);
  const t01 = v128.shuffle<f32>(t, t, 0, 0, 1, 1);
  const t23 = v128.shuffle<f32>(t, t, 2, 2, 3, 3);
  const e01 = f32x4.add(firsts(d0, d1), f32x4.mul(t01, seconds(d0, d1)));
  const e23 = f32x4.add(firsts(d2, d3), f32x4.mul(t23, seconds(d2, d3)));
  const n01 = pairs(load<u32>(cell, NODES), load<u32>(cell, NODES + 4));
  const n23 = pairs(load<u32>(cell, NODES + 8), load<u32>(cell, NODES + 12));
  const u = f32x4.mul(f32x4.sub(v128.load(cell, DRAWN), firsts(n01, n23)), seconds(n01, n23));
  const deviation = settled(cell + DRAWN, between(firsts(e01, e23), seconds(e01, e23), u));
  const m01 = pairs(load<u32>(cell, MEANS), load<u32>(cell, MEANS + 4));
  const m23 = pairs(load<u32>(cell, MEANS + 8), load<u32>(cell, MEANS + 12));
  const mean = f32x4.add(firsts(m01, m23), f32x4.mul(t, seconds(m01, m23)));
  const pulses = f32x4.mul(v128.load(rates), size);
  const change = f32x4.add(f32x4.mul(pulses, mean), f32x4.mul(f32x4.sqrt(pulses), deviation));
  return clip4(f32x4.add(v128.load(cell, GIVEN), change), f32x4.splat(0), f32x4.splat(1));
}

/**
 * Moves a row's cells in the listed columns by what was drawn, where a weight has one cell, and puts back cells and weights.
 * @param i - the row, and @param x - its input
 * @param sign - which of a column's two directions
 * @param recorded - whether a ledger is kept: a constant
 */
// @ts-ignore: decorator
@inline
function moveRow(c: Crossbar, i: i32, x: f32, columns: usize, end: usize, sign: usize, recorded: bool): void {
  const row = <usize>i * ((<usize>c.stride) << 2);
  const plus = c.plus + row;
  const differences = c.difference + row;
  const reference = f32x4.splat(c.reference);
  const size = f32x4.splat(abs<f32>(x));
  const ledger = changetype<Ledger>(c.ledger);
  const inputs = f32x4.splat(recorded ? inputsOf(ledger, (<usize>i) << 2) : 0);
  const backward = recorded && ledger.backward;
  const weighed = recorded ? weighedBy(0, x > 0) : 0;
  let at = columns;
  do {
    const moved = settled(at + MOVED, pulsed(at, at + sign, size));
    const g = v128.load(at, GIVEN);
    const difference = f32x4.sub(moved, reference);
    v128.store(at, f32x4.add(v128.load(at, SUM), f32x4.sub(difference, f32x4.sub(g, reference))), SUM);
    const j0 = <usize>load<u32>(at);
    const j1 = <usize>load<u32>(at, 4);
    const j2 = <usize>load<u32>(at, 8);
    const j3 = <usize>load<u32>(at, 12);
    scatter(plus, moved, j0, j1, j2, j3);
    scatter(differences, difference, j0, j1, j2, j3);
    if (recorded) {
      const by = f32x4.sub(moved, g);
      addFour(at + weighed, f32x4.mul(size, g));
      addFour(at + LOST, f32x4.mul(by, inputs));
      if (backward) addFour(at + TOTAL, by);
    }
    at += COLUMNS;
  } while (at < end);
}

/**
 * The same where a weight has two cells.
 * @param otherSign - that of the minus cells
 * @param waiting - where what the minus cells add to sums is left, and @param waitingMoves - for a ledger their moves
 */
// @ts-ignore: decorator
@inline
function moveRows(
  c: Crossbar,
  i: i32,
  x: f32,
  columns: usize,
  end: usize,
  sign: usize,
  otherSign: usize,
  waiting: usize,
  waitingMoves: usize,
  recorded: bool,
): void {
  const row = <usize>i * ((<usize>c.stride) << 2);
  const plus = c.plus + row;
  const minus = c.minus + row;
  const differences = c.difference + row;
  const size = f32x4.splat(abs<f32>(x));
  const ledger = changetype<Ledger>(c.ledger);
  const inputs = f32x4.splat(recorded ? inputsOf(ledger, (<usize>i) << 2) : 0);
  const backward = recorded && ledger.backward;
  const weighed = recorded ? weighedBy(0, x > 0) : 0;
  const otherWeighed = recorded ? weighedBy(1, x > 0) : 0;
  let at = columns;
  let to = waiting;
  let moves = waitingMoves;
  do {
    const moved = settled(at + MOVED, pulsed(at, at + sign, size));
    const otherMoved = settled(at + (MOVED + POLARITY), pulsed(at + POLARITY, at + otherSign, size));
    const g = v128.load(at, GIVEN);
    const other = v128.load(at, GIVEN + POLARITY);
    const between = f32x4.sub(moved, other);
    const difference = f32x4.sub(moved, otherMoved);
    v128.store(at, f32x4.add(v128.load(at, SUM), f32x4.sub(between, f32x4.sub(g, other))), SUM);
    v128.store(to, f32x4.sub(difference, between));
    const j0 = <usize>load<u32>(at);
    const j1 = <usize>load<u32>(at, 4);
    const j2 = <usize>load<u32>(at, 8);
    const j3 = <usize>load<u32>(at, 12);
    scatter(plus, moved, j0, j1, j2, j3);
    scatter(minus, otherMoved, j0, j1, j2, j3);
    scatter(differences, difference, j0, j1, j2, j3);
    if (recorded) {
      const by = f32x4.sub(moved, g);
      addFour(at + weighed, f32x4.mul(size, g));
      addFour(at + otherWeighed, f32x4.mul(size, other));
      addFour(at + LOST, f32x4.mul(by, inputs));
      if (backward) addFour(at + TOTAL, by);
      v128.store(moves, f32x4.sub(otherMoved, other));
      moves += 16;
    }
    at += COLUMNS;
    to += 16;
  } while (at < end);
}

// Functions of their own, lest the compiler makes one loop of them again that asks at every turn what it is for.

export function moveSingles(c: Crossbar, i: i32, x: f32, columns: usize, end: usize, sign: usize): void {
  moveRow(c, i, x, columns, end, sign, false);
}

export function recordSingles(c: Crossbar, i: i32, x: f32, columns: usize, end: usize, sign: usize): void {
  moveRow(c, i, x, columns, end, sign, true);
}

export function movePairs(
  c: Crossbar,
  i: i32,
  x: f32,
  columns: usize,
  end: usize,
  sign: usize,
  otherSign: usize,
  waiting: usize,
): void {
  moveRows(c, i, x, columns, end, sign, otherSign, waiting, 0, false);
}

export function recordPairs(
  c: Crossbar,
  i: i32,
  x: f32,
  columns: usize,
  end: usize,
  sign: usize,
  otherSign: usize,
  waiting: usize,
  waitingMoves: usize,
): void {
  moveRows(c, i, x, columns, end, sign, otherSign, waiting, waitingMoves, true);
}
