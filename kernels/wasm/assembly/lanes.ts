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

/** A mask of the lanes whose byte at `base` + `at` is 0. */
// @ts-ignore: decorator
@inline
export function unset4(base: usize, at: v128): v128 {
  let bytes = i32x4.splat(0);
  bytes = v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 0)), bytes, 0);
  bytes = v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 1)), bytes, 4);
  bytes = v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 2)), bytes, 8);
  bytes = v128.load_lane<u8>(base + <usize>(<u32>i32x4.extract_lane(at, 3)), bytes, 12);
  return i32x4.eq(bytes, i32x4.splat(0));
}
