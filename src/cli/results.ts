import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { UsageError } from '../errors.js';
import type { Value } from '../experiment/expression/values.js';
import type { Results } from '../experiment/results/results.js';
import { once } from './options.js';

/** The parser makes a list of an option that is repeated. */
type Text = string | readonly string[] | undefined;

interface ResultsArguments {
  readonly folder: readonly string[];
  readonly where: Text;
  readonly sort: Text;
  readonly columns: Text;
  readonly with: Text;
  readonly limit: Text;
  readonly timings: boolean;
  readonly csv: boolean;
  readonly parquet: boolean;
  readonly out: Text;
  readonly force: boolean;
  readonly json: boolean;
}

/** `mho results`: one table over run folders, replicas and sweeps. */
export const resultsCommand: CommandModule<object, ResultsArguments> = {
  command: 'results <folder..>',
  describe: 'Print the runs of some folders as one table',
  builder: (yargs) => resultsOptions(yargs),
  handler: async (args) => {
    const form = formOf(args);
    const { results, writeParquet } = await import('../experiment/results/results.js');
    const { csvOf } = await import('../experiment/results/csv.js');
    const { inSiUnits } = await import('../experiment/results/si.js');
    const { assertNewFile, writeWhole } = await import('../experiment/whole-file.js');
    const out = once('out', args.out);
    const file = out === undefined ? undefined : path.resolve(out);
    if (file !== undefined) assertNewFile(file, '--out', args.force);
    const found = await results({
      ...{ folders: args.folder, where: once('where', args.where), sort: once('sort', args.sort) },
      ...{ with: listed(once('with', args.with)), circumstances: args.timings },
    });
    if (found.unreadable.length > 0) console.error(unreadableText(found.unreadable));
    const shown = narrowed(found, listed(once('columns', args.columns)), limitOf(once('limit', args.limit)));
    // People read `10 uS`; programs read numbers.
    const inNumbers = form === 'csv' || form === 'parquet';
    const table = inNumbers ? { ...shown, ...inSiUnits(shown.columns, shown.rows) } : shown;
    if (form === 'parquet') await writeParquet(file!, table);
    else if (file === undefined) process.stdout.write(textOf(form, table, csvOf));
    else writeWhole(file, textOf(form, table, csvOf));
  },
};

type Form = 'text' | 'csv' | 'parquet' | 'json';

/** @throws UsageError where two forms are asked for, or a file that nothing is written to */
function formOf({ csv, parquet, json, out }: ResultsArguments): Form {
  const asked = [...(csv ? ['csv'] : []), ...(parquet ? ['parquet'] : []), ...(json ? ['json'] : [])] as Form[];
  if (asked.length > 1) {
    throw new UsageError({ where: `--${asked[1]!}`, what: `stands beside --${asked[0]!}`, remedy: 'leave one out' });
  }
  if (parquet && out === undefined) {
    throw new UsageError({ where: '--parquet', what: 'needs a file', remedy: 'name it with --out table.parquet' });
  }
  return asked[0] ?? (typeof out === 'string' && out.endsWith('.csv') ? 'csv' : 'text');
}

function textOf(
  form: Form,
  { columns, rows }: Results,
  csvOf: (columns: readonly string[], rows: Results['rows']) => string,
) {
  if (form === 'csv') return csvOf(columns, rows);
  if (form === 'text') return textTable(columns, rows);
  const shown = rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
  return `${JSON.stringify({ columns, rows: shown })}\n`;
}

/** Columns in a row of equal width; numbers to the right. */
export function textTable(columns: readonly string[], rows: Results['rows']): string {
  const cells = rows.map((row) => columns.map((column) => cell(column, row[column] ?? null)));
  const widths = columns.map((column, c) =>
    cells.reduce((most, line) => Math.max(most, line[c]!.length), column.length),
  );
  const numeric = columns.map((column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, c) => (numeric[c] ? text.padStart(widths[c]!) : text.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  return `${[columns, ...cells].map(line).join('\n')}\n`;
}

function cell(column: string, value: Value): string {
  if (value === null) return '-';
  if (typeof value !== 'number') return String(value);
  // Accuracies of some thousand images have four digits.
  return /accuracy|retained/i.test(column) ? value.toFixed(4) : String(Number(value.toPrecision(6)));
}

/** @throws UsageError for a column that there is not */
function narrowed(found: Results, wanted: readonly string[], limit: number | undefined): Results {
  const unknown = wanted.find((column) => !found.columns.includes(column) && !found.rows.some((row) => column in row));
  if (unknown !== undefined) {
    const remedy = `columns are ${found.columns.join(', ')}; add one of the configuration by --with`;
    throw new UsageError({ where: '--columns', what: `there is no column ${unknown}`, remedy });
  }
  return {
    ...found,
    columns: wanted.length === 0 ? found.columns : wanted,
    rows: limit === undefined ? found.rows : found.rows.slice(0, limit),
  };
}

function unreadableText(folders: readonly string[]): string {
  const shown = folders.slice(0, 3).join(', ');
  return `left out, since ${folders.length === 1 ? 'its record' : 'their records'} cannot be read: ${shown}${folders.length > 3 ? ` and ${folders.length - 3} more` : ''}`;
}

function listed(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').map((name) => name.trim());
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError({ where: '--limit', what: `got ${JSON.stringify(text)}, expected a whole number` });
}

function resultsOptions(yargs: Argv) {
  return yargs
    .positional('folder', {
      ...({ type: 'string', array: true, demandOption: true, default: [] as readonly string[] } as const),
      describe: 'Run folders, sweeps, folders of replicas, or folders that hold such',
    })
    .option('where', { ...text, describe: 'Keep rows that meet a condition: "status = \'finished\' and seed < 3"' })
    .option('sort', { ...text, describe: 'Order of the rows: "accuracy desc, seed"' })
    .option('columns', { ...text, describe: 'Columns to print, with commas between' })
    .option('with', {
      ...text,
      describe: 'Values of the configuration as columns: device.states,training.learningRate',
    })
    .option('limit', { ...text, describe: 'Rows at most' })
    .option('timings', { ...flag, describe: 'Columns of times, hosts and versions too' })
    .option('csv', { ...flag, describe: 'CSV' })
    .option('parquet', { ...flag, describe: 'A Parquet file (needs @duckdb/node-api)' })
    .option('out', { ...text, alias: 'o', describe: 'File instead of stdout' })
    .option('force', { ...flag, describe: 'Write over what is there' })
    .option('json', { ...flag, describe: 'Print one JSON object on stdout' })
    .example('$0 results sweeps/map --sort "accuracy desc" --limit 10', 'The best ten trials')
    .example('$0 results runs --csv -o runs.csv', 'Every run below runs/');
}

/** A text that is checked here, so that the parser makes no NaN of it. */
const text = { type: 'string', requiresArg: true } as const;
const flag = { type: 'boolean', default: false } as const;
