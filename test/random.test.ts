import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bits,
  fold,
  keyOf,
  normal,
  normalOfBits,
  normalTable,
  permutation,
  purposes,
  uniform,
  type Key,
} from '../src/random.js';
import { correlationOf, errorOfMean, meanOf, momentsOf, standardErrors } from './device/statistics.js';
import { philox } from './random/philox.js';

const key = keyOf(1, 'cycleToCycle');
const counters = [0, 1, 2, 2 ** 31, 2 ** 32 - 1];

describe('fixed values: a change of any would change every run', () => {
  it('of keys', () => {
    expect(key).toEqual({ a: 0x4c4dd3b0, b: 0x29533e97 });
    expect(keyOf(2 ** 53 - 1, 'initialWeights')).toEqual({ a: 0x481c8e5e, b: 0x4055e1e6 });
    expect(fold(key, 7)).toEqual({ a: 0x8bfeec33, b: 0xcb37f217 });
    expect(fold(key, 2 ** 32 - 1)).toEqual({ a: 0x0f47dbab, b: 0xd85dc317 });
  });

  it('of bits', () => {
    const of = (k: Key) => counters.map((counter) => bits(k, counter));
    expect(of({ a: 0, b: 0 })).toEqual([0x00000000, 0x229de055, 0x56047bac, 0xe0bd5472, 0x2c881725]);
    expect(of(key)).toEqual([0x20595216, 0xd405f743, 0xcbf55c99, 0x4c3e83c5, 0xf9e66146]);
  });

  it('of uniforms, normals and permutations', () => {
    const first = [0, 1, 2, 3];
    expect(first.map((c) => uniform(key, c) * 2 ** 24)).toEqual([2120018, 13895159, 13366620, 1114350]);
    const normals = [-1.9484857320785522, 0.136805921792984, 1.2128432989120483, -0.12377279996871948];
    expect(first.map((c) => normal(key, c))).toEqual(normals);
    expect([...permutation(key, 12)]).toEqual([4, 7, 5, 8, 6, 2, 3, 1, 10, 0, 11, 9]);
  });

  it('of the purposes, each with a number of its own', () => {
    expect(purposes).toEqual({
      ...{ initialWeights: 1, pulseGaps: 2, pulseThinning: 3, cycleToCycle: 4, deviceToDevice: 5, readNoise: 6 },
      ...{ backwardReadNoise: 7, sampleOrder: 8, trainSubset: 9, programming: 10, calibration: 11, trapDepth: 12 },
      ...{ writeNoise: 13, tableOfCell: 14, rampResampling: 20, tableWalks: 21, pulseTrains: 30 },
      ...{ characterization: 40, sweepPoints: 50 },
    });
  });
});

describe('the reference generator', () => {
  // Known answers of the Random123 distribution (kat_vectors).
  it.each([
    [0, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [0xffffffff, [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
  ])('is Philox-4x32-10 at %s', (word, expected) => {
    expect(philox([word, word, word, word], [word, word])).toEqual(expected);
  });
});

type Generator = (stream: number, counter: number) => number;

const generators: [string, Generator][] = [
  ['the hash', (stream, counter) => bits(fold(key, stream), counter)],
  ['Philox-4x32-10', (stream, counter) => philox([counter, 0, 0, 0], [stream, 0x1234567])[0]!],
];

function words(generate: Generator, stream: number, count: number, stride = 1): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => generate(stream, i * stride));
}

/** χ² of a histogram against equal shares, in standard deviations of the χ² distribution from its mean. */
function chiSquareScore(histogram: Uint32Array | readonly number[], count: number): number {
  const expected = count / histogram.length;
  let chiSquare = 0;
  for (const found of histogram) chiSquare += (found - expected) ** 2 / expected;
  const freedom = histogram.length - 1;
  return (chiSquare - freedom) / Math.sqrt(2 * freedom);
}

function histogramOf(values: Uint32Array, bins: number, bin: (word: number, i: number) => number): Uint32Array {
  const histogram = new Uint32Array(bins);
  values.forEach((word, i) => histogram[bin(word, i)]!++);
  return histogram;
}

/** One battery, and one bound, for the project's generator and for the reference. */
describe.each(generators)('%s', (_, generate) => {
  const count = 1 << 16;
  const sample = words(generate, 0, count);

  it.each([0, 8, 16, 24])('byte at bit %s: χ² of 256 values (5 standard deviations)', (shift) => {
    const histogram = histogramOf(sample, 256, (word) => (word >>> shift) & 255);
    expect(Math.abs(chiSquareScore(histogram, count))).toBeLessThan(standardErrors);
  });

  it('pairs of successive nibbles, high and low: χ² of 256 values', () => {
    for (const shift of [0, 28]) {
      const nibble = (word: number): number => (word >>> shift) & 15;
      const histogram = histogramOf(sample, 256, (word, i) => nibble(word) * 16 + nibble(sample[(i + 1) % count]!));
      expect(Math.abs(chiSquareScore(histogram, count))).toBeLessThan(standardErrors);
    }
  });

  it('every bit is set half of the time', () => {
    for (let bit = 0; bit < 32; bit++) {
      const share = meanOf(sample, (word) => (word >>> bit) & 1);
      expect(Math.abs(share - 0.5)).toBeLessThan(standardErrors * errorOfMean(0.5, count));
    }
  });

  it.each([1, 2, 10, 784])('words %s apart are uncorrelated', (lag) => {
    const correlation = correlationOf(sample.subarray(0, -lag), sample.subarray(lag));
    expect(Math.abs(correlation)).toBeLessThan(standardErrors / Math.sqrt(count - lag));
  });

  it.each([1, 2, 1024])('streams %s apart are uncorrelated, at equal and at neighbouring counters', (distance) => {
    const other = words(generate, distance, count);
    for (const lag of [0, 1]) {
      const correlation = correlationOf(sample.subarray(0, count - lag), other.subarray(lag));
      expect(Math.abs(correlation)).toBeLessThan(standardErrors / Math.sqrt(count - lag));
    }
  });

  it('one counter over successive streams, as a cell over its steps: χ² and serial correlation', () => {
    const over = Uint32Array.from({ length: count }, (_, stream) => generate(stream, 5));
    expect(
      Math.abs(
        chiSquareScore(
          histogramOf(over, 256, (word) => word >>> 24),
          count,
        ),
      ),
    ).toBeLessThan(standardErrors);
    expect(Math.abs(correlationOf(over.subarray(1), over.subarray(0, -1)))).toBeLessThan(
      standardErrors / Math.sqrt(count),
    );
  });

  it('counters a power of two apart: χ² of the high byte', () => {
    for (const stride of [2, 256, 4096]) {
      const strided = words(generate, 3, 1 << 14, stride);
      const histogram = histogramOf(strided, 256, (word) => word >>> 24);
      expect(Math.abs(chiSquareScore(histogram, 1 << 14))).toBeLessThan(standardErrors);
    }
  });

  it.each([
    ['counter', (bit: number, i: number) => generate(0, (i ^ (1 << bit)) >>> 0)],
    ['stream', (bit: number, i: number) => generate((1 << bit) >>> 0, i)],
  ])('a flipped bit of the %s flips each bit of the word half of the time', (_name, flipped) => {
    const trials = 2048;
    let worst = 0;
    for (let input = 0; input < 32; input++) {
      const flips = new Uint32Array(32);
      for (let i = 0; i < trials; i++) {
        const change = sample[i]! ^ flipped(input, i);
        for (let output = 0; output < 32; output++) flips[output]! += (change >>> output) & 1;
      }
      for (const flip of flips) worst = Math.max(worst, Math.abs(flip / trials - 0.5));
    }
    expect(worst).toBeLessThan(standardErrors * errorOfMean(0.5, trials));
  });
});

describe('bits', () => {
  it('of one key never repeat: a bijection of the counter', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 1 << 18; i++) seen.add(bits(key, i));
    expect(seen.size).toBe(1 << 18);
  });

  it('depend on both words of the key', () => {
    expect(bits({ ...key, a: key.a ^ 1 }, 9)).not.toBe(bits(key, 9));
    expect(bits({ ...key, b: key.b ^ 1 }, 9)).not.toBe(bits(key, 9));
  });
});

describe('keys', () => {
  it('are unsigned words of their own for each seed and purpose', () => {
    const all = Object.keys(purposes) as (keyof typeof purposes)[];
    const seeds = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
    const keys = seeds.flatMap((seed) => all.map((purpose) => keyOf(seed, purpose)));
    expect(new Set(keys.map(({ a, b }) => `${a} ${b}`)).size).toBe(seeds.length * all.length);
    expect(keys.every(({ a, b }) => a === a >>> 0 && b === b >>> 0)).toBe(true);
  });

  it('of folds in another order are others', () => {
    expect(fold(fold(key, 1), 2)).not.toEqual(fold(fold(key, 2), 1));
  });
});

describe('uniforms', () => {
  it('lie in [0, 1) on the grid of 24 bits', () => {
    fc.assert(
      fc.property(fc.nat(), (counter) => {
        const u = uniform(key, counter);
        expect(u).toBeGreaterThanOrEqual(0);
        expect(u).toBeLessThan(1);
        expect(Math.fround(u) * 2 ** 24).toBe(Math.floor(u * 2 ** 24));
      }),
    );
  });

  it('have the mean and spread of a uniform (5 standard errors)', () => {
    const count = 200_000;
    const { mean, deviation } = momentsOf(Float64Array.from({ length: count }, (_, i) => uniform(key, i)));
    const sigma = Math.sqrt(1 / 12);
    expect(Math.abs(mean - 0.5)).toBeLessThan(standardErrors * errorOfMean(sigma, count));
    // The variance of (u − 1/2)² is 1/180.
    expect(Math.abs(deviation ** 2 - 1 / 12)).toBeLessThan(standardErrors * errorOfMean(Math.sqrt(1 / 180), count));
  });
});

/** Probability of each sum of four bytes, exactly. */
function byteSumProbabilities(): Float64Array {
  let sums = Float64Array.of(1);
  for (let byte = 0; byte < 4; byte++) {
    const next = new Float64Array(sums.length + 255);
    sums.forEach((p, sum) => {
      for (let value = 0; value < 256; value++) next[sum + value]! += p / 256;
    });
    sums = next;
  }
  return sums;
}

describe('normals', () => {
  const probabilities = byteSumProbabilities();
  const expectation = (of: (x: number) => number): number =>
    normalTable.reduce((sum, x, i) => sum + probabilities[i]! * of(x), 0);

  it('are odd, and rise with the sum', () => {
    expect(normalTable).toHaveLength(1021);
    expect(normalTable.every((x, sum) => x === -normalTable[1020 - sum]! || x === 0)).toBe(true);
    expect(normalTable.every((x, sum) => sum === 0 || x > normalTable[sum - 1]!)).toBe(true);
    expect(normalTable[1020]).toBeCloseTo(5.162, 3);
  });

  it.each([
    [2, 1],
    [4, 3],
    [6, 15],
  ])('have the exact moment of order %s: %s (1e-4 of it)', (order, expected) => {
    expect(Math.abs(expectation((x) => x ** order) / expected - 1)).toBeLessThan(1e-4);
  });

  it.each([
    [2, 0.04550026, 0.01],
    [3, 0.002699796, 0.01],
    [4, 6.334248e-5, 0.12],
  ])('beyond %sσ have the weight of the normal, %s (relative error below %s)', (sigma, expected, bound) => {
    // The sum is discrete: half of the level that the bound cuts counts, so the sharp edge is taken between levels.
    const weight = expectation((x) => (Math.abs(x) > sigma ? 1 : 0));
    const level = Math.max(...normalTable.map((x, i) => (Math.abs(x - sigma) < 0.02 ? probabilities[i]! : 0)));
    expect(Math.abs(weight - expected)).toBeLessThan(bound * expected + level);
  });

  it('drawn one by one have mean 0, spread 1 and the exact tails (5 standard errors)', () => {
    const count = 1_000_000;
    const draws = Float64Array.from({ length: count }, (_, i) => normal(key, i));
    const { mean, deviation } = momentsOf(draws);
    expect(Math.abs(mean)).toBeLessThan(standardErrors * errorOfMean(1, count));
    expect(Math.abs(deviation - 1)).toBeLessThan(standardErrors * errorOfMean(Math.SQRT1_2, count));
    for (const sigma of [2, 3, 4]) {
      const expected = expectation((x) => (Math.abs(x) > sigma ? 1 : 0));
      const share = meanOf(draws, (x) => (Math.abs(x) > sigma ? 1 : 0));
      expect(Math.abs(share - expected)).toBeLessThan(standardErrors * errorOfMean(Math.sqrt(expected), count));
    }
  });

  it('come from the sum of the four bytes', () => {
    expect(normalOfBits(0)).toBe(normalTable[0]);
    expect(normalOfBits(0xffffffff)).toBe(normalTable[1020]);
    expect(normalOfBits(0x01020304)).toBe(normalTable[10]);
  });
});

describe('permutations', () => {
  it('hold every number once, whatever the key and length', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 2000 }), (word, count) => {
        const sorted = permutation(fold(key, word), count).sort();
        expect(sorted.every((value, i) => value === i)).toBe(true);
        expect(sorted).toHaveLength(count);
      }),
      { numRuns: 50 },
    );
  });

  it('of four are equally likely: χ² over all 24', () => {
    const draws = 48_000;
    const histogram = new Map<string, number>();
    for (let word = 0; word < draws; word++) {
      const order = permutation(fold(key, word), 4).join('');
      histogram.set(order, (histogram.get(order) ?? 0) + 1);
    }
    expect(histogram.size).toBe(24);
    expect(Math.abs(chiSquareScore([...histogram.values()], draws))).toBeLessThan(standardErrors);
  });
});
