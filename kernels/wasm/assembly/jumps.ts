// Twin of kernels/jumps.ts.
import { bits } from './random';

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

// @ts-ignore: decorator
@inline
export function gap(key: u64, counter: u32, scale: f32): f32 {
  return <f32>negativeLog2(bits(key, counter)) * scale;
}
