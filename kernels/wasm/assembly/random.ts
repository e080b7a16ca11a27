// Twin of src/random.ts: a key is a u64, its first word (`a`) in the low half.

function mix(x: u32): u32 {
  x ^= x >>> 16;
  x *= 0x85ebca6b;
  x ^= x >>> 13;
  x *= 0xc2b2ae35;
  return x ^ (x >>> 16);
}

export function fold(key: u64, word: u32): u64 {
  const a = mix(((<u32>key) ^ (word * 0x9e3779b1)) + <u32>(key >>> 32));
  const b = mix((<u32>(key >>> 32) + word * 0x85ebca77) ^ rotl<u32>(a, 16));
  return <u64>a | ((<u64>b) << 32);
}

// @ts-ignore: decorator
@inline
export function bits(key: u64, counter: u32): u32 {
  let x: u32 = counter * 0x9e3779b1 + <u32>key;
  x ^= x >>> 16;
  x = x * 0x21f0aaad + <u32>(key >>> 32);
  x ^= x >>> 15;
  x *= 0x735a2d97;
  return x ^ (x >>> 15);
}

/** {@link bits} of four counters. */
// @ts-ignore: decorator
@inline
export function bits4(key: u64, counter: v128): v128 {
  const spread = i32x4.mul(counter, i32x4.splat(0x9e3779b1));
  return hashed4(<u32>(key >>> 32), i32x4.add(spread, i32x4.splat(<i32>(<u32>key))));
}

/** The first step of the hash, which a sum of counters may take apart: spread(a + b) = spread(a) + spread(b). */
// @ts-ignore: decorator
@inline
export function spread(counter: u32): u32 {
  return counter * 0x9e3779b1;
}

/** {@link bits4} of counters that were spread and added to the key's first word. */
// @ts-ignore: decorator
@inline
export function hashed4(second: u32, spread: v128): v128 {
  let x = v128.xor(spread, i32x4.shr_u(spread, 16));
  x = i32x4.add(i32x4.mul(x, i32x4.splat(0x21f0aaad)), i32x4.splat(<i32>second));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(0x735a2d97));
  return v128.xor(x, i32x4.shr_u(x, 15));
}

// @ts-ignore: decorator
@inline
export function uniform(key: u64, counter: u32): f32 {
  return <f32>(bits(key, counter) >>> 8) * <f32>5.9604644775390625e-8;
}

/** {@link uniform} of four counters. */
// @ts-ignore: decorator
@inline
export function uniform4(key: u64, counters: v128): v128 {
  const upper = f32x4.convert_i32x4_s(i32x4.shr_u(bits4(key, counters), 8));
  return f32x4.mul(upper, f32x4.splat(<f32>5.9604644775390625e-8));
}

/** Address of the table of normal deviates by byte sum, written by the host. */
export let normalTable: usize = 0;

export function setNormalTable(address: usize): void {
  normalTable = address;
}

// @ts-ignore: decorator
@inline
export function normal(key: u64, counter: u32): f32 {
  const h = bits(key, counter);
  const pairs = (h & 0x00ff00ff) + ((h >>> 8) & 0x00ff00ff);
  return load<f32>(normalTable + ((((pairs & 0xffff) + (pairs >>> 16)) as usize) << 2));
}

/** {@link normal} of four counters. */
// @ts-ignore: decorator
@inline
export function normal4(key: u64, counter: v128): v128 {
  return normalOf4(bits4(key, counter));
}

/** Normal deviates of four hashes: the polynomial behind the table, to the bit. */
// @ts-ignore: decorator
@inline
export function normalOf4(h: v128): v128 {
  const sum = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(h));
  const t = f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(sum, i32x4.splat(510))), f32x4.splat(0.0078125));
  const t2 = f32x4.mul(t, t);
  let p = f32x4.mul(f32x4.splat(<f32>1.21839917e-5), t2);
  p = f32x4.mul(f32x4.add(p, f32x4.splat(<f32>-1.7116172e-4)), t2);
  p = f32x4.mul(f32x4.add(p, f32x4.splat(<f32>1.13696058e-3)), t2);
  p = f32x4.mul(f32x4.add(p, f32x4.splat(<f32>5.4348133e-3)), t2);
  return f32x4.mul(t, f32x4.add(p, f32x4.splat(<f32>0.833717513)));
}

/** Bits of the generator, for the tests that hold backends against each other. */
export function randomBits(a: u32, b: u32, counter: u32): u32 {
  return bits(<u64>a | ((<u64>b) << 32), counter);
}

export function randomNormal(a: u32, b: u32, counter: u32): f32 {
  return normal(<u64>a | ((<u64>b) << 32), counter);
}

export function foldLow(a: u32, b: u32, word: u32): u32 {
  return <u32>fold(<u64>a | ((<u64>b) << 32), word);
}

export function foldHigh(a: u32, b: u32, word: u32): u32 {
  return <u32>(fold(<u64>a | ((<u64>b) << 32), word) >>> 32);
}
