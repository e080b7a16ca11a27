/** A straight line through points, by least squares. */
export interface StraightLine {
  readonly intercept: number;
  readonly slope: number;
  /** Standard error of the slope. */
  readonly slopeError: number;
  /** Part of the variance of y that the line explains, 0 … 1. */
  readonly r2: number;
  /** Sum of squared residuals. */
  readonly squares: number;
}

/**
 * @param x, y - shape [points], at least 3 of them
 */
export function straightLine(x: readonly number[], y: readonly number[]): StraightLine {
  const n = x.length;
  if (n < 3 || y.length !== n) throw new RangeError(`a line needs 3 points or more, got ${n} and ${y.length}`);
  const [mx, my] = [mean(x), mean(y)];
  const sxx = x.reduce((sum, at) => sum + (at - mx) ** 2, 0);
  const sxy = x.reduce((sum, at, i) => sum + (at - mx) * (y[i]! - my), 0);
  const syy = y.reduce((sum, at) => sum + (at - my) ** 2, 0);
  const slope = sxy / sxx;
  const intercept = my - slope * mx;
  const squares = x.reduce((sum, at, i) => sum + (y[i]! - intercept - slope * at) ** 2, 0);
  return { intercept, slope, slopeError: Math.sqrt(squares / (n - 2) / sxx), r2: 1 - squares / syy, squares };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation, of two values or more. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
