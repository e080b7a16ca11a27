// Twin of kernels/jumps.ts.
import { gather4 } from './lanes';
import { bits4 } from './random';

let log2Table: usize = 0;
let gapScale: usize = 0;
export let ladder: usize = 0;

/** Addresses of the tables of kernels/jumps.ts, written by the host. */
export function setJumpTables(log2Address: usize, gapScaleAddress: usize, ladderAddress: usize): void {
  log2Table = log2Address;
  gapScale = gapScaleAddress;
  ladder = ladderAddress;
}

const lowestExponent: i32 = -32;
const top: i32 = 256;

// @ts-ignore: decorator
@inline
export function rungOf(p: f32): i32 {
  const k = <i32>(reinterpret<u32>(p) >>> 20) - ((127 + lowestExponent) << 3) + 1;
  return min<i32>(max<i32>(k, 0), top);
}

// @ts-ignore: decorator
@inline
export function scaleOf(rung: i32): f32 {
  return load<f32>(gapScale + ((<usize>rung) << 2));
}

// @ts-ignore: decorator
@inline
export function probabilityOf(rung: i32): f32 {
  return load<f32>(ladder + ((<usize>rung) << 2));
}

// @ts-ignore: decorator
@inline
export function negativeLog2(h: u32): u32 {
  const v: u32 = max<u32>(h, 1);
  const zeros = clz<u32>(v);
  const m = v << zeros;
  const at = log2Table + (((m >>> 23) & 255) << 2);
  const low = load<u32>(at);
  return ((zeros + 1) << 24) - low - (((load<u32>(at, 4) - low) * ((m >>> 8) & 0x7fff)) >>> 15);
}

/**
 * {@link negativeLog2} of four. A double holds each exactly: below its exponent stand the bits that follow the highest one,
 * of which the upper eight are the table's place and fifteen more the part of the way to the next.
 */
// @ts-ignore: decorator
@inline
function negativeLog2Of4(h: v128): v128 {
  const v = i32x4.max_u(h, i32x4.splat(1));
  const low = i64x2.shr_u(f64x2.convert_low_i32x4_u(v), 29);
  const high = i64x2.shr_u(f64x2.convert_low_i32x4_u(v128.shuffle<i32>(v, v, 2, 3, 2, 3)), 29);
  // The exponent less 1024, which is that of 2, stands above 23 bits.
  const x = v128.shuffle<i32>(low, high, 0, 2, 4, 6);
  const at = v128.and(i32x4.shr_u(x, 13), i32x4.splat(255 << 2));
  const here = gather4(log2Table, at);
  const step = i32x4.sub(gather4(log2Table + 4, at), here);
  const part = i32x4.shr_u(i32x4.mul(step, v128.and(x, i32x4.splat(0x7fff))), 15);
  const whole = i32x4.shl(i32x4.sub(i32x4.splat(31), i32x4.shr_s(x, 23)), 24);
  return i32x4.sub(i32x4.sub(whole, here), part);
}

/** Rows that are skipped before the next candidate, of four counters: kernels/jumps.ts has it for one. */
// @ts-ignore: decorator
@inline
export function gap4(key: u64, counters: v128, scales: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(negativeLog2Of4(bits4(key, counters))), scales);
}
