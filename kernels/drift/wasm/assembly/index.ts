// Drift in WASM SIMD. The specification is kernels/traps.ts.
import { Crossbar } from '../../../wasm/assembly/crossbar';

/** Bytes of a matrix that are taken at a time: class after class over so many cells stays in the nearest cache. */
const block: usize = 1024;

/** Working memory of `drift`: what the cells of a block hold in all, keep and take. */
export function driftScratchSize(): usize {
  return 3 * block;
}

// @ts-ignore: decorator
@inline
function valuesAt(address: usize, step: usize, place: usize): v128 {
  return step == 0 ? v128.load_splat<f32>(address) : v128.load(address + place);
}

// @ts-ignore: decorator
@inline
function clip(value: v128, low: v128, high: v128): v128 {
  return f32x4.min(f32x4.max(value, low), high);
}

/**
 * Moves the cells of one polarity; the caller then makes differences and column sums afresh.
 * @param weights - one float a class of traps
 * @param held - increments, `classes` matrices of rows × stride floats; unused where there is one class
 * @param losses - address of a class's losses and bytes from one cell's to the next one's, two words a class
 * @param low - bounds and unprogrammed conductances, `boundStep` bytes from one cell's to the next one's
 */
export function drift(
  at: usize,
  polarity: i32,
  classes: i32,
  weights: usize,
  held: usize,
  losses: usize,
  low: usize,
  high: usize,
  rest: usize,
  boundStep: usize,
  scratch: usize,
): void {
  const c = changetype<Crossbar>(at);
  const g = polarity == 0 ? c.plus : c.minus;
  const size = (<usize>c.rows * <usize>c.stride) << 2;
  if (classes == 1) {
    driftOneClass(g, size, losses, low, high, rest, boundStep);
    return;
  }
  const keep = scratch + block;
  const add = scratch + 2 * block;
  for (let from: usize = 0; from < size; from += block) {
    const count = min<usize>(block, size - from);
    const bounds = boundStep == 0 ? <usize>0 : from;
    sumHeld(scratch, held + from, classes, size, count);
    sortPulses(g + from, scratch, keep, add, count, low + bounds, high + bounds, rest + bounds, boundStep);
    memory.fill(scratch, 0, count);
    for (let k: usize = 0; k < <usize>classes; k++) {
      const weight = load<f32>(weights + (k << 2));
      const step = <usize>load<u32>(losses + (k << 3), 4);
      const loss = <usize>load<u32>(losses + (k << 3)) + (step == 0 ? <usize>0 : from);
      loseClass(scratch, held + k * size + from, keep, add, weight, loss, step, count);
    }
    settle(g + from, scratch, count, low + bounds, high + bounds, rest + bounds, boundStep);
  }
}

function driftOneClass(g: usize, size: usize, losses: usize, low: usize, high: usize, rest: usize, boundStep: usize): void {
  const loss = <usize>load<u32>(losses);
  const step = <usize>load<u32>(losses, 4);
  for (let i: usize = 0; i < size; i += 16) {
    const bare = valuesAt(rest, boundStep, i);
    const increment = f32x4.sub(v128.load(g + i), bare);
    const left = f32x4.sub(increment, f32x4.mul(increment, valuesAt(loss, step, i)));
    const moved = f32x4.add(bare, left);
    v128.store(g + i, clip(moved, valuesAt(low, boundStep, i), valuesAt(high, boundStep, i)));
  }
}

function sumHeld(sums: usize, held: usize, classes: i32, size: usize, count: usize): void {
  memory.fill(sums, 0, count);
  for (let k = 0; k < classes; k++, held += size) {
    for (let i: usize = 0; i < count; i += 16) {
      v128.store(sums + i, f32x4.add(v128.load(sums + i), v128.load(held + i)));
    }
  }
}

/** What pulses did since the last drift. Of the cases the last that holds: a fresh write, a fall, a rise, nothing. */
function sortPulses(
  g: usize,
  sums: usize,
  keeps: usize,
  adds: usize,
  count: usize,
  low: usize,
  high: usize,
  rest: usize,
  boundStep: usize,
): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < count; i += 16) {
    const bare = valuesAt(rest, boundStep, i);
    const now = v128.load(g + i);
    const before = v128.load(sums + i);
    const increment = f32x4.sub(now, bare);
    const reached = clip(f32x4.add(bare, before), valuesAt(low, boundStep, i), valuesAt(high, boundStep, i));
    const unmoved = f32x4.eq(reached, now);
    const sameSign = f32x4.gt(f32x4.mul(before, increment), zero);
    const rises = v128.and(sameSign, f32x4.gt(f32x4.abs(increment), f32x4.abs(before)));
    const part = v128.bitselect(f32x4.div(increment, before), zero, sameSign);
    v128.store(keeps + i, v128.bitselect(one, part, v128.or(rises, unmoved)));
    const written = v128.bitselect(zero, increment, sameSign);
    const add = v128.bitselect(f32x4.sub(increment, before), written, rises);
    v128.store(adds + i, v128.bitselect(zero, add, unmoved));
  }
}

function loseClass(
  sums: usize,
  held: usize,
  keeps: usize,
  adds: usize,
  weight: f32,
  loss: usize,
  step: usize,
  count: usize,
): void {
  const w = f32x4.splat(weight);
  for (let i: usize = 0; i < count; i += 16) {
    const kept = f32x4.mul(v128.load(held + i), v128.load(keeps + i));
    const charge = f32x4.add(kept, f32x4.mul(w, v128.load(adds + i)));
    const left = f32x4.sub(charge, f32x4.mul(charge, valuesAt(loss, step, i)));
    v128.store(held + i, left);
    v128.store(sums + i, f32x4.add(v128.load(sums + i), left));
  }
}

function settle(g: usize, sums: usize, count: usize, low: usize, high: usize, rest: usize, boundStep: usize): void {
  for (let i: usize = 0; i < count; i += 16) {
    const moved = f32x4.add(valuesAt(rest, boundStep, i), v128.load(sums + i));
    v128.store(g + i, clip(moved, valuesAt(low, boundStep, i), valuesAt(high, boundStep, i)));
  }
}
