import { f32 } from './arithmetic.js';
import { bits, type Key } from '../src/random.js';

/**
 * Draws which cells of a column are pulsed without visiting the others. With a pulse probability p per row the gaps
 * between hits are geometric; their probability is rounded up to the next p̄ of a fixed ladder (eight rungs an octave),
 * for which 1/log2(1 − p̄) is tabulated, and each candidate is then kept with probability m/p̄, m being the row's own
 * exact probability. So the work goes with the hits, every row keeps its exact probability, and no logarithm of a float
 * is taken that backends could round differently.
 */

const lowestExponent = -32;
const rungsPerOctave = 8;
const top = -lowestExponent * rungsPerOctave;

/** p̄ of each rung; the last is 1: every row is a candidate. */
export const ladder = Float32Array.from({ length: top + 1 }, (_, k) =>
  k === top ? 1 : 2 ** (lowestExponent + Math.floor(k / rungsPerOctave)) * (1 + (k % rungsPerOctave) / rungsPerOctave),
);

/** −1/log2(1 − p̄) · 2^−24 of each rung: times −log2(U) in 2^−24ths it gives the gap. */
export const gapScale = Float32Array.from({ length: top + 1 }, (_, k) =>
  k === top ? 0 : (-Math.LN2 / Math.log1p(-ladder[k]!)) * 2 ** -24,
);

/** log2(1 + i/256) in 2^−24ths. */
export const log2Table = Uint32Array.from({ length: 257 }, (_, i) => Math.round(Math.log2(1 + i / 256) * 2 ** 24));

const floatBits = new Float32Array(1);
const integerBits = new Uint32Array(floatBits.buffer);

/** The rung whose p̄ is the first above p (p̄ = 1 for p ≥ 15/16). */
export function rungOf(p: number): number {
  floatBits[0] = p;
  const k = (integerBits[0]! >>> 20) - ((127 + lowestExponent) << 3) + 1;
  return Math.min(Math.max(k, 0), top);
}

/** −log2(h/2^32) in 2^−24ths, by table and linear interpolation (error below 3e-6), in integers. */
export function negativeLog2(h: number): number {
  const v = h === 0 ? 1 : h;
  const zeros = Math.clz32(v);
  const m = (v << zeros) >>> 0;
  const i = (m >>> 23) & 255;
  const fraction = (m >>> 8) & 0x7fff;
  const low = log2Table[i]!;
  // The product stays below 2^32: a table step is under 2^17.
  const part = Math.floor(((log2Table[i + 1]! - low) * fraction) / 0x8000);
  return (zeros + 1) * 2 ** 24 - low - part;
}

/** Rows skipped before candidate number `counter`; may be far beyond any row. */
export function gap(key: Key, counter: number, rung: number): number {
  return f32(f32(negativeLog2(bits(key, counter))) * gapScale[rung]!);
}
