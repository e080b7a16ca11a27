import { seedsOf, type SampleCase, type SampleExpectation } from './case.js';
import { studentQuantile } from '../../statistics/student.js';
import { hypergeometricTail } from './statistics.js';

/** Fractions of the test images, ends included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard error of a statistic of normal values, in standard errors of their mean; the median's for many values. */
export const errorFactor: Readonly<Record<SampleCase['statistic'], number>> = {
  mean: 1,
  median: Math.sqrt(Math.PI / 2),
};

/**
 * Where the statistic of `runs` new runs falls with a probability of 1 − `falseAlarmRate` if nothing has changed:
 * value ± t·f·sd·√(1/n₀ + 1/n), with the expectation's own n₀ runs and Student's t of n₀ − 1 degrees of freedom,
 * because the spread is known from those runs alone.
 * @param runs - new runs that did not stall, at least 1
 */
export function predictionInterval(
  expected: SampleExpectation,
  runs: number,
  { statistic, falseAlarmRate }: Pick<SampleCase, 'statistic' | 'falseAlarmRate'>,
): Interval {
  const known = seedsOf(expected.seeds).length - expected.stalled;
  const error = errorFactor[statistic] * expected.sd * Math.sqrt(1 / known + 1 / runs);
  const half = studentQuantile(falseAlarmRate, known - 1) * error;
  return { low: Math.max(0, expected.value - half), high: Math.min(1, expected.value + half) };
}

/**
 * How many of `runs` may stall: more would happen by chance less often than `falseAlarmRate` beside the expectation's
 * stalls (Fisher's exact test, one-sided, because fewer stalls are no loss).
 */
export function allowedStalls(expected: SampleExpectation, runs: number, falseAlarmRate: number): number {
  const known = seedsOf(expected.seeds).length;
  let allowed = 0;
  while (allowed < runs && stallProbability(allowed + 1, runs, expected.stalled, known) >= falseAlarmRate) allowed++;
  return allowed;
}

function stallProbability(stalls: number, runs: number, knownStalls: number, known: number): number {
  return hypergeometricTail(stalls, runs, { total: known + runs, marked: knownStalls + stalls });
}
