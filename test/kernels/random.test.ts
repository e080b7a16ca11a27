import { describe, expect, it } from 'vitest';
import { bits, fold, keyOf, normal, uniform, type Key } from '../../src/random.js';
import { exp32, f32, sigmoid32 } from '../../kernels/arithmetic.js';
import { KernelMemory } from '../../kernels/wasm/memory.js';

const { exports } = new KernelMemory();
const draws = 100_000;
const inputs = keyOf(1, 'sampleOrder');

/** The i-th of the keys and counters that both sides are given. */
function draw(i: number): { key: Key; counter: number } {
  const key = { a: bits(fold(inputs, 1), i), b: bits(fold(inputs, 2), i) };
  return { key, counter: bits(fold(inputs, 3), i) };
}

/** Numbers of the draws, 0 … 99 999, for which a check does not hold. */
function failures(holds: (i: number) => boolean): number[] {
  return Array.from({ length: draws }, (_, i) => i).filter((i) => !holds(i));
}

describe('WASM twins of src/random.ts and kernels/arithmetic.ts, over 100 000 inputs each', () => {
  it('randomBits', () => {
    expect(
      failures((i) => {
        const { key, counter } = draw(i);
        return exports.randomBits(key.a, key.b, counter) >>> 0 === bits(key, counter);
      }),
    ).toEqual([]);
  });

  it('randomNormal', () => {
    expect(
      failures((i) => {
        const { key, counter } = draw(i);
        return Object.is(exports.randomNormal(key.a, key.b, counter), normal(key, counter));
      }),
    ).toEqual([]);
  });

  it('foldLow and foldHigh', () => {
    expect(
      failures((i) => {
        const { key, counter } = draw(i);
        const { a, b } = fold(key, counter);
        const low = exports.foldLow(key.a, key.b, counter) >>> 0;
        return low === a && exports.foldHigh(key.a, key.b, counter) >>> 0 === b;
      }),
    ).toEqual([]);
  });

  const argument = (i: number): number => f32(240 * uniform(fold(inputs, 4), i) - 120);

  it('exp32, with arguments beyond its range on both sides', () => {
    expect(failures((i) => Object.is(exports.exp32(argument(i)), exp32(argument(i))))).toEqual([]);
  });

  it('sigmoid32, with arguments beyond its range on both sides', () => {
    expect(failures((i) => Object.is(exports.sigmoid32(argument(i)), sigmoid32(argument(i))))).toEqual([]);
  });
});

/** Distance from one float32 to the next at the size of `x`. */
function ulp(x: number): number {
  return 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);
}

describe('exp32', () => {
  const argument = (i: number): number => f32(-87 + (174 * i) / (draws - 1));

  it('is within 2 ulp of e^x over −87 … 87', () => {
    const error = (i: number): number => Math.abs(exp32(argument(i)) - Math.exp(argument(i)));
    expect(failures((i) => error(i) <= 2 * ulp(Math.exp(argument(i))))).toEqual([]);
  });

  it('is exactly 1 at 0', () => {
    expect(exp32(0)).toBe(1);
  });

  it.each([
    [-1000, -87],
    [1000, 87],
    [Infinity, 87],
    [-Infinity, -87],
  ])('clamps %d to %d', (x, clamped) => {
    expect(exp32(x)).toBe(exp32(clamped));
  });
});

describe('sigmoid32', () => {
  it('is within 2^-22 of 1/(1 + e^−x)', () => {
    const argument = (i: number): number => f32(-30 + (60 * i) / (draws - 1));
    expect(failures((i) => Math.abs(sigmoid32(argument(i)) - 1 / (1 + Math.exp(-argument(i)))) < 2 ** -22)).toEqual([]);
  });
});
