import { lowest } from '../../statistics/pattern-search.js';
import type { Point } from '../../statistics/sampling.js';
import type { Calibration } from './schema.js';
import type { TargetModel } from './target-model.js';

/** The point that is fitted, and how it was come by. */
export interface Choice {
  readonly point: Point;
  /** Σ over the targets of the expected ((accuracy − target)/tolerance)². */
  readonly misfit: number;
  /** What is preferred, at the point; undefined where nothing is. */
  readonly preferred?: number | undefined;
  /** Draws of the posterior that meet every target, of those that were looked at. */
  readonly meeting: { readonly count: number; readonly of: number };
}

/** How a preference is measured at a point. */
export interface Wish {
  readonly wanted: NonNullable<Calibration['prefer']>['wanted'];
  readonly measure: (point: Point) => number;
  /** Draws that are measured at most, because measuring takes time. */
  readonly most: number;
}

/** What the targets make of a point: lower is better. */
export function misfitAt(models: readonly TargetModel[], point: Point): number {
  return models.reduce((sum, model) => sum + model.expectedMisfit(model.at(point)), 0);
}

/** Whether every target is foretold within its tolerance, by a surface that knows it at least as well. */
export function meets(models: readonly TargetModel[], point: Point): boolean {
  return models.every((model) => {
    const { mean, variance } = model.at(point);
    return Math.abs(mean - model.goal) <= model.tolerance && variance <= model.tolerance ** 2;
  });
}

/**
 * The point to hand on: of the least expected misfit; with a wish, of the draws that meet every target the one that has
 * most of what is wished. Where none meets, the wish has to wait.
 */
export function choose(
  models: readonly TargetModel[],
  draws: readonly Point[],
  snap: (point: Point) => Point,
  wish?: Wish,
): Choice {
  const looked = thinned(draws, 1000);
  const meeting = looked.filter((point) => meets(models, point));
  const counts = { count: meeting.length, of: looked.length };
  const wished = wish && mostOf(thinned(meeting, wish.most), wish);
  const point = wished?.point ?? leastMisfit(models, looked, snap);
  return { point, misfit: misfitAt(models, point), preferred: wished?.value, meeting: counts };
}

function mostOf(points: readonly Point[], { wanted, measure }: Wish): { point: Point; value: number } | undefined {
  const sign = wanted === 'largest' ? 1 : -1;
  const measured = points.map((point) => ({ point, value: measure(point) }));
  return measured.reduce<(typeof measured)[number] | undefined>(
    (best, one) => (best === undefined || sign * one.value > sign * best.value ? one : best),
    undefined,
  );
}

function leastMisfit(models: readonly TargetModel[], draws: readonly Point[], snap: (point: Point) => Point): Point {
  const cost = (at: Float64Array): number =>
    at.every((x) => x >= 0 && x <= 1) ? misfitAt(models, snap(at)) : Infinity;
  const start = draws.reduce((best, point) => (cost(point) < cost(best) ? point : best));
  return snap(lowest(cost, start, { step: 0.05, least: 0.002 }));
}

/** At most `most` of the points, evenly. */
export function thinned<T>(points: readonly T[], most: number): T[] {
  const stride = Math.max(1, points.length / most);
  return Array.from({ length: Math.min(most, points.length) }, (_, i) => points[Math.floor(i * stride)]!);
}
