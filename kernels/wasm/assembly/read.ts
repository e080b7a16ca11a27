// The read of a crossbar: shared by OnlineSgd and CrossbarRead.
import { normal } from './random';
import { quantize, quantizeAll } from './arithmetic';
import { Crossbar, quantizer } from './cells';

/** Sums foreground rows into a block of eight vectors of columns; x − background stands beside each row's index. */
// @ts-ignore: decorator
@inline
function readBlock8(c: Crossbar, at: usize, rows: usize, inputs: usize, count: i32): void {
  const sums = at;
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const x = v128.load_splat<f32>(inputs + k);
    const row = load<u32>(rows + k);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
    // The next block finds its row 128 bytes further on.
    store<u32>(rows + k, row + 128);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

// @ts-ignore: decorator
@inline
function readBlock1(at: usize, rows: usize, inputs: usize, count: i32): void {
  let s = v128.load(at);
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const row = load<u32>(rows + k);
    s = f32x4.add(s, f32x4.mul(v128.load_splat<f32>(inputs + k), v128.load(row)));
    store<u32>(rows + k, row + 16);
  }
  v128.store(at, s);
}

/**
 * z += Σ over foreground rows of x·difference. `rows` holds each row's address in `difference` and is used up.
 */
export function readForeground(c: Crossbar, z: usize, rows: usize, inputs: usize, count: i32): void {
  const end = z + ((<usize>c.stride) << 2);
  let at = z;
  for (; at + 128 <= end; at += 128) readBlock8(c, at, rows, inputs, count);
  for (; at < end; at += 16) readBlock1(at, rows, inputs, count);
}

/** Sum of squared conductances of a weight's cells, four weights. */
// @ts-ignore: decorator
@inline
function power4(c: Crossbar, place: usize): v128 {
  const plus = v128.load(c.plus + place);
  const p = f32x4.mul(plus, plus);
  if (c.devices == 1) return p;
  const minus = v128.load(c.minus + place);
  return f32x4.add(p, f32x4.mul(minus, minus));
}

/** Adds read noise to the currents z: σ·√Σ(x·G)² for each column. `scratch` holds a row of floats. */
export function addReadNoise(c: Crossbar, z: usize, inputs: usize, scratch: usize, key: u64): void {
  if (c.readSigma == 0) return;
  const width = (<usize>c.stride) << 2;
  memory.fill(scratch, 0, width);
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(inputs + ((<usize>i) << 2));
    const x2 = x * x;
    if (x2 == 0) continue;
    const factor = f32x4.splat(x2);
    const row = <usize>i * width;
    for (let j: usize = 0; j < width; j += 16) {
      v128.store(scratch + j, f32x4.add(v128.load(scratch + j), f32x4.mul(factor, power4(c, row + j))));
    }
  }
  for (let j = 0; j < c.cols; j++) {
    const at = (<usize>j) << 2;
    const deviation = c.readSigma * sqrt<f32>(load<f32>(scratch + at));
    store<f32>(z + at, load<f32>(z + at) + deviation * normal(key, j));
  }
}

/** Currents → weighted sums behind the output converter. */
export function convertOutput(c: Crossbar, z: usize): void {
  const scale = f32x4.splat(c.readScale);
  const end = z + ((<usize>c.stride) << 2);
  for (let at = z; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), scale));
  quantizeAll(z, z, c.stride, quantizer(c, 1));
}

// @ts-ignore: decorator
@inline
function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** One row of the transposed read: Σ over columns of error·difference with noise, scaled and converted. */
// @ts-ignore: decorator
@inline
export function readTransposed(c: Crossbar, errors: usize, row: i32, key: u64): f32 {
  const width = (<usize>c.stride) << 2;
  const from = <usize>row * width;
  let sums = f32x4.splat(0);
  for (let j: usize = 0; j < width; j += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(errors + j), v128.load(c.difference + from + j)));
  }
  let error = sumLanes(sums);
  if (c.readSigma != 0) {
    let powers = f32x4.splat(0);
    for (let j: usize = 0; j < width; j += 16) {
      const e = v128.load(errors + j);
      powers = f32x4.add(powers, f32x4.mul(f32x4.mul(e, e), power4(c, from + j)));
    }
    error += c.readSigma * sqrt<f32>(sumLanes(powers)) * normal(key, row);
  }
  return quantize(error * c.readScale, quantizer(c, 3));
}
