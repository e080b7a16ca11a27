// Pulses to the cells of a list, four at a time where they do nothing but move them: loads of many cells, which lie far
// apart, are then under way at once.
import { clip4 } from '../../../wasm/assembly/arithmetic';
import { AFFINE, Crossbar } from '../../../wasm/assembly/crossbar';
import { Polarity, pulse } from '../../../wasm/assembly/pulses';
import { gather4 } from '../../../wasm/assembly/lanes';
import { normal4 } from '../../../wasm/assembly/random';

/**
 * Gives pulses to the cells of a list, no cell being in it twice.
 * @param columns - byte offset in a row of each, then at `rows` its row and at `pulses` its pulses, negative where they go down
 * @param from - bytes of the lists before the first one, and @param to - behind the last
 */
export function pulseCells(c: Crossbar, p: Polarity, columns: usize, rows: usize, pulses: usize, from: usize, to: usize): void {
  let k = from;
  // A ledger takes each pulse as it is given.
  if (p.plain && c.response == AFFINE && c.ledger == 0) {
    const one = f32x4.splat(1);
    for (; k + 16 <= to; k += 16) {
      const given = v128.load(pulses + k);
      if (i32x4.all_true(f32x4.eq(f32x4.abs(given), one))) pulseFour(c, p, v128.load(columns + k), v128.load(rows + k), given);
      else pulseEach(c, p, columns, rows, pulses, k, k + 16);
    }
  }
  pulseEach(c, p, columns, rows, pulses, k, to);
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
function pulseFour(c: Crossbar, p: Polarity, column: v128, row: v128, given: v128): void {
  const place = i32x4.add(i32x4.shl(i32x4.mul(row, i32x4.splat(c.stride)), 2), column);
  const p0 = <usize>(<u32>i32x4.extract_lane(place, 0));
  const p1 = <usize>(<u32>i32x4.extract_lane(place, 1));
  const p2 = <usize>(<u32>i32x4.extract_lane(place, 2));
  const p3 = <usize>(<u32>i32x4.extract_lane(place, 3));
  const g = fourAt(p.g, p0, p1, p2, p3);
  const other = p.other == 0 ? f32x4.splat(c.reference) : fourAt(p.other, p0, p1, p2, p3);
  const before = fourAt(c.difference, p0, p1, p2, p3);
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
  putFour(p.g, to, p0, p1, p2, p3);
  putFour(c.difference, difference, p0, p1, p2, p3);
  // One after the other: several may be of one column.
  const by = f32x4.sub(difference, before);
  addAt(c.columnSums + <usize>(<u32>i32x4.extract_lane(column, 0)), f32x4.extract_lane(by, 0));
  addAt(c.columnSums + <usize>(<u32>i32x4.extract_lane(column, 1)), f32x4.extract_lane(by, 1));
  addAt(c.columnSums + <usize>(<u32>i32x4.extract_lane(column, 2)), f32x4.extract_lane(by, 2));
  addAt(c.columnSums + <usize>(<u32>i32x4.extract_lane(column, 3)), f32x4.extract_lane(by, 3));
}

// @ts-ignore: decorator
@inline
function fourAt(base: usize, p0: usize, p1: usize, p2: usize, p3: usize): v128 {
  let values = v128.load_zero<f32>(base + p0);
  values = v128.load_lane<f32>(base + p1, values, 1);
  values = v128.load_lane<f32>(base + p2, values, 2);
  return v128.load_lane<f32>(base + p3, values, 3);
}

// @ts-ignore: decorator
@inline
function putFour(base: usize, values: v128, p0: usize, p1: usize, p2: usize, p3: usize): void {
  v128.store_lane<f32>(base + p0, values, 0);
  v128.store_lane<f32>(base + p1, values, 1);
  v128.store_lane<f32>(base + p2, values, 2);
  v128.store_lane<f32>(base + p3, values, 3);
}

// @ts-ignore: decorator
@inline
function addAt(at: usize, by: f32): void {
  store<f32>(at, load<f32>(at) + by);
}
