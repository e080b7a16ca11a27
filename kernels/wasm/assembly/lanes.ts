// Four values at a time from four places, and lists of those of them that are kept.

/** By mask of four lanes: places of the bytes of those that are kept, side by side from the first lane on. */
const packing: usize = memory.data<u8>([
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  4, 5, 6, 7, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 0, 1, 2, 3,
  8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
  12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3,
  4, 5, 6, 7, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 0, 1, 2, 3,
  8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
]);

/** The order that brings the lanes of a mask (bit k for lane k) to the front, for {@link pack}. */
// @ts-ignore: decorator
@inline
export function packingOf(mask: i32): v128 {
  return v128.load(packing + ((<usize>mask) << 4));
}

/** The lanes that are kept, side by side; what stands behind them has no meaning. */
// @ts-ignore: decorator
@inline
export function pack(values: v128, order: v128): v128 {
  return v128.swizzle(values, order);
}

/** Four words at the byte offsets `at` from `base`. */
// @ts-ignore: decorator
@inline
export function gather4(base: usize, at: v128): v128 {
  let values = v128.load_zero<f32>(base + <usize>(<u32>i32x4.extract_lane(at, 0)));
  values = v128.load_lane<f32>(base + <usize>(<u32>i32x4.extract_lane(at, 1)), values, 1);
  values = v128.load_lane<f32>(base + <usize>(<u32>i32x4.extract_lane(at, 2)), values, 2);
  return v128.load_lane<f32>(base + <usize>(<u32>i32x4.extract_lane(at, 3)), values, 3);
}

/** The four bytes at `base` + `at`, each in a word. */
// @ts-ignore: decorator
@inline
export function bytes4(base: usize, at: v128): v128 {
  let bytes = i32x4.splat(0);
  bytes = v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 0)), bytes, 0);
  bytes = v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 1)), bytes, 4);
  bytes = v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 2)), bytes, 8);
  return v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 3)), bytes, 12);
}

/** A mask of the lanes whose byte at `base` + `at` is 0. */
// @ts-ignore: decorator
@inline
export function unset4(base: usize, at: v128): v128 {
  return i32x4.eq(bytes4(base, at), i32x4.splat(0));
}

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

// @ts-ignore: decorator
@inline
export function add(at: usize, by: f32): void {
  store<f32>(at, load<f32>(at) + by);
}

// @ts-ignore: decorator
@inline
export function addFour(at: usize, by: v128): void {
  v128.store(at, f32x4.add(v128.load(at), by));
}

/** Adds to four words at the byte offsets `at` from `base`, one after the other: several may be the same. */
// @ts-ignore: decorator
@inline
export function addEach(base: usize, at: v128, by: v128): void {
  add(base + <usize>(<u32>i32x4.extract_lane(at, 0)), f32x4.extract_lane(by, 0));
  add(base + <usize>(<u32>i32x4.extract_lane(at, 1)), f32x4.extract_lane(by, 1));
  add(base + <usize>(<u32>i32x4.extract_lane(at, 2)), f32x4.extract_lane(by, 2));
  add(base + <usize>(<u32>i32x4.extract_lane(at, 3)), f32x4.extract_lane(by, 3));
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
