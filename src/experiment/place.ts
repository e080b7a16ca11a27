import path from 'node:path';
import { UsageError } from '../errors.js';

/** Where a value was written: in a file, or on the command line. Lines and columns count from 1. */
export type Place =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'option'; readonly option: string };

/** Keys and list indices from the root of a configuration to one value. */
export type ConfigPath = readonly (string | number)[];

/** One thing that is wrong with a configuration. */
export interface Mistake {
  readonly place: Place;
  /** The value it is about; empty where it is about the whole file. */
  readonly path: ConfigPath;
  /** What was got and what was expected. */
  readonly what: string;
  readonly remedy?: string;
  /** The measurement whose tables are not at hand, where that is what is wrong. */
  readonly measurement?: string;
}

/** Every mistake of a configuration at once, one a line, in the order in which they stand. */
export class ConfigError extends UsageError {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    const sorted = inOrder(mistakes);
    const first = sorted.at(0);
    super({
      where: first ? formatWhere(first) : 'configuration',
      what: [first ? formatWhat(first) : 'is not valid', ...sorted.slice(1).map(formatMistake)].join('\n'),
    });
    this.mistakes = sorted;
  }
}

/** Writes a path as configs and `--set` spell it: `network.layers[1].units`. */
export function formatPath(path: ConfigPath): string {
  return path.reduce<string>((text, step) => text + formatStep(step, text === ''), '');
}

/** Reads a path as `formatPath` writes it, or with list indices as `.0`. */
export function parsePath(text: string): (string | number)[] {
  const steps = text.split(/[.[\]]+/).filter((step) => step !== '');
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

function formatStep(step: string | number, first: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
  return first ? step : `.${step}`;
}

/** `configs/a.yaml:12:7`, or `--set training.epochs`. Files in the current folder are named relative to it. */
export function formatPlace(place: Place): string {
  if (place.kind === 'option') return place.option;
  return `${displayPath(place.file)}:${place.line}:${place.column}`;
}

/** A file's path as the user would type it from here: relative where it lies below the current folder. */
export function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === '' || relative.startsWith('..') ? file : relative;
}

/** One mistake on one line: place, path, what, remedy. */
export function formatMistake(mistake: Mistake): string {
  return `${formatWhere(mistake)}: ${formatWhat(mistake)}`;
}

function formatWhere({ place, path }: Mistake): string {
  const [where, name] = [formatPlace(place), formatPath(path)];
  // `--set training.epochs` and `--seed` already name the path.
  return name === '' || where === `--set ${name}` || where === `--${name}` ? where : `${where}: ${name}`;
}

function formatWhat({ what, remedy }: Mistake): string {
  return remedy === undefined ? what : `${what}; ${remedy}`;
}

/** File by file in the order of their names, each from top to bottom, then the command line's; the same line twice is said once. */
function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const files = [...new Set(mistakes.flatMap(({ place }) => (place.kind === 'file' ? [place.file] : [])))].sort();
  const rank = ({ place }: Mistake) =>
    place.kind === 'file' ? [files.indexOf(place.file), place.line, place.column] : [files.length, 0, 0];
  const sorted = [...mistakes].sort((a, b) => compare(rank(a), rank(b)));
  const lines = sorted.map(formatMistake);
  return sorted.filter((_, i) => i === 0 || lines[i] !== lines[i - 1]);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, i) => value - (b[i] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
