import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantize, quantizerOf } from '../../kernels/arithmetic.js';
import { converterSchema } from '../../src/crossbar/schema.js';

const converter = fc.record({
  bits: fc.integer({ min: 1, max: 16 }),
  max: fc.float({ min: Math.fround(0.01), max: 100, noNaN: true }),
});
const input = fc.float({ min: -200, max: 200, noNaN: true });

/** The width of a level, with the sign as one more bit: 2·max/(2^(b+1) − 2). */
const stepOf = ({ bits, max }: { bits: number; max: number }): number => (2 * max) / (2 ** (bits + 1) - 2);

describe('converters', () => {
  it('have levels 2·max/(2^(b+1) − 2) apart, from −max to max', () => {
    const seven = quantizerOf({ bits: 7, max: 6 });
    expect(seven.step).toBe(Math.fround(12 / 254));
    const outputs = new Set(Array.from({ length: 4001 }, (_, i) => quantize(Math.fround((i - 2000) / 250), seven)));
    expect(outputs.size).toBe(255);
    expect([Math.min(...outputs), Math.max(...outputs)]).toEqual([expect.closeTo(-6, 5), expect.closeTo(6, 5)]);
  });

  it('give the nearest level (half a step), or the end beyond the range', () => {
    fc.assert(
      fc.property(converter, input, (c, x) => {
        const clipped = Math.min(Math.max(x, -c.max), c.max);
        const error = Math.abs(quantize(x, quantizerOf(c)) - clipped);
        expect(error).toBeLessThanOrEqual(stepOf(c) / 2 + 2 ** -22 * c.max);
      }),
    );
  });

  it('are odd', () => {
    fc.assert(
      fc.property(converter, input, (c, x) => {
        const of = quantizerOf(c);
        expect(quantize(-x, of) + quantize(x, of)).toBe(0);
      }),
    );
  });

  it('leave levels as they are: quantising twice is quantising once', () => {
    fc.assert(
      fc.property(converter, input, (c, x) => {
        const of = quantizerOf(c);
        expect(quantize(quantize(x, of), of)).toBe(quantize(x, of));
      }),
    );
  });

  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [6.5, 6],
    [6.51, 7],
    [7.4, 7],
    [1e9, 7],
    [-1e9, -7],
  ])('at steps of 1, %s becomes %s: ties to the even level', (x, expected) => {
    expect(quantize(x, quantizerOf({ bits: 3, max: 7 })) + 0).toBe(expected);
  });

  it('with 1 bit know −max, 0 and max', () => {
    const one = quantizerOf({ bits: 1, max: 0.5 });
    expect([-3, -0.3, -0.2, 0, 0.2, 0.3, 3].map((x) => quantize(x, one) + 0)).toEqual([-0.5, -0.5, 0, 0, 0, 0.5, 0.5]);
  });

  it('that are absent change nothing', () => {
    fc.assert(
      fc.property(input, (x) => {
        expect(quantize(x, quantizerOf(undefined))).toBe(x);
      }),
    );
  });

  it.each([[{ bits: 0, max: 1 }], [{ bits: 17, max: 1 }], [{ bits: 4, max: 0 }], [{ bits: 2.5, max: 1 }]])(
    '%j is refused',
    (wrong) => {
      expect(converterSchema.safeParse(wrong).success).toBe(false);
    },
  );
});

describe('a threshold', () => {
  const half = quantizerOf({ threshold: 0.5 });

  it.each([
    [0.5, 1],
    [0.49999997, 0],
    [7, 1],
    [0, 0],
    [-3, 0],
  ])('of 0.5 makes %s to %s: 1 from the threshold on, else 0', (x, expected) => {
    expect(quantize(x, half)).toBe(expected);
  });
});
