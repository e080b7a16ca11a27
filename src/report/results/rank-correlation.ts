/** Spearman's rank correlation, with the ends of its 95 % interval; these are null of fewer than four pairs. */
export interface RankCorrelation {
  readonly rho: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly pairs: number;
}

/**
 * How two quantities rise together, whatever the shape of the curve; undefined where one of them does not vary.
 * The interval is that of Fisher's z with the variance (1 + ρ²/2)/(n − 3).
 * @see Bonett and Wright, Psychometrika 65 (2000) 23
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): RankCorrelation | undefined {
  const pairs = a.length;
  const rho = pairs < 2 ? undefined : correlation(ranksOf(a), ranksOf(b));
  if (rho === undefined) return undefined;
  if (pairs < 4) return { rho, low: null, high: null, pairs };
  const size = Math.min(Math.abs(rho), 1 - 1e-12);
  const half = 1.959964 * Math.sqrt((1 + size ** 2 / 2) / (pairs - 3));
  const centre = Math.atanh(Math.sign(rho) * size);
  return { rho, low: Math.tanh(centre - half), high: Math.tanh(centre + half), pairs };
}

/** Pearson's; undefined where one of the two does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number | undefined {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [aa, bb, ab] = [0, 0, 0];
  a.forEach((value, i) => {
    const [da, db] = [value - ma, b[i]! - mb];
    aa += da * da;
    bb += db * db;
    ab += da * db;
  });
  return aa === 0 || bb === 0 ? undefined : ab / Math.sqrt(aa * bb);
}

/** From 1; equal values share the mean of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
