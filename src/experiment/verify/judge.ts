import type { JobResult, TrainedRun } from '../batch/job.js';
import type { CountCase, RegressionCase, SampleCase } from './case.js';
import { allowedStalls, predictionInterval, type Interval } from './interval.js';
import { deviation, mean, median } from './statistics.js';

/** What the runs of a case came to. Accuracies are fractions. */
export interface Measured {
  /** The statistic over the runs that did not stall; of `count`, the first run's accuracy. Null where there is none. */
  readonly value: number | null;
  /** Sample standard deviation over the same runs; null of fewer than two. */
  readonly sd: number | null;
  readonly runs: number;
  readonly stalled: number;
  /** In the order of the seeds. */
  readonly correct: readonly number[];
  /** Test images. */
  readonly count: number;
  /** Of all runs together. */
  readonly seconds: number;
}

export interface Judgement {
  readonly verdict: 'pass' | 'outside' | 'failed';
  readonly measured: Measured | null;
  /** Where the statistic must lie; null where runs failed, `accept` decides alone, or an order and `accept` leave no value. */
  readonly interval: Interval | null;
  /** Null where stalls are not counted. */
  readonly allowedStalls: number | null;
  /** Why the verdict is not `pass`. */
  readonly reasons: readonly string[];
}

/** Holds the results of a case's seeds against its expectation. */
export function judge(one: RegressionCase, results: readonly JobResult[]): Judgement {
  const errors = results.flatMap((result) => ('error' in result ? [result.error] : []));
  const failed = { verdict: 'failed', measured: null, interval: null, allowedStalls: null } as const;
  if (errors.length > 0) return { ...failed, reasons: errors };
  const runs = results as readonly TrainedRun[];
  const measured = measure(one, runs);
  return one.statistic === 'count' ? judgeCount(one, measured) : judgeSample(one, measured);
}

/** Sums up the runs of a case as its statistic asks. */
export function measure(one: RegressionCase, runs: readonly TrainedRun[]): Measured {
  const threshold = one.statistic === 'count' ? 0 : (one.stalledBelow ?? 0);
  const moving = runs.map(({ accuracy }) => accuracy).filter((accuracy) => accuracy >= threshold);
  return {
    value: moving.length === 0 ? null : statisticOf(one.statistic, moving),
    sd: moving.length < 2 ? null : deviation(moving),
    runs: runs.length,
    stalled: runs.length - moving.length,
    correct: runs.map(({ correct }) => correct),
    count: runs.at(0)?.count ?? 0,
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

function statisticOf(statistic: RegressionCase['statistic'], accuracies: readonly number[]): number {
  switch (statistic) {
    case 'mean':
      return mean(accuracies);
    case 'median':
      return median(accuracies);
    case 'count':
      return accuracies[0]!;
    default:
      return statistic satisfies never;
  }
}

function judgeCount({ expected, accept }: CountCase, measured: Measured): Judgement {
  const fraction = expected && expected.correct / measured.count;
  const interval = fraction === undefined ? null : { low: fraction, high: fraction };
  const wrong = expected ? measured.correct.filter((correct) => correct !== expected.correct) : [];
  const counts = wrong.length === 0 ? [] : [`${wrong.join(', ')} correct, expected exactly ${expected!.correct}`];
  return verdictOf(measured, interval, null, [...counts, ...outsideAccept(accept, measured.value)]);
}

function judgeSample(one: SampleCase, measured: Measured): Judgement {
  const { expected, accept, falseAlarmRate } = one;
  const { value, runs, stalled } = measured;
  const moving = runs - stalled;
  const interval = expected && moving > 0 ? predictionInterval(expected, moving, one) : null;
  const counted = expected && one.stalledBelow !== undefined;
  const allowed = counted ? allowedStalls(expected, runs, falseAlarmRate) : null;
  // An expectation was held against `accept` when it was loaded. New runs scatter about it: held against `accept` too,
  // they would be told outside more often than `falseAlarmRate` says.
  const accepted = expected ? [] : outsideAccept(accept, value);
  const reasons = [...outside(interval, value), ...tooManyStalls(measured, allowed), ...accepted];
  return verdictOf(measured, interval, allowed, reasons);
}

function verdictOf(
  measured: Measured,
  interval: Interval | null,
  allowed: number | null,
  reasons: readonly string[],
): Judgement {
  return { verdict: reasons.length === 0 ? 'pass' : 'outside', measured, interval, allowedStalls: allowed, reasons };
}

function outside(interval: Interval | null, value: number | null): string[] {
  if (value === null) return ['every run stalled'];
  if (!interval || (value >= interval.low && value <= interval.high)) return [];
  return [value < interval.low ? 'below the interval' : 'above the interval'];
}

function tooManyStalls({ runs, stalled }: Measured, allowed: number | null): string[] {
  return allowed === null || stalled <= allowed
    ? []
    : [`${stalled} of ${runs} runs stalled, expected ${allowed} at most`];
}

function outsideAccept(accept: RegressionCase['accept'], value: number | null): string[] {
  if (!accept || value === null || (value >= accept[0] && value <= accept[1])) return [];
  return [`outside what its source accepts, ${formatRange(...accept)}`];
}

/** `91.30 to 92.50 %` of fractions. */
export function formatRange(low: number, high: number): string {
  return `${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)} %`;
}
