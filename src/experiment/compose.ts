import path from 'node:path';
import { isMeasurement, readMeasurement } from '../../datasets/measurements.js';
import { UsageError } from '../errors.js';
import { withOtherDevice, withoutPublishedDevice } from './figures/other-device.js';
import { parseTableFile } from '../device/table-file.js';
import { namedConfig, toDeviceFirst, unreadable, unreadableConfig } from './files.js';
import { shortened } from './issues.js';
import { fileBytes, folderOfFile } from './pipes.js';
import { applyOverride, wholesFirst, type OverrideText } from './overrides.js';
import { displayPath, type ConfigPath, type Mistake, type Place } from './place.js';
import { inherited } from './provenance.js';
import { changedAt, merge, scalarAt, withEntry, type Entry, type Mapping, type Scalar, type Tree } from './tree.js';
import { readYamlFile } from './yaml-source.js';

/** A configuration put together from its files and options, with what went wrong on the way. */
export interface Composed {
  /** Undefined where a file could not be read or parsed, so that there is nothing to check. */
  readonly tree: Mapping | undefined;
  readonly mistakes: readonly Mistake[];
}

/**
 * Reads an experiment file, lays it upon the files that it extends, puts device files in the place of their paths,
 * and applies the command line's values in order, those of a whole before those of its parts.
 * @param file - absolute path
 * @param overrides - values from the command line; paths to files in them are relative to `cwd`
 */
export function composeExperiment(file: string, overrides: readonly OverrideText[], cwd: string): Composed {
  const composer = new Composer(cwd);
  const written = composer.layered(file, []);
  const tree = written && wholesFirst(overrides).reduce((root, override) => composer.override(root, override), written);
  return { tree: tree && composer.withTables(tree), mistakes: composer.mistakes };
}

/** Reads a device file, with the measured tables that it names. */
export function composeDevice(file: string, cwd: string): Composed {
  const composer = new Composer(cwd);
  const tree = composer.mapping(file, 'model: exponential');
  return { tree: tree && composer.tables(tree, []), mistakes: composer.mistakes };
}

class Composer {
  readonly mistakes: Mistake[] = [];

  constructor(private readonly cwd: string) {}

  /** A file laid upon what it extends; `chain` holds the files that led here. */
  layered(file: string, chain: readonly string[]): Mapping | undefined {
    const written = this.mapping(file, 'extends: wse2-orhd');
    const own = written && this.withOtherDevices(this.withDevice(written));
    const base = own?.entries.get('extends');
    if (!own || !base) return own;
    const below = this.extended(base.value, [...chain, file]);
    const bare = withEntry(own, 'extends', undefined);
    const left = below && (bare.entries.has('device') ? withoutPublishedDevice(below) : below);
    const merged = left && merge(inherited(left, merge(left, bare)), bare);
    return merged?.kind === 'mapping' ? merged : undefined;
  }

  private extended(name: Tree, chain: readonly string[]): Mapping | undefined {
    const file = this.configOf('experiments', name, ['extends']);
    if (file === undefined) return undefined;
    if (!chain.includes(file)) return this.layered(file, chain);
    const circle = [...chain, file].map(displayPath).join(' -> ');
    this.refuse(name.place, ['extends'], `extends itself: ${circle}`, 'take one of these `extends` out');
    return undefined;
  }

  /**
   * A file's mapping as it was written.
   * @param beginning - of one that would do, for what is none
   */
  mapping(file: string, beginning: string): Mapping | undefined {
    const { tree, mistakes } = readYamlFile(file);
    this.mistakes.push(...mistakes);
    if (!tree || tree.kind === 'mapping') return tree;
    const got =
      tree.kind === 'list' ? 'a list' : tree.value === null ? 'nothing' : shortened(JSON.stringify(tree.value));
    const what = `got ${got}, expected a mapping of keys to values`;
    const first = beginning.startsWith('model') ? toDeviceFirst(file) : undefined;
    const remedy = first ?? `begin for example with \`${beginning}\``;
    this.refuse({ kind: 'file', file, line: 1, column: 1 }, [], what, remedy);
    return undefined;
  }

  override(root: Mapping, override: OverrideText): Mapping {
    const changed = applyOverride(root, override, (mistake) => this.mistakes.push(mistake));
    // `--set device=other.yaml` puts a path where a mapping stood.
    return this.withOtherDevices(this.withDevice(changed, root));
  }

  /**
   * Puts the device file in the place of its path; it then replaces whatever device stood below.
   * @param before - the experiment before an option named the device
   */
  private withDevice(root: Mapping, before?: Mapping): Mapping {
    const device = root.entries.get('device');
    if (device?.value.kind !== 'scalar') return root;
    const file = this.configOf('devices', device.value, ['device']);
    const mapping = file === undefined ? undefined : this.mapping(file, 'model: exponential');
    const kept = file !== undefined && before && !isFrom(before, file) ? withOtherDevice(root, file) : root;
    // A device that could not be read is refused above; the rest of the experiment is checked without it.
    return withEntry(kept, 'device', mapping && { ...device, value: { ...mapping, whole: true } });
  }

  /** Puts the device files in the places of their paths that the network is trained with beside its own device. */
  private withOtherDevices(root: Mapping): Mapping {
    const at = ['conditions', 'retention', 'devices'];
    return changedAt(root, at, (devices) => {
      if (devices.kind !== 'list') return devices;
      return { ...devices, items: devices.items.flatMap((item, i) => this.otherDevice(item, [...at, i])) };
    });
  }

  /** None where it could not be read, which is told as the one mistake that it is. */
  private otherDevice(item: Tree, at: ConfigPath): Tree[] {
    if (item.kind !== 'scalar') return [item];
    const file = this.configOf('devices', item, at);
    const mapping = file === undefined ? undefined : this.mapping(file, 'model: exponential');
    return mapping ? [mapping] : [];
  }

  /** The configuration that a scalar names: a file as {@link fileOf} finds it, or a shipped one where there is none. */
  private configOf(kind: 'devices' | 'experiments', name: Tree, at: ConfigPath): string | undefined {
    const text = this.textOf(name, at);
    if (text === undefined) return undefined;
    const file = namedConfig(kind, text, this.folderOf(name.place));
    return this.readable(file, unreadableConfig(kind, text, file), name.place, at);
  }

  /** The file that a scalar names, relative to the file that holds it, or to the current folder for an option. */
  private fileOf(name: Tree, at: ConfigPath): string | undefined {
    const text = this.textOf(name, at);
    if (text === undefined) return undefined;
    const file = path.resolve(this.folderOf(name.place), text);
    return this.readable(file, unreadable(file), name.place, at);
  }

  private textOf(name: Tree, at: ConfigPath): string | undefined {
    if (name.kind === 'scalar' && typeof name.value === 'string' && name.value !== '') return name.value;
    const got = name.kind === 'scalar' ? JSON.stringify(name.value) : `a ${name.kind}`;
    this.refuse(name.place, at, `got ${got}, expected the path of a YAML file`);
    return undefined;
  }

  private readable(
    file: string,
    problem: ReturnType<typeof unreadable>,
    place: Place,
    at: ConfigPath,
  ): string | undefined {
    if (!problem) return file;
    this.refuse(place, at, problem.what, problem.remedy);
    return undefined;
  }

  private folderOf(place: Place): string {
    return place.kind === 'file' ? folderOfFile(place.file, this.cwd) : this.cwd;
  }

  /** An experiment with its device's measured tables in it. */
  withTables(root: Mapping): Mapping {
    const others = ['conditions', 'retention', 'devices'];
    const tabled = (node: Tree, at: ConfigPath): Tree => (node.kind === 'mapping' ? this.tables(node, at) : node);
    const own = changedAt(root, ['device'], (device) => tabled(device, ['device']));
    return changedAt(own, others, (devices) => {
      if (devices.kind !== 'list') return devices;
      return { ...devices, items: devices.items.map((item, i) => tabled(item, [...others, i])) };
    });
  }

  /** Reads the measured tables that a device names, so that the configuration is whole without their files. */
  tables(device: Mapping, base: ConfigPath): Mapping {
    const files = device.entries.get('files');
    if (scalarAt(device, 'model') !== 'lookup-table' || !files || files.value.kind === 'scalar') return device;
    if (device.entries.has('tables')) {
      this.refuse(files.key, [...base, 'files'], 'stands beside tables', 'keep the one or the other');
      return device;
    }
    const tables = this.pairs(files.value, [...base, 'files']);
    return tables ? withEntry(withEntry(device, 'files', undefined), 'tables', { ...files, value: tables }) : device;
  }

  /** The pair of tables that a pair of names stands for, or a list of pairs; undefined where one of them has no table. */
  private pairs(files: Tree, at: ConfigPath): Tree | undefined {
    if (files.kind === 'scalar') return undefined;
    if (files.kind === 'list') {
      const items = files.items.map((pair, i) => this.pairs(pair, [...at, i]));
      return items.length === 0 || items.includes(undefined) ? undefined : { ...files, items: items as Tree[] };
    }
    const entries = [...files.entries].flatMap(([name, entry]) => this.table(at, name, entry));
    return entries.length < files.entries.size ? undefined : { ...files, entries: new Map(entries) };
  }

  private table(base: ConfigPath, name: string, entry: Entry): [string, Entry][] {
    const source = this.tableText(entry.value, [...base, name]);
    if (!source) return [];
    try {
      const table = parseTableFile(source.text, displayPath(source.file));
      // What is wrong with a table is told at its own file.
      const place: Place = { kind: 'file', file: source.file, line: 1, column: 1 };
      return [[name, { ...entry, value: planted({ ...table }, place) }]];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.refuse(entry.value.place, [...base, name], error.message);
      return [];
    }
  }

  /** A table's text, from its file or from the measurement that is named in its place. */
  private tableText(name: Tree, at: ConfigPath): { readonly file: string; readonly text: string } | undefined {
    if (name.kind !== 'scalar' || typeof name.value !== 'string' || !isMeasurement(name.value)) {
      const file = this.fileOf(name, at);
      return file === undefined ? undefined : { file, text: fileBytes(file).toString('utf8') };
    }
    const found = readMeasurement(name.value);
    if ('text' in found) return { file: found.place, text: found.text };
    this.mistakes.push({ place: name.place, path: at, ...found });
    return undefined;
  }

  private refuse(place: Place, at: ConfigPath, what: string, remedy?: string): void {
    this.mistakes.push({ place, path: at, what, ...(remedy === undefined ? {} : { remedy }) });
  }
}

/** Whether an experiment's device is what a device file says. */
function isFrom(experiment: Mapping, file: string): boolean {
  const device = experiment.entries.get('device')?.value;
  return device?.kind === 'mapping' && device.place.kind === 'file' && device.place.file === file;
}

type Numbers = number | readonly Numbers[] | { readonly [key: string]: Numbers };

/** A tree of values that all come from one place. */
function planted(value: Numbers, place: Place): Tree {
  if (typeof value === 'number') return { kind: 'scalar', value, place } satisfies Scalar;
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item: Numbers) => planted(item, place)), place };
  const entries = Object.entries(value).map(([key, inner]): [string, Entry] => [
    key,
    { key: place, value: planted(inner, place) },
  ]);
  return { kind: 'mapping', entries: new Map(entries), place };
}
