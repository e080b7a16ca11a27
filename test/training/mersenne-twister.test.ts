import { describe, expect, it } from 'vitest';
import { MersenneTwister } from '../../src/training/mersenne-twister.js';

describe("numpy's generator", () => {
  // numpy.random.seed(s); numpy.random.random_sample(3)
  it.each([
    [0, [0.5488135039273248, 0.7151893663724195, 0.6027633760716439]],
    [42, [0.3745401188473625, 0.9507143064099162, 0.7319939418114051]],
  ])('seeded with %s starts with %j', (seed, expected) => {
    const twister = new MersenneTwister(seed);
    expect(expected.map(() => twister.uniform())).toEqual(expected);
  });

  it('goes on beyond its first 624 words', () => {
    const twister = new MersenneTwister(1);
    const draws = Array.from({ length: 5000 }, () => twister.uniform());
    expect(new Set(draws).size).toBe(5000);
    expect(draws.every((u) => u >= 0 && u < 1)).toBe(true);
  });
});
