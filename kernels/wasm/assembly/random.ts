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

/** The first step of the hash, which a sum of counters may take apart: spread(a + b) = spread(a) + spread(b). */
// @ts-ignore: decorator
@inline
export function spread(counter: u32): u32 {
  return counter * 0x9e3779b1;
}

/** {@link bits} of four counters that were spread and added to the key's first word. */
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
