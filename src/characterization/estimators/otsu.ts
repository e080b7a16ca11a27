import { mean } from './line.js';

/** The threshold that divides values into two groups of the least variance within them. */
export function otsuThreshold(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  let best = { at: sorted[0]!, between: -1 };
  for (let i = 1; i < sorted.length; i++) {
    const [low, high] = [sorted.slice(0, i), sorted.slice(i)];
    const between = low.length * high.length * (mean(high) - mean(low)) ** 2;
    if (between > best.between) best = { at: (sorted[i - 1]! + sorted[i]!) / 2, between };
  }
  return best.at;
}
