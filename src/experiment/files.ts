import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../datasets/places.js';
import { nearestName, UsageError } from '../errors.js';
import { fileBytes, isPipe } from './pipes.js';
import { displayPath } from './place.js';

/** Kinds of shipped configurations, as their folders are named, and what a file of each is called. */
const kinds = {
  devices: 'file',
  experiments: 'experiment file',
  calibration: 'calibration file',
  characterization: 'file',
  regression: 'regression file',
  sweeps: 'sweep file',
} as const;

export type ConfigKind = keyof typeof kinds;

/** Those that may lie in folders within; what lies so among the others is part of them. */
const nested: readonly ConfigKind[] = ['devices', 'experiments'];

/**
 * The shipped configurations of a kind, by name, sorted; those in a folder as `folder/name`. Files that others only extend
 * start with `_`.
 */
export function shippedConfigs(kind: ConfigKind): ReadonlyMap<string, string> {
  const folder = path.join(projectRoot(), 'configs', kind);
  const recursive = nested.includes(kind);
  const files = existsSync(folder) ? readdirSync(folder, { recursive, encoding: 'utf8' }) : [];
  const shipped = files.filter((file) => /^[^_].*\.ya?ml$/.test(path.basename(file)));
  const nameOf = (file: string): string => file.replace(/\.ya?ml$/, '').replaceAll(path.sep, '/');
  const named = new Map(shipped.map((file) => [nameOf(file), path.join(folder, file)]));
  // By name and not by file: `taox` before `taox-hfox`.
  return new Map([...named.keys()].sort().map((name) => [name, named.get(name)!]));
}

/**
 * The file of a configuration that is named where files are: of a file of that name, or, where there is none, of a shipped
 * configuration.
 * @param folder - that paths are relative to
 */
export function namedConfig(kind: ConfigKind, name: string, folder: string): string {
  const file = path.resolve(folder, name);
  return kindOf(file) === 'file' ? file : (shippedConfigs(kind).get(name) ?? file);
}

/**
 * {@link namedConfig} as a command is told it.
 * @param where - what the command is called in messages
 * @throws UsageError with the names there are, where it is none of them, nor like a path
 */
export function toldConfig(kind: ConfigKind, name: string, where: string, cwd: string = process.cwd()): string {
  const file = namedConfig(kind, name, cwd);
  if (kindOf(file) !== 'absent' || /[/\\.]/.test(name)) return file;
  const names = [...shippedConfigs(kind).keys()];
  const near = nearestName(name, names) ?? names.find((one) => one.startsWith(name));
  const what = `got ${JSON.stringify(name)}, expected a ${kinds[kind]} or one of ${names.join(', ')}`;
  const remedy = ofOtherKind(name) ?? (near === undefined ? undefined : `did you mean ${near}?`);
  throw new UsageError({ where, what, ...(remedy !== undefined && { remedy }) });
}

/** What to do with the name of a shipped configuration of another kind than was asked for; undefined of no such name. */
function ofOtherKind(name: string): string | undefined {
  const uses: Readonly<Record<ConfigKind, string>> = {
    devices: `it is a device: train an experiment with it, by --set device=${name}`,
    experiments: `it is an experiment: mho run ${name}`,
    sweeps: `it is a sweep: mho sweep ${name}`,
    calibration: `it is a calibration: mho calibrate ${name}`,
    regression: `it is a regression: mho verify ${name}`,
    characterization: `it is a characterization: mho characterize ${name}`,
  };
  const kind = (Object.keys(uses) as ConfigKind[]).find((one) => shippedConfigs(one).has(name));
  return kind && uses[kind];
}

/**
 * Why a file cannot be read as a configuration, as {@link unreadable} says it; of what may be a misspelt name of a shipped one,
 * the names near it.
 */
export function unreadableConfig(
  kind: 'devices' | 'experiments',
  name: string,
  file: string,
): { readonly what: string; readonly remedy: string } | undefined {
  const problem = unreadable(file);
  const isPath = path.isAbsolute(name) || name.startsWith('.') || /\.ya?ml$/.test(name);
  if (!problem || isPath || kindOf(file) !== 'absent') return problem;
  const what = `${problem.what}, and no shipped ${kind.slice(0, -1)} ${name}`;
  const near = nearestName(name, [...shippedConfigs(kind).keys()]);
  if (problem.remedy !== checkPath) return { what, remedy: problem.remedy };
  const known = `check the path, or name one of ${[...shippedConfigs(kind).keys()].join(', ')}`;
  return { what, remedy: ofOtherKind(name) ?? (near === undefined ? known : `did you mean ${near}?`) };
}

/**
 * Why a file cannot be read as a configuration, and what to do; undefined where it can. A pipe is read here: only that tells
 * whether there is anything in it.
 */
export function unreadable(file: string): { readonly what: string; readonly remedy: string } | undefined {
  const kind = kindOf(file);
  if (kind === 'absent') return { what: `no such file ${displayPath(file)}`, remedy: nearestFile(file) };
  if (kind === 'file') return isPipe(file) ? unreadablePipe(file) : permission(file);
  const inside = existsSync(path.join(file, 'config.yaml'));
  const remedy = inside ? `name its ${path.join(displayPath(file), 'config.yaml')}` : 'name a YAML file';
  return { what: `${displayPath(file)} is a folder, expected a YAML file`, remedy };
}

type Problem = ReturnType<typeof unreadable>;

function permission(file: string): Problem {
  try {
    accessSync(file, constants.R_OK);
    return undefined;
  } catch {
    return forbidden(file);
  }
}

function forbidden(file: string): Problem {
  return { what: `${displayPath(file)} cannot be read`, remedy: 'check its rights' };
}

function unreadablePipe(file: string): Problem {
  try {
    if (fileBytes(file).length > 0) return undefined;
  } catch {
    return forbidden(file);
  }
  const what = `${displayPath(file)} is a pipe that nobody writes to, expected a YAML file`;
  return { what, remedy: 'start what writes to it first, or name a YAML file' };
}

/** What stands at a path. Devices and pipes are read like files. */
export function kindOf(place: string): 'absent' | 'file' | 'folder' {
  if (isPipe(place)) return 'file';
  try {
    return statSync(place).isDirectory() ? 'folder' : 'file';
  } catch {
    // Whether it does not exist or lies below a file or a closed folder: it cannot be reached.
    return 'absent';
  }
}

/** What makes a device file of a file of measurements or of another tool, by its name; undefined of others. */
export function toDeviceFirst(file: string): string | undefined {
  switch (path.extname(file).toLowerCase()) {
    case '.csv':
    case '.tsv':
      return 'fit it first: mho fit';
    case '.txt':
    case '.cpp':
      return 'import it first: mho device import';
    default:
      return undefined;
  }
}

const checkPath = 'check the path';

/** What to do about a file that is not there. */
function nearestFile(file: string): string {
  const folder = path.dirname(file);
  if (kindOf(folder) !== 'folder') return checkPath;
  const names = readdirSync(folder);
  const near = names.find((name) => name === `${path.basename(file)}.yaml`) ?? nearestName(path.basename(file), names);
  return near === undefined ? checkPath : `did you mean ${near}?`;
}
