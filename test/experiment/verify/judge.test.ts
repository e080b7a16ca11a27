import { describe, expect, it } from 'vitest';
import type { JobResult } from '../../../src/experiment/batch/job.js';
import type { CountCase, SampleCase } from '../../../src/experiment/verify/case.js';
import { judge } from '../../../src/experiment/verify/judge.js';
import { exitCodeOf } from '../../../src/experiment/verify/verify.js';

const common = { name: 'small', title: 'Small', experiment: 'small.yaml', overrides: [], seeds: { from: 1, to: 3 } };
const provenance = { measured: '2026-01-01', commit: 'abc' };

function sample(
  of: Partial<Omit<SampleCase, 'statistic'>> = {},
  statistic: SampleCase['statistic'] = 'mean',
): SampleCase {
  const expected = { value: 0.9, sd: 0.01, seeds: { from: 101, to: 120 }, stalled: 0, ...provenance };
  return { ...common, sets: ['quick'], statistic, falseAlarmRate: 0.01, expected, ...of };
}

const count: CountCase = { ...common, sets: ['quick'], statistic: 'count', expected: { correct: 900, ...provenance } };

function runs(...accuracies: number[]): JobResult[] {
  return accuracies.map((accuracy) => ({ accuracy, correct: Math.round(1000 * accuracy), count: 1000, seconds: 2 }));
}

describe('a sample', () => {
  it('passes within its interval, and tells what was measured', () => {
    const { verdict, measured, reasons } = judge(sample(), runs(0.89, 0.9, 0.92));
    expect({ verdict, reasons }).toEqual({ verdict: 'pass', reasons: [] });
    expect(measured).toMatchObject({ runs: 3, stalled: 0, correct: [890, 900, 920], count: 1000, seconds: 6 });
    expect(measured!.value).toBeCloseTo(0.9033, 4);
    expect(measured!.sd).toBeCloseTo(0.01528, 4);
  });

  it.each([
    ['below', [0.87, 0.87, 0.87]],
    ['above', [0.93, 0.93, 0.93]],
  ])('is outside %s its interval', (where, accuracies) => {
    const { verdict, reasons } = judge(sample(), runs(...accuracies));
    expect({ verdict, reasons }).toEqual({ verdict: 'outside', reasons: [`${where} the interval`] });
  });

  it('takes the median where the case says so', () => {
    expect(judge(sample({}, 'median'), runs(0.5, 0.9, 0.91)).verdict).toBe('pass');
    expect(judge(sample(), runs(0.5, 0.9, 0.91)).verdict).toBe('outside');
  });

  it('leaves stalled runs out of the statistic, and counts them', () => {
    const some = judge(sample({ stalledBelow: 0.8, falseAlarmRate: 0.05 }), runs(0.1, 0.9, 0.91));
    expect(some).toMatchObject({ verdict: 'pass', allowedStalls: 1, measured: { stalled: 1 } });
    const many = judge(sample({ stalledBelow: 0.8, falseAlarmRate: 0.05 }), runs(0.1, 0.1, 0.9));
    expect(many.verdict).toBe('outside');
    expect(many.reasons).toEqual(['2 of 3 runs stalled, expected 1 at most']);
  });

  it('is outside where every run stalled', () => {
    const all = judge(sample({ stalledBelow: 0.8 }), runs(0.1, 0.1, 0.1));
    expect(all).toMatchObject({ verdict: 'outside', measured: { value: null, sd: null } });
    expect(all.reasons[0]).toBe('every run stalled');
  });

  it('is held against the interval alone where there is an expectation, however narrow what its source accepts', () => {
    const { verdict } = judge(sample({ accept: [0.9, 0.91] }), runs(0.89, 0.9, 0.9));
    expect(verdict).toBe('pass');
  });

  it('is held against its source alone where there is no expectation', () => {
    const bare = sample({ accept: [0.8, 0.85], expected: undefined });
    expect(judge(bare, runs(0.8, 0.82, 0.84))).toMatchObject({ verdict: 'pass', interval: null });
    expect(judge(bare, runs(0.9, 0.9, 0.9))).toMatchObject({
      verdict: 'outside',
      reasons: ['outside what its source accepts, 80.00 to 85.00 %'],
    });
  });

  it('cannot be judged where a run failed', () => {
    const judgement = judge(sample(), [...runs(0.9, 0.9), { error: 'small, seed 3: no space left' }]);
    expect(judgement).toMatchObject({ verdict: 'failed', measured: null, reasons: ['small, seed 3: no space left'] });
  });
});

describe('a count', () => {
  it('passes where every run has it, and no image more or less is let by', () => {
    expect(judge(count, runs(0.9, 0.9)).verdict).toBe('pass');
    expect(judge(count, runs(0.9, 0.901))).toMatchObject({
      verdict: 'outside',
      reasons: ['901 correct, expected exactly 900'],
    });
    expect(judge(count, runs(0.899)).verdict).toBe('outside');
  });
});

describe('the exit code', () => {
  it.each([
    [['pass', 'pass'], 0],
    [['pass', 'outside'], 3],
    [['outside', 'failed'], 1],
  ] as const)('of %j is %s', (verdicts, code) => {
    expect(exitCodeOf(verdicts.map((verdict) => ({ verdict })))).toBe(code);
  });
});
