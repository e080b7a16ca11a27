import { z } from 'zod';
import { UsageError } from '../errors.js';
import { cellDrift, cellNoise, defineModel, documentation } from './model.js';
import { compileRetention } from './retention/registry.js';
import { formatQuantity } from '../units.js';
import { interpolate, type TableResponse, type TableSteps } from './response.js';
import type { MeasuredTable } from './table-file.js';
import { commonGrid, nominalSteps, sharedRange, stepsOnGrid, type TableGrid, type TablePair } from './table-grid.js';

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

const pairOfTables = z
  .strictObject({ increasing: measuredTable, decreasing: measuredTable })
  .superRefine(({ increasing, decreasing }, context) => {
    const { gMin, gMax } = sharedRange([increasing, decreasing]);
    if (gMin < gMax) return;
    const message = 'shares no conductances with the increasing table, expected overlapping bins';
    context.addIssue({ code: 'custom', path: ['decreasing', 'conductance'], message });
  });

/** The pairs of several devices; each table covers some of what all pairs before it share. */
const pairsOfTables = z
  .array(pairOfTables)
  .min(1)
  .superRefine((pairs, context) => {
    pairs.forEach((pair, i) => {
      const before = sharedRange(bothOf(pairs.slice(0, i)));
      const apart = directions.find((direction) => {
        const { gMin, gMax } = sharedRange([...bothOf(pairs.slice(0, i)), pair[direction]]);
        return gMin >= gMax;
      });
      // Only the first pair that is apart, since none shares anything with it; and none that is apart in itself.
      const own = sharedRange(bothOf([pair]));
      if (i === 0 || apart === undefined || before.gMin >= before.gMax || own.gMin >= own.gMax) return;
      const message = `got ${siemens(sharedRange([pair[apart]]))}, expected some of what the pairs before it share, ${siemens(before)}`;
      context.addIssue({ code: 'custom', path: [i, apart, 'conductance'], message });
    });
  });

const directions = ['increasing', 'decreasing'] as const;

function bothOf(pairs: readonly TablePair[]): MeasuredTable[] {
  return pairs.flatMap(({ increasing, decreasing }) => [increasing, decreasing]);
}

function siemens({ gMin, gMax }: { readonly gMin: number; readonly gMax: number }): string {
  return `${formatQuantity(gMin, 'conductance')} to ${formatQuantity(gMax, 'conductance')}`;
}

const pairOfFiles = z.strictObject({ increasing: z.string(), decreasing: z.string() });

const schema = z.strictObject({
  model: z.literal('lookup-table'),
  ...documentation,
  /** Paths of two measured tables in CrossSim's text format, relative to the device file; or a list, a pair a device. */
  files: z.union([pairOfFiles, z.array(pairOfFiles).min(1)]).optional(),
  /** The same tables inline. */
  tables: z.union([pairOfTables, pairsOfTables]).optional(),
  readNoise: cellNoise.readNoise,
  ...cellDrift,
});

/**
 * The measured inverse CDF of one pulse's ΔG against conductance. For a request of s mean pulses
 * ΔG = s·μ(G) + √s·(ΔG(q | G) − μ(G)), where μ is the mean over q. Of several devices each cell is one.
 * @see CrossSim manual, "Lookup table"
 */
export const lookupTable = defineModel({
  name: 'lookup-table',
  summary: 'measured inverse CDF of ΔG against conductance, one table up, one down; of one device or several',
  schema,
  compile({ tables, readNoise, retention: law }, { window }): TableResponse {
    if (!tables) throw new TypeError('lookup-table: the tables of `files` were not read before compiling');
    const pairs = [tables].flat();
    const { grid, devices } = onOneGrid(pairs);
    const against = tableAgainst(pairs, window);
    if (against) {
      const where = pairs.length === 1 ? 'lookup-table' : `lookup-table, pair ${against.pair + 1} of ${pairs.length}`;
      throw new UsageError({ where, what: `the ${against.table} table's ${against.what}`, remedy: against.remedy });
    }
    const pulsesPerRange = (direction: 'up' | 'down'): number => {
      const means = devices.map(({ mean }) => Math.abs(meanOverWindow(mean[direction], window)));
      return 1 / (means.reduce((sum, mean) => sum + mean, 0) / means.length);
    };
    const nominal = nominalSteps(devices);
    return {
      kind: 'table',
      pulsesPerRange: { up: pulsesPerRange('up'), down: pulsesPerRange('down') },
      ...{ readNoise, retention: compileRetention(law), ...grid, ...nominal },
      levels: climb(nominal.mean.up),
      ...(devices.length > 1 && { devices }),
    };
  },
});

function onOneGrid(pairs: readonly TablePair[]): { readonly grid: TableGrid; readonly devices: TableSteps[] } {
  const grid = commonGrid(pairs);
  return { grid, devices: pairs.map((pair) => stepsOnGrid(pair, grid)) };
}

/**
 * The first table whose mean step over the crossbar's window does not lead in its own direction: no number of pulses then
 * gives what is asked.
 */
export function tableAgainst(pairs: readonly TablePair[], window: readonly [low: number, high: number]) {
  const { devices } = onOneGrid(pairs);
  const steps = devices.flatMap(({ mean }, pair) => [
    { pair, table: 'increasing' as const, step: meanOverWindow(mean.up, window) },
    { pair, table: 'decreasing' as const, step: -meanOverWindow(mean.down, window) },
  ]);
  const against = steps.find(({ step }) => !(step > 0));
  if (!against) return undefined;
  const what = "mean ΔG over the crossbar's window has the wrong sign or is zero";
  return { ...against, what, remedy: 'swap the two tables, or choose another window' };
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
