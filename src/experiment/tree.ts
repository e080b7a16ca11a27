import type { ConfigPath, Place } from './place.js';

/**
 * A configuration as it was written: values that know their place. Files are merged in this form, so that a mistake
 * found in the merged whole still points at the line that made it.
 */
export type Tree = Scalar | List | Mapping;

export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly place: Place;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly Tree[];
  readonly place: Place;
}

export interface Mapping {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly place: Place;
  /** Stands for a whole file, so it replaces what it is merged over. */
  readonly whole?: boolean;
}

export interface Entry {
  /** Where the key stands; mistakes about the key itself point here. */
  readonly key: Place;
  readonly value: Tree;
}

/** A value's place, and how much of the path to it exists. */
export interface Found {
  /** The deepest value on the path. */
  readonly node: Tree;
  /** Where the path's last existing key stands. */
  readonly key: Place;
  /** Whether the whole path exists. */
  readonly complete: boolean;
}

/** The plain value, as a schema reads it. */
export function toPlain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(toPlain);
    case 'mapping':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, toPlain(value)]));
  }
}

/**
 * Lays `over` upon `base`: mappings merge key by key; lists and scalars replace. A mapping that names another `model`
 * than the one below it starts anew, because the parameters of one device model mean nothing to another.
 */
export function merge(base: Tree | undefined, over: Tree): Tree {
  if (base?.kind !== 'mapping' || over.kind !== 'mapping' || startsAnew(base, over)) return over;
  const entries = new Map(base.entries);
  for (const [key, { key: place, value }] of over.entries) {
    entries.set(key, { key: place, value: merge(entries.get(key)?.value, value) });
  }
  // Where a value is missing the user mends the file, not the option that changed something beside it.
  const place = over.place.kind === 'option' ? base.place : over.place;
  return { kind: 'mapping', entries, place };
}

function startsAnew(base: Mapping, over: Mapping): boolean {
  const [below, above] = [scalarAt(base, 'model'), scalarAt(over, 'model')];
  return over.whole === true || (below !== undefined && above !== undefined && below !== above);
}

/** The scalar under a key of a mapping, or undefined where there is none. */
export function scalarAt(mapping: Mapping, key: string): Scalar['value'] | undefined {
  const value = mapping.entries.get(key)?.value;
  return value?.kind === 'scalar' ? value.value : undefined;
}

/** A copy of the mapping with one entry put in, or taken out. */
export function withEntry(mapping: Mapping, key: string, entry: Entry | undefined): Mapping {
  const entries = new Map(mapping.entries);
  if (entry) entries.set(key, entry);
  else entries.delete(key);
  return { ...mapping, entries };
}

/** Follows a path as far as it goes. */
export function find(root: Tree, path: ConfigPath): Found {
  let found: Found = { node: root, key: root.place, complete: true };
  for (const step of path) {
    const next = child(found.node, step);
    if (!next) return { ...found, complete: false };
    found = { node: next.value, key: next.key, complete: true };
  }
  return found;
}

function child(node: Tree, step: string | number): Entry | undefined {
  if (node.kind === 'mapping') return node.entries.get(String(step));
  const item = node.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined;
  return item && { key: item.place, value: item };
}

/** A copy of the mapping in which a value is another; the mapping itself where it has none at the path. */
export function changedAt(mapping: Mapping, path: readonly string[], change: (value: Tree) => Tree): Mapping {
  const [key = '', ...rest] = path;
  const entry = mapping.entries.get(key);
  if (!entry) return mapping;
  if (rest.length === 0) return withEntry(mapping, key, { ...entry, value: change(entry.value) });
  if (entry.value.kind !== 'mapping') return mapping;
  return withEntry(mapping, key, { ...entry, value: changedAt(entry.value, rest, change) });
}
