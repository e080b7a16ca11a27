import { formatPath, type ConfigPath, type Mistake, type Place } from './place.js';
import { merge, withEntry, type Entry, type List, type Mapping, type Scalar, type Tree } from './tree.js';
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

/** The tree with the override in it; the tree as it was where that cannot be, and `refuse` hears why. */
export function applyOverride(root: Mapping, text: OverrideText, refuse: Refuse): Mapping {
  const override = parseOverride(text, refuse);
  if (!override) return root;
  const tree = new Putter(override, refuse).put(root, override.steps, []);
  return tree.kind === 'mapping' ? withOrigin(tree, override.steps) : root;
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

  put(node: Tree | undefined, steps: readonly string[], path: ConfigPath): Tree {
    const step = steps.at(0);
    const rest = steps.slice(1);
    if (step === undefined) return merge(node, this.override.value);
    if (node?.kind === 'list') return this.putItem(node, step, rest, path);
    if (node?.kind === 'scalar' && node.value !== null) return this.refuseScalar(node, path);
    const { place } = this.override;
    const mapping: Mapping = node?.kind === 'mapping' ? node : { kind: 'mapping', entries: new Map(), place };
    const entry = mapping.entries.get(step);
    const value = this.put(entry?.value, rest, [...path, step]);
    // A key that only the option brings is the option's; one that a file has stays the file's.
    return withEntry(mapping, step, { key: entry?.key ?? place, value });
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
    return { ...list, items: list.items.with(index, this.put(item, rest, [...path, index])) };
  }

  private refuseScalar(node: Scalar, path: ConfigPath): Scalar {
    const what = `is ${JSON.stringify(node.value)}, which holds no further keys`;
    this.refuse({ place: this.override.place, path, what, remedy: `set ${formatPath(path)} itself` });
    return node;
  }
}

/** What a value's origin said no longer holds once the command line has changed it. */
function withOrigin(root: Mapping, steps: readonly string[]): Mapping {
  const device = root.entries.get('device');
  if (steps[0] !== 'device') return restated(root, steps);
  if (device?.value.kind !== 'mapping' || steps.length === 1) return root;
  return withEntry(root, 'device', { ...device, value: restated(device.value, steps.slice(1)) });
}

function restated(owner: Mapping, steps: readonly string[]): Mapping {
  const origin = owner.entries.get('origin');
  if (origin?.value.kind !== 'mapping' || steps[0] === 'origin') return owner;
  const changed = steps.join('.');
  const paths = [...origin.value.entries.keys()].map(normal);
  const stated: Scalar = { kind: 'scalar', value: 'defined: set on the command line', place: origin.value.place };
  const entries = [...origin.value.entries].map(([path, entry]): [string, Entry] => {
    return [path, isWithin(normal(path), changed) ? { ...entry, value: stated } : entry];
  });
  // What was said of the whole still holds for the rest of it; the part that changed gets a line of its own.
  const part = paths.some((path) => path !== changed && isWithin(changed, path));
  if (part) entries.push([changed, { key: origin.key, value: stated }]);
  return withEntry(owner, 'origin', { ...origin, value: { ...origin.value, entries: new Map(entries) } });
}

/** `layers[0].units` and `layers.0.units` are one path. */
function normal(path: string): string {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .join('.');
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}
