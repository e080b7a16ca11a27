import { errorFactor } from '../verify/interval.js';
import { deviation, mean, median } from '../verify/statistics.js';
import type { Target } from './schema.js';

/** What the seeds of a candidate came to at one rung of a target. Accuracies are fractions. */
export interface Outcome {
  /** The statistic over the runs that did not stall; over all where every run did. */
  readonly accuracy: number;
  /** Sample standard deviation over the same runs; undefined of one. */
  readonly sd: number | undefined;
  /** Runs behind the statistic. */
  readonly runs: number;
  readonly stalled: number;
  /** Mean of a run. */
  readonly seconds: number;
}

/** Sums up the seeds of a candidate as its target asks. */
export function outcomeOf(
  { statistic, stalledBelow = 0 }: Pick<Target, 'statistic' | 'stalledBelow'>,
  runs: readonly { readonly accuracy: number; readonly seconds: number }[],
): Outcome {
  const accuracies = runs.map(({ accuracy }) => accuracy);
  const moving = accuracies.filter((accuracy) => accuracy >= stalledBelow);
  const counted = moving.length > 0 ? moving : accuracies;
  return {
    accuracy: statistic === 'mean' ? mean(counted) : median(counted),
    sd: counted.length > 1 ? deviation(counted) : undefined,
    runs: counted.length,
    stalled: runs.length - moving.length,
    seconds: mean(runs.map(({ seconds }) => seconds)),
  };
}

/** Standard error of the statistic of `runs` values of a spread: of one or two the median is the mean. */
export function standardError(statistic: Target['statistic'], sd: number, runs: number): number {
  return ((runs > 2 ? errorFactor[statistic] : 1) * sd) / Math.sqrt(runs);
}

/**
 * The logarithm of right to wrong. The model lives on this scale: an error that doubles counts alike whether it was 2 %
 * or 8 %, and no accuracy beyond 0 or 1 can be foretold.
 */
export function logit(accuracy: number): number {
  const held = Math.min(0.999, Math.max(0.001, accuracy));
  return Math.log(held / (1 - held));
}

/** Inverse of {@link logit}. */
export function accuracyOf(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** d accuracy / d logit: a small difference on the scale of the model is so much of an accuracy. */
export function slopeAt(accuracy: number): number {
  const held = Math.min(0.999, Math.max(0.001, accuracy));
  return held * (1 - held);
}
