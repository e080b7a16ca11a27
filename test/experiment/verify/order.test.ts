import { describe, expect, it } from 'vitest';
import type { JobResult } from '../../../src/experiment/batch/job.js';
import type { LoadedCase } from '../../../src/experiment/verify/case-files.js';
import { heldInOrder, leastDifference } from '../../../src/experiment/verify/order.js';
import { rankedCases, type OrderCase } from '../../../src/experiment/verify/order-case.js';
import { textSummary } from '../../../src/experiment/verify/summary.js';
import { verifyCases } from '../../../src/experiment/verify/verify.js';
import { Draws } from '../../../src/characterization/draws.js';
import { keyOf } from '../../../src/random.js';

const run = (name: string, accept?: [number, number]) => ({ name, overrides: [], accept });
const order: OrderCase = {
  ...{ name: 'three', title: 'Three', sets: ['full'], experiment: 'e.yaml', overrides: [] },
  ...{ seeds: { from: 1, to: 4 }, statistic: 'order', lastEpochs: 10, significance: 0.05 },
  ranks: [[run('best', [0.8, 0.95])], [run('middle')], [run('low'), run('lower')]],
};
const cases: LoadedCase[] = rankedCases(order).map(({ config, order: place }) => {
  return { file: '/x/three.yaml', config, order: place, experiment: '/x/e.yaml' };
});

/** Verdicts of four seeds a run, which are ± spread about what each run comes to. */
async function verdictsOf(values: Readonly<Record<string, number | string>>, spread = 0.01) {
  const asked: (number | undefined)[] = [];
  const verdicts = await verifyCases(cases, {
    offline: true,
    train: (jobs, done) => {
      const results = jobs.map(({ label, seed, lastEpochs }): JobResult => {
        asked.push(lastEpochs);
        const value = values[/\/(\w+),/.exec(label)![1]!]!;
        if (typeof value === 'string') return { error: value };
        const accuracy = value + (seed % 2 === 0 ? spread : -spread);
        return { accuracy, correct: Math.round(1000 * accuracy), count: 1000, seconds: 1 };
      });
      results.forEach((result, i) => {
        done(i, result);
      });
      return Promise.resolve(results);
    },
  });
  return { verdicts, asked };
}

const told = ({ verdicts }: Awaited<ReturnType<typeof verdictsOf>>) =>
  verdicts.map(({ name, verdict }) => `${name} ${verdict}`);

describe('an order of runs', () => {
  it('passes where each is above those of the next rank by more than chance', async () => {
    const all = await verdictsOf({ best: 0.9, middle: 0.7, low: 0.3, lower: 0.31 });
    expect(told(all)).toEqual(['three/best pass', 'three/middle pass', 'three/low pass', 'three/lower pass']);
    expect(all.asked).toEqual(Array.from({ length: 16 }, () => 10));
    const [best, middle, low] = all.verdicts;
    // t(0.1, 6) = 1.943 of √(2·s²/4), s² = 4/3·0.01².
    const least = 1.9432 * Math.sqrt((2 * (4 / 3) * 1e-4) / 4);
    expect(best!.interval).toEqual({ low: 0.8, high: 0.95 });
    expect(middle!.interval!.low).toBeCloseTo(0.31 + least, 5);
    expect(middle!.interval!.high).toBe(1);
    expect(low!.interval).toBeNull();
    expect(textSummary(all.verdicts).split('\n')[2]).toMatch(/^three\/middle +above low, lower +70\.00 % .* pass$/);
  });

  it('is broken where two change places, or are not told apart', async () => {
    const exchanged = await verdictsOf({ best: 0.9, middle: 0.25, low: 0.3, lower: 0.2 });
    expect(told(exchanged)).toEqual(['three/best pass', 'three/middle outside', 'three/low pass', 'three/lower pass']);
    expect(exchanged.verdicts[1]!.reasons).toEqual([
      'not above low (30.00 %) by more than chance, expected more than 31.59 %',
    ]);
    const near = await verdictsOf({ best: 0.9, middle: 0.31, low: 0.3, lower: 0.2 });
    expect(near.verdicts[1]!.verdict).toBe('outside');
    expect((await verdictsOf({ best: 0.9, middle: 0.32, low: 0.3, lower: 0.2 })).verdicts[1]!.verdict).toBe('pass');
  });

  it('holds what a source accepts of a run too', async () => {
    const { verdicts } = await verdictsOf({ best: 0.79, middle: 0.7, low: 0.3, lower: 0.31 });
    expect(verdicts[0]).toMatchObject({
      verdict: 'outside',
      reasons: ['outside what its source accepts, 80.00 to 95.00 %'],
    });
  });

  it('says which demands contradict where no value meets both', async () => {
    const { verdicts } = await verdictsOf({ best: 0.94, middle: 0.96, low: 0.3, lower: 0.31 });
    expect(verdicts[0]).toMatchObject({ verdict: 'outside', interval: null });
    expect(verdicts[0]!.reasons).toEqual([
      'not above middle (96.00 %) by more than chance, expected more than 97.59 %',
      'no value is both above middle, more than 97.59 %, and within what its source accepts, 80.00 to 95.00 %',
    ]);
    expect(textSummary(verdicts).split('\n')[1]).toMatch(/ 80\.00 to 95\.00 % +OUTSIDE: not above middle/);
    const full = await verdictsOf({ best: 0.9, middle: 0.98, low: 0.995, lower: 0.31 }, 0.005);
    expect(full.verdicts[1]).toMatchObject({ verdict: 'outside', interval: null });
    expect(full.verdicts[1]!.reasons).toEqual([expect.stringContaining('not above low (99.50 %)')]);
  });

  it('cannot be told where the runs below failed', async () => {
    const { verdicts } = await verdictsOf({ best: 0.9, middle: 0.7, low: 'no space left', lower: 0.31 });
    expect(told({ verdicts, asked: [] })).toEqual([
      ...['three/best pass', 'three/middle failed', 'three/low failed', 'three/lower pass'],
    ]);
    expect(verdicts[1]!.reasons).toEqual(['cannot be held above low, whose runs failed']);
  });

  it('needs no spread of runs that never vary', async () => {
    const { verdicts } = await verdictsOf({ best: 0.9, middle: 0.7, low: 0.1, lower: 0.1 }, 0);
    expect(verdicts.every(({ verdict }) => verdict === 'pass')).toBe(true);
    const alike = await verdictsOf({ best: 0.9, middle: 0.1, low: 0.1, lower: 0.1 }, 0);
    expect(alike.verdicts[1]!.verdict).toBe('outside');
  });

  it('tells runs that do not differ apart as often as it says, whatever their spreads', () => {
    const draws = new Draws(keyOf(1, 'cycleToCycle'));
    const drawn = (sd: number, runs: number) => {
      const values = Array.from({ length: runs }, () => sd * draws.normal());
      const value = values.reduce((sum, x) => sum + x, 0) / runs;
      const variance = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (runs - 1);
      return { value, sd: Math.sqrt(variance), runs, stalled: 0, correct: [], count: 1, seconds: 0 };
    };
    const trials = 4000;
    const alarms = Array.from({ length: trials }, () => {
      const [one, other] = [drawn(0.01, 5), drawn(0.04, 5)];
      return one.value - other.value > leastDifference(one, other, 0.05) ? 1 : 0;
    }).reduce<number>((sum, x) => sum + x, 0);
    // Degrees of freedom are rounded down, which errs towards silence; 4 standard errors of 5 % are 1.4 %.
    expect(alarms / trials).toBeLessThan(0.064);
    expect(alarms / trials).toBeGreaterThan(0.03);
  });

  it('leaves runs without a place alone', () => {
    expect(heldInOrder([])).toEqual([]);
  });
});
