import type { Point } from './points.js';
import type { TrialRecord, TrialResult } from './trial.js';

/** A point with what its seeds came to. Accuracies are fractions. */
export interface PointMean {
  readonly point: Point;
  readonly seeds: readonly number[];
  readonly mean: number;
  /** Sample standard deviation of the seeds; null of one. */
  readonly sd: number | null;
}

/** What is taken of a trial. */
type Judged = Pick<TrialRecord, 'index' | 'point' | 'seed' | 'status'> & {
  readonly result: Pick<TrialResult, 'accuracy'> | null;
};

/**
 * Means over the seeds of points. The best single seed of many is high by chance; of points that have as many seeds as
 * any the best mean is told.
 */
export class PointMeans {
  private readonly points = new Map<string, Seeds>();
  private known: Placed | undefined;

  add({ index, point, seed, status, result }: Judged): void {
    const accuracy = result?.accuracy ?? null;
    if (status !== 'finished' || accuracy === null) return;
    const key = JSON.stringify(point);
    const seeds = this.points.get(key) ?? { first: index, point, bySeed: new Map<number, number>() };
    seeds.first = Math.min(seeds.first, index);
    seeds.bySeed.set(seed, accuracy);
    this.points.set(key, seeds);
    // Where the best itself changes another may be better; else it alone is held against the best.
    if (this.known && JSON.stringify(this.known.point) === key) {
      this.known = undefined;
      for (const each of this.points.values()) this.consider(each);
    } else this.consider(seeds);
  }

  best(): PointMean | undefined {
    if (!this.known) return undefined;
    const { point, seeds, mean, sd } = this.known;
    return { point, seeds, mean, sd };
  }

  private consider({ first, point, bySeed }: Seeds): void {
    const seeds = [...bySeed.keys()].sort((a, b) => a - b);
    const of = { first, point, seeds, ...spread([...bySeed.values()]) };
    if (!this.known || isBetter(of, this.known)) this.known = of;
  }
}

interface Seeds {
  /** Place in the sweep of the first of them. */
  first: number;
  readonly point: Point;
  readonly bySeed: Map<number, number>;
}

type Placed = PointMean & { readonly first: number };

/** By the number of seeds, then by the mean; of equals the first of the sweep, whoever finished when. */
function isBetter(a: Placed, b: Placed): boolean {
  if (a.seeds.length !== b.seeds.length) return a.seeds.length > b.seeds.length;
  return a.mean === b.mean ? a.first < b.first : a.mean > b.mean;
}

function spread(values: readonly number[]): { readonly mean: number; readonly sd: number | null } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, sd: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}
