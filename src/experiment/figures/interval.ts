/** The standard normal's 97.5 % quantile. */
const z95 = 1.959963984540054;

/**
 * The 95 % interval of a recognition rate, of which `correct` of `count` images is one draw: Wilson's score interval,
 * which stays within 0 … 1 and holds near both ends.
 * @see E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209
 */
export function binomialInterval(correct: number, count: number): { readonly low: number; readonly high: number } {
  const rate = correct / count;
  const shrink = 1 + z95 ** 2 / count;
  const centre = (rate + z95 ** 2 / (2 * count)) / shrink;
  const half = (z95 / shrink) * Math.sqrt((rate * (1 - rate)) / count + (z95 / (2 * count)) ** 2);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
