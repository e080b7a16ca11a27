import { parse as parseCsv } from 'csv-parse/sync';
import { UsageError } from '../errors.js';
import { loadSweep, shippedSweeps } from '../experiment/sweep/load.js';
import { scalar, type Point } from '../experiment/sweep/points.js';
import { sheetOf } from '../experiment/sweep/plan.js';
import { csvOf, figureFiles } from './figures/figure.js';
import { sharedRange, sweepFigures, viewOf } from './figures/sweep.js';
import { sweepOf, type SweepRead } from './results/sweep.js';

/** A picture of docs/sweeps.md. */
export interface DocumentedSweep {
  /** Of configs/sweeps, of the picture, and of the table beside it. */
  readonly name: string;
  readonly figure: 'map' | 'lines';
  /** The sweep whose map has the same range of colours. */
  readonly alike?: string;
}

const [orhd, mnist] = ['nonlinearity-noise-orhd', 'nonlinearity-noise-mnist'];

export const documentedSweeps: readonly DocumentedSweep[] = [
  { name: orhd, figure: 'map', alike: `${orhd}-offset` },
  { name: `${orhd}-offset`, figure: 'map', alike: orhd },
  { name: mnist, figure: 'map', alike: `${mnist}-offset` },
  { name: `${mnist}-offset`, figure: 'map', alike: mnist },
  { name: 'states-orhd', figure: 'lines' },
  { name: 'device-to-device-orhd', figure: 'lines' },
  { name: 'temperature-time', figure: 'map' },
  { name: 'coding-policy-orhd', figure: 'map' },
];

/**
 * What a picture is drawn from, to be kept beside it: a row a trial, with the values of the axes.
 * @throws UsageError where the sweep is not whole
 */
export function keptTable(sweep: SweepRead): string {
  const paths = sweep.axes.map(({ path }) => path);
  const lacking = sweep.trials.filter(({ accuracy }) => accuracy === null).length;
  if (lacking > 0 || sweep.trials.length !== sweep.most) {
    const what = `has ${sweep.trials.length - lacking} trials with an accuracy, expected ${sweep.most}`;
    throw new UsageError({ where: sweep.folder, what, remedy: 'finish it with mho sweep --resume' });
  }
  const rows = sweep.trials.map(({ index, point, seed, accuracy }) => [
    ...[index, ...paths.map((path) => point[path] as string | number), seed],
    accuracy,
  ]);
  return csvOf({ head: ['index', ...paths, 'seed', 'accuracy'], rows });
}

/**
 * A shipped sweep with the results that a table holds.
 * @throws UsageError where the table is not one of the sweep as its file is now
 */
export function keptSweep(name: string, table: string): SweepRead {
  const loaded = loadSweep(shippedSweeps().get(name) ?? name);
  const rows = parseCsv<Record<string, string>>(table, { columns: true });
  const all = [...loaded.points.all()];
  const records = all.map(({ point, seed }, index) => {
    const row = rows[index];
    if (row?.index !== `${index}` || row.seed !== `${seed}` || !matches(row, point)) {
      const what = `row ${index + 1} is not ${JSON.stringify(point)}, seed ${seed}`;
      throw new UsageError({ where: `${name}.csv`, what, remedy: 'run the sweep anew and take its results' });
    }
    const accuracy = Number(row.accuracy);
    return { hash: `${index}`, index, point, seed, status: 'finished', result: { accuracy } };
  });
  if (rows.length !== all.length) {
    const what = `has ${rows.length} rows, expected ${all.length}`;
    throw new UsageError({ where: `${name}.csv`, what, remedy: 'run the sweep anew and take its results' });
  }
  return sweepOf(sheetOf(loaded, ''), records, loaded.base.resolved);
}

function matches(row: Record<string, string>, point: Point): boolean {
  return Object.entries(point).every(([path, value]) => row[path] === String(scalar(value)));
}

/** @param tableOf - of the sweep of a name, what {@link keptTable} made of it */
export async function documentedSvg(
  { name, figure, alike }: DocumentedSweep,
  tableOf: (name: string) => string,
): Promise<string> {
  const views = [name, ...(alike === undefined ? [] : [alike])].map((one) => viewOf(keptSweep(one, tableOf(one))));
  const figures = sweepFigures(views[0]!, name, sharedRange(views[0]!, views));
  const shown = figures.find((one) => one.name === `${name}-${figure}`)!;
  const files = new Map(await figureFiles(shown));
  return files.get(`${shown.name}.svg`) as string;
}
