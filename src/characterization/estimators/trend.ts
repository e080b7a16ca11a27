import { straightLine } from './line.js';

/**
 * How many standard errors the slope of values over their number is from none; beyond 2.6 of a hundred values chance makes
 * it so once in a hundred times.
 */
export function trendT(values: readonly number[]): number {
  const { slope, slopeError } = straightLine(
    values.map((_, i) => i),
    values,
  );
  return slopeError === 0 ? (slope === 0 ? 0 : Math.sign(slope) * Infinity) : slope / slopeError;
}
