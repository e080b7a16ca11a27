// Drift in WASM SIMD. The specification is kernels/traps.ts.
import { Crossbar } from '../../../wasm/assembly/cells';

// @ts-ignore: decorator
@inline
function valuesAt(address: usize, step: usize, cell: usize): v128 {
  return step == 0 ? v128.load_splat<f32>(address) : v128.load(address + cell);
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
): void {
  const c = changetype<Crossbar>(at);
  const g = polarity == 0 ? c.plus : c.minus;
  const size = (<usize>c.rows * <usize>c.stride) << 2;
  const last = <usize>classes;
  for (let i: usize = 0; i < size; i += 16) {
    const bottom = valuesAt(low, boundStep, i);
    const top = valuesAt(high, boundStep, i);
    const bare = valuesAt(rest, boundStep, i);
    const now = v128.load(g + i);
    const increment = f32x4.sub(now, bare);
    let after: v128;
    if (classes == 1) {
      const loss = valuesAt(load<u32>(losses), load<u32>(losses, 4), i);
      after = f32x4.sub(increment, f32x4.mul(increment, loss));
    } else {
      let before = f32x4.splat(0);
      for (let k: usize = 0; k < last; k++) before = f32x4.add(before, v128.load(held + k * size + i));
      const reached = f32x4.min(f32x4.max(f32x4.add(bare, before), bottom), top);
      const unmoved = f32x4.eq(reached, now);
      const same = f32x4.gt(f32x4.mul(before, increment), f32x4.splat(0));
      const away = f32x4.gt(f32x4.abs(increment), f32x4.abs(before));
      // Of the four cases the last that holds: a fresh write, a fall, a rise, nothing.
      const one = f32x4.splat(1);
      const zero = f32x4.splat(0);
      let keep = v128.bitselect(f32x4.div(increment, before), zero, same);
      let add = v128.bitselect(zero, increment, same);
      const rises = v128.and(same, away);
      keep = v128.bitselect(one, keep, v128.or(rises, unmoved));
      add = v128.bitselect(f32x4.sub(increment, before), add, rises);
      add = v128.bitselect(zero, add, unmoved);
      after = zero;
      for (let k: usize = 0; k < last; k++) {
        const place = held + k * size + i;
        const weight = v128.load_splat<f32>(weights + (k << 2));
        const loss = valuesAt(load<u32>(losses + (k << 3)), load<u32>(losses + (k << 3), 4), i);
        const charge = f32x4.add(f32x4.mul(v128.load(place), keep), f32x4.mul(weight, add));
        const left = f32x4.sub(charge, f32x4.mul(charge, loss));
        v128.store(place, left);
        after = f32x4.add(after, left);
      }
    }
    v128.store(g + i, f32x4.min(f32x4.max(f32x4.add(bare, after), bottom), top));
  }
}
