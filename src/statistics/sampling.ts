import { bits, fold, permutation, uniform, type Key } from '../random.js';

/** A point of the unit cube. */
export type Point = Float64Array;

/** Natural logarithm of a density, up to a constant; −∞ where there is none. */
export type LogDensity = (at: Point) => number;

/**
 * A Latin hypercube: in every dimension each of `count` equal slices holds one point.
 * @see M. McKay, R. Beckman, W. Conover, Technometrics 1979
 */
export function latinHypercube(key: Key, count: number, dimensions: number): Point[] {
  const orders = Array.from({ length: dimensions }, (_, j) => permutation(fold(key, 2 * j), count));
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from(orders, (order, j) => (order[i]! + uniform(fold(key, 2 * j + 1), i)) / count),
  );
}

/** What an ensemble of walkers is to do. */
export interface EnsembleOptions {
  readonly walkers: number;
  /** Moves of every walker before anything is kept. */
  readonly burnIn: number;
  /** Moves of every walker that are kept, one in `thin`. */
  readonly steps: number;
  readonly thin: number;
}

/**
 * Draws from a density over the unit cube by the affine-invariant stretch move, which needs no scale and follows a
 * narrow ridge in any direction as well as a ball.
 * @param starts - at least `walkers` points where the density is above 0
 * @see J. Goodman, J. Weare, Comm. App. Math. Comp. Sci. 2010
 */
export function drawEnsemble(
  key: Key,
  density: LogDensity,
  starts: readonly Point[],
  options: EnsembleOptions,
): Point[] {
  const walkers = starts.slice(0, options.walkers).map((at) => ({ at, log: density(at) }));
  const half = walkers.length >> 1;
  const kept: Point[] = [];
  for (let step = 0; step < options.burnIn + options.steps; step++) {
    const stepKey = fold(key, step);
    for (let w = 0; w < walkers.length; w++) {
      // A walker moves along the line to one of the other half, which stands still meanwhile.
      const [from, size] = w < half ? [half, walkers.length - half] : [0, half];
      const other = walkers[from + Math.floor(uniform(stepKey, 3 * w) * size)]!;
      const z = (1 + uniform(stepKey, 3 * w + 1)) ** 2 / 2;
      const at = walkers[w]!.at.map((x, j) => other.at[j]! + z * (x - other.at[j]!));
      const log = insideCube(at) ? density(at) : -Infinity;
      const accept = (at.length - 1) * Math.log(z) + log - walkers[w]!.log;
      if (Math.log(uniform(stepKey, 3 * w + 2) + 2 ** -25) < accept) walkers[w] = { at, log };
    }
    if (step >= options.burnIn && (step - options.burnIn) % options.thin === 0)
      kept.push(...walkers.map(({ at }) => at));
  }
  return kept;
}

function insideCube(at: Point): boolean {
  return at.every((x) => x >= 0 && x <= 1);
}

/** `count` of the points, each as often as its weight says (systematic resampling). */
export function resample(key: Key, points: readonly Point[], logWeights: readonly number[], count: number): Point[] {
  const top = logWeights.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = logWeights.map((log) => Math.exp(log - top));
  const total = weights.reduce((a, b) => a + b, 0);
  const offset = bits(key, 0) * 2 ** -32;
  const chosen: Point[] = [];
  let [i, reached] = [0, weights[0]!];
  for (let k = 0; k < count; k++) {
    while (reached < ((k + offset) / count) * total && i < points.length - 1) reached += weights[++i]!;
    chosen.push(points[i]!);
  }
  return chosen;
}

/** `count` of the points, far from each other and from those that are `taken`: the farthest first. */
export function spreadOut(points: readonly Point[], taken: readonly Point[], count: number): Point[] {
  const nearest = points.map((point) => Math.min(Infinity, ...taken.map((other) => distance2(point, other))));
  const chosen: Point[] = [];
  while (chosen.length < Math.min(count, points.length)) {
    const far = nearest.reduce((best, distance, i) => (distance > nearest[best]! ? i : best), 0);
    chosen.push(points[far]!);
    points.forEach((point, i) => (nearest[i] = Math.min(nearest[i]!, distance2(point, points[far]!))));
  }
  return chosen;
}

function distance2(a: Point, b: Point): number {
  return a.reduce((sum, x, j) => sum + (x - b[j]!) ** 2, 0);
}
