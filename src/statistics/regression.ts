/** A pair of a regression, and how much it counts. */
export interface Pair {
  readonly x: number;
  readonly y: number;
  /** 0 … 1. */
  readonly weight: number;
}

/** y = intercept + slope·x, with what it leaves unexplained. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
  /** Standard deviation of y about the line. */
  readonly residual: number;
  readonly pairs: number;
  /** Sum of the weights. */
  readonly weight: number;
  /** Weighted mean and sum of squares of x. */
  readonly centre: number;
  readonly spread: number;
}

/** A value that is not known exactly. */
export interface Estimate {
  readonly mean: number;
  readonly variance: number;
}

/**
 * Weighted least squares.
 * @param pairs - at least 3, so that a residual is left
 */
export function fitLine(pairs: readonly Pair[]): Line {
  if (pairs.length < 3)
    throw new RangeError(`a line through ${pairs.length} pairs has no residual, expected 3 or more`);
  const sum = (of: (pair: Pair) => number): number => pairs.reduce((total, pair) => total + pair.weight * of(pair), 0);
  const weight = sum(() => 1);
  const centre = sum(({ x }) => x) / weight;
  const middle = sum(({ y }) => y) / weight;
  const spread = sum(({ x }) => (x - centre) ** 2);
  const slope = spread > 0 ? sum(({ x, y }) => (x - centre) * (y - middle)) / spread : 0;
  const intercept = middle - slope * centre;
  const squares = sum(({ x, y }) => (y - intercept - slope * x) ** 2);
  const residual = Math.sqrt(((squares / weight) * pairs.length) / (pairs.length - 2));
  return { intercept, slope, residual, pairs: pairs.length, weight, centre, spread };
}

/** Variance of the line itself at x: what more pairs would lessen. */
export function lineVariance({ residual, weight, centre, spread, pairs }: Line, x: number): number {
  const leverage = 1 / weight + (spread > 0 ? (x - centre) ** 2 / spread : 0);
  return residual ** 2 * leverage * fewPairs(pairs);
}

/** The y of a new x: the line's own error and the residual. */
export function predictLine(line: Line, x: number): Estimate {
  const variance = line.residual ** 2 * fewPairs(line.pairs) + lineVariance(line, x);
  return { mean: line.intercept + line.slope * x, variance };
}

/** Variance of Student's t of pairs − 2 degrees of freedom, which few pairs have; held finite where it is not. */
function fewPairs(pairs: number): number {
  const degrees = pairs - 2;
  return degrees > 3 ? degrees / (degrees - 2) : 3;
}
