import path from 'node:path';
import { stringify } from 'yaml';
import { UsageError } from '../errors.js';
import { exportCrossSim } from '../device/crosssim.js';
import { exportNeuroSim, importNeuroSim, type Imported } from '../device/neurosim.js';
import { compileDevice, deviceSchema, type DeviceConfig } from '../device/registry.js';
import { parseTableFile } from '../device/table-file.js';
import type { TablePair } from '../device/table-grid.js';
import { binaryKind } from './binary-kind.js';
import { deviceFile } from './device-sheet.js';
import { unreadable } from './files.js';
import { loadDevice } from './loader.js';
import { fileBytes, isPipe } from './pipes.js';
import { displayPath } from './place.js';

export const exchangeFormats = ['neurosim', 'crosssim'] as const;
export type ExchangeFormat = (typeof exchangeFormats)[number];

/** The window that an imported device is tried with: the default of an experiment. */
const window = [0.25, 0.75] as const;

export interface ImportedFile extends Imported {
  /** The device file's text. */
  readonly text: string;
}

/**
 * Turns files of another tool into a device file.
 * @param files - NeuroSim: one parameter list. CrossSim: the increasing and the decreasing table, or one of them where
 * the other's name differs by that word
 * @param folder - in which the device file will stand; tables are named relative to it
 * @param name - of the device; as its first file unless told
 * @throws UsageError where a file is absent, or is not what it is said to be
 */
export function importDevice(
  files: readonly string[],
  format: ExchangeFormat,
  folder: string,
  name: string = stemOf(files[0] ?? ''),
): ImportedFile {
  const imported = format === 'neurosim' ? fromNeuroSim(files) : fromCrossSim(files, folder);
  const device = { name, ...imported.device };
  return { ...imported, device, text: stringify(device) };
}

/** A file's name without its folder and what follows its last point. */
export function stemOf(file: string): string {
  return path.basename(file).replace(/\.[^.]+$/, '');
}

function fromNeuroSim(files: readonly string[]): Imported {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new UsageError({ where: 'device import', what: `got ${files.length} files, expected one parameter list` });
  }
  return importNeuroSim(readText(file), displayPath(path.resolve(file)));
}

function fromCrossSim(files: readonly string[], folder: string): Imported {
  const pipe = files.find(isPipe);
  if (pipe !== undefined) {
    const what = `${pipe} is a pipe, expected a file: the device file names its tables by their places`;
    throw new UsageError({ where: 'device import', what, remedy: 'write the tables to files first' });
  }
  const pairs = tablePairs(files).map((pair) => pair.map((file) => path.resolve(file)) as [string, string]);
  const tables = pairs.map(usableTables);
  const { error } = deviceSchema.safeParse({ model: 'lookup-table', tables });
  const [apart] = error?.issues ?? [];
  if (apart) {
    const pair = pairs[Number(apart.path[1])] ?? pairs[0]!;
    throw new UsageError({ where: pair.map(displayPath).join(' and '), what: apart.message, remedy: 'leave it out' });
  }
  const relative = (file: string): string => path.relative(folder, file).replaceAll(path.sep, '/');
  const named = pairs.map(([up, down]) => ({ increasing: relative(up), decreasing: relative(down) }));
  const names = pairs.map((pair) => pair.map((file) => path.basename(file)).join(' and '));
  const source = `CrossSim tables ${names.join(', ')}`;
  return { device: { model: 'lookup-table', source, files: named.length === 1 ? named[0]! : named }, notes: [] };
}

/** The tables of one device. */
function usableTables([increasing, decreasing]: readonly [string, string]): TablePair {
  const tables = { increasing: readTable(increasing), decreasing: readTable(decreasing) };
  const { data, error } = deviceSchema.safeParse({ model: 'lookup-table', tables });
  if (!data) {
    const what = error.issues.map((issue) => `${issue.path.slice(1).join('.')} ${issue.message}`).join('; ');
    throw new UsageError({ where: displayPath(increasing), what, remedy: 'check the two tables' });
  }
  assertUsable(data, increasing, decreasing);
  return tables;
}

/** Tables that are swapped are told here, not at the first run. */
function assertUsable(device: DeviceConfig, increasing: string, decreasing: string): void {
  try {
    compileDevice(device, { window });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const where = `${displayPath(increasing)} as increasing, ${displayPath(decreasing)} as decreasing`;
    const remedy = 'if they are swapped, name the increasing table first';
    throw new UsageError({ where, what: error.parts.what, remedy }, { cause: error });
  }
}

/** A pair of tables a device; of several devices the files of each stand side by side. */
function tablePairs(files: readonly string[]): (readonly [string, string])[] {
  if (files.length <= 2 || files.length % 2 === 1) return [tablePair(files)];
  const sorted = byDirection(files);
  return sorted ?? Array.from({ length: files.length / 2 }, (_, i) => tablePair(files.slice(2 * i, 2 * i + 2)));
}

/** Pairs of names that are the same but for the word that says the direction, as a shell's sorting leaves them. */
function byDirection(files: readonly string[]): (readonly [string, string])[] | undefined {
  const decreasing = new Map(
    files.filter((file) => says(file, 'decreasing')).map((file) => [withoutDirection(file), file]),
  );
  const pairs = files
    .filter((file) => says(file, 'increasing'))
    .flatMap((file) => {
      const partner = decreasing.get(withoutDirection(file));
      return partner === undefined ? [] : [[file, partner] as const];
    });
  return 2 * pairs.length === files.length ? pairs : undefined;
}

/** A path without the word that says its table's direction. */
function withoutDirection(file: string): string {
  return path.join(
    path.dirname(file),
    path
      .basename(file)
      .toLowerCase()
      .replace(/increasing|decreasing/, ''),
  );
}

/** The increasing and the decreasing table. */
function tablePair(files: readonly string[]): readonly [string, string] {
  const [first, second, ...others] = files;
  if (first !== undefined && second !== undefined && others.length === 0) {
    // A shell sorts names, so that the decreasing table comes first.
    return says(first, 'decreasing') && says(second, 'increasing') ? [second, first] : [first, second];
  }
  const name = first === undefined ? '' : path.basename(first);
  const partner = (from: string, to: string): string => path.join(path.dirname(first!), name.replace(from, to));
  if (files.length === 1 && name.includes('increasing')) return [first!, partner('increasing', 'decreasing')];
  if (files.length === 1 && name.includes('decreasing')) return [partner('decreasing', 'increasing'), first!];
  const what = `got ${files.length} file${files.length === 1 ? '' : 's'}, expected the increasing and the decreasing table`;
  const remedy =
    'name both in this order (of several devices pair after pair), or one whose name says increasing or decreasing';
  throw new UsageError({ where: 'device import', what, remedy });
}

function says(file: string, word: 'increasing' | 'decreasing'): boolean {
  return path.basename(file).toLowerCase().includes(word);
}

function readTable(file: string) {
  return parseTableFile(readText(file), displayPath(file));
}

function readText(file: string): string {
  const full = path.resolve(file);
  const problem = unreadable(full);
  if (problem) {
    const what = problem.what.replace('expected a YAML file', 'expected a file');
    const asked = problem.remedy.replace('or name a YAML file', 'or name a file');
    const remedy = asked === 'name a YAML file' ? 'name a file in it' : asked;
    throw new UsageError({ where: 'device import', what, remedy });
  }
  const bytes = fileBytes(full);
  const kind = binaryKind(bytes);
  if (kind === undefined) return bytes.toString('utf8');
  const what = `got ${kind}, expected text`;
  throw new UsageError({
    where: displayPath(full),
    what,
    remedy: "name NeuroSim's parameter list or CrossSim's tables",
  });
}

export interface ExportedFiles {
  /** Text by the end of its file's name; one text without a name where the format has one file. */
  readonly files: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/**
 * A device in another tool's format.
 * @param nameOrFile - of a device that is shipped, or its file
 * @throws UsageError where the device has no such form
 */
export function exportDevice(nameOrFile: string, format: ExchangeFormat): ExportedFiles {
  const { config } = loadDevice(deviceFile(nameOrFile));
  if (format === 'neurosim') {
    const { text, notes } = exportNeuroSim(config);
    return { files: { '': text }, notes };
  }
  const measured = config.model === 'lookup-table' && config.tables ? [config.tables].flat() : [undefined];
  const response = compileDevice(config, { window });
  const exported = measured.map((pair) =>
    exportCrossSim(response, pair && { up: pair.increasing, down: pair.decreasing }),
  );
  const files = exported.flatMap(({ tables }, i) => {
    const number = exported.length === 1 ? '' : `_${i + 1}`;
    return [
      [`dG_increasing${number}.txt`, tables.up],
      [`dG_decreasing${number}.txt`, tables.down],
    ] as const;
  });
  const [{ notes } = { notes: [] }] = exported;
  return { files: Object.fromEntries(files), notes };
}
