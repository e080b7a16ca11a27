import { UsageError } from '../../errors.js';
import { extentOf } from '../../statistics/extent.js';
import type { MeasuredTable } from '../table-file.js';
import { centred, noiseOf, type BranchNoise } from './noise.js';
import { branches, meanCurve, type Branch, type Ramp, type RampSet } from './ramps.js';
import { readProfile } from './read-profile.js';
import { walkSpread, type WalkSpread } from './table-walks.js';
import { meanOf } from '../../statistics/average.js';

export interface LookupOptions {
  /** Conductance bins of each table. */
  readonly bins: number;
  /** Take the read noise out of the tables, so that n pulses spread by what the cell keeps. */
  readonly removeReadNoise: boolean;
}

/** Inverse-CDF tables of ΔG against conductance, and what stands behind them. Conductances in siemens. */
export interface LookupFit {
  readonly increasing: MeasuredTable;
  readonly decreasing: MeasuredTable;
  readonly noise: Readonly<Record<Branch, BranchNoise>>;
  /** Of each branch: steps in all, and in the bin with the fewest. */
  readonly steps: Readonly<Record<Branch, { readonly all: number; readonly fewest: number }>>;
  /** Bins whose centre no measured step of the branch lies near: their values are of the nearest steps, brought to it by the mean curve's slope. */
  readonly extrapolated: Readonly<Record<Branch, number>>;
  /** Part of the variance of one step that was read noise. */
  readonly readShare: Readonly<Record<Branch, number>>;
  readonly readNoise: number;
  /** How cells spread that walk along these tables. */
  readonly walks: WalkSpread;
}

/** Probabilities of the rows, denser towards the tails. */
export const cdfPoints: readonly number[] = [
  ...[0, 0.005, 0.01, 0.025, 0.05],
  ...Array.from({ length: 17 }, (_, i) => Number((0.1 + 0.05 * i).toFixed(2))),
  ...[0.95, 0.975, 0.99, 0.995, 1],
];

/** Steps that a bin must hold; a bin with fewer takes the nearest steps from its neighbours. */
const leastSteps = 30;

/** Part of the steps at either end of a branch that are too far between for a bin. */
const sparse = 0.01;

/**
 * Pulses of the mean curve that a slope is taken of. Three make walks along tables of five steep ramps spread 1.4 times too far, by their
 * noise, and seven those of ten ramps 1.3 times, by the curve; four 1.1 times both (ramps of 20 pulses with α −5).
 */
const slopePulses = 4;

interface Step {
  /** Conductance before the pulse, smoothed. */
  readonly g: number;
  readonly delta: number;
}

/** Steps of a branch by the conductance before them, and how they change with it. */
interface Steps {
  readonly steps: readonly Step[];
  readonly slope: (g: number) => number;
}

/**
 * Builds both tables over the conductances that both branches cover. Each bin holds the steps that begin nearest to
 * it; their quantiles are interpolated linearly between order statistics.
 */
export function fitLookup(ramps: RampSet, options: LookupOptions): LookupFit {
  const steps = { ltp: stepsOf(ramps.ltp), ltd: stepsOf(ramps.ltd) };
  const conductance = binsOf(steps, options.bins);
  const width = conductance[1]! - conductance[0]!;
  const step = (branch: Branch, g: number): number => localMean(steps[branch], g, 2 * width);
  const noise = noiseOf(ramps, step);
  const read = Math.hypot(...branches.map((b) => noise[b].read / rootMeanSquare(ramps[b]))) / Math.SQRT2;
  const built = branches.map((branch) =>
    tableOf(
      { steps: steps[branch], slope: slopesOf(ramps[branch]) },
      conductance,
      options.removeReadNoise ? readVariance(ramps[branch], noise[branch], (g) => step(branch, g)) : () => 0,
    ),
  );
  const share = (branch: Branch): number => 1 - keptShare(noise[branch]);
  return {
    increasing: built[0]!.table,
    decreasing: built[1]!.table,
    noise,
    steps: {
      ltp: { all: steps.ltp.length, fewest: built[0]!.fewest },
      ltd: { all: steps.ltd.length, fewest: built[1]!.fewest },
    },
    extrapolated: { ltp: built[0]!.extrapolated, ltd: built[1]!.extrapolated },
    readShare: { ltp: share('ltp'), ltd: share('ltd') },
    readNoise: read,
    walks: walkSpread(built[0]!.table, built[1]!.table, ramps),
  };
}

/** Mean step of one pulse against conductance [S], between the means of bins; beyond them as in the nearest. */
export function meanSteps(ramps: readonly Ramp[], conductance: readonly number[]): (g: number) => number {
  const steps = { steps: stepsOf(ramps), slope: slopesOf(ramps) };
  const width = conductance[1]! - conductance[0]!;
  const means = conductance.map((g) => meanOf(nearest(steps, g, width / 2).deltas));
  const last = conductance.length - 1;
  return (g) => {
    const place = Math.min(Math.max((g - conductance[0]!) / width, 0), last);
    const i = Math.min(Math.floor(place), last - 1);
    return means[i]! + (place - i) * (means[i + 1]! - means[i]!);
  };
}

/**
 * Steps of all ramps, by the conductance before them. That is smoothed over five pulses where the ramp has them: a
 * reading that happens to be high would otherwise sit in too high a bin and be followed by too small a step.
 */
function stepsOf(ramps: readonly Ramp[]): Step[] {
  const all = ramps.flatMap(({ values }) =>
    values.slice(0, -1).map((_, k) => ({ g: smoothed(values, k), delta: values[k + 1]! - values[k]! })),
  );
  return all.sort((a, b) => a.g - b.g);
}

/** Mean of the values within two pulses; at the ends, and of short ramps, within as many as there are on both sides. */
function smoothed(values: readonly number[], k: number): number {
  if (values.length < 20) return values[k]!;
  const reach = Math.min(2, k, values.length - 1 - k);
  const near = values.slice(k - reach, k + reach + 1);
  return near.reduce((sum, g) => sum + g, 0) / near.length;
}

function binsOf(steps: Readonly<Record<Branch, readonly Step[]>>, count: number): number[] {
  const at = (branch: Branch, q: number): number => steps[branch][Math.round(q * (steps[branch].length - 1))]!.g;
  const low = Math.max(at('ltp', sparse), at('ltd', sparse));
  const high = Math.min(at('ltp', 1 - sparse), at('ltd', 1 - sparse));
  if (high <= low) {
    const what = 'LTP and LTD share no conductances, so no table covers both';
    throw new UsageError({ where: 'fit lookup-table', what, remedy: 'measure ramps of one range' });
  }
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/** Variance of a read against the conductance. */
function readVariance(ramps: readonly Ramp[], { read }: BranchNoise, step: (g: number) => number) {
  const profile = readProfile(ramps, centred(ramps, step));
  return (g: number): number => read * read * profile(g);
}

/** @param read - variance of a read against the conductance, which is taken out */
function tableOf(steps: Steps, conductance: number[], read: (g: number) => number) {
  const half = (conductance[1]! - conductance[0]!) / 2;
  const inBins = conductance.map((g) => nearest(steps, g, half));
  const factors = narrowing(
    inBins.map(({ deltas }) => varianceOf(deltas)),
    conductance.map((g) => 2 * read(g)),
  );
  const columns = inBins.map(({ deltas }, i) => quantilesOf(deltas, factors[i]!));
  return {
    table: { conductance, cdf: [...cdfPoints], delta: cdfPoints.map((_, r) => columns.map((column) => column[r]!)) },
    fewest: Math.min(...inBins.map(({ inside }) => inside)),
    extrapolated: inBins.filter(({ inside }) => inside === 0).length,
  };
}

/** Bins on either side over which a variance is averaged: of one bin alone it is too uncertain. */
const reach = 3;

/**
 * What is left of each bin's deviations where two reads' variance is taken off that of its steps: reads may be noisier at
 * higher conductances where pulses are not. At least a tenth is left, where reads seem to be all.
 */
function narrowing(variances: readonly number[], reads: readonly number[]): number[] {
  return variances.map((_, i) => {
    const near = (values: readonly number[]): number => meanOf(values.slice(Math.max(0, i - reach), i + reach + 1));
    const all = near(variances);
    return all === 0 ? 1 : Math.sqrt(Math.max(0.01, 1 - near(reads) / all));
  });
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
}

/**
 * The steps within a bin, and as many of the nearest beside it as it lacks. Those reach over conductances where steps differ: they are
 * brought to the bin by the mean curve's slope, or that would be noise of the bin. Beyond all steps none is followed.
 */
function nearest({ steps, slope }: Steps, g: number, half: number): { deltas: number[]; inside: number } {
  const within = steps.filter((step) => Math.abs(step.g - g) <= half);
  if (within.length >= leastSteps) return { deltas: within.map(({ delta }) => delta), inside: within.length };
  const near = [...steps].sort((a, b) => Math.abs(a.g - g) - Math.abs(b.g - g)).slice(0, leastSteps);
  const [low, high] = extentOf(near.map((step) => step.g));
  const at = Math.min(Math.max(g, low), high);
  const by = slope(at);
  return { deltas: near.map((step) => step.delta + by * (at - step.g)), inside: within.length };
}

/**
 * How the step changes with the conductance before it: by a line of least squares through the pulses nearest to it of the mean curve, in
 * which reads are averaged. Through single readings it would lead down wherever reads scatter.
 */
function slopesOf(ramps: readonly Ramp[]): (g: number) => number {
  const mean = [...meanCurve(ramps).mean];
  const pulses = mean.slice(1).map((after, k) => ({ g: smoothed(mean, k), delta: after - mean[k]! }));
  return (at) => {
    const near = [...pulses].sort((a, b) => Math.abs(a.g - at) - Math.abs(b.g - at)).slice(0, slopePulses);
    const [g, delta] = [meanOf(near.map((pulse) => pulse.g)), meanOf(near.map((pulse) => pulse.delta))];
    const spread = near.reduce((sum, pulse) => sum + (pulse.g - g) ** 2, 0);
    return spread === 0 ? 0 : near.reduce((sum, pulse) => sum + (pulse.g - g) * (pulse.delta - delta), 0) / spread;
  };
}

/** Quantiles at the CDF points, about the mean by a factor of what is kept of their deviation. */
function quantilesOf(deltas: readonly number[], factor: number): number[] {
  const sorted = [...deltas].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, delta) => sum + delta, 0) / sorted.length;
  return cdfPoints.map((q) => {
    const place = q * (sorted.length - 1);
    const i = Math.min(Math.floor(place), Math.max(0, sorted.length - 2));
    const next = sorted[i + 1] ?? sorted[i]!;
    return mean + factor * (sorted[i]! + (place - i) * (next - sorted[i]!) - mean);
  });
}

/** Part of a step's variance that the cell keeps. */
function keptShare({ programming, read }: BranchNoise): number {
  const all = programming ** 2 + 2 * read ** 2;
  return all === 0 ? 1 : programming ** 2 / all;
}

/** Mean step within a distance of G, of steps sorted by G. */
function localMean(steps: readonly Step[], g: number, reach: number): number {
  const from = lowerBound(steps, g - reach);
  const to = Math.max(from + 1, lowerBound(steps, g + reach));
  const near = steps.slice(Math.min(from, steps.length - 1), to);
  return near.reduce((sum, { delta }) => sum + delta, 0) / near.length;
}

function lowerBound(steps: readonly Step[], g: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]!.g < g) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rootMeanSquare(ramps: readonly Ramp[]): number {
  const all = ramps.flatMap(({ values }) => values);
  return Math.sqrt(all.reduce((sum, g) => sum + g * g, 0) / all.length);
}
