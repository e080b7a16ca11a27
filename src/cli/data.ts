import type { Argv, CommandModule } from 'yargs';
import { fetchingOptions } from './fetching.js';
import type { DatasetReport } from '../../datasets/registry.js';
import type { DataSource, FileStatus } from '../../datasets/source.js';

interface CommonArguments {
  readonly json: boolean;
  readonly offline: boolean;
}

interface NamedArguments extends CommonArguments {
  readonly name: readonly string[];
}

interface FetchArguments extends NamedArguments {
  readonly mirror: readonly string[];
}

const listCommand: CommandModule<object, CommonArguments> = {
  command: 'list',
  describe: 'List the data sets and measured tables and where each was found',
  builder: (yargs) => common(yargs),
  handler: async ({ json }) => {
    const reports = await reportsOf([]);
    if (json) printJson({ datasets: reports.map(toJson) });
    else printTable(reports);
  },
};

const fetchCommand: CommandModule<object, FetchArguments> = {
  command: 'fetch [name..]',
  describe: 'Make data sets present, downloading what is absent',
  builder: (yargs) =>
    named(yargs)
      .option('mirror', {
        ...({ type: 'string', array: true, nargs: 1, default: [] as readonly string[] } as const),
        describe: 'Base URL to try before the archive; may be given more than once',
      })
      .example('$0 data fetch orhd', 'Download ORHD into the cache'),
  handler: async ({ name, mirror, offline, json }) => {
    const { chosenSources, reportFrom } = await import('../../datasets/registry.js');
    const reports: DatasetReport[] = [];
    for (const source of chosenSources(name)) {
      reports.push(
        reportFrom(source, await source.fetch({ ...fetchingOptions(offline, source.name), mirrors: mirror })),
      );
      if (!json)
        console.log(
          reports
            .at(-1)!
            .files.map((file) => fileLine(source, file))
            .join('\n'),
        );
    }
    if (json) printJson({ datasets: reports.map(toJson) });
  },
};

const verifyCommand: CommandModule<object, NamedArguments> = {
  command: 'verify [name..]',
  describe: 'Check the SHA-256 of each file; exit code 1 where one is wrong or absent',
  builder: (yargs) => named(yargs).example('$0 data verify', 'Check every data set'),
  handler: async ({ name, json }) => {
    const reports = await reportsOf(name);
    const ok = reports.every(({ intact }) => intact);
    if (json) printJson({ ok, datasets: reports.map(toJson) });
    else for (const { source, files } of reports) for (const file of files) console.log(fileLine(source, file));
    if (!ok) process.exitCode = 1;
  },
};

/** `mho data`: what data sets there are, getting them, and checking them. */
export const dataCommand: CommandModule = {
  command: 'data',
  describe: 'List, fetch and check the data sets',
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(fetchCommand)
      .command(verifyCommand)
      .demandCommand(1, 'data: no command was given, expected list, fetch or verify; run `mho data --help`')
      .strict(),
  handler: () => undefined,
};

function common(yargs: Argv): Argv<CommonArguments> {
  return yargs
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object on stdout' })
    .option('offline', { type: 'boolean', default: false, describe: 'Use no network' });
}

function named(yargs: Argv): Argv<NamedArguments> {
  const describe = 'Data sets; all of them where none is named';
  return common(yargs).positional('name', {
    ...({ type: 'string', array: true, default: [] as readonly string[] } as const),
    describe,
  });
}

async function reportsOf(names: readonly string[]): Promise<readonly DatasetReport[]> {
  const { chosenSources, reportOf } = await import('../../datasets/registry.js');
  return Promise.all(chosenSources(names).map((source) => reportOf(source)));
}

/** What was found of a file: a line for the good copy or its absence, and one for each damaged copy. */
function fileLine(source: DataSource, { file, place, rejected }: FileStatus): string {
  const remedy = place === undefined ? `delete it and ${source.remedy}` : 'delete or replace it';
  const lines = rejected.map((copy) => `damaged: ${copy.place}: ${copy.reason}; ${remedy}`);
  if (place !== undefined) lines.push(`ok: ${place}`);
  else if (lines.length === 0) lines.push(`absent: ${source.remedy}`);
  return lines.map((line) => `${source.name} ${file.name} ${line}`).join('\n');
}

function printTable(reports: readonly DatasetReport[]): void {
  const rows = reports.map((report) => [
    report.source.name,
    sizeOf(report),
    report.source.licence,
    whereabouts(report),
  ]);
  const head = ['name', 'size', 'licence', 'found'];
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  console.log(lines.map((line) => line.trimEnd()).join('\n'));
}

function sizeOf({ source }: DatasetReport): string {
  return `${(source.files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1)} MB`;
}

/** The folders that hold a data set, or how to get it. */
function whereabouts({ source, files, present }: DatasetReport): string {
  if (present) return [...new Set(files.map(({ place, file }) => place!.slice(0, -file.name.length - 1)))].join(', ');
  const damaged = files.some(({ place, rejected }) => place === undefined && rejected.length > 0);
  return `${damaged ? 'damaged' : 'absent'}: ${source.remedy}`;
}

function toJson({ source, files, present }: DatasetReport) {
  const { name, title, description, licence, citation, remedy } = source;
  const found = files.map(({ file: { name, bytes, sha256 }, place, rejected, tried }) => {
    return { name, bytes, sha256, place: place ?? null, rejected, tried };
  });
  return { name, title, description, licence, citation, source: source.source, present, remedy, files: found };
}

function printJson(value: object): void {
  console.log(JSON.stringify(value, null, 2));
}
