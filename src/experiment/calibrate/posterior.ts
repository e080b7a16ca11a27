import { fold, normal, type Key } from '../../random.js';
import type { Estimate } from '../../statistics/regression.js';
import { drawEnsemble, latinHypercube, resample, type LogDensity, type Point } from '../../statistics/sampling.js';

/** A target as the posterior sees it, on any scale: where it is, what it allows, and what is known of a point. */
export interface Constraint {
  readonly goal: number;
  readonly tolerance: number;
  readonly at: (point: Point) => Estimate;
}

export interface Posterior {
  /** Draws; all equally likely. */
  readonly points: readonly Point[];
  /** Logarithm of the mean likelihood over the box, and its standard error from the draws that it is a mean of. */
  readonly evidence: { readonly log: number; readonly error: number };
}

/**
 * Likelihood of the targets at a point, its surface integrated over: with what is known of the accuracy there, N(μ, s²),
 * each target is seen with a probability of N(goal; μ, tolerance² + s²).
 */
export function logLikelihood(constraints: readonly Constraint[]): LogDensity {
  return (point) =>
    constraints.reduce((sum, { goal, tolerance, at }) => {
      const { mean, variance } = at(point);
      const total = tolerance ** 2 + variance;
      return sum - 0.5 * ((goal - mean) ** 2 / total + Math.log(2 * Math.PI * total));
    }, 0);
}

/** How much is drawn; less is quicker. */
export interface Effort {
  readonly probes: number;
  readonly walkers: number;
  readonly steps: number;
}

export const fullEffort: Effort = { probes: 4096, walkers: 64, steps: 300 };

/**
 * Draws parameters from what the targets leave of the box, which beforehand is equally likely everywhere on the
 * parameters' scales. Walkers start where a Latin hypercube found likelihood, so that separate regions each get theirs.
 * @param snap - the point that is run for a point that was drawn (whole numbers)
 */
export function drawPosterior(
  key: Key,
  constraints: readonly Constraint[],
  dimensions: number,
  { snap, effort = fullEffort }: { readonly snap: (point: Point) => Point; readonly effort?: Effort | undefined },
): Posterior {
  const likelihood = logLikelihood(constraints);
  const density: LogDensity = (point) => likelihood(snap(point));
  const probes = latinHypercube(fold(key, 1), effort.probes, dimensions);
  const logs = probes.map(density);
  const starts = resample(fold(key, 2), probes, logs, effort.walkers).map((point, i) => jittered(key, point, i));
  const options = { walkers: effort.walkers, burnIn: Math.ceil(effort.steps / 3), steps: effort.steps, thin: 5 };
  const points = drawEnsemble(fold(key, 3), density, starts, options).map(snap);
  return { points, evidence: meanLikelihood(logs) };
}

/** Walkers on one point, or one line, would never leave it. */
function jittered(key: Key, point: Point, walker: number): Point {
  const own = fold(fold(key, 4), walker);
  return point.map((x, j) => Math.min(1, Math.max(0, x + 0.02 * normal(own, j))));
}

function meanLikelihood(logs: readonly number[]): Posterior['evidence'] {
  const top = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const relative = logs.map((log) => Math.exp(log - top));
  const middle = relative.reduce((a, b) => a + b, 0) / logs.length;
  const squares = relative.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (logs.length - 1);
  return { log: top + Math.log(middle), error: Math.sqrt(squares / logs.length) / middle };
}
