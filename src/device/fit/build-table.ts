import { UsageError } from '../../errors.js';
import type { MeasuredTable } from '../table-file.js';
import type { Branch, Ramp } from './ramps.js';

/** Nodes that a table is built on. */
export interface TableGrid {
  /** Ends of the conductances [S]. */
  readonly gMin: number;
  readonly gMax: number;
  readonly bins: number;
  /** Equally spaced probabilities 0 … 1. */
  readonly cdfPoints: number;
}

/** A table of one branch, and how well measured it is. */
export interface BuiltTable {
  readonly table: MeasuredTable;
  /** Steps near each bin, as many as equally weighted ones would count: (Σw)²/Σw². */
  readonly steps: readonly number[];
  /** Bins between measured ones, interpolated in G at each probability. */
  readonly interpolated: number;
  /** Bins beyond the measured conductances, which are given the nearest measured bin's ΔG. */
  readonly extrapolated: number;
}

/** Below so many steps a bin's distribution is taken from its neighbours. */
const fewest = 5;

/**
 * The inverse CDF ΔG(q | G) of one branch. Each bin takes the steps that begin within one bin of it, weighted by a
 * triangle; the q of a step is the middle of its share of the weight, between steps ΔG is linear in q, and 0 and 1 are
 * the least and the largest step.
 * @throws UsageError where no bin holds enough steps
 */
export function buildTable(ramps: readonly Ramp[], branch: Branch, grid: TableGrid): BuiltTable {
  const width = (grid.gMax - grid.gMin) / (grid.bins - 1);
  const conductance = Array.from({ length: grid.bins }, (_, k) => grid.gMin + k * width);
  const cdf = Array.from({ length: grid.cdfPoints }, (_, r) => r / (grid.cdfPoints - 1));
  const all = ramps.flatMap(({ values }) =>
    values.slice(1).map((g, k) => ({ from: values[k]!, step: g - values[k]! })),
  );
  const near = conductance.map((g) =>
    all.flatMap(({ from, step }) => {
      const weight = 1 - Math.abs(from - g) / width;
      return weight > 0 ? [{ step, weight }] : [];
    }),
  );
  const steps = near.map(effectiveCount);
  const measured = conductance.flatMap((_, k) => (steps[k]! >= fewest ? [k] : []));
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined) {
    const what = `no bin of ${branch.toUpperCase()} holds ${fewest} steps, got ${all.length} over ${grid.bins} bins`;
    throw new UsageError({ where: 'fit lookup-table', what, remedy: 'give more ramps, or fewer --bins' });
  }
  const columns = filled(
    near.map((bin, k) => (steps[k]! >= fewest ? quantiles(bin, cdf) : undefined)),
    measured,
  );
  return {
    table: { conductance, cdf, delta: cdf.map((_, r) => columns.map((column) => column[r]!)) },
    steps,
    interpolated: last - first + 1 - measured.length,
    extrapolated: first + (grid.bins - 1 - last),
  };
}

/** Mean step [S] at a conductance: the integral of ΔG over q, linear between bins, constant beyond them. */
export function meanStepOf({ conductance, cdf, delta }: MeasuredTable): (conductance: number) => number {
  const mean = conductance.map((_, k) =>
    cdf.slice(1).reduce((sum, q, r) => sum + ((q - cdf[r]!) * (delta[r]![k]! + delta[r + 1]![k]!)) / 2, 0),
  );
  const [low, high] = [conductance[0]!, conductance.at(-1)!];
  return (g) => {
    const place = Math.min(1, Math.max(0, (g - low) / (high - low))) * (mean.length - 1);
    const k = Math.min(Math.floor(place), mean.length - 2);
    return mean[k]! + (place - k) * (mean[k + 1]! - mean[k]!);
  };
}

interface Weighted {
  readonly step: number;
  readonly weight: number;
}

function effectiveCount(bin: readonly Weighted[]): number {
  const sum = bin.reduce((total, { weight }) => total + weight, 0);
  return sum === 0 ? 0 : sum ** 2 / bin.reduce((total, { weight }) => total + weight * weight, 0);
}

function quantiles(bin: readonly Weighted[], cdf: readonly number[]): number[] {
  const sorted = [...bin].sort((a, b) => a.step - b.step);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  const places = sorted.map(({ step, weight }) => {
    before += weight;
    return { q: (before - weight / 2) / total, step };
  });
  const nodes = [{ q: 0, step: places[0]!.step }, ...places, { q: 1, step: places.at(-1)!.step }];
  let at = 0;
  return cdf.map((q) => {
    while (at < nodes.length - 2 && nodes[at + 1]!.q < q) at++;
    const [a, b] = [nodes[at]!, nodes[at + 1]!];
    return b.q > a.q ? a.step + ((b.step - a.step) * (q - a.q)) / (b.q - a.q) : b.step;
  });
}

/** Every bin's quantiles: between measured bins linear in G, beyond them those of the nearest. */
function filled(columns: readonly (readonly number[] | undefined)[], measured: readonly number[]): number[][] {
  return columns.map((column, k) => {
    if (column) return [...column];
    const after = measured.find((m) => m > k) ?? measured.at(-1)!;
    const before = measured.findLast((m) => m < k) ?? after;
    const t = after === before ? 0 : Math.min(1, (k - before) / (after - before));
    return columns[before]!.map((value, r) => value + t * (columns[after]![r]! - value));
  });
}
