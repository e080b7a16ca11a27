import { isDeepStrictEqual } from 'node:util';
import { nearestName } from '../errors.js';
import { formatPath, parsePath, type Mistake } from './place.js';
import { find, toPlain, withEntry, type Entry, type Mapping, type Tree } from './tree.js';

/**
 * A file's mapping as it is inherited: without its description, and with those of its origins alone that still hold.
 * An origin speaks of the value that stood beside it; where another file changes that value, or anything in it, what
 * was said of it is no longer true. An origin of a value that the file leaves to others to give stays.
 * @param merged - the file with what extends it laid upon it
 */
export function inherited(below: Mapping, merged: Tree): Mapping {
  const device = below.entries.get('device');
  const kept = withEntry(holding(below, merged), 'description', undefined);
  if (device?.value.kind !== 'mapping') return kept;
  const value = holding(device.value, find(merged, ['device']).node);
  return withEntry(kept, 'device', { ...device, value });
}

function holding(below: Mapping, merged: Tree): Mapping {
  const origin = below.entries.get('origin');
  if (origin?.value.kind !== 'mapping') return below;
  const entries = [...origin.value.entries].filter(([path]) => holds(path, below, merged));
  return withEntry(below, 'origin', { ...origin, value: { ...origin.value, entries: new Map(entries) } });
}

function holds(path: string, below: Mapping, merged: Tree): boolean {
  const before = find(below, parsePath(path));
  const after = find(merged, parsePath(path));
  return !before.complete || (after.complete && isDeepStrictEqual(toPlain(before.node), toPlain(after.node)));
}

/** The origins of a configuration, and of its device, that speak of a value which there is not. */
export function originMistakes(tree: Tree, resolved: unknown): Mistake[] {
  return [...unknownOrigins(tree, resolved, []), ...unknownOrigins(tree, resolved, ['device'])];
}

function unknownOrigins(tree: Tree, resolved: unknown, base: readonly string[]): Mistake[] {
  const { node, complete } = find(tree, [...base, 'origin']);
  if (!complete || node.kind !== 'mapping') return [];
  const known = pathsOf(base.reduce<unknown>((value, step) => under(value, step), resolved));
  return [...node.entries].flatMap(([path, entry]) => {
    if (known.includes(formatPath(parsePath(path)))) return [];
    return [unknownOrigin([...base, 'origin', path], entry, nearestName(path, known))];
  });
}

function unknownOrigin(path: readonly string[], { key }: Entry, near: string | undefined): Mistake {
  const remedy = near === undefined ? 'write the path of a value, such as training.epochs' : `did you mean ${near}?`;
  return { place: key, path, what: 'is not the path of a value', remedy };
}

function under(value: unknown, step: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
}

/** Every path to a value, those to mappings and lists included. */
function pathsOf(value: unknown): string[] {
  const paths = innerPaths(value, []).map(formatPath);
  // The tables of a device are read from its files before it is checked.
  return [...paths, ...paths.flatMap((path) => (/^tables\b/.test(path) ? path.replace('tables', 'files') : []))];
}

function innerPaths(value: unknown, base: readonly (string | number)[]): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  // Thousands of measured numbers have no origins of their own.
  if (Array.isArray(value) && value.length > maxListed) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...base, Array.isArray(value) ? Number(key) : key];
    return key === 'origin' ? [] : [path, ...innerPaths(inner, path)];
  });
}

const maxListed = 256;
