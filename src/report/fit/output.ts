import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../../errors.js';
import { kindOf } from '../../experiment/files.js';
import { displayPath } from '../../experiment/place.js';
import { assertWritable, writeWhole } from '../../experiment/whole-file.js';
import type { FitRequest } from './run-fit.js';

/** Where a file goes, and what it holds. */
export type File = readonly [place: string, content: string | Uint8Array];

/** Where the files of a fit go. */
export interface Plan {
  readonly device: string;
  /** Of the report. */
  readonly folder: string;
  /** Of lookup tables, which lie beside the device file. */
  readonly tables: TableNames;
  readonly force: boolean;
}

export interface TableNames {
  readonly increasing: string;
  readonly decreasing: string;
}

/** The tables of one of several devices, numbered from 1. */
export function tablesOfDevice({ tables }: Plan, number: number): TableNames {
  const numbered = (table: string): string => table.replace(/\.(in|de)creasing\.txt$/, `.${number}$&`);
  return { increasing: numbered(tables.increasing), decreasing: numbered(tables.decreasing) };
}

/** What a report is made of, whatever was fitted. */
const reportNames = ['curves', 'noise', 'steps']
  .flatMap((name) => [`${name}.svg`, `${name}.png`])
  .concat('fit.json', 'report.html');

/**
 * Where everything goes; refused before anything is read.
 * @throws UsageError where something stands there that may not be written over
 */
export function planOf({ out, force, lookup }: Pick<FitRequest, 'out' | 'force' | 'lookup'>): Plan {
  const device = path.resolve(out);
  if (!/\.ya?ml$/.test(device)) {
    throw new UsageError({
      where: '--out',
      what: `got ${out}, expected the name of a device file`,
      remedy: `say ${out}.yaml`,
    });
  }
  assertWritable(device, '--out');
  const stem = device.replace(/\.ya?ml$/, '');
  const folder = `${stem}.fit`;
  if (kindOf(folder) === 'file') {
    const what = 'is a file, expected a free place for the report';
    throw new UsageError({ where: displayPath(folder), what, remedy: 'move it away, or name another with --out' });
  }
  const tables = { increasing: `${stem}.increasing.txt`, decreasing: `${stem}.decreasing.txt` };
  assertFree([device, folder, ...(lookup ? Object.values(tables) : [])], force);
  const plan = { device, folder, tables, force };
  rmSync(stagingFor(plan), { recursive: true });
  return plan;
}

/**
 * Makes the folder in which everything is put together.
 * @throws UsageError where nothing can be made beside the device file
 */
function stagingFor({ device, folder }: Plan): string {
  const staging = `${folder}.partial-${process.pid}`;
  try {
    mkdirSync(staging);
    return staging;
  } catch (error) {
    const what = `cannot write in ${displayPath(path.dirname(device))} (${(error as NodeJS.ErrnoException).code})`;
    throw new UsageError({ where: '--out', what, remedy: 'name a file in a folder of your own' }, { cause: error });
  }
}

/** @throws UsageError where something stands in one of the places, unless it may be written over */
export function assertFree(places: readonly string[], force: boolean): void {
  const taken = places.find((place) => existsSync(place));
  if (taken === undefined || force) return;
  throw new UsageError({
    where: displayPath(taken),
    what: 'is there already',
    remedy: 'name another with --out, or say --force',
  });
}

/**
 * Writes the report to a folder of its own beside its place, and moves everything there once it is whole; the device
 * file comes last. A disk that is full leaves what was there before. What an earlier fit left there goes.
 */
export function write(plan: Plan, report: readonly File[], beside: readonly File[]): string[] {
  const { folder } = plan;
  const staging = stagingFor(plan);
  const staged = (file: string): string => path.join(staging, path.basename(file));
  const all = [...report, ...beside].map(([file]) => file);
  const replaced = earlier(plan).filter((file) => !all.includes(file));
  try {
    for (const [file, content] of [...report, ...beside]) writeWhole(staged(file), content);
    mkdirSync(folder, { recursive: true });
    for (const file of all) renameSync(staged(file), file);
    for (const file of replaced) rmSync(file, { force: true });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return all;
}

/** Files of an earlier fit of this name: the report's, and tables that the device file there names as its own. */
function earlier({ device, folder, tables }: Plan): string[] {
  const stem = path.basename(tables.increasing).replace(/increasing\.txt$/, '');
  const own = (name: unknown): name is string =>
    typeof name === 'string' && name.startsWith(stem) && /^(\d+\.)?(in|de)creasing\.txt$/.test(name.slice(stem.length));
  const named = namedIn(device)
    .filter(own)
    .map((name) => path.join(path.dirname(device), name));
  return [...reportNames.map((name) => path.join(folder, name)), ...named];
}

/** The tables that a device file names; none where it is not there, or no such file. */
function namedIn(device: string): unknown[] {
  if (kindOf(device) !== 'file') return [];
  try {
    const { files } = parse(readFileSync(device, 'utf8')) as { files?: object | object[] };
    return [files ?? {}].flat().flatMap((pair) => Object.values(pair) as unknown[]);
  } catch {
    return [];
  }
}
