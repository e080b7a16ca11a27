import { createHash } from 'node:crypto';
import { formatPath, parsePath } from '../place.js';
import type { Point } from './points.js';
import type { PlainValue } from './schema.js';

/** What is told of an experiment and decides nothing of its run. */
const told = {
  experiment: ['name', 'otherDevice', 'description', 'origin', 'published', 'replicas'],
  device: ['name', 'description', 'origin', 'source', 'validity'],
};

/** Hexadecimal digits of a trial's name: of a million trials two share one with a probability of 3e-8. */
const digits = 16;

/** What decides a run: its resolved configuration without what is only told, keys in order. */
function deciding(resolved: unknown): unknown {
  const { device, ...rest } = without(resolved, told.experiment);
  return sorted({ ...rest, device: without(device, told.device) });
}

function without(value: unknown, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => !keys.includes(key)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** The name of a trial: a digest of its resolved configuration, seed included, and of the code that trains it. */
export function identityOf(resolved: unknown, code: string): string {
  return digestOf([code, JSON.stringify(deciding(resolved))]);
}

/** The name of a trial whose configuration cannot be: of what it was made of. */
export function identityOfInvalid(base: unknown, point: Point, seed: number, code: string): string {
  return digestOf([code, JSON.stringify(sorted(base)), JSON.stringify([point, seed])]);
}

/** A digest of an experiment, whatever the code. */
export function experimentDigest(resolved: unknown): string {
  return digestOf([JSON.stringify(deciding(resolved))]);
}

function digestOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('hex').slice(0, digits);
}

/** Places whose values decide others, or are no numbers of the model: a trial with another is resolved in full. */
const farReaching = [/^dataset\b/, /^record\b/, /^published\b/, /^training\.(?:epochs|samplesPerEpoch)$/, /\bmodel$/];

/**
 * The names of many trials that differ in numbers alone. Putting a number where a number stood changes nothing else of a
 * resolved configuration, so that the text of one serves for all; each name is what {@link identityOf} gives.
 */
export class IdentityTemplate {
  private readonly pieces: readonly string[];
  private readonly order: readonly string[];

  /** @param paths - of the numbers, each of which must be {@link isReplaceable} in it; `seed` is always one */
  constructor(resolved: unknown, paths: readonly string[], code: string) {
    const marked = structuredClone(deciding(resolved)) as Record<string, unknown>;
    const all = [...paths.map(formatted), 'seed'];
    all.forEach((path, i) => {
      put(marked, parsePath(path), `\u0001${i}\u0001`);
    });
    const parts = `${code}\n${JSON.stringify(marked)}\n`.split(/"\\u0001(\d+)\\u0001"/);
    this.pieces = parts.filter((_, i) => i % 2 === 0);
    this.order = parts.filter((_, i) => i % 2 === 1).map((index) => all[Number(index)]!);
  }

  /** @param values - by path as {@link formatted} writes it, `seed` among them */
  nameOf(values: ReadonlyMap<string, PlainValue>): string {
    const text = this.order.reduce(
      (before, path, i) => before + JSON.stringify(values.get(path)) + this.pieces[i + 1]!,
      this.pieces[0]!,
    );
    return createHash('sha256').update(text).digest('hex').slice(0, digits);
  }
}

/** A path in one spelling: `layers.0.units` is `layers[0].units`. */
export function formatted(path: string): string {
  return formatPath(parsePath(path));
}

/** Whether a value can be put in the place of a resolved one without anything else changing: a number for a number. */
export function isReplaceable(resolved: unknown, path: string, value: PlainValue): boolean {
  if (farReaching.some((pattern) => pattern.test(path))) return false;
  const before = at(resolved, path);
  if (typeof before === 'number') return typeof value === 'number';
  return typeof before === 'string' && typeof value === 'string' && isQuantity(before) && isQuantity(value);
}

function isQuantity(text: string): boolean {
  return /^\s*[+-]?\.?\d[^\s]*\s+\S+\s*$/.test(text);
}

/** What stands at a path of a plain value; undefined where nothing does. */
export function at(root: unknown, path: string): unknown {
  return parsePath(path).reduce<unknown>((value, step) => {
    return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
  }, root);
}

function put(root: Record<string | number, unknown>, steps: readonly (string | number)[], value: unknown): void {
  const holder = steps.slice(0, -1).reduce((inner, step) => inner[step] as typeof root, root);
  holder[steps.at(-1)!] = value;
}
