import { describe, expect, it } from 'vitest';
import type { JobResult } from '../../../src/experiment/batch/job.js';
import type { RegressionCase } from '../../../src/experiment/verify/case.js';
import { judge } from '../../../src/experiment/verify/judge.js';
import { junitReport } from '../../../src/experiment/verify/junit.js';
import { jsonSummary, markdownSummary, textSummary } from '../../../src/experiment/verify/summary.js';
import type { CaseVerdict } from '../../../src/experiment/verify/verify.js';

const provenance = { measured: '2026-01-01', commit: 'abc' };
const common = {
  title: 'Small',
  experiment: 'small.yaml',
  overrides: [],
  sets: ['quick' as const],
  seeds: { from: 1, to: 3 },
};
const expected = { value: 0.9, sd: 0.01, seeds: { from: 101, to: 120 }, stalled: 1, ...provenance };
const sampleOf = (name: string): RegressionCase => ({
  ...{ ...common, name, statistic: 'mean', falseAlarmRate: 0.01, stalledBelow: 0.5, expected },
});
const count: RegressionCase = {
  ...common,
  name: 'count',
  statistic: 'count',
  expected: { correct: 900, ...provenance },
};

function verdictOf(config: RegressionCase, results: readonly JobResult[]): CaseVerdict {
  return { name: config.name, title: config.title, file: `/x/${config.name}.yaml`, config, ...judge(config, results) };
}

function runs(...accuracies: number[]): JobResult[] {
  return accuracies.map((accuracy) => ({ accuracy, correct: Math.round(1000 * accuracy), count: 1000, seconds: 2 }));
}

const verdicts = [
  verdictOf(sampleOf('good'), runs(0.9, 0.91, 0.1)),
  verdictOf(sampleOf('bad'), runs(0.8, 0.81, 0.8)),
  verdictOf(count, runs(0.9)),
  verdictOf(sampleOf('broken'), [{ error: 'broken, seed 1: a | b <c> & "d"\nsecond line' }]),
];

describe('the text summary', () => {
  it('is a line a case in columns', () => {
    expect(textSummary(verdicts).split('\n')).toEqual(
      [
        'case    expected                                   got                                     interval          verdict',
        'good    90.00 % (mean of 20, sd 1.00, 1 stalled)  90.50 % (mean of 3, sd 0.71, 1 stalled)  87.86 to 92.14 %  pass',
        'bad     90.00 % (mean of 20, sd 1.00, 1 stalled)  80.33 % (mean of 3, sd 0.58)             88.21 to 91.79 %  OUTSIDE: below the interval',
        'count   900 correct                               900 of 1000 (90.00 %)                    exactly           pass',
        'broken  90.00 % (mean of 20, sd 1.00, 1 stalled)  -                                        -                 FAILED: broken, seed 1: a | b <c> & "d"',
      ].map((line) =>
        line.replace(
          'expected                                   got                                     interval',
          'expected                                  got                                      interval',
        ),
      ),
    );
  });
});

describe('the Markdown summary', () => {
  it('is a table whose cells cannot break it, and the totals', () => {
    const lines = markdownSummary(verdicts, 'abc').split('\n');
    expect(lines[0]).toBe('## Accuracy');
    expect(lines[3]).toBe('| --- | --- | --- | --- | --- |');
    expect(lines[7]).toMatch(/\| FAILED: broken, seed 1: a \\\| b &lt;c> & "d" \|$/);
    expect(lines.at(-2)).toBe('2 of 4 cases pass, commit abc.');
  });
});

describe('the JUnit report', () => {
  const report = junitReport(verdicts);

  it('counts failures and errors', () => {
    expect(report).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="mho verify" tests="4" failures="1" errors="1" time="14.000">\n/,
    );
    expect(report.match(/<testcase /g)).toHaveLength(4);
  });

  it('says why, escaped', () => {
    expect(report).toContain('<failure message="below the interval" type="outside">below the interval</failure>');
    expect(report).toContain(
      '<error message="broken, seed 1: a | b &lt;c&gt; &amp; &quot;d&quot;" type="failed">' +
        'broken, seed 1: a | b &lt;c&gt; &amp; &quot;d&quot;\nsecond line</error>',
    );
  });

  it('closes every element that it opens, in order', () => {
    const open: string[] = [];
    for (const [, slash, name] of report.matchAll(/<(\/?)([a-z-]+)[^<>]*>/g)) {
      if (slash === '') open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('holds no control characters, which XML cannot', () => {
    expect(junitReport([verdictOf(count, [{ error: 'ends \u001b[31mred\u0000' }])])).toContain(
      'ends \uFFFD[31mred\uFFFD',
    );
  });
});

describe('the JSON summary', () => {
  it('tells every case whole', () => {
    const { pass, cases } = JSON.parse(JSON.stringify(jsonSummary(verdicts))) as { pass: boolean; cases: object[] };
    expect(pass).toBe(false);
    expect(cases[0]).toMatchObject({
      ...{ name: 'good', verdict: 'pass', statistic: 'mean', seeds: { from: 1, to: 3 }, reasons: [] },
      ...{ expected: { value: 0.9 }, measured: { runs: 3, stalled: 1 }, allowedStalls: 2 },
    });
    expect(cases[3]).toMatchObject({ verdict: 'failed', measured: null, interval: null });
  });
});
