import { z } from 'zod';
import { UsageError } from '../errors.js';
import { cellDrift, cellNoise, defineModel, documentation } from './model.js';
import { compileRetention } from './retention/registry.js';
import { interpolate, type TableResponse } from './response.js';
import type { MeasuredTable } from './table-file.js';

const finite = z.array(z.number()).min(2);

const measuredTable = z
  .strictObject({
    /** Conductance bins [S], ascending. */
    conductance: finite,
    /** Probabilities, ascending from 0 to 1. */
    cdf: finite,
    /** ΔG [S] of one pulse, one row per probability. */
    delta: z.array(finite).min(2),
  })
  .superRefine((table, context) => {
    const report = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (table.delta.length !== table.cdf.length)
      report('delta', `has ${table.delta.length} rows, expected one per probability, ${table.cdf.length}`);
    const ragged = table.delta.findIndex((row) => row.length !== table.conductance.length);
    if (ragged >= 0)
      report('delta', `row ${ragged} has ${table.delta[ragged]!.length} values, expected ${table.conductance.length}`);
    if (table.cdf[0] !== 0 || table.cdf.at(-1) !== 1) report('cdf', 'must run from 0 to 1');
    for (const path of ['conductance', 'cdf'] as const)
      if (table[path].some((v, i, all) => i > 0 && v <= all[i - 1]!)) report(path, 'must ascend');
  });

const measuredTables = z
  .strictObject({ increasing: measuredTable, decreasing: measuredTable })
  .superRefine(({ increasing, decreasing }, context) => {
    const { gMin, gMax } = sharedRange(increasing, decreasing);
    if (gMin < gMax) return;
    const message = 'shares no conductances with the increasing table, expected overlapping bins';
    context.addIssue({ code: 'custom', path: ['decreasing', 'conductance'], message });
  });

const schema = z.strictObject({
  model: z.literal('lookup-table'),
  ...documentation,
  /** Paths of two measured tables in CrossSim's text format, relative to the device file. */
  files: z.strictObject({ increasing: z.string(), decreasing: z.string() }).optional(),
  /** The same tables inline. */
  tables: measuredTables.optional(),
  readNoise: cellNoise.readNoise,
  ...cellDrift,
});

/**
 * The measured inverse CDF of one pulse's ΔG against conductance. For a request of s mean pulses
 * ΔG = s·μ(G) + √s·(ΔG(q | G) − μ(G)), where μ is the mean over q.
 * @see CrossSim manual, "Lookup table"
 */
export const lookupTable = defineModel({
  name: 'lookup-table',
  summary: 'measured inverse CDF of ΔG against conductance, one table up, one down',
  schema,
  compile({ tables, readNoise, retention: law }, { window }): TableResponse {
    if (!tables) throw new TypeError('lookup-table: the tables of `files` were not read before compiling');
    const { increasing, decreasing } = tables;
    const { gMin, gMax } = sharedRange(increasing, decreasing);
    const bins = Math.max(increasing.conductance.length, decreasing.conductance.length);
    const cdf = mergedCdf(increasing.cdf, decreasing.cdf);
    const grid = { gMin, gMax, bins, cdf };
    const quantiles = { up: resample(increasing, grid), down: resample(decreasing, grid) };
    const mean = { up: meanOverCdf(quantiles.up, bins, cdf), down: meanOverCdf(quantiles.down, bins, cdf) };
    const pulsesPerRange = {
      up: 1 / climbingMean('increasing', meanOverWindow(mean.up, window)),
      down: 1 / climbingMean('decreasing', -meanOverWindow(mean.down, window)),
    };
    const levels = climb(mean.up);
    const retention = compileRetention(law);
    return { kind: 'table', pulsesPerRange, readNoise, retention, gMin, gMax, bins, cdf, mean, quantiles, levels };
  },
});

/** The conductances [S] that both tables cover. */
function sharedRange(a: MeasuredTable, b: MeasuredTable): { gMin: number; gMax: number } {
  return {
    gMin: Math.max(a.conductance[0]!, b.conductance[0]!),
    gMax: Math.min(a.conductance.at(-1)!, b.conductance.at(-1)!),
  };
}

/** The mean step in its table's own direction; without one, no number of pulses gives what is asked. */
function climbingMean(table: 'increasing' | 'decreasing', step: number): number {
  if (step > 0) return step;
  const what = `the ${table} table's mean ΔG over the crossbar's window has the wrong sign or is zero`;
  throw new UsageError({ where: 'lookup-table', what, remedy: 'swap the two tables, or choose another window' });
}

interface Grid {
  readonly gMin: number;
  readonly gMax: number;
  readonly bins: number;
  readonly cdf: Float32Array;
}

function mergedCdf(a: readonly number[], b: readonly number[]): Float32Array {
  return Float32Array.from([...new Set([...a, ...b].map(Math.fround))].sort((x, y) => x - y));
}

/** A measured table on the kernels' equally spaced grid, in fractions of the range. Bins outside are constant. */
function resample(table: MeasuredTable, { gMin, gMax, bins, cdf }: Grid): Float32Array {
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

function meanOverWindow(values: Float32Array, [low, high]: readonly [number, number]): number {
  const samples = 256;
  let sum = 0;
  for (let i = 0; i < samples; i++) sum += interpolate(values, low + ((high - low) * (i + 0.5)) / samples);
  return sum / samples;
}

/** The levels that mean potentiating pulses visit from the bottom; ends where a pulse adds less than 1e-4. */
function climb(meanUp: Float32Array): Float32Array {
  const levels = [0];
  for (let g = 0; g < 1 && levels.length <= 65_536;) {
    const step = interpolate(meanUp, g);
    if (step < 1e-4) break;
    g = Math.min(1, g + step);
    levels.push(g);
  }
  return Float32Array.from(levels);
}
