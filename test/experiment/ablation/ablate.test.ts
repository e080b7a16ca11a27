import { describe, expect, it } from 'vitest';
import { ablate, exitCodeOf, type TrainJobs } from '../../../src/experiment/ablation/ablate.js';
import { csvTable } from '../../../src/experiment/ablation/csv.js';
import type { AblationPlan, Variant } from '../../../src/experiment/ablation/plan.js';
import { markdownTable, textTable } from '../../../src/experiment/ablation/table.js';
import type { JobResult } from '../../../src/experiment/batch/job.js';

const variant = (name: string): Variant => ({ name, sets: name === 'device' ? [] : [`set=${name}`] });
const [device, ideal] = [variant('device'), variant('ideal')];

/** Two effects whose parts do not add up to the gap, another coding, and an effect that is not there. */
const plan: AblationPlan = {
  ...{ experiment: 'small', dataset: 'orhd', file: '/x/small.yaml', cwd: '/x', overrides: ['training.epochs=1'] },
  ...{ seeds: [5, 6, 7], device, ideal },
  rows: [
    {
      ...{ name: 'noise', summary: '', note: null, part: true },
      inDevice: { better: variant('no-noise'), worse: device },
      alone: { better: ideal, worse: variant('only-noise') },
    },
    {
      ...{ name: 'bounds', summary: '', note: 'alone: beside noise', part: true },
      inDevice: { better: variant('no-bounds'), worse: device },
      alone: { better: ideal, worse: variant('only-bounds') },
    },
    {
      ...{ name: 'coding: against offset', summary: '', note: null, part: false },
      ...{ inDevice: { better: variant('offset'), worse: device }, alone: null },
    },
  ],
  absent: [{ name: 'drift', why: 'there is none' }],
};

const accuracies: Record<string, number> = {
  ...{ device: 0.8, ideal: 0.95, 'no-noise': 0.82, 'only-noise': 0.94, 'no-bounds': 0.85, 'only-bounds': 0.93 },
  offset: 0.7,
};

type Outcome = (name: string, seed: number) => JobResult;

/** Every run comes to its variant's accuracy, and a tenth of a point more a seed. */
const usual: Outcome = (name, seed) => {
  const accuracy = accuracies[name]! + 0.001 * (seed - 5);
  return { accuracy, correct: Math.round(1000 * accuracy), count: 1000, seconds: 1 };
};

function trainer(outcome: Outcome = usual, stopAfter = Infinity, stop?: () => void): TrainJobs {
  return async (jobs, done) => {
    for (const [i, { overrides, seed }] of jobs.entries()) {
      if (i >= stopAfter) {
        stop?.();
        throw new Error('aborted');
      }
      expect(overrides[0]).toBe('training.epochs=1');
      done(i, outcome(overrides.at(1)?.slice('set='.length) ?? 'device', seed));
    }
    return Promise.resolve();
  };
}

describe('an ablation', () => {
  it('tells costs in points, the dearest first, and what they add up to', async () => {
    const ablation = await ablate(plan, { train: trainer(), offline: true });
    expect(textTable(ablation).split('\n')).toEqual([
      'small: points of accuracy, 95 % intervals of paired differences; 3 seeds, 5 to 7',
      '',
      'effect                  costs in the device   costs alone',
      'bounds [1]                      5.00 ± 0.00   2.00 ± 0.00',
      'noise                           2.00 ± 0.00   1.00 ± 0.00',
      '',
      'sum of the parts                7.00 ± 0.00   3.00 ± 0.00',
      'ideal minus device             15.00 ± 0.00  15.00 ± 0.00',
      '',
      'coding: against offset        -10.00 ± 0.00             -',
      '',
      'device 80.10 % (3 runs, sd 0.10), ideal 95.10 % (3 runs, sd 0.10)',
      'not there: drift (there is none)',
      '[1] alone: beside noise',
    ]);
    expect(ablation.status).toBe('complete');
    expect(exitCodeOf(ablation)).toBe(0);
  });

  it('trains device and ideal once, before the rows', async () => {
    const names: string[] = [];
    await ablate(plan, { train: trainer(), offline: true, finished: ({ name }) => names.push(name) });
    const rows = ['no-noise', 'only-noise', 'no-bounds', 'only-bounds', 'offset'];
    expect(names).toEqual(['device', 'ideal', ...rows]);
  });

  it('loses to a failing run its own row alone', async () => {
    const fails: Outcome = (name, seed) =>
      name === 'no-noise' && seed === 6 ? { error: 'boom\nstack' } : usual(name, seed);
    const ablation = await ablate(plan, { train: trainer(fails), offline: true });
    const text = textTable(ablation);
    expect(text).toMatch(/^noise \[\d\] +failed +1\.00 ± 0\.00$/m);
    expect(text).toMatch(/^bounds \[\d\] +5\.00 ± 0\.00/m);
    expect(text).toMatch(/^\[\d\] failed: boom$/m);
    expect(exitCodeOf(ablation)).toBe(1);
  });

  it('makes of what was reached what it can', async () => {
    const controller = new AbortController();
    const train = trainer(usual, 10, () => {
      controller.abort();
    });
    const ablation = await ablate(plan, { train, offline: true, signal: controller.signal });
    const text = textTable(ablation);
    expect(ablation.status).toBe('interrupted');
    expect(text).toContain('interrupted: what was reached');
    expect(text).toMatch(/^noise +2\.00 ± 0\.00 +1\.00$/m);
    expect(text).toMatch(/^bounds \[1\] +not reached +not reached$/m);
    expect(exitCodeOf(ablation)).toBe(130);
  });

  it('passes on what nobody stopped', async () => {
    await expect(ablate(plan, { train: trainer(usual, 1), offline: true })).rejects.toThrow('aborted');
  });

  it('leaves stalled runs out of both sides of their pair, and counts them', async () => {
    const stalls: Outcome = (name, seed) => {
      return name === 'ideal' && seed === 7
        ? { accuracy: 0.5, correct: 500, count: 1000, seconds: 1 }
        : usual(name, seed);
    };
    const ablation = await ablate(plan, { train: trainer(stalls), offline: true, stalledBelow: 0.9 });
    expect(ablation.ideal).toMatchObject({ runs: 3, stalled: 1 });
    expect(ablation.gap).toMatchObject({ pairs: 2, mean: expect.closeTo(0.15, 12) as number });
    expect(textTable(ablation)).toMatch(/^noise +2\.00 ± 0\.00 +1\.00 ± 0\.00 \(1 stalled\)$/m);
  });

  it('writes the same as Markdown and as CSV', async () => {
    const ablation = await ablate(plan, { train: trainer(), offline: true });
    const markdown = markdownTable(ablation, '0123456789abcdef+changes', new Date('2026-11-24T12:00:00Z'));
    expect(markdown).toContain('5 to 7; 2026-11-24, commit 0123456789ab+changes.\n\n| effect |');
    expect(markdown).toContain('| bounds [1] | 5.00 ± 0.00 | 2.00 ± 0.00 |');
    const [head, first] = csvTable(ablation).split('\n');
    expect(head).toBe('effect,direction,cost,half,pairs,stalled,failed,note');
    const [effect, direction, cost, , pairs, stalled, failed, note] = first!.split(',');
    expect([effect, direction, pairs, stalled, failed, note]).toEqual([
      'bounds',
      'in-device',
      '3',
      '0',
      '0',
      'alone: beside noise',
    ]);
    expect(Number(cost)).toBeCloseTo(0.05, 12);
  });
});
