import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { shippedConfigs } from '../experiment/files.js';
import { publishedOf } from '../experiment/figures/source.js';
import { loadExperiment } from '../experiment/loader.js';
import { documentedSvg, documentedSweeps } from './documented-sweeps.js';
import { figureOfCurves, networkNames, type AccuracyCurves, type SpreadAt } from './figures/accuracy.js';
import { figureFiles } from './figures/figure.js';

/**
 * The pictures of results in `docs/pictures/` that are drawn of a table beside them, by name: `reproduction/accuracy.svg` of
 * `accuracy.csv`, as `mho report` writes both, and those of docs/sweeps.md, `sweeps/<name>.svg` of `<name>.csv`. What is drawn around the numbers comes from the shipped experiments.
 */
export async function documentedResults(pictures: string): Promise<Map<string, string>> {
  const figure = figureOfCurves(documentedCurves(path.join(pictures, 'reproduction/accuracy.csv')))!;
  const files = new Map(await figureFiles(figure));
  const drawn = new Map([['reproduction/accuracy.svg', String(files.get(`${figure.name}.svg`))]]);
  const tableOf = (name: string): string => readFileSync(path.join(pictures, `sweeps/${name}.csv`), 'utf8');
  for (const sweep of documentedSweeps) drawn.set(`sweeps/${sweep.name}.svg`, await documentedSvg(sweep, tableOf));
  return drawn;
}

type Rows = readonly Readonly<Record<string, string>>[];

function rowsOf(file: string): Rows {
  return parseCsv<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true });
}

/** The curves of the README's figure, in the table's order. */
export function documentedCurves(file: string): AccuracyCurves[] {
  const rows = rowsOf(file);
  return [...new Set(rows.map(({ experiment }) => experiment!))].map((label) => {
    const own = rows.filter(({ experiment }) => experiment === label);
    const { config } = loadExperiment(shippedConfigs('experiments').get(label)!);
    const [first] = own;
    const of = (name: string): SpreadAt[] => own.filter(({ network }) => network === name).map(spreadAt);
    return {
      ...{ label, published: publishedOf(config), seeds: Number(first!.seeds) },
      along: first!.along as AccuracyCurves['along'],
      ...{ device: of(networkNames.device), ideal: of(networkNames.ideal) },
    };
  });
}

function spreadAt(row: Rows[number]): SpreadAt {
  const number = (name: string): number => Number(row[name]);
  return {
    ...{ at: number('at'), count: number('seeds'), mean: number('mean'), median: number('median') },
    ...{ sd: row.sd === '' ? null : number('sd'), min: number('min'), max: number('max') },
  };
}
