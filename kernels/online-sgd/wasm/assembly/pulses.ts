// Pulses to the cells of a list, four at a time where they do nothing but move them: loads of many cells, which lie far
// apart, are then under way at once.
import { clip4 } from '../../../wasm/assembly/arithmetic';
import { AFFINE, Crossbar } from '../../../wasm/assembly/crossbar';
import { Polarity, pulse } from '../../../wasm/assembly/pulses';
import { Ledger } from '../../../wasm/assembly/ledger';
import { recordFour } from '../../../wasm/assembly/ledger-records';
import { addEach, gather, gather4, scatter } from '../../../wasm/assembly/lanes';
import { normal4 } from '../../../wasm/assembly/random';

/**
 * Gives pulses to the cells of a list, no cell being in it twice.
 * @param columns - byte offset in a row of each, then at `rows` its row and at `pulses` its pulses, negative where they go down
 * @param from - bytes of the lists before the first one, and @param to - behind the last
 */
export function pulseCells(c: Crossbar, p: Polarity, columns: usize, rows: usize, pulses: usize, from: usize, to: usize): void {
  let k = from;
  if (p.plain && c.response == AFFINE) {
    k = c.ledger == 0 ? moveFours(c, p, columns, rows, pulses, from, to) : recordFours(c, p, columns, rows, pulses, from, to);
  }
  pulseEach(c, p, columns, rows, pulses, k, to);
}

// Functions of their own, lest the compiler makes one loop of them that asks at every turn whether there is a ledger.

function moveFours(c: Crossbar, p: Polarity, columns: usize, rows: usize, pulses: usize, from: usize, to: usize): usize {
  return pulseFours(c, p, columns, rows, pulses, from, to, false);
}

function recordFours(c: Crossbar, p: Polarity, columns: usize, rows: usize, pulses: usize, from: usize, to: usize): usize {
  return pulseFours(c, p, columns, rows, pulses, from, to, true);
}

/** Pulses the list's whole vectors, and returns where they end; `recorded`, a constant: whether a ledger is kept. */
// @ts-ignore: decorator
@inline
function pulseFours(
  c: Crossbar,
  p: Polarity,
  columns: usize,
  rows: usize,
  pulses: usize,
  from: usize,
  to: usize,
  recorded: bool,
): usize {
  const one = f32x4.splat(1);
  let k = from;
  for (; k + 16 <= to; k += 16) {
    const given = v128.load(pulses + k);
    if (i32x4.all_true(f32x4.eq(f32x4.abs(given), one))) {
      pulseFour(c, p, v128.load(columns + k), v128.load(rows + k), given, recorded);
    } else pulseEach(c, p, columns, rows, pulses, k, k + 16);
  }
  return k;
}

function pulseEach(c: Crossbar, p: Polarity, columns: usize, rows: usize, pulses: usize, from: usize, to: usize): void {
  for (let k = from; k < to; k += 4) {
    const given = load<f32>(pulses + k);
    pulse(c, p, load<i32>(rows + k), <i32>(load<u32>(columns + k) >>> 2), given > 0, abs<f32>(given));
  }
}

/** pulse() of wasm/assembly/pulses.ts for one pulse each. */
// @ts-ignore: decorator
@inline
function pulseFour(c: Crossbar, p: Polarity, column: v128, row: v128, given: v128, recorded: bool): void {
  const place = i32x4.add(i32x4.shl(i32x4.mul(row, i32x4.splat(c.stride)), 2), column);
  const p0 = <usize>(<u32>i32x4.extract_lane(place, 0));
  const p1 = <usize>(<u32>i32x4.extract_lane(place, 1));
  const p2 = <usize>(<u32>i32x4.extract_lane(place, 2));
  const p3 = <usize>(<u32>i32x4.extract_lane(place, 3));
  const g = gather(p.g, p0, p1, p2, p3);
  const other = p.other == 0 ? f32x4.splat(c.reference) : gather(p.other, p0, p1, p2, p3);
  const before = gather(c.difference, p0, p1, p2, p3);
  const cell = i32x4.add(i32x4.mul(row, i32x4.splat(c.allCols)), i32x4.add(i32x4.shr_u(column, 2), i32x4.splat(c.firstCol)));
  const up = f32x4.gt(given, f32x4.splat(0));
  let c0: v128, c1: v128, low: v128, high: v128;
  if (c.parameterStride == 0) {
    const own = p.parameters;
    c0 = v128.bitselect(v128.load32_splat(own), v128.load32_splat(own, 8), up);
    c1 = v128.bitselect(v128.load32_splat(own, 4), v128.load32_splat(own, 12), up);
    low = v128.load32_splat(own, 16);
    high = v128.load32_splat(own, 20);
  } else {
    const own = i32x4.mul(cell, i32x4.splat(<i32>c.parameterStride));
    const directed = i32x4.add(own, v128.andnot(i32x4.splat(8), up));
    c0 = gather4(p.parameters, directed);
    c1 = gather4(p.parameters + 4, directed);
    low = gather4(p.parameters + 16, own);
    high = gather4(p.parameters + 20, own);
  }
  let moved = f32x4.add(g, f32x4.sub(c0, f32x4.mul(c1, g)));
  if (c.sigma != 0) moved = f32x4.add(moved, f32x4.mul(f32x4.splat(c.sigma), normal4(p.cycleToCycle, cell)));
  const to = clip4(moved, low, high);
  const difference = p.device == 0 ? f32x4.sub(to, other) : f32x4.sub(other, to);
  scatter(p.g, to, p0, p1, p2, p3);
  scatter(c.difference, difference, p0, p1, p2, p3);
  addEach(c.columnSums, column, f32x4.sub(difference, before));
  if (recorded) recordFour(changetype<Ledger>(c.ledger), p.device, place, i32x4.shl(row, 2), column, up, g, to);
}
