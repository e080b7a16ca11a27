import { isDeepStrictEqual } from 'node:util';
import { formatPath, parsePath, type ConfigPath, type Mistake, type Place } from './place.js';
import {
  find,
  merge,
  scalarAt,
  toPlain,
  withEntry,
  type Entry,
  type List,
  type Mapping,
  type Scalar,
  type Tree,
} from './tree.js';
import { parseYamlOption } from './yaml-source.js';

/** A value given on the command line. */
export interface OverrideText {
  /** Where it goes: `network.layers[0].units`, lists indexed by `[0]` or `.0`. */
  readonly path: string;
  /** YAML. */
  readonly value: string;
  /** The option as mistakes name it: `--seed`, `--set training.epochs`. */
  readonly option: string;
}

/** The override with its value parsed. */
interface Override {
  readonly steps: readonly string[];
  readonly value: Tree;
  readonly place: Place;
}

type Refuse = (mistake: Mistake) => void;

/** Splits `path=value` as `--set` takes it. */
export function splitSet(text: string): OverrideText {
  const equals = text.indexOf('=');
  const path = (equals < 0 ? text : text.slice(0, equals)).trim();
  // Without a value there is none to set: refused below, where every mistake of a configuration is.
  return { path: equals < 0 ? '' : path, value: text.slice(equals + 1), option: `--set ${path}` };
}

/**
 * The order in which overrides are laid on: one of a whole comes before those of its parts, which it would take away
 * otherwise, and all others stay as they were given.
 */
export function wholesFirst(overrides: readonly OverrideText[]): readonly OverrideText[] {
  return overrides.reduce<readonly OverrideText[]>((ordered, override) => {
    const part = ordered.findIndex(({ path }) => isBelow(path, override.path));
    return part < 0 ? [...ordered, override] : ordered.toSpliced(part, 0, override);
  }, []);
}

/** Whether a path leads to a part of what another leads to. */
export function isBelow(path: string, whole: string): boolean {
  const [part, outer] = [parseSteps(path), parseSteps(whole)];
  if (!part || !outer) return false;
  return part.length > outer.length && outer.every((step, i) => step === part[i]);
}

/** The tree with the override in it; the tree as it was where that cannot be, and `refuse` hears why. */
export function applyOverride(root: Mapping, text: OverrideText, refuse: Refuse): Mapping {
  const override = parseOverride(text, refuse);
  if (!override) return root;
  const tree = new Putter(override, refuse).put(root, override.steps, [], root.place);
  return tree.kind === 'mapping' ? withOrigin(tree, override.steps, root) : root;
}

function parseOverride({ path, value, option }: OverrideText, refuse: Refuse): Override | undefined {
  const place: Place = { kind: 'option', option };
  const steps = parseSteps(path);
  if (!steps) {
    const remedy = 'write for example --set training.learningRate=0.05';
    refuse({ place, path: [], what: 'expected path=value', remedy });
    return undefined;
  }
  const { tree, mistakes } = parseYamlOption(value, option);
  mistakes.forEach(refuse);
  return tree && { steps, value: tree, place };
}

function parseSteps(text: string): string[] | undefined {
  const whole = /^[\w-]+(?:\.[\w-]+|\[\d+\])*$/;
  return whole.test(text) ? text.split(/[.[\]]+/).filter((step) => step !== '') : undefined;
}

/** Walks down to the override's place, copying what it changes. */
class Putter {
  constructor(
    private readonly override: Override,
    private readonly refuse: Refuse,
  ) {}

  /** @param holder - place of the mapping around: where a section is missing, its other values are missing there */
  put(node: Tree | undefined, steps: readonly string[], path: ConfigPath, holder: Place): Tree {
    const step = steps.at(0);
    const rest = steps.slice(1);
    if (step === undefined) return merge(node, this.override.value);
    if (node?.kind === 'list') return this.putItem(node, step, rest, path);
    if (node?.kind === 'scalar' && node.value !== null) return this.refuseScalar(node, path);
    const mapping = this.mappingFor(node, step, rest, holder);
    const entry = mapping.entries.get(step);
    const value = this.put(entry?.value, rest, [...path, step], mapping.place);
    // A key that only the option brings is the option's; one that a file has stays the file's.
    return withEntry(mapping, step, { key: entry?.key ?? this.override.place, value });
  }

  /** The mapping that takes the value: the one that is there, or an empty one. */
  private mappingFor(node: Tree | undefined, step: string, rest: readonly string[], holder: Place): Mapping {
    const { value, place } = this.override;
    if (node?.kind !== 'mapping') return { kind: 'mapping', entries: new Map(), place: holder };
    const model = step === 'model' && rest.length === 0 ? scalarAt(node, 'model') : undefined;
    const another = model !== undefined && value.kind === 'scalar' && value.value !== model;
    // As where a file names another model: the parameters of one mean nothing to the other.
    return another ? { kind: 'mapping', entries: new Map(), place } : node;
  }

  private putItem(list: List, step: string, rest: readonly string[], path: ConfigPath): List {
    const index = /^\d+$/.test(step) ? Number(step) : list.items.length;
    const item = list.items.at(index);
    if (!item) {
      const what = `got the index ${step}, expected 0 to ${list.items.length - 1}`;
      const remedy = `to change the list's length, set all of ${formatPath(path)}`;
      this.refuse({ place: this.override.place, path, what, remedy });
      return list;
    }
    return { ...list, items: list.items.with(index, this.put(item, rest, [...path, index], list.place)) };
  }

  private refuseScalar(node: Scalar, path: ConfigPath): Scalar {
    const what = `is ${JSON.stringify(node.value)}, which holds no further keys`;
    this.refuse({ place: this.override.place, path, what, remedy: `set ${formatPath(path)} itself` });
    return node;
  }
}

/** What a value's origin said no longer holds once the command line has changed it, or taken it away. */
function withOrigin(root: Mapping, steps: readonly string[], before: Mapping): Mapping {
  const device = root.entries.get('device');
  const told = restated(root, steps, before);
  if (steps[0] !== 'device' || device?.value.kind !== 'mapping' || steps.length === 1) return told;
  const value = restated(device.value, steps.slice(1), find(before, ['device']).node);
  return withEntry(told, 'device', { ...device, value });
}

function restated(owner: Mapping, steps: readonly string[], before: Tree): Mapping {
  const origin = owner.entries.get('origin');
  if (origin?.value.kind !== 'mapping' || steps[0] === 'origin') return owner;
  const isGone = (path: string): boolean => {
    const at = parsePath(path);
    return find(before, at).complete && !find(owner, at).complete;
  };
  const isSame = (path: string): boolean => {
    const [old, now] = [before, owner].map((tree) => find(tree, parsePath(path)));
    return old!.complete && now!.complete && isDeepStrictEqual(toPlain(old!.node), toPlain(now!.node));
  };
  const changed = steps.join('.');
  const paths = [...origin.value.entries.keys()].map(normal);
  const stated: Scalar = { kind: 'scalar', value: 'defined: set on the command line', place: origin.value.place };
  const entries = [...origin.value.entries].flatMap(([path, entry]): [string, Entry][] => {
    if (isGone(path)) return [];
    if (!isWithin(normal(path), changed) || isSame(path)) return [[path, entry]];
    return find(owner, parsePath(path)).complete ? [[path, { ...entry, value: stated }]] : [];
  });
  // What was said of the whole still holds for the rest of it; the part that changed gets a line of its own.
  const part = paths.some((path) => path !== changed && isWithin(changed, path));
  if (part) entries.push([changed, { key: origin.key, value: stated }]);
  return withEntry(owner, 'origin', { ...origin, value: { ...origin.value, entries: new Map(entries) } });
}

/** `layers[0].units` and `layers.0.units` are one path. */
function normal(path: string): string {
  return parsePath(path).join('.');
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}
