import { extentOf } from '../../statistics/extent.js';
import { growthOf, type Spread } from './growth.js';
import { branches, type Branch, type Ramp, type RampSet } from './ramps.js';

/** Mean step of one pulse at conductance G [S], signed. */
export type StepOf = (branch: Branch, conductance: number) => number;

/**
 * A variance that is told from another by a difference of autocovariances, as it comes out: below zero where that other one
 * hides it.
 */
export interface VariancePart {
  /** [S²]; of noise relative to a range or a conductance without unit. */
  readonly variance: number;
  /** What was taken off to come to it, in the same unit. */
  readonly taken: number;
}

/** The noise of one branch. Conductances in siemens. */
export interface BranchNoise {
  /** σ of what one pulse adds to the cell and leaves there: a random walk. */
  readonly programming: number;
  /** σ of one read: gone at the next. */
  readonly read: number;
  /** The squares of both before negative ones are told as 0. */
  readonly parts: Readonly<Record<'programming' | 'read', VariancePart>>;
  /** σ of steps that a whole ramp shares: its steps are all larger or all smaller. */
  readonly rampToRamp: number;
  /** Correlation of consecutive steps: −0.5 is read noise alone, 0 programming noise alone. */
  readonly lagOne: number;
  /**
   * Exponent h of the spread σ·n^h over n pulses, read noise taken off; 0.5 is √n. Absent below 8 pulses, and where reads
   * seem to be all of it.
   */
  readonly growth: number | undefined;
  /** Of n = 1, 2, 4 … pulses. */
  readonly spread: readonly Spread[];
}

/** Lags whose autocovariance tells what a whole ramp shares. */
const slowLags = [2, 3, 4, 5];

/**
 * Tells programming noise from read noise by the autocovariance of the steps' residuals. With a true state X, reads
 * Y = X + σr·η and steps X' = X + μ(X) + σp·ξ, the residual e = Y' − Y − μ(Y) has
 *   γ0 = σp² + σr²·(1 + κ²),   γ1 = −κ·σr²,   κ = 1 + dμ/dG,
 * besides a covariance at every lag of what a whole ramp shares, which is taken off.
 */
export function noiseOf(ramps: RampSet, step: StepOf): Record<Branch, BranchNoise> {
  const [ltp, ltd] = branches.map((branch) => branchNoise(ramps[branch], (g) => step(branch, g)));
  return { ltp: ltp!, ltd: ltd! };
}

function branchNoise(ramps: readonly Ramp[], step: (g: number) => number): BranchNoise {
  const residuals = centred(ramps, step);
  const [, longest] = extentOf(residuals.map((row) => row.length));
  const lag = (l: number): number => autocovariance(residuals, l);
  const all = lag(0);
  const slow = longest < 8 ? 0 : slowLags.reduce((sum, l) => sum + lag(l), 0) / slowLags.length;
  const kappa = meanSlope(ramps, step);
  const parts = partsOf(all - slow, longest < 3 ? 0 : lag(1) - slow, kappa);
  const sigma = ({ variance }: VariancePart): number => Math.sqrt(Math.max(0, variance));
  const spread = spreads(residuals, unitsOf(ramps), longest).map(({ pulses, variance, error }): Spread => {
    const deviation = Math.sqrt(variance);
    const kept = variance - parts.read.variance * readsIn(pulses, kappa);
    return { pulses, deviation, error: error === null || deviation === 0 ? null : error / (2 * deviation), kept };
  });
  return {
    ...{ programming: sigma(parts.programming), read: sigma(parts.read), parts },
    rampToRamp: Math.sqrt(Math.max(0, slow)),
    lagOne: all === 0 ? 0 : lag(1) / all,
    growth: longest < 8 ? undefined : growthOf(spread),
    spread,
  };
}

/** σp² and σr² from γ0 and γ1. */
function partsOf(gamma0: number, gamma1: number, kappa: number): BranchNoise['parts'] {
  const reads = readsIn(1, kappa);
  const read = -gamma1 / kappa;
  const taken = Math.max(0, read) * reads;
  const programming = gamma0 - taken;
  return { programming: { variance: programming, taken }, read: { variance: read, taken: gamma0 / reads - read } };
}

/**
 * Variance that reads add to the sum of n residuals, in σr²: of the last read, κ² of the first, and of each between them
 * what μ at its conductance leaves of it.
 */
function readsIn(n: number, kappa: number): number {
  return 1 + kappa ** 2 + (n - 1) * (1 - kappa) ** 2;
}

/**
 * Steps less the mean step at their conductance, and less the mean over the ramps of one device at the same pulse, which
 * takes off what the curve does not describe.
 */
export function centred(ramps: readonly Ramp[], step: (g: number) => number): Float64Array[] {
  const rows = ramps.map(({ values }) =>
    Float64Array.from({ length: values.length - 1 }, (_, k) => values[k + 1]! - values[k]! - step(values[k]!)),
  );
  const devices = [...new Set(ramps.map(({ device }) => device))];
  for (const device of devices) centre(rows.filter((_, i) => ramps[i]!.device === device));
  return rows;
}

function centre(rows: readonly Float64Array[]): void {
  const [, longest] = extentOf(rows.map((row) => row.length));
  for (let k = 0; k < longest; k++) {
    const here = rows.filter((row) => k < row.length);
    if (here.length < 2) continue;
    const mean = here.reduce((sum, row) => sum + row[k]!, 0) / here.length;
    const unbias = Math.sqrt(here.length / (here.length - 1));
    for (const row of here) row[k] = (row[k]! - mean) * unbias;
  }
}

function autocovariance(rows: readonly Float64Array[], lag: number): number {
  let [sum, count] = [0, 0];
  for (const row of rows) {
    for (let k = 0; k + lag < row.length; k++) sum += row[k]! * row[k + lag]!;
    count += Math.max(0, row.length - lag);
  }
  return count === 0 ? 0 : sum / count;
}

/** Mean of 1 + dμ/dG over where the ramps were. */
function meanSlope(ramps: readonly Ramp[], step: (g: number) => number): number {
  let [sum, count] = [0, 0];
  for (const { values } of ramps) {
    const [least, most] = extentOf(values);
    const h = 1e-4 * (most - least);
    for (const g of values.slice(0, -1)) sum += 1 + (step(g + h) - step(g - h)) / (2 * h);
    count += values.length - 1;
  }
  return Math.max(0.05, sum / count);
}

interface SpreadVariance {
  readonly pulses: number;
  readonly variance: number;
  /** Standard error of the variance; null where nothing tells it. */
  readonly error: number | null;
}

/** What was drawn independently of what else was: the devices where there are several, else the ramps; a number of each ramp. */
function unitsOf(ramps: readonly Ramp[]): number[] {
  const devices = ramps.map(({ device }) => device);
  return new Set(devices).size > 1 ? devices : ramps.map((_, i) => i);
}

/** The mean square of n steps' residuals summed, for n = 1, 2, 4 … up to a quarter of the ramp. */
function spreads(rows: readonly Float64Array[], units: readonly number[], longest: number): SpreadVariance[] {
  const sums = rows.map((row) => {
    const walk = new Float64Array(row.length + 1);
    for (let k = 0; k < row.length; k++) walk[k + 1] = walk[k]! + row[k]!;
    return walk;
  });
  const lengths = [];
  for (let n = 1; n <= Math.max(1, longest / 4); n *= 2) lengths.push(n);
  return lengths.map((pulses) => ({ pulses, ...structure(sums, units, pulses) }));
}

/** The mean of (X(k + n) − X(k))² over all walks, and its standard error: that of a ratio of totals over units. */
function structure(
  walks: readonly Float64Array[],
  units: readonly number[],
  n: number,
): Omit<SpreadVariance, 'pulses'> {
  const totals = new Map<number, { sum: number; count: number }>();
  for (const [i, walk] of walks.entries()) {
    if (walk.length <= n) continue;
    const total = totals.get(units[i]!) ?? { sum: 0, count: 0 };
    for (let k = 0; k + n < walk.length; k++) total.sum += (walk[k + n]! - walk[k]!) ** 2;
    total.count += walk.length - n;
    totals.set(units[i]!, total);
  }
  const of = [...totals.values()];
  const count = of.reduce((all, one) => all + one.count, 0);
  if (count === 0) return { variance: 0, error: null };
  const variance = of.reduce((all, one) => all + one.sum, 0) / count;
  const squares = of.reduce((all, one) => all + (one.sum - variance * one.count) ** 2, 0);
  const error = of.length < 2 ? null : Math.sqrt((of.length / (of.length - 1)) * squares) / count;
  return { variance, error };
}
