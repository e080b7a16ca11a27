import { describe, expect, it } from 'vitest';
import { differenceOf, pairwise, sampleOf, sumBySeed } from '../../../src/experiment/ablation/paired.js';
import type { JobResult } from '../../../src/experiment/batch/job.js';
import { fold, keyOf, normal } from '../../../src/random.js';

const run = (accuracy: number): JobResult => ({
  accuracy,
  correct: Math.round(1000 * accuracy),
  count: 1000,
  seconds: 1,
});

describe('a difference of paired runs', () => {
  it("has Student's 95 % interval of the paired differences", () => {
    // Mean 0.02, sample deviation 0.01, t(0.975; 4) = 2.776445: a textbook's table.
    const { mean, half, pairs } = differenceOf([0.01, 0.01, 0.02, 0.03, 0.03])!;
    expect(mean).toBeCloseTo(0.02, 12);
    expect(half).toBeCloseTo((2.776445 * 0.01) / Math.sqrt(5), 8);
    expect(pairs).toBe(5);
  });

  it('is narrow where seeds move both sides alike', () => {
    const worse = [0.7, 0.8, 0.9, 0.6];
    const difference = differenceOf(
      pairwise(
        worse.map((a) => a + 0.05),
        worse,
      ),
    )!;
    expect(difference.mean).toBeCloseTo(0.05, 12);
    expect(difference.half).toBeLessThan(1e-12);
  });

  it('holds the true mean 95 times in a hundred', () => {
    const [experiments, seeds, truth] = [4000, 6, 0.02];
    let held = 0;
    for (let e = 0; e < experiments; e++) {
      const key = fold(keyOf(17, 'cycleToCycle'), e);
      const { mean, half } = differenceOf(Array.from({ length: seeds }, (_, i) => truth + 0.01 * normal(key, i)))!;
      if (Math.abs(mean - truth) <= half!) held++;
    }
    // Three binomial standard errors of 0.95 over 4000 are 0.0103.
    expect(Math.abs(held / experiments - 0.95)).toBeLessThan(0.0103);
  });

  it('has no interval of one pair, and is none of no pair', () => {
    expect(differenceOf([0.1, null])).toEqual({ mean: 0.1, half: null, pairs: 1 });
    expect(differenceOf([null, null])).toBeNull();
  });

  it('is taken over the seeds that both sides have', () => {
    expect(pairwise([0.9, null, 0.8, 0.75], [0.5, 0.5, null])).toEqual([0.4, null, null, null]);
  });
});

describe('a sum of differences', () => {
  it('is made seed by seed, where every part is there', () => {
    expect(
      sumBySeed([
        [1, 2, null],
        [10, null, 30],
        [100, 200, 300],
      ]),
    ).toEqual([111, null, null]);
    expect(sumBySeed([])).toEqual([]);
  });
});

describe('runs of one kind', () => {
  it('that stalled are left out and counted', () => {
    const results = [run(0.9), run(0.91), run(0.6), run(0.92), undefined, { error: 'no' }];
    expect(sampleOf(results, 0.9)).toEqual({
      accuracies: [0.9, 0.91, null, 0.92, null, null],
      level: { mean: (0.9 + 0.91 + 0.92) / 3, sd: expect.closeTo(0.01, 12) as number, runs: 4, stalled: 1 },
    });
  });

  it('are all kept where no limit is given', () => {
    const { accuracies, level } = sampleOf([run(0.9), run(0.1)], undefined);
    expect(accuracies).toEqual([0.9, 0.1]);
    expect(level).toMatchObject({ mean: 0.5, runs: 2, stalled: 0 });
  });

  it('have no mean where there are none', () => {
    expect(sampleOf([undefined], 0.9).level).toEqual({ mean: null, sd: null, runs: 0, stalled: 0 });
  });
});
