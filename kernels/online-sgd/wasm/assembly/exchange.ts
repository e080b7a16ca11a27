// Activations that threads hand to each other, as the next layer's converters make them: a byte each where these have so few levels,
// since every cache line that goes from one core to another costs time, and the thread that waits for it too.
import { clip4, MAGIC, quantize, quantizeAll, Quantizer } from '../../../wasm/assembly/arithmetic';
import { Crossbar, IDEAL, quantizer } from '../../../wasm/assembly/crossbar';
import { Layer } from './memory';

/**
 * Where threads hand over the inputs of one layer, followed by the first column and the width of each thread's part of the layer
 * below. All of it stays as it is: to look it up takes no line that another core writes.
 */
@unmanaged
export class Exchange {
  /** Threads' blocks for one sample, and behind them those for the next one. */
  blocks: usize;
  /** Bytes of a block, whole cache lines: inputs to read and then inputs to write, of at most as many columns as one thread has. */
  size: usize;
  /** What thread 0 reads of a narrow layer's first rows, for one sample and for the next one. */
  heads: usize;
}

/** Rows of the next layer that are thread 0's columns. */
// @ts-ignore: decorator
@inline
export function headRows(exchange: usize): i32 {
  return widthOf(exchange, 0);
}

/** Hands over what rows read so far. Copies of a narrow layer are alike, so that it is what every thread would read of them. */
export function handOverHead(exchange: usize, turn: i32, l: Layer): void {
  const bytes = (<usize>changetype<Crossbar>(l.crossbar).width) << 2;
  memory.copy(changetype<Exchange>(exchange).heads + <usize>turn * bytes, l.z, bytes);
}

export function takeOverHead(exchange: usize, turn: i32, l: Layer): void {
  const bytes = (<usize>changetype<Crossbar>(l.crossbar).width) << 2;
  memory.copy(l.z, changetype<Exchange>(exchange).heads + <usize>turn * bytes, bytes);
}

// @ts-ignore: decorator
@inline
function firstColumn(exchange: usize, thread: i32): usize {
  return <usize>load<u32>(exchange + offsetof<Exchange>() + ((<usize>thread) << 3));
}

// @ts-ignore: decorator
@inline
function widthOf(exchange: usize, thread: i32): i32 {
  return load<i32>(exchange + offsetof<Exchange>() + ((<usize>thread) << 3), 4);
}

// @ts-ignore: decorator
@inline
function blockOf(exchange: usize, index: i32): usize {
  const e = changetype<Exchange>(exchange);
  return e.blocks + <usize>index * e.size;
}

/**
 * Converts what a thread has of the layer below, and hands it over.
 * @param z - its activations, zeros beyond its columns
 * @param block - which of the exchange's blocks is to take it
 */
export function handOver(exchange: usize, block: i32, thread: i32, z: usize, l: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  const width = widthOf(exchange, thread);
  const at = firstColumn(exchange, thread) << 2;
  const to = blockOf(exchange, block);
  if (hasByteLevels(c)) {
    levelsOf(z, l.foregroundRead + at, to, width, quantizer(c, 0));
    levelsOf(z, l.foregroundWritten + at, to + <usize>width, width, quantizer(c, 4));
    return;
  }
  const bytes = (<usize>width) << 2;
  quantizeAll(z, l.foregroundRead + at, width, quantizer(c, 0));
  quantizeAll(z, l.foregroundWritten + at, width, quantizer(c, 4));
  memory.copy(to, l.foregroundRead + at, bytes);
  memory.copy(to + bytes, l.foregroundWritten + at, bytes);
}

/** Takes what another thread handed over. */
export function takeOver(exchange: usize, block: i32, thread: i32, l: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  const width = widthOf(exchange, thread);
  const at = firstColumn(exchange, thread) << 2;
  const from = blockOf(exchange, block);
  if (hasByteLevels(c)) {
    valuesOf(from, l.foregroundRead + at, width, quantizer(c, 0));
    valuesOf(from + <usize>width, l.foregroundWritten + at, width, quantizer(c, 4));
    return;
  }
  const bytes = (<usize>width) << 2;
  memory.copy(l.foregroundRead + at, from, bytes);
  memory.copy(l.foregroundWritten + at, from + bytes, bytes);
}

/** Notes the input of the bias row, which stands behind the columns of the layer below. */
export function takeBias(l: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  const at = (<usize>(c.rows - 1)) << 2;
  store<f32>(l.foregroundRead + at, quantize(1, quantizer(c, 0)));
  store<f32>(l.foregroundWritten + at, quantize(1, quantizer(c, 4)));
}

// @ts-ignore: decorator
@inline
function hasByteLevels(c: Crossbar): bool {
  // Ideal weights have no bounds, so that sums of them can be NaN, which has no level.
  return c.coding != IDEAL && isByte(quantizer(c, 0)) && isByte(quantizer(c, 4));
}

// @ts-ignore: decorator
@inline
function isByte(q: Quantizer): bool {
  return q.limit > 0 && q.limit <= 127;
}

/** Levels in the low bytes of what {@link MAGIC} is added to. */
// @ts-ignore: decorator
@inline
function level4(from: usize, q: Quantizer): v128 {
  const level = f32x4.mul(v128.load(from), f32x4.splat(q.inverse));
  return f32x4.add(clip4(level, f32x4.splat(-q.limit), f32x4.splat(q.limit)), f32x4.splat(MAGIC));
}

// @ts-ignore: decorator
@inline
function lowBytes(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 4, 8, 12, 16, 20, 24, 28, 0, 4, 8, 12, 16, 20, 24, 28);
}

/** quantizeAll() of a multiple of sixteen floats, which also gives each one's level as a byte. */
function levelsOf(from: usize, values: usize, levels: usize, count: i32, q: Quantizer): void {
  const step = f32x4.splat(q.step);
  const magic = f32x4.splat(MAGIC);
  for (let k: usize = 0; k < <usize>count; k += 16) {
    const source = from + (k << 2);
    const target = values + (k << 2);
    const a = level4(source, q);
    const b = level4(source + 16, q);
    const c = level4(source + 32, q);
    const d = level4(source + 48, q);
    v128.store(target, f32x4.mul(f32x4.sub(a, magic), step));
    v128.store(target, f32x4.mul(f32x4.sub(b, magic), step), 16);
    v128.store(target, f32x4.mul(f32x4.sub(c, magic), step), 32);
    v128.store(target, f32x4.mul(f32x4.sub(d, magic), step), 48);
    v128.store(levels + k, v128.shuffle<i64>(lowBytes(a, b), lowBytes(c, d), 0, 2));
  }
}

// @ts-ignore: decorator
@inline
function value4(low: v128, step: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(low), step);
}

/** The values of a multiple of sixteen levels: the products that {@link levelsOf} makes of them. */
function valuesOf(levels: usize, values: usize, count: i32, q: Quantizer): void {
  const step = f32x4.splat(q.step);
  for (let k: usize = 0; k < <usize>count; k += 16) {
    const sixteen = v128.load(levels + k);
    const low = i16x8.extend_low_i8x16_s(sixteen);
    const high = i16x8.extend_high_i8x16_s(sixteen);
    const target = values + (k << 2);
    v128.store(target, value4(i32x4.extend_low_i16x8_s(low), step));
    v128.store(target, value4(i32x4.extend_high_i16x8_s(low), step), 16);
    v128.store(target, value4(i32x4.extend_low_i16x8_s(high), step), 32);
    v128.store(target, value4(i32x4.extend_high_i16x8_s(high), step), 48);
  }
}
