import { UsageError, nearestName } from '../src/errors.js';
import { deviation, mean, median } from './statistics.js';

/**
 * What training must reach, over seeds. The bands are those of the calibration in the training protocol ("Cheap
 * regressions"): they come from an independent prototype and allow for the spread between seeds, so a change of the
 * random streams stays within them and a change of the physics or of the update does not.
 */
export interface AccuracyCheck {
  readonly name: string;
  readonly title: string;
  /** Name of the experiment in configs/experiments. */
  readonly experiment: string;
  /** Values laid upon it, as `--set` takes them. */
  readonly set: readonly string[];
  readonly seeds: readonly number[];
  readonly statistic: 'median' | 'mean';
  /** Accepted fractions of the test images, ends included. */
  readonly band: readonly [low: number, high: number];
  /** Runs below this fraction stalled: counted and told, as a few do with the ideal weights. */
  readonly stalledBelow?: number;
}

export const accuracyChecks: readonly AccuracyCheck[] = [
  {
    name: 'orhd-device',
    title: 'ORHD, WSe2 device, 40 epochs',
    ...{ experiment: 'wse2-orhd', set: ['training.epochs=40'], seeds: upTo(20) },
    ...{ statistic: 'median', band: [0.913, 0.925] },
  },
  {
    name: 'orhd-ideal',
    title: 'ORHD, ideal, 40 epochs',
    ...{ experiment: 'wse2-orhd-ideal', set: ['training.epochs=40'], seeds: upTo(21) },
    ...{ statistic: 'median', band: [0.96, 0.966], stalledBelow: 0.9 },
  },
  {
    name: 'ws2-mnist',
    title: 'MNIST, WS2 device, one layer, one pass',
    // As many seeds as the calibration's own figure has: single runs spread by nearly a point.
    ...{ experiment: 'ws2-mnist', set: [], seeds: upTo(12) },
    ...{ statistic: 'mean', band: [0.846, 0.864] },
  },
  {
    name: 'mnist-device',
    title: 'MNIST, WSe2 device, 6000 images, 5 epochs',
    ...{ experiment: 'wse2-mnist', set: ['dataset.trainSubset.count=6000', 'training.epochs=5'], seeds: upTo(2) },
    ...{ statistic: 'mean', band: [0.8851, 0.9051] },
  },
];

/** Seeds 1 … count: chosen before any result was seen. */
function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/**
 * The checks to make: all of them, or the one that is named.
 * @throws UsageError where there is none of that name
 */
export function chosenChecks(only: string | undefined): readonly AccuracyCheck[] {
  const chosen = accuracyChecks.filter(({ name }) => only === undefined || name === only);
  if (chosen.length > 0) return chosen;
  const names = accuracyChecks.map(({ name }) => name);
  const near = nearestName(only!, names);
  const what = `got ${JSON.stringify(only)}, expected one of ${names.join(', ')}`;
  throw new UsageError({ where: '--only', what, ...(near !== undefined && { remedy: `did you mean ${near}?` }) });
}

export interface AccuracyVerdict {
  readonly name: string;
  readonly title: string;
  readonly seeds: number;
  readonly statistic: AccuracyCheck['statistic'];
  readonly got: number;
  /** Sample standard deviation over the seeds that did not stall. */
  readonly spread: number;
  readonly stalled: number;
  readonly band: readonly [low: number, high: number];
  readonly pass: boolean;
  /** In the order of the seeds. */
  readonly accuracies: readonly number[];
}

/** Holds the accuracies of a check's seeds against its band. */
export function judge(check: AccuracyCheck, accuracies: readonly number[]): AccuracyVerdict {
  const { name, title, statistic, band } = check;
  const got = statistic === 'median' ? median(accuracies) : mean(accuracies);
  const moving = accuracies.filter((accuracy) => accuracy >= (check.stalledBelow ?? 0));
  return {
    ...{ name, title, seeds: check.seeds.length, statistic, got },
    spread: moving.length === 0 ? 0 : deviation(moving),
    stalled: accuracies.length - moving.length,
    ...{ band, pass: accuracies.length === check.seeds.length && got >= band[0] && got <= band[1], accuracies },
  };
}
