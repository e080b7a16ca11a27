// Twin of kernels/ledger.ts: entries in a ledger of pulses, erasures and reads.
import { BACKWARD, DOWN, ERASED_WORK, ERASURES, inputsOf, Ledger, lostOf, othersOf, totalsOf, UP, WEIGHED, weighedOf, WORK } from './ledger';
import { add, addEach, addFour, gather4 } from './lanes';

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
  add(at + WORK * l.width, n * (from + to));
  if (n == 1) countOne(l, device, place);
  else add(othersOf(l, device) + place, n);
}

/**
 * {@link recordPulses} and {@link recordMove} of one pulse each to four cells, no two of them the same.
 * @param place - where the cells lie in a matrix, @param row - in an array of rows, and @param column - of columns: bytes
 */
// @ts-ignore: decorator
@inline
export function recordFour(l: Ledger, device: i32, place: v128, row: v128, column: v128, up: v128, from: v128, to: v128): void {
  const at = i32x4.add(column, v128.bitselect(i32x4.splat(<i32>(UP * l.width)), i32x4.splat(<i32>(DOWN * l.width)), up));
  addEach(l.columns, at, f32x4.splat(1));
  addEach(l.columns + WORK * l.width, at, f32x4.add(from, to));
  const by = f32x4.sub(to, from);
  const inputs = f32x4.add(f32x4.splat(l.base), gather4(l.excess, row));
  addEach(lostOf(l), column, f32x4.mul(by, inputs));
  if (l.backward) addEach(totalsOf(l), column, by);
  countOne(l, device, <usize>(<u32>i32x4.extract_lane(place, 0)));
  countOne(l, device, <usize>(<u32>i32x4.extract_lane(place, 1)));
  countOne(l, device, <usize>(<u32>i32x4.extract_lane(place, 2)));
  countOne(l, device, <usize>(<u32>i32x4.extract_lane(place, 3)));
}

/** A write of a part of a request, which {@link recordRequest} enters in its column. */
// @ts-ignore: decorator
@inline
export function recordPart(l: Ledger, device: i32, place: usize, n: f32): void {
  add(othersOf(l, device) + place, n);
}

export function beginWeighing(l: Ledger): void {
  memory.fill(l.columns + WEIGHED * l.width, 0, 2 * l.width);
}

/** Weighs a row of one polarity before it is pulsed. */
// @ts-ignore: decorator
@inline
export function weighRow(l: Ledger, cells: usize, written: f32): void {
  const size = f32x4.splat(abs<f32>(written));
  const works = weighedOf(l, written > 0);
  for (let j: usize = 0; j < l.width; j += 16) addFour(works + j, f32x4.mul(size, v128.load(cells + j)));
}

/** Fractions of a pulse, `rate`·|x| for each row of a column; `inputs` is Σ|x|, `weighed` Σ|x|·G. */
// @ts-ignore: decorator
@inline
export function recordRequest(l: Ledger, column: usize, up: bool, rate: f32, inputs: f32, weighed: f32): void {
  const at = l.columns + (up ? UP : DOWN) * l.width + column;
  add(at, rate * inputs);
  add(at + WORK * l.width, 2 * (rate * weighed));
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

/** A forward read: `count` rows, listed by number, whose inputs are more than the background by so much. */
export function recordRead(l: Ledger, background: f32, rows: usize, more: usize, count: i32): void {
  l.base += background * background;
  const twice = background + background;
  const end = (<usize>count) << 2;
  let k: usize = 0;
  // A list of all rows.
  if (end == l.rowBytes) {
    for (; k + 16 <= end; k += 16) {
      const d = v128.load(more + k);
      addFour(l.excess + k, f32x4.mul(d, f32x4.add(d, f32x4.splat(twice))));
    }
  }
  for (; k < end; k += 4) {
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
