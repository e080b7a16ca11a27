import type { JobResult } from '../batch/job.js';
import { studentQuantile } from '../../statistics/student.js';
import { deviation, mean, median } from '../verify/statistics.js';

/** What the runs of one variant came to, by seed; undefined where a run was not reached. */
export type SeedResults = readonly (JobResult | undefined)[];

/** Accuracy by seed: null where the run is not there, failed, or stalled. Fractions. */
export type Accuracies = readonly (number | null)[];

/** A difference of two variants over the seeds that both have. Fractions of the test images. */
export interface Difference {
  readonly mean: number;
  /** Half of the 95 % interval of the mean: Student's, of the paired differences; null of fewer than two pairs. */
  readonly half: number | null;
  readonly pairs: number;
}

/** How a variant did by itself. */
export interface Level {
  readonly mean: number | null;
  /** Sample standard deviation over seeds; null of fewer than two. */
  readonly sd: number | null;
  /** Runs that are there, stalled ones included. */
  readonly runs: number;
  readonly stalled: number;
}

export interface Sample {
  readonly accuracies: Accuracies;
  readonly level: Level;
}

/** Probability that an interval misses the mean. */
const outside = 0.05;

/**
 * The accuracies of a variant's runs.
 * @param stalledBelow - a run below this fraction of the median of the variant's runs has stalled: it is left out and
 * counted; undefined leaves none out
 */
export function sampleOf(results: SeedResults, stalledBelow: number | undefined): Sample {
  const trained = results.map((result) => (result && 'accuracy' in result ? result.accuracy : null));
  const there = trained.filter((accuracy) => accuracy !== null);
  const threshold = there.length === 0 || stalledBelow === undefined ? 0 : stalledBelow * median(there);
  const accuracies = trained.map((accuracy) => (accuracy !== null && accuracy >= threshold ? accuracy : null));
  const moving = accuracies.filter((accuracy) => accuracy !== null);
  const level = {
    mean: moving.length === 0 ? null : mean(moving),
    sd: moving.length < 2 ? null : deviation(moving),
    runs: there.length,
    stalled: there.length - moving.length,
  };
  return { accuracies, level };
}

/** How much better `better` is, seed by seed; null where either has no accuracy. */
export function pairwise(better: Accuracies, worse: Accuracies): (number | null)[] {
  return better.map((accuracy, i) => {
    const other = worse[i] ?? null;
    return accuracy === null || other === null ? null : accuracy - other;
  });
}

/** Sums by seed; null where any of the terms is. */
export function sumBySeed(terms: readonly Accuracies[]): Accuracies {
  const [first, ...others] = terms;
  if (!first) return [];
  return others.reduce<Accuracies>((sums, term) => sums.map((sum, i) => added(sum, term[i] ?? null)), first);
}

function added(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/** Mean and interval of paired differences; null of none. */
export function differenceOf(differences: readonly (number | null)[]): Difference | null {
  const there = differences.filter((difference) => difference !== null);
  const pairs = there.length;
  if (pairs === 0) return null;
  const error = deviation(there) / Math.sqrt(pairs);
  return { mean: mean(there), half: pairs < 2 ? null : studentQuantile(outside, pairs - 1) * error, pairs };
}
