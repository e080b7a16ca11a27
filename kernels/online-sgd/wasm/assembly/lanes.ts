// Vectors of values that lie apart: WebAssembly has no gather and no scatter.

// @ts-ignore: decorator
@inline
export function gather(row: usize, j0: usize, j1: usize, j2: usize, j3: usize): v128 {
  let values = v128.load_zero<f32>(row + j0);
  values = v128.load_lane<f32>(row + j1, values, 1);
  values = v128.load_lane<f32>(row + j2, values, 2);
  return v128.load_lane<f32>(row + j3, values, 3);
}

// @ts-ignore: decorator
@inline
export function scatter(row: usize, values: v128, j0: usize, j1: usize, j2: usize, j3: usize): void {
  v128.store_lane<f32>(row + j0, values, 0);
  v128.store_lane<f32>(row + j1, values, 1);
  v128.store_lane<f32>(row + j2, values, 2);
  v128.store_lane<f32>(row + j3, values, 3);
}

/** Two pairs of floats, from two addresses. */
// @ts-ignore: decorator
@inline
export function pairs(a: usize, b: usize): v128 {
  return v128.load_lane<i64>(b, v128.load_zero<i64>(a), 1);
}

// @ts-ignore: decorator
@inline
export function firsts(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
export function seconds(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 1, 3, 5, 7);
}

// @ts-ignore: decorator
@inline
export function between(a: v128, b: v128, t: v128): v128 {
  return f32x4.add(a, f32x4.mul(t, f32x4.sub(b, a)));
}

/** What the bits of a whole float from 0 below 2^23 are more than it, once {@link shifted}. */
export const SHIFT: u32 = 0x4b000000;

/** Whole floats as integers that are too large by SHIFT: to truncate takes ten instructions. */
// @ts-ignore: decorator
@inline
export function shifted(whole: v128): v128 {
  return f32x4.add(whole, f32x4.splat(8388608));
}
