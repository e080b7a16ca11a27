import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobResult, TrainAll, TrainingJob } from '../../../src/experiment/batch/job.js';
import { shippedCases } from '../../../src/experiment/verify/case-files.js';
import { provenanceOfNow, updateCases } from '../../../src/experiment/verify/update.js';
import { Scratch, messageOf, smallExperiment } from '../scratch.js';
import { loadCase, smallCase } from './small-case.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.write('small.yaml', smallExperiment);
});
afterEach(() => {
  scratch.remove();
});

const provenance = { measured: '2026-02-03', commit: 'def' };

/** Runs whose accuracies are given, whatever they train. */
function comingTo(result: (job: TrainingJob) => number | string): TrainAll {
  return (jobs, done) => {
    const results = jobs.map((job): JobResult => {
      const accuracy = result(job);
      if (typeof accuracy === 'string') return { error: accuracy };
      return { accuracy, correct: Math.round(1000 * accuracy), count: 1000, seconds: 1 };
    });
    results.forEach((one, i) => {
      done(i, one);
    });
    return Promise.resolve(results);
  };
}

async function update(text: string, train: TrainAll) {
  const file = scratch.write('case.yaml', text);
  const [verdict] = await updateCases([loadCase(file)], provenance, { train, offline: true });
  return { verdict: verdict!, after: readFileSync(file, 'utf8') };
}

describe('an update', () => {
  it('measures with the seeds behind the expectation, and writes all of it and nothing else', async () => {
    const seeds: number[] = [];
    const train = comingTo(({ seed }) => {
      seeds.push(seed);
      return 0.7 + (seed % 2) * 0.02;
    });
    const { verdict, after } = await update(smallCase, train);
    expect(seeds).toEqual([101, 102, 103, 104, 105, 106, 107, 108, 109, 110]);
    expect(verdict.verdict).toBe('pass');
    expect(after).toBe(
      smallCase
        .replace('value: 0.8', 'value: 0.71')
        .replace('sd: 0.05', 'sd: 0.01054')
        .replace('measured: 2026-01-01', 'measured: 2026-02-03')
        .replace('commit: abc #', 'commit: def #'),
    );
    expect(scratch.names()).toEqual(['case.yaml', 'small.yaml']);
  });

  it('counts the runs that stalled apart', async () => {
    const text = smallCase.replace('falseAlarmRate', 'stalledBelow: 0.5\nfalseAlarmRate');
    const { after } = await update(
      text,
      comingTo(({ seed }) => (seed === 104 ? 0.1 : 0.7 + (seed % 2) * 0.02)),
    );
    expect(after).toMatch(/value: 0\.71111\n.*\n.*\n {2}stalled: 1\n/);
  });

  it('writes the count of a count', async () => {
    const count = smallCase
      .replace('statistic: mean\nfalseAlarmRate: 1e-3', 'statistic: count')
      .replace(/ {2}value[^]*stalled: 0\n/, '  correct: 700\n');
    const { after } = await update(
      count,
      comingTo(() => 0.75),
    );
    expect(after).toBe(count.replace('700', '750').replace('2026-01-01', '2026-02-03').replace('abc', 'def'));
    const different = await update(
      count,
      comingTo(({ seed }) => 0.7 + seed / 100),
    );
    expect(different).toMatchObject({ after: count, verdict: { verdict: 'outside' } });
    expect(different.verdict.reasons).toEqual(['the count depends on the seed']);
  });

  it('quotes a commit that could be read as a number', async () => {
    const file = scratch.write('case.yaml', smallCase);
    const train = comingTo(() => 0.7);
    await updateCases([loadCase(file)], { ...provenance, commit: '894994e12345' }, { train, offline: true });
    expect(readFileSync(file, 'utf8')).toContain('commit: "894994e12345" # of the day');
    expect(loadCase(file).config.expected?.commit).toBe('894994e12345');
  });

  it('writes nothing that its source would not accept', async () => {
    const { verdict, after } = await update(
      smallCase.replace('0.1, 0.99', '0.75, 0.85'),
      comingTo(() => 0.7),
    );
    expect(verdict).toMatchObject({
      verdict: 'outside',
      reasons: ['not written: outside what its source accepts, 75.00 to 85.00 %'],
    });
    expect(after).toContain('value: 0.8');
  });

  it('writes nothing where a run failed', async () => {
    const { verdict, after } = await update(
      smallCase,
      comingTo(({ seed }) => (seed === 105 ? 'no space left' : 0.7)),
    );
    expect(verdict).toMatchObject({ verdict: 'failed', reasons: ['no space left'] });
    expect(after).toBe(smallCase);
  });

  it('refuses a case that has no expectation', async () => {
    const bare = smallCase.replace(/expected:[^]*# As/, '# As');
    await expect(
      update(
        bare,
        comingTo(() => 0.7),
      ),
    ).rejects.toThrow('has no expectation to measure');
  });
});

describe('the shipped cases', () => {
  // An order has no expectation that could be measured anew.
  const measurable = [...shippedCases()].filter(([name]) => name !== 'neurosim-order');
  it.each(measurable)('%s keeps every line but those of its expectation', async (name, file) => {
    const before = readFileSync(file, 'utf8');
    const experiments = `experiment: ${path.resolve('configs/experiments')}`;
    const text = before.replace('experiment: ../experiments', experiments);
    const { config } = loadCase(file);
    const target = config.expected && 'value' in config.expected ? config.expected.value : config.accept?.[0];
    const { after } = await update(
      text,
      comingTo(({ seed }) => (target ?? 0.9) + (name.includes('reference') ? 0 : (seed % 2) / 1e3)),
    );
    const changed = /^ {2}(value|sd|stalled|correct|measured|commit): .*$/gm;
    expect(after.replace(changed, '$1').replace(experiments, 'experiment: ../experiments')).toBe(
      before.replace(changed, '$1'),
    );
    expect(after).toContain('commit: def');
  });
});

describe('the provenance of an expectation', () => {
  const sha = '0123456789abcdef0123456789abcdef01234567';

  it('is the day and the commit', () => {
    const { measured, commit } = provenanceOfNow(false, sha);
    expect(measured).toBe(new Date().toISOString().slice(0, 10));
    expect(commit).toBe('0123456789ab');
  });

  it('must be a commit that anyone can measure again, unless told otherwise', () => {
    expect(messageOf(() => provenanceOfNow(false, `${sha}+changes`))).toBe(
      'verify --update: the working tree differs from its commit; commit first, or say --allow-dirty if you will not keep the result',
    );
    expect(messageOf(() => provenanceOfNow(false, null))).toMatch(/no git checkout.*--allow-dirty/);
    expect(provenanceOfNow(true, `${sha}+changes`).commit).toBe('0123456789ab+changes');
    expect(provenanceOfNow(true, null).commit).toBe('unknown');
  });
});
