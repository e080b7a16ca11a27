/**
 * Counter-based random numbers. There is no state to advance: the value is a hash of a key and a counter, so the same
 * key gives the same bits in any order, on any backend, in any number of threads, chunks or replicas. Kernels fold
 * (seed, purpose, layer, device, step) into the key and count by global cell or column.
 *
 * Every function here is integer arithmetic, or one correctly rounded float32 operation at a time, and has a twin in
 * kernels/wasm/assembly/random.ts that gives the same bits.
 */

/** 64 bits of key as two unsigned 32-bit words. The second enters in the middle of the hash. */
export interface Key {
  readonly a: number;
  readonly b: number;
}

/** Each use of randomness has a stream of its own, so adding one never shifts another. Numbers are part of a run. */
export const purposes = {
  initialWeights: 1,
  pulseGaps: 2,
  pulseThinning: 3,
  cycleToCycle: 4,
  deviceToDevice: 5,
  readNoise: 6,
  backwardReadNoise: 7,
  sampleOrder: 8,
  trainSubset: 9,
  programming: 10,
  calibration: 11,
  trapDepth: 12,
  writeNoise: 13,
  tableOfCell: 14,
  rampResampling: 20,
  tableWalks: 21,
  pulseTrains: 30,
  characterization: 40,
  sweepPoints: 50,
} as const;

export type Purpose = keyof typeof purposes;

/** Full avalanche of 32 bits (MurmurHash3's finaliser). */
function mix(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A key of its own for each value of `word` (an unsigned 32-bit integer): step, layer, device, replica. */
export function fold(key: Key, word: number): Key {
  const a = mix(((key.a ^ Math.imul(word, 0x9e3779b1)) + key.b) | 0);
  const b = mix((key.b + Math.imul(word, 0x85ebca77)) ^ ((a << 16) | (a >>> 16)));
  return { a, b };
}

/**
 * The root key of one purpose.
 * @param seed - whole number, 0 … 2^53 − 1
 */
export function keyOf(seed: number, purpose: Purpose): Key {
  const low = seed % 0x1_0000_0000;
  const high = Math.floor(seed / 0x1_0000_0000);
  return fold(fold(fold({ a: 0x243f6a88, b: 0x85a308d3 }, low), high), purposes[purpose]);
}

/**
 * 32 random bits. For one key it is a bijection of the counter. The second subkey enters between the two
 * multiplications: with both outside, one key's noise would be a permutation of another's.
 * Multipliers and shifts: C. Wellons, hash-prospector, the two-round hash of lowest known bias.
 */
export function bits(key: Key, counter: number): number {
  let x = (Math.imul(counter, 0x9e3779b1) + key.a) | 0;
  x ^= x >>> 16;
  x = (Math.imul(x, 0x21f0aaad) + key.b) | 0;
  x ^= x >>> 15;
  x = Math.imul(x, 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** Uniform in [0, 1): 24 bits, exact in float32. */
export function uniform(key: Key, counter: number): number {
  return (bits(key, counter) >>> 8) * 2 ** -24;
}

/**
 * Odd polynomial that maps the sum of four bytes (Irwin–Hall, 1021 levels) to a standard normal, in (sum − 510)/128.
 * Fitted to the normal quantiles of the sum's distribution with its 2nd, 4th and 6th moment held at 1, 3, 15; the tail
 * beyond 3σ and 4σ has 1.00 and 1.10 times the normal's weight; the largest value is 5.16.
 */
const normalCoefficients = [0.833717513, 5.4348133e-3, 1.13696058e-3, -1.7116172e-4, 1.21839917e-5].map(Math.fround);

function normalOfByteSum(sum: number): number {
  const f = Math.fround;
  const t = f((sum - 510) * f(1 / 128));
  const t2 = f(t * t);
  const [c1, c3, c5, c7, c9] = normalCoefficients as [number, number, number, number, number];
  const p = f(f(f(f(f(f(f(f(c9 * t2) + c7) * t2) + c5) * t2) + c3) * t2) + c1);
  return f(t * p);
}

/** Standard normal of each byte sum 0 … 1020; kernels carry this very table, so their bits are these. */
export const normalTable = Float32Array.from({ length: 1021 }, (_, sum) => normalOfByteSum(sum));

/** Standard normal from 32 bits: exact in float32, equal on every backend. */
export function normalOfBits(h: number): number {
  return normalTable[(h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24)]!;
}

/** Standard normal deviate. */
export function normal(key: Key, counter: number): number {
  return normalOfBits(bits(key, counter));
}

/**
 * A permutation of 0 … count − 1 (Fisher–Yates; the draw for place i is the multiply-high of 32 bits, whose bias is
 * below count/2^32).
 */
export function permutation(key: Key, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(bits(key, i) * 2 ** -32 * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

/**
 * Whole numbers drawn with replacement from 0 … below − 1, shape [count] (the multiply-high of 32 bits, whose bias is
 * below `below`/2^32).
 */
export function draws(key: Key, count: number, below: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(bits(key, i) * 2 ** -32 * below));
}
