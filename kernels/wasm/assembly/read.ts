// The read of a crossbar: shared by OnlineSgd and CrossbarRead.
import { normal } from './random';
import { quantizeAll } from './arithmetic';
import { Crossbar, quantizer } from './crossbar';

// Blocks of 12 and of 4 vectors of columns: 12 sums, the input and a product fill a vector unit's 16 registers.

// @ts-ignore: decorator
@inline
function readBlock12(sums: usize, base: usize, rows: usize, inputs: usize, count: i32): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  let s8 = v128.load(sums, 128);
  let s9 = v128.load(sums, 144);
  let s10 = v128.load(sums, 160);
  let s11 = v128.load(sums, 176);
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const x = v128.load_splat<f32>(inputs + k);
    const row = base + <usize>load<u32>(rows + k);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
    s6 = f32x4.add(s6, f32x4.mul(x, v128.load(row, 96)));
    s7 = f32x4.add(s7, f32x4.mul(x, v128.load(row, 112)));
    s8 = f32x4.add(s8, f32x4.mul(x, v128.load(row, 128)));
    s9 = f32x4.add(s9, f32x4.mul(x, v128.load(row, 144)));
    s10 = f32x4.add(s10, f32x4.mul(x, v128.load(row, 160)));
    s11 = f32x4.add(s11, f32x4.mul(x, v128.load(row, 176)));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
  v128.store(sums, s8, 128);
  v128.store(sums, s9, 144);
  v128.store(sums, s10, 160);
  v128.store(sums, s11, 176);
}

// @ts-ignore: decorator
@inline
function readBlock4(sums: usize, base: usize, rows: usize, inputs: usize, count: i32): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const x = v128.load_splat<f32>(inputs + k);
    const row = base + <usize>load<u32>(rows + k);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
}

/**
 * z += Σ over foreground rows of x·difference, a block of columns at a time.
 * @param rows - byte offset of each foreground row in a matrix
 */
export function readForeground(c: Crossbar, z: usize, rows: usize, inputs: usize, count: i32): void {
  const width = (<usize>c.width) << 2;
  let j: usize = 0;
  for (; j + 192 <= width; j += 192) readBlock12(z + j, c.difference + j, rows, inputs, count);
  for (; j < width; j += 64) readBlock4(z + j, c.difference + j, rows, inputs, count);
}

/** Sum of squared conductances of a weight's cells, four weights; see power() in kernels/read.ts. */
// @ts-ignore: decorator
@inline
function power4(c: Crossbar, place: usize): v128 {
  const floor = f32x4.splat(c.conductanceFloor);
  const plus = f32x4.add(v128.load(c.plus + place), floor);
  const p = f32x4.mul(plus, plus);
  if (c.devices == 1) return p;
  const minus = f32x4.add(v128.load(c.minus + place), floor);
  return f32x4.add(p, f32x4.mul(minus, minus));
}

/** Adds read noise to the currents z: σ·√Σ(x·G)² for each column. `scratch` holds a row of floats. */
export function addReadNoise(c: Crossbar, z: usize, inputs: usize, scratch: usize, key: u64): void {
  if (c.readSigma == 0) return;
  const width = (<usize>c.width) << 2;
  const stride = (<usize>c.stride) << 2;
  memory.fill(scratch, 0, width);
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(inputs + ((<usize>i) << 2));
    const x2 = x * x;
    if (x2 == 0) continue;
    const factor = f32x4.splat(x2);
    const row = <usize>i * stride;
    for (let j: usize = 0; j < width; j += 16) {
      v128.store(scratch + j, f32x4.add(v128.load(scratch + j), f32x4.mul(factor, power4(c, row + j))));
    }
  }
  for (let j = 0; j < c.cols; j++) {
    const at = (<usize>j) << 2;
    const deviation = c.readSigma * sqrt<f32>(load<f32>(scratch + at));
    store<f32>(z + at, load<f32>(z + at) + deviation * normal(key, c.firstCol + j));
  }
}

/** Currents → weighted sums behind the output converter. */
export function convertOutput(c: Crossbar, z: usize): void {
  const scale = f32x4.splat(c.readScale);
  const end = z + ((<usize>c.width) << 2);
  for (let at = z; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), scale));
  quantizeAll(z, z, c.width, quantizer(c, 1));
}

/** The sum of each vector's lanes, (0 + 1) + (2 + 3), for four vectors at once. */
// @ts-ignore: decorator
@inline
function sumLanes4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab01 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd01 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ab23 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd23 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  const low = f32x4.add(v128.shuffle<f32>(ab01, cd01, 0, 1, 4, 5), v128.shuffle<f32>(ab01, cd01, 2, 3, 6, 7));
  const high = f32x4.add(v128.shuffle<f32>(ab23, cd23, 0, 1, 4, 5), v128.shuffle<f32>(ab23, cd23, 2, 3, 6, 7));
  return f32x4.add(low, high);
}

/** Σ over columns of error·difference for four rows, which are `stride` bytes apart and hold columns in the first `width`. */
// @ts-ignore: decorator
@inline
function transposedRows4(errors: usize, row: usize, stride: usize, width: usize): v128 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  const row1 = row + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  for (let j: usize = 0; j < width; j += 16) {
    const e = v128.load(errors + j);
    a = f32x4.add(a, f32x4.mul(e, v128.load(row + j)));
    b = f32x4.add(b, f32x4.mul(e, v128.load(row1 + j)));
    c = f32x4.add(c, f32x4.mul(e, v128.load(row2 + j)));
    d = f32x4.add(d, f32x4.mul(e, v128.load(row3 + j)));
  }
  return sumLanes4(a, b, c, d);
}

/**
 * The transposed read of rows first … first + count − 1, with noise, scaled and converted: out[i] for i < count, a
 * multiple of four being written. Matrices end in three spare rows, so that the last four can always be read.
 */
export function readTransposed(c: Crossbar, errors: usize, out: usize, first: i32, count: i32, key: u64): void {
  const stride = (<usize>c.stride) << 2;
  const rows = c.difference + <usize>first * stride;
  // Beyond the columns there are zeros, of which vectors without a column need not be added.
  const width = (<usize>((c.cols + 3) & ~3)) << 2;
  for (let i = 0; i < count; i += 4) {
    v128.store(out + ((<usize>i) << 2), transposedRows4(errors, rows + <usize>i * stride, stride, width));
  }
  if (c.readSigma != 0) addTransposedNoise(c, errors, out, first, count, key);
  const padded = (count + 3) & ~3;
  if (c.backwardShift != 0) addEverywhere(out, padded, c.backwardShift * sumOf(errors, c.cols));
  const scale = f32x4.splat(c.backwardScale);
  for (let at = out; at < out + ((<usize>padded) << 2); at += 16) {
    v128.store(at, f32x4.mul(v128.load(at), scale));
  }
  quantizeAll(out, out, padded, quantizer(c, 3));
  for (let i = count; i < padded; i++) store<f32>(out + ((<usize>i) << 2), 0);
}

/** Summed in four lanes, as rows are. */
function sumOf(values: usize, count: i32): f32 {
  let a: f32 = 0;
  let b: f32 = 0;
  let c: f32 = 0;
  let d: f32 = 0;
  for (let j = 0; j < count; j++) {
    const value = load<f32>(values + ((<usize>j) << 2));
    const lane = j & 3;
    if (lane == 0) a += value;
    else if (lane == 1) b += value;
    else if (lane == 2) c += value;
    else d += value;
  }
  return a + b + (c + d);
}

/** Adds one number to `count` others, a multiple of four. */
function addEverywhere(values: usize, count: i32, by: f32): void {
  const added = f32x4.splat(by);
  for (let at = values; at < values + ((<usize>count) << 2); at += 16) {
    v128.store(at, f32x4.add(v128.load(at), added));
  }
}

function addTransposedNoise(c: Crossbar, errors: usize, out: usize, first: i32, count: i32, key: u64): void {
  const width = (<usize>c.stride) << 2;
  for (let i = 0; i < count; i++) {
    let powers = f32x4.splat(0);
    for (let j: usize = 0; j < width; j += 16) {
      const e = v128.load(errors + j);
      powers = f32x4.add(powers, f32x4.mul(f32x4.mul(e, e), power4(c, <usize>(first + i) * width + j)));
    }
    const sum = f32x4.extract_lane(powers, 0) + f32x4.extract_lane(powers, 1);
    const power = sum + (f32x4.extract_lane(powers, 2) + f32x4.extract_lane(powers, 3));
    const at = out + ((<usize>i) << 2);
    store<f32>(at, load<f32>(at) + c.readSigma * sqrt<f32>(power) * normal(key, first + i));
  }
}
