import { lowest } from '../../statistics/pattern-search.js';
import { deviation, median } from './line.js';

export interface Histogram {
  /** Middles of the bins. */
  readonly at: readonly number[];
  readonly counts: readonly number[];
  readonly width: number;
}

/** Counts of values in bins of equal width whose edges are multiples of it. */
export function histogram(values: readonly number[], width: number): Histogram {
  const bins = values.map((value) => Math.floor(value / width + 1e-9));
  const [first, last] = [Math.min(...bins), Math.max(...bins)];
  const counts = Array.from({ length: last - first + 1 }, () => 0);
  for (const bin of bins) counts[bin - first]!++;
  return { at: counts.map((_, i) => (first + i + 0.5) * width), counts, width };
}

/** Centre, σ and height of the normal curve that lies nearest to a histogram, by least squares of the counts. */
export function gaussianFit(
  { at, counts, width }: Histogram,
  values: readonly number[],
): { readonly centre: number; readonly sigma: number; readonly height: number } {
  const start = { centre: median(values), sigma: Math.max(deviation(values), width / 2), height: Math.max(...counts) };
  const curveOf = (p: ArrayLike<number>) => ({
    centre: start.centre + start.sigma * p[0]!,
    sigma: start.sigma * Math.exp(p[1]!),
    height: start.height * (1 + p[2]!),
  });
  const cost = (p: ArrayLike<number>): number => {
    const { centre, sigma, height } = curveOf(p);
    return at.reduce((sum, x, i) => sum + (counts[i]! - height * Math.exp(-0.5 * ((x - centre) / sigma) ** 2)) ** 2, 0);
  };
  return curveOf(lowest(cost, [0, 0, 0], { step: 0.25, least: 1e-5 }));
}
