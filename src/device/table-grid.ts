import type { TableSteps } from './response.js';
import type { MeasuredTable } from './table-file.js';

/** Equally spaced conductances [S], and probabilities, that tables are brought onto. */
export interface TableGrid {
  readonly gMin: number;
  readonly gMax: number;
  readonly bins: number;
  readonly cdf: Float32Array;
}

/** The pair of measured tables of one device. */
export interface TablePair {
  readonly increasing: MeasuredTable;
  readonly decreasing: MeasuredTable;
}

/** The conductances [S] that all tables cover; gMin is not below gMax where there are none. */
export function sharedRange(tables: readonly MeasuredTable[]): { readonly gMin: number; readonly gMax: number } {
  return {
    gMin: Math.max(...tables.map(({ conductance }) => conductance[0]!)),
    gMax: Math.min(...tables.map(({ conductance }) => conductance.at(-1)!)),
  };
}

/** One grid for several devices: the range that all tables cover, as many bins as the finest has, all their probabilities. */
export function commonGrid(pairs: readonly TablePair[]): TableGrid {
  const tables = pairs.flatMap(({ increasing, decreasing }) => [increasing, decreasing]);
  const bins = Math.max(...tables.map(({ conductance }) => conductance.length));
  return { ...sharedRange(tables), bins, cdf: mergedCdf(tables.map(({ cdf }) => cdf)) };
}

function mergedCdf(all: readonly (readonly number[])[]): Float32Array {
  const rounded = new Set(all.flatMap((cdf) => cdf.map(Math.fround)));
  return Float32Array.from([...rounded].sort((x, y) => x - y));
}

/** A device's measured steps on a grid. */
export function stepsOnGrid({ increasing, decreasing }: TablePair, grid: TableGrid): TableSteps {
  const quantiles = { up: resample(increasing, grid), down: resample(decreasing, grid) };
  const { bins, cdf } = grid;
  return {
    quantiles,
    mean: { up: meanOverCdf(quantiles.up, bins, cdf), down: meanOverCdf(quantiles.down, bins, cdf) },
  };
}

/** The mean over devices at each conductance and probability: the steps of the nominal cell. */
export function nominalSteps(devices: readonly TableSteps[]): TableSteps {
  const [only, ...others] = devices;
  if (only && others.length === 0) return only;
  const over = (of: (one: TableSteps) => Float32Array): Float32Array =>
    of(devices[0]!).map((_, i) => devices.reduce((sum, one) => sum + of(one)[i]!, 0) / devices.length);
  return {
    mean: { up: over(({ mean }) => mean.up), down: over(({ mean }) => mean.down) },
    quantiles: { up: over(({ quantiles }) => quantiles.up), down: over(({ quantiles }) => quantiles.down) },
  };
}

/** A measured table on the kernels' equally spaced grid, in fractions of the range. Bins outside are constant. */
function resample(table: MeasuredTable, { gMin, gMax, bins, cdf }: TableGrid): Float32Array {
  const out = new Float32Array(cdf.length * bins);
  for (let r = 0; r < cdf.length; r++) {
    for (let k = 0; k < bins; k++) {
      const g = gMin + ((gMax - gMin) * k) / (bins - 1);
      out[r * bins + k] = at(table, g, cdf[r]!) / (gMax - gMin);
    }
  }
  return out;
}

function at(table: MeasuredTable, g: number, q: number): number {
  const [row, t] = bracket(table.cdf, q);
  const [bin, u] = bracket(table.conductance, g);
  const along = (r: number): number => table.delta[r]![bin]! * (1 - u) + table.delta[r]![bin + 1]! * u;
  return along(row) * (1 - t) + along(row + 1) * t;
}

/** The interval of `nodes` that holds `x` and the place in it, 0 … 1; clamped. */
function bracket(nodes: readonly number[], x: number): readonly [number, number] {
  let i = 0;
  while (i < nodes.length - 2 && nodes[i + 1]! <= x) i++;
  const t = (x - nodes[i]!) / (nodes[i + 1]! - nodes[i]!);
  return [i, Math.min(1, Math.max(0, t))];
}

/** μ(g): the integral of ΔG(q | g) over q, exact for the piecewise linear table. */
function meanOverCdf(quantiles: Float32Array, bins: number, cdf: Float32Array): Float32Array {
  const mean = new Float64Array(bins);
  for (let r = 1; r < cdf.length; r++) {
    const width = cdf[r]! - cdf[r - 1]!;
    for (let k = 0; k < bins; k++)
      mean[k]! += (width * (quantiles[r * bins + k]! + quantiles[(r - 1) * bins + k]!)) / 2;
  }
  return Float32Array.from(mean);
}
