import { straightLine, type StraightLine } from './line.js';

export interface Segmented {
  /** Where the two lines meet, on the axis x. */
  readonly knee: number;
  readonly before: StraightLine;
  readonly after: StraightLine;
}

/**
 * Two straight lines, one after the other: the division of the points that leaves the least squares.
 * @param x, y - shape [points], x rising, at least 8 of them
 */
export function twoLines(x: readonly number[], y: readonly number[]): Segmented {
  const least = 4;
  let best: { before: StraightLine; after: StraightLine; squares: number } | undefined;
  for (let at = least; at <= x.length - least; at++) {
    const before = straightLine(x.slice(0, at), y.slice(0, at));
    const after = straightLine(x.slice(at), y.slice(at));
    const squares = before.squares + after.squares;
    if (!best || squares < best.squares) best = { before, after, squares };
  }
  if (!best) throw new RangeError(`two lines need ${2 * least} points or more, got ${x.length}`);
  const { before, after } = best;
  return { before, after, knee: (before.intercept - after.intercept) / (after.slope - before.slope) };
}
