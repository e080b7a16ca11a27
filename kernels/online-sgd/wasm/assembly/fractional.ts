// Fractional pulses on like cells, four at a time: the reference's updateEveryCell where every cell has the same affine
// response, every request is below one pulse, and no cell needs a second look (levels, refresh, write noise).
import { clip4 } from '../../../wasm/assembly/arithmetic';
import { AFFINE, Crossbar, FRACTIONAL, ONE_SIDED_PAIR, Polarity, seen4 } from '../../../wasm/assembly/cells';
import { addFour, inputsOf, Ledger, lostOf, othersOf, totalsOf, workingOf, workOf } from '../../../wasm/assembly/ledger';
import { bits4 } from '../../../wasm/assembly/random';
import { Layer } from './memory';

/** Arrays of one sign of the input, stride floats each: pulses per unit of |x|, and the step's c0 and c1. */
const ARRAYS_PER_SIGN: usize = 3;

/** Whether this case was handled here. */
export function updateFractional(l: Layer, c: Crossbar, device: i32, p: Polarity): bool {
  const alike = c.response == AFFINE && c.parameterStride == 0 && c.levelCount == 0 && c.writeSigma == 0;
  if (!alike || c.policy != FRACTIONAL || c.coding == ONE_SIDED_PAIR) return false;
  const width = (<usize>c.width) << 2;
  const positive = l.fractional;
  const negative = positive + ARRAYS_PER_SIGN * width;
  const active = negative + ARRAYS_PER_SIGN * width;
  const most = max<f32>(
    prepareColumns(l, c, p, positive, width, device == 0),
    prepareColumns(l, c, p, negative, width, device != 0),
  );
  if (!(most * largestInput(l, c) < 1)) return false;
  const count = listActive(l, active, width);
  const works: usize = c.ledger == 0 ? 0 : beginWork(l, c, device, width);
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    const columns = x > 0 ? positive : negative;
    if (c.ledger == 0) updateRow(c, p, i, abs<f32>(x), columns, active, count, false, 0);
    else updateRow(c, p, i, abs<f32>(x), columns, active, count, true, x > 0 ? works : works + width);
  }
  if (c.ledger != 0) endWork(l, c, device, width);
  return true;
}

/**
 * The work of the update's rows in each column, those of positive inputs and those of negative ones: they pulse a column's
 * cells in opposite directions, so that each goes on from the sum of one direction and comes back to it.
 */
function beginWork(l: Layer, c: Crossbar, device: i32, width: usize): usize {
  const ledger = changetype<Ledger>(c.ledger);
  const works = workingOf(ledger);
  for (let j: usize = 0; j < width; j += 16) {
    const up = goesUp(l, device, j);
    const rise = v128.load(workOf(ledger, true) + j);
    const fall = v128.load(workOf(ledger, false) + j);
    v128.store(works + j, v128.bitselect(rise, fall, up));
    v128.store(works + width + j, v128.bitselect(fall, rise, up));
  }
  return works;
}

function endWork(l: Layer, c: Crossbar, device: i32, width: usize): void {
  const ledger = changetype<Ledger>(c.ledger);
  const works = workingOf(ledger);
  for (let j: usize = 0; j < width; j += 16) {
    const up = goesUp(l, device, j);
    const above = v128.load(works + j);
    const below = v128.load(works + width + j);
    v128.store(workOf(ledger, true) + j, v128.bitselect(above, below, up));
    v128.store(workOf(ledger, false) + j, v128.bitselect(below, above, up));
  }
}

/** Of four columns, a mask of those whose cells positive inputs raise. */
// @ts-ignore: decorator
@inline
function goesUp(l: Layer, device: i32, column: usize): v128 {
  const positive = f32x4.gt(v128.load(l.updateErrors + column), f32x4.splat(0));
  return device == 0 ? positive : v128.not(positive);
}

/** Largest |x| of all rows, the background's included. */
function largestInput(l: Layer, c: Crossbar): f32 {
  let largest: f32 = 0;
  for (let i = 0; i < c.rows; i++) largest = max<f32>(largest, abs<f32>(load<f32>(l.written + ((<usize>i) << 2))));
  return largest;
}

/** Fills the columns' arrays for one sign of x; returns the most pulses per unit of |x|. */
function prepareColumns(l: Layer, c: Crossbar, p: Polarity, at: usize, width: usize, plusGoesUp: bool): f32 {
  let most: f32 = 0;
  for (let j: usize = 0; j < width; j += 4) {
    const error = load<f32>(l.updateErrors + j);
    const up = error > 0 == plusGoesUp;
    const pulses = (up ? c.rateUp : c.rateDown) * abs<f32>(error);
    const step = p.parameters + (up ? 0 : 8);
    store<f32>(at + j, pulses);
    store<f32>(at + width + j, load<f32>(step));
    store<f32>(at + 2 * width + j, load<f32>(step, 4));
    most = max<f32>(most, pulses);
  }
  return most;
}

/** Byte offsets of the vectors of columns in which any error is not zero. */
function listActive(l: Layer, active: usize, width: usize): i32 {
  let count = 0;
  for (let j: usize = 0; j < width; j += 16) {
    store<u32>(active + ((<usize>count) << 2), <u32>j);
    const zero = f32x4.eq(v128.load(l.updateErrors + j), f32x4.splat(0));
    if (!i32x4.all_true(zero)) count++;
  }
  return count;
}

/**
 * A column whose error is zero is asked for zero pulses and stays as it is, to the bit.
 * @param recorded - whether a ledger is kept; a constant, so that the row without has nothing of it
 * @param work - sums of the work of such rows, a column each
 */
// @ts-ignore: decorator
@inline
function updateRow(
  c: Crossbar,
  p: Polarity,
  i: i32,
  x: f32,
  columns: usize,
  active: usize,
  count: i32,
  recorded: bool,
  work: usize,
): void {
  const width = (<usize>c.width) << 2;
  const row = <usize>i * ((<usize>c.stride) << 2);
  const size = f32x4.splat(x);
  const low = f32x4.splat(load<f32>(p.parameters, 16));
  const high = f32x4.splat(load<f32>(p.parameters, 20));
  const sigma = f32x4.splat(c.sigma);
  const noisy = c.sigma != 0;
  const offset = c.devices == 1;
  const reference = f32x4.splat(c.reference);
  const cells = i32x4.add(i32x4.splat(i * c.allCols + c.firstCol), i32x4(0, 1, 2, 3));
  const ledger = changetype<Ledger>(c.ledger);
  const others: usize = recorded ? othersOf(ledger, p.device) : 0;
  const lost: usize = recorded ? lostOf(ledger) : 0;
  const totals: usize = recorded ? totalsOf(ledger) : 0;
  const backward = recorded && ledger.backward;
  const inputs = f32x4.splat(recorded ? inputsOf(ledger, (<usize>i) << 2) : 0);
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const j = <usize>load<u32>(active + k);
    const place = row + j;
    const pulses = f32x4.mul(v128.load(columns + j), size);
    const g = v128.load(p.g + place);
    const step = f32x4.sub(v128.load(columns + width + j), f32x4.mul(v128.load(columns + 2 * width + j), g));
    let moved = f32x4.add(g, f32x4.mul(pulses, step));
    if (noisy) {
      const deviates = normal4(p.cycleToCycle, i32x4.add(cells, i32x4.splat(<i32>(j >>> 2))));
      moved = f32x4.add(moved, f32x4.mul(f32x4.mul(sigma, f32x4.sqrt(pulses)), deviates));
    }
    const to = clip4(moved, low, high);
    v128.store(p.g + place, to);
    if (recorded) {
      addFour(others + place, pulses);
      addFour(work + j, f32x4.mul(pulses, f32x4.add(g, to)));
      const by = f32x4.sub(to, g);
      addFour(lost + j, f32x4.mul(by, inputs));
      if (backward) addFour(totals + j, by);
    }
    const other = offset ? reference : seen4(c, v128.load(c.minus + place));
    const difference = f32x4.sub(seen4(c, v128.load(c.plus + place)), other);
    const sum = c.columnSums + j;
    v128.store(sum, f32x4.add(v128.load(sum), f32x4.sub(difference, v128.load(c.difference + place))));
    v128.store(c.difference + place, difference);
  }
}

/** Normal deviates of four counters: the hash of random.ts, and the polynomial behind its table. */
// @ts-ignore: decorator
@inline
function normal4(key: u64, counter: v128): v128 {
  const h = bits4(key, counter);
  const sum = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(h));
  const t = f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(sum, i32x4.splat(510))), f32x4.splat(0.0078125));
  const t2 = f32x4.mul(t, t);
  let p = f32x4.mul(f32x4.splat(<f32>1.21839917e-5), t2);
  p = f32x4.mul(f32x4.add(p, f32x4.splat(<f32>-1.7116172e-4)), t2);
  p = f32x4.mul(f32x4.add(p, f32x4.splat(<f32>1.13696058e-3)), t2);
  p = f32x4.mul(f32x4.add(p, f32x4.splat(<f32>5.4348133e-3)), t2);
  return f32x4.mul(t, f32x4.add(p, f32x4.splat(<f32>0.833717513)));
}
