// Whole pulses drawn by geometric jumps in many columns at once: the candidates, the thinning and the cells of draws.ts, with
// no branch on what was drawn. Of a column's cells its background comes first and then the foreground, each with rows
// ascending, as one column after the other has them: its sum's bits depend on that order, and on no other column's.
import { Crossbar, ONE_SIDED_PAIR } from '../../../wasm/assembly/crossbar';
import { Polarity, preparePolarity } from '../../../wasm/assembly/pulses';
import { gap4, probabilityOf, rungOf, scaleOf } from '../../../wasm/assembly/jumps';
import { gather4, pack, packingOf, unset4 } from '../../../wasm/assembly/lanes';
import { fold, uniform4 } from '../../../wasm/assembly/random';
import { Layer } from './memory';
import { pulseCells } from './pulses';

/**
 * A list of candidates: column (its byte offset in a row), row or place among the foreground, counter; and of those that stay, the
 * pulses. Each array has room for four widths, a round's candidates being two at most.
 */
@unmanaged
class List {
  columns: usize;
  rows: usize;
  counters: usize;
  pulses: usize;
  /** Bytes of an array. */
  size: usize;
}

/** Columns that may have more candidates: where each stands, and the scale of its gaps. */
@unmanaged
class Front {
  columns: usize;
  rows: usize;
  counters: usize;
  scales: usize;
  /** Bytes of each array that are filled. */
  end: usize;
}

/** What a column has in a step, whichever cell of a pair is pulsed: an array each, one behind the other. */
@unmanaged
class Columns {
  /** Bytes of each array that are filled. */
  end: usize;
  /** Of those with an error: byte offset in a row, scale of gaps among background and foreground rows. */
  offsets: usize;
  backgroundScales: usize;
  foregroundScales: usize;
  /** Of all, by byte offset: probability of a candidate. */
  backgroundOdds: usize;
  foregroundOdds: usize;
}

/** Bytes of the three of them. */
const DESCRIPTIONS: usize = 128;

export function updateByRounds(l: Layer, c: Crossbar, p: Polarity, step: u32): void {
  const width = (<usize>c.width) << 2;
  const columns = changetype<Columns>(l.fractional);
  const list = changetype<List>(l.fractional + offsetof<Columns>());
  const front = changetype<Front>(l.fractional + offsetof<Columns>() + offsetof<List>());
  columns.offsets = l.fractional + DESCRIPTIONS;
  columns.backgroundScales = columns.offsets + width;
  columns.foregroundScales = columns.offsets + 2 * width;
  columns.backgroundOdds = columns.offsets + 3 * width;
  columns.foregroundOdds = columns.offsets + 4 * width;
  list.size = 4 * width + 16;
  list.columns = columns.offsets + 5 * width;
  list.rows = list.columns + list.size;
  list.counters = list.rows + list.size;
  list.pulses = list.counters + list.size;
  front.columns = list.pulses + list.size;
  front.rows = front.columns + width + 16;
  front.counters = front.rows + width + 16;
  front.scales = front.counters + width + 16;
  prepareColumns(l, c, columns);
  if (columns.end == 0) return;
  if (l.writtenBackground != 0) markForeground(l, c.rows);
  for (let device = 0; device < c.devices; device++) {
    preparePolarity(c, device, step, p);
    const second = device != 0;
    if (l.writtenBackground != 0) {
      const gaps = fold(second ? l.gapsBackgroundMinus : l.gapsBackgroundPlus, step);
      const thinning = fold(second ? l.thinningBackgroundMinus : l.thinningBackgroundPlus, step);
      begin(c, columns, columns.backgroundScales, front);
      draw(l, c, p, columns.backgroundOdds, front, list, gaps, thinning, false);
    }
    if (l.foregroundReach > 0) {
      const gaps = fold(second ? l.gapsForegroundMinus : l.gapsForegroundPlus, step);
      const thinning = fold(second ? l.thinningForegroundMinus : l.thinningForegroundPlus, step);
      begin(c, columns, columns.foregroundScales, front);
      draw(l, c, p, columns.foregroundOdds, front, list, gaps, thinning, true);
    }
  }
}

/** Notes which rows are foreground, which pulses that the background asks for must leave out. */
function markForeground(l: Layer, rows: i32): void {
  memory.fill(l.isForeground, 0, rows);
  for (let k: usize = 0; k < (<usize>l.foregroundCount) << 2; k += 4) {
    store<u8>(l.isForeground + <usize>load<u32>(l.foreground + k), 1);
  }
}

function prepareColumns(l: Layer, c: Crossbar, columns: Columns): void {
  const background = abs<f32>(l.writtenBackground);
  const foreground = l.foregroundReach;
  let end: usize = 0;
  // Errors are 0 beyond the columns.
  const zero = f32x4.splat(0);
  let offsets = i32x4(0, 4, 8, 12);
  for (let j: usize = 0; j < (<usize>c.width) << 2; j += 16) {
    const kept = i32x4.bitmask(f32x4.ne(v128.load(l.updateErrors + j), zero));
    v128.store(columns.offsets + end, pack(offsets, packingOf(kept)));
    end += (<usize>popcnt<i32>(kept)) << 2;
    offsets = i32x4.add(offsets, i32x4.splat(16));
  }
  columns.end = end;
  for (let k: usize = 0; k < end; k += 4) {
    const j = <usize>load<u32>(columns.offsets + k);
    const size = abs<f32>(load<f32>(l.updateErrors + j));
    const rate = max<f32>(c.rateUp * size, c.rateDown * size);
    const behind = rungOf(rate * background);
    const before = rungOf(rate * foreground);
    store<f32>(columns.backgroundScales + k, scaleOf(behind));
    store<f32>(columns.foregroundScales + k, scaleOf(before));
    store<f32>(columns.backgroundOdds + j, probabilityOf(behind));
    store<f32>(columns.foregroundOdds + j, probabilityOf(before));
  }
}

/** Puts every column before its first row. */
function begin(c: Crossbar, columns: Columns, scales: usize, front: Front): void {
  const first = i32x4.splat(c.firstCol);
  const apart = i32x4.splat(c.rows + 1);
  const one = i32x4.splat(1);
  for (let k: usize = 0; k < columns.end; k += 16) {
    const offsets = v128.load(columns.offsets + k);
    v128.store(front.columns + k, offsets);
    v128.store(front.rows + k, i32x4.splat(-1));
    v128.store(front.counters + k, i32x4.sub(i32x4.mul(i32x4.add(i32x4.shr_u(offsets, 2), first), apart), one));
    v128.store(front.scales + k, v128.load(scales + k));
  }
  front.end = columns.end;
}

/** Draws the candidates of the columns round by round, and pulses those that stay. */
function draw(
  l: Layer,
  c: Crossbar,
  p: Polarity,
  odds: usize,
  front: Front,
  list: List,
  gaps: u64,
  thinning: u64,
  foreground: bool,
): void {
  const rows = foreground ? l.foregroundCount : c.rows;
  let end: usize = 0;
  while (front.end > 0) {
    if (end + 2 * front.end > list.size - 16) {
      pulseKept(l, c, p, odds, list, end, thinning, foreground);
      end = 0;
    }
    end = extend(list, front, end, rows, gaps);
  }
  pulseKept(l, c, p, odds, list, end, thinning, foreground);
}

/**
 * Appends to the list the next two candidates of each column, where they are left, and leaves in front the columns that had both;
 * returns the list's end. Gaps are drawn two at a time since what a round costs is waiting: for its hashes, and for branches
 * that nobody can foretell.
 */
function extend(list: List, front: Front, end: usize, rows: i32, gaps: u64): usize {
  const one = i32x4.splat(1);
  const all = i32x4.splat(rows);
  const last = front.end;
  let to = end;
  let left: usize = 0;
  for (let k: usize = 0; k < last; k += 16) {
    const column = v128.load(front.columns + k);
    const scale = v128.load(front.scales + k);
    const counter = i32x4.add(v128.load(front.counters + k), one);
    const nextCounter = i32x4.add(counter, one);
    const gap = gap4(gaps, counter, scale);
    const nextGap = gap4(gaps, nextCounter, scale);
    const from = i32x4.add(v128.load(front.rows + k), one);
    const row = i32x4.add(from, i32x4.trunc_sat_f32x4_s(gap));
    const nextFrom = i32x4.add(row, one);
    const nextRow = i32x4.add(nextFrom, i32x4.trunc_sat_f32x4_s(nextGap));
    const kept = i32x4.bitmask(f32x4.lt(gap, f32x4.convert_i32x4_s(i32x4.sub(all, from)))) & lanesUpTo(last - k);
    // What stands behind a first candidate that is none has no meaning.
    const both = i32x4.bitmask(f32x4.lt(nextGap, f32x4.convert_i32x4_s(i32x4.sub(all, nextFrom)))) & kept;
    to = append(list, to, column, row, counter, kept);
    to = append(list, to, column, nextRow, nextCounter, both);
    const order = packingOf(both);
    v128.store(front.columns + left, pack(column, order));
    v128.store(front.rows + left, pack(nextRow, order));
    v128.store(front.counters + left, pack(nextCounter, order));
    v128.store(front.scales + left, pack(scale, order));
    left += (<usize>popcnt<i32>(both)) << 2;
  }
  front.end = left;
  return to;
}

/** Appends the candidates of a mask's lanes; returns the list's end. */
// @ts-ignore: decorator
@inline
function append(list: List, end: usize, column: v128, row: v128, counter: v128, kept: i32): usize {
  const order = packingOf(kept);
  v128.store(list.columns + end, pack(column, order));
  v128.store(list.rows + end, pack(row, order));
  v128.store(list.counters + end, pack(counter, order));
  return end + ((<usize>popcnt<i32>(kept)) << 2);
}

/** A mask of a vector's lanes of which `left` bytes are left. */
// @ts-ignore: decorator
@inline
function lanesUpTo(left: usize): i32 {
  return left >= 16 ? 15 : (1 << (<i32>left >> 2)) - 1;
}

/**
 * Keeps each candidate up to `end` with the probability of its own request over its column's, and pulses those that stay.
 * @param odds - probability of a candidate, by column
 */
function pulseKept(
  l: Layer,
  c: Crossbar,
  p: Polarity,
  odds: usize,
  list: List,
  end: usize,
  thinning: u64,
  foreground: bool,
): void {
  if (end == 0) return;
  // A vector's lanes beyond the end are read from too: their places must be some.
  v128.store(list.columns + end, i32x4.splat(0));
  v128.store(list.rows + end, i32x4.splat(0));
  const to = foreground
    ? thin(l, c, p, odds, list, end, thinning, true)
    : thin(l, c, p, odds, list, end, thinning, false);
  pulseCells(c, p, list.columns, list.rows, list.pulses, 0, to);
}

/** Leaves the cells that are pulsed, with their pulses, negative where they go down; returns the list's new end. */
// @ts-ignore: decorator
@inline
function thin(
  l: Layer,
  c: Crossbar,
  p: Polarity,
  odds: usize,
  list: List,
  end: usize,
  thinning: u64,
  foreground: bool,
): usize {
  const columns = list.columns;
  const rows = list.rows;
  const counters = list.counters;
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const rateUp = f32x4.splat(c.rateUp);
  const rateDown = f32x4.splat(c.rateDown);
  const oneSided = c.coding == ONE_SIDED_PAIR;
  const raises = i32x4.splat(p.device == 0 ? -1 : 0);
  let to: usize = 0;
  for (let k: usize = 0; k < end; k += 16) {
    const column = v128.load(columns + k);
    const place = v128.load(rows + k);
    const error = gather4(l.updateErrors, column);
    const odd = gather4(odds, column);
    const at = i32x4.shl(place, 2);
    const row = foreground ? gather4(l.foreground, at) : place;
    const x = foreground ? gather4(l.foregroundWritten, at) : f32x4.splat(l.writtenBackground);
    // A wish of a positive product raises the plus cell and lowers the minus cell; of a one-sided pair only one cell rises.
    const agrees = i32x4.eq(i32x4.eq(f32x4.gt(error, zero), f32x4.gt(x, zero)), raises);
    const up = oneSided ? i32x4.splat(-1) : agrees;
    const rate = v128.bitselect(rateUp, rateDown, up);
    const request = f32x4.mul(f32x4.mul(rate, f32x4.abs(error)), f32x4.abs(x));
    const u = uniform4(thinning, v128.load(counters + k));
    const single = v128.and(f32x4.lt(f32x4.mul(u, odd), request), one);
    const whole = f32x4.floor(request);
    const several = f32x4.add(whole, v128.and(f32x4.lt(u, f32x4.sub(request, whole)), one));
    const pulses = v128.bitselect(single, several, f32x4.lt(odd, one));
    let kept = f32x4.gt(pulses, zero);
    if (oneSided) kept = v128.and(kept, agrees);
    if (!foreground) kept = v128.and(kept, unset4(l.isForeground, place));
    const mask = i32x4.bitmask(kept) & lanesUpTo(end - k);
    const order = packingOf(mask);
    v128.store(columns + to, pack(column, order));
    v128.store(rows + to, pack(row, order));
    v128.store(list.pulses + to, pack(v128.bitselect(pulses, f32x4.neg(pulses), up), order));
    to += (<usize>popcnt<i32>(mask)) << 2;
  }
  return to;
}
