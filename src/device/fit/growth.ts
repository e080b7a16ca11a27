import { deviationOf } from '../../statistics/deviation.js';

/** What n pulses spread by. */
export interface Spread {
  readonly pulses: number;
  /** σ about their mean, read noise included [S]. */
  readonly deviation: number;
  /** Its standard error over ramps, of several devices over these [S]; null of a single one. */
  readonly error: number | null;
  /** Its square less what reads add, which is a·n^2h of pulses [S²]; below zero where read noise hides them. */
  readonly kept: number;
}

/** Where h is searched: independent pulses have ½, steps that a whole ramp shares 1. */
export const growths = { least: -0.5, most: 1.5 };

/** Steps of the search for the ends of an interval. */
const step = 0.005;

/**
 * The h of a·n^2h that comes nearest to what pulses spread by, by errors relative to the whole variance: logarithms of a
 * difference of variances would have no place for negative ones.
 * @returns undefined where no a above zero does
 */
export function growthOf(spread: readonly Spread[]): number | undefined {
  const weights = weightsOf(spread);
  const gained = (h: number): number => {
    const along = sumOf(spread, ({ pulses, kept }, i) => weights[i]! * kept * pulses ** (2 * h));
    return Math.max(0, along) ** 2 / sumOf(spread, ({ pulses }, i) => weights[i]! * pulses ** (4 * h));
  };
  const h = highest(gained, growths);
  return gained(h) > 0 ? h : undefined;
}

/**
 * The interval of h by inversion of a test: the slope of the squared errors along h, which is linear in the spreads, is zero
 * in the mean at the true h, and the others are those at which it is not by `reach` times what resamplings spread by. Unlike
 * ĥ itself it stays normal where the pulses' part of the spread is hardly known.
 * @param resampled - spreads of the same numbers of pulses
 * @see E. C. Fieller, J. R. Stat. Soc. B 16, 175 (1954)
 * @returns undefined where every h of the search would do
 */
export function growthInterval(
  spread: readonly Spread[],
  resampled: readonly (readonly Spread[])[],
  reach: number,
): readonly [low: number, high: number] | undefined {
  const weights = weightsOf(spread);
  const usable = resampled.filter((one) => one.length === spread.length);
  const held: number[] = [];
  const last = Math.round((growths.most - growths.least) / step);
  for (let i = 0; i <= last; i++) {
    const h = growths.least + i * step;
    const along = slopeAt(h, spread, weights);
    const draws = usable.map((one) => sumOf(one, ({ kept }, n) => along[n]! * kept));
    const slope = sumOf(spread, ({ kept }, n) => along[n]! * kept);
    if (Math.abs(slope) <= reach * deviationOf(draws)) held.push(h);
  }
  const [low, high] = [held[0], held.at(-1)];
  if (low === undefined || high === undefined) return undefined;
  return low <= growths.least && high >= growths.most - step / 2 ? undefined : [low, high];
}

/** What the slope of the squared errors along h is made of the spreads by, up to a factor. */
function slopeAt(h: number, spread: readonly Spread[], weights: readonly number[]): number[] {
  const weighed = (of: (pulses: number) => number): number =>
    sumOf(spread, ({ pulses }, i) => weights[i]! * pulses ** (4 * h) * of(pulses));
  const middle = weighed(Math.log) / weighed(() => 1);
  return spread.map(({ pulses }, i) => weights[i]! * pulses ** (2 * h) * (Math.log(pulses) - middle));
}

/** Variances are known to parts of themselves. */
function weightsOf(spread: readonly Spread[]): number[] {
  return spread.map(({ deviation }) => deviation ** -4);
}

function sumOf(spread: readonly Spread[], of: (one: Spread, i: number) => number): number {
  return spread.reduce((sum, one, i) => sum + of(one, i), 0);
}

/** Where a function of one hill is highest, by golden section. */
function highest(of: (x: number) => number, { least, most }: typeof growths): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [least, most];
  while (high - low > 1e-4) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (of(left) > of(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
