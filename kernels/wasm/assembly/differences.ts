// What reads see of a crossbar's cells: their differences and the sums of these by columns.
import { Crossbar, IDEAL } from './crossbar';

/** Twin of seenConductance() in src/crossbar/program.ts. */
// @ts-ignore: decorator
@inline
export function seen(c: Crossbar, g: f32): f32 {
  const k = c.accessCurvature;
  return k == 0 ? g : (g * (<f32>1 + k)) / (<f32>1 + k * g);
}

// @ts-ignore: decorator
@inline
export function seen4(c: Crossbar, g: v128): v128 {
  if (c.accessCurvature == 0) return g;
  const k = f32x4.splat(c.accessCurvature);
  const one = f32x4.splat(1);
  return f32x4.div(f32x4.mul(g, f32x4.add(one, k)), f32x4.add(one, f32x4.mul(k, g)));
}

/** Conductances → differences, for every cell; then the column sums. */
export function readDifferences(at: usize): void {
  const c = changetype<Crossbar>(at);
  if (c.coding != IDEAL) {
    const count = (<usize>c.rows * <usize>c.stride) << 2;
    const reference = f32x4.splat(c.reference);
    for (let i: usize = 0; i < count; i += 16) {
      const minus = c.devices == 2 ? seen4(c, v128.load(c.minus + i)) : reference;
      v128.store(c.difference + i, f32x4.sub(seen4(c, v128.load(c.plus + i)), minus));
    }
    zeroPadding(c, c.difference);
  }
}

function zeroPadding(c: Crossbar, array: usize): void {
  for (let i = 0; i < c.rows; i++) {
    for (let j = c.cols; j < c.stride; j++) store<f32>(array + ((<usize>(i * c.stride + j)) << 2), 0);
  }
}

export function sumColumns(at: usize): void {
  const c = changetype<Crossbar>(at);
  const width = (<usize>c.width) << 2;
  const stride = (<usize>c.stride) << 2;
  memory.fill(c.columnSums, 0, width);
  let row = c.difference;
  for (let i = 0; i < c.rows; i++, row += stride) {
    for (let j: usize = 0; j < width; j += 16) {
      v128.store(c.columnSums + j, f32x4.add(v128.load(c.columnSums + j), v128.load(row + j)));
    }
  }
}
