import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { codeVersion } from './code-version.js';
import type { LoadedSweep } from './load.js';
import type { Point } from './points.js';
import { readTrial, type TrialRecord, type TrialResult } from './trial.js';

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
  private readonly points = new Map<
    string,
    { first: number; readonly point: Point; readonly bySeed: Map<number, number> }
  >();

  add({ index, point, seed, status, result }: Judged): void {
    const accuracy = result?.accuracy ?? null;
    if (status !== 'finished' || accuracy === null) return;
    const key = JSON.stringify(point);
    const known = this.points.get(key) ?? { first: index, point, bySeed: new Map<number, number>() };
    known.first = Math.min(known.first, index);
    known.bySeed.set(seed, accuracy);
    this.points.set(key, known);
  }

  best(): PointMean | undefined {
    let best: PointMean | undefined;
    // In the order of the sweep, so that of equal means the first stays whoever finished when.
    const inOrder = [...this.points.values()].sort((a, b) => a.first - b.first);
    for (const { point, bySeed } of inOrder) {
      const seeds = [...bySeed.keys()].sort((a, b) => a - b);
      const most = best?.seeds.length ?? 0;
      if (seeds.length < most) continue;
      const of = { point, seeds, ...spread([...bySeed.values()]) };
      if (!best || seeds.length > most || of.mean > best.mean) best = of;
    }
    return best;
  }
}

function spread(values: readonly number[]): { readonly mean: number; readonly sd: number | null } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return { mean, sd: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

/** Of so many trials in a folder the records are read. */
const readable = 5000;

/** Adds what lies in the folder of a sweep of its trials, as this version of the code trains them. */
export function addKnown(means: PointMeans, folder: string, { points }: LoadedSweep): void {
  const trials = path.join(folder, 'trials');
  const names = existsSync(trials) ? readdirSync(trials) : [];
  if (names.length > readable) return;
  const code = codeVersion();
  const values = new Map(
    points.axes.map((axis) => [axis.path, new Set(axis.values.map((one) => JSON.stringify(one)))]),
  );
  const seeds = new Set(points.seeds);
  for (const name of names) {
    const record = readTrial(path.join(trials, name));
    if (record?.code !== code || !seeds.has(record.seed)) continue;
    const entries = Object.entries(record.point);
    if (entries.length !== values.size) continue;
    if (entries.every(([at, value]) => values.get(at)?.has(JSON.stringify(value)))) means.add(record);
  }
}
