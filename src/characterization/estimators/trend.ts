import { straightLine } from './line.js';

/**
 * How many standard errors the slope of values over their number is from none. Of a hundred values chance takes it beyond
 * 2.63 once in a hundred times; where several trends are held together, each bound must be wider (Bonferroni: 2.87 of two,
 * 3.0 of three).
 */
export function trendT(values: readonly number[]): number {
  const { slope, slopeError } = straightLine(
    values.map((_, i) => i),
    values,
  );
  return slopeError === 0 ? (slope === 0 ? 0 : Math.sign(slope) * Infinity) : slope / slopeError;
}
