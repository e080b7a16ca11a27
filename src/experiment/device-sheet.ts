import { toldConfig } from './files.js';
import { loadDevice } from './loader.js';
import { ConfigError, formatPath, type ConfigPath } from './place.js';
import { scalarAt } from './tree.js';
import { readYamlFile } from './yaml-source.js';

/** A device as a person reads it. */
export interface DeviceSheet {
  readonly file: string;
  readonly model: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly source: string | null;
  readonly validity: string | null;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly path: string;
  /** As written, with its unit; a long list as its length. */
  readonly value: string;
  /** `paper: …`, `inferred: …`; null where the file does not say. */
  readonly origin: string | null;
}

const documentation = new Set(['model', 'name', 'description', 'source', 'validity', 'origin']);

/**
 * The file of a device, given by its path or by the name of one that is shipped; a file comes before a shipped device of
 * its name, as everywhere.
 * @throws UsageError where it is neither
 */
export function deviceFile(nameOrFile: string, cwd: string = process.cwd()): string {
  return toldConfig('devices', nameOrFile, 'device', cwd);
}

/**
 * A device file's model, name and source, without what else it names: measured tables need not be at hand.
 * @throws ConfigError where the file is no YAML mapping with a model
 */
export function deviceHead(
  file: string,
): Readonly<Record<'title' | 'source', string | null>> & { readonly model: string } {
  const { tree, mistakes } = readYamlFile(file);
  const model = tree?.kind === 'mapping' ? scalarAt(tree, 'model') : undefined;
  if (tree?.kind !== 'mapping' || typeof model !== 'string') throw new ConfigError(mistakes);
  const text = (key: string): string | null => {
    const value = scalarAt(tree, key);
    return typeof value === 'string' ? value : null;
  };
  return { model, title: text('name'), source: text('source') };
}

/** Every parameter of a device file, defaults included, with the source that the file states for it. */
export function deviceSheet(file: string): DeviceSheet {
  const { config, resolved } = loadDevice(file);
  const { model, name, description, source, validity, origin } = config;
  const values = Object.entries(resolved as object).filter(([key]) => !documentation.has(key));
  const parameters = values
    .flatMap(([key, value]) => flatten([key], value))
    .map(([at, value]): Parameter => {
      return { path: formatPath(at), value, origin: originOf(formatPath(at), origin ?? {}) };
    });
  return {
    file,
    model,
    name: name ?? null,
    description: description ?? null,
    source: source ?? null,
    validity: validity ?? null,
    parameters,
  };
}

function flatten(at: ConfigPath, value: unknown): [ConfigPath, string][] {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null && !Array.isArray(item)))
    return value.flatMap((item, i) => flatten([...at, i], item));
  if (Array.isArray(value)) return [[at, value.length > 8 ? `${value.length} values` : JSON.stringify(value)]];
  if (typeof value !== 'object' || value === null) return [[at, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flatten([...at, key], inner));
}

/** The source of the value itself, or of the nearest mapping that holds it. */
function originOf(at: string, origins: Readonly<Record<string, string>>): string | null {
  // Tables stand in the place of the files that they were read from.
  const spoken = Object.entries(origins).map(([path, origin]) => [path.replace(/^files\b/, 'tables'), origin] as const);
  const holders = spoken.filter(([path]) => at === path || ['.', '['].some((next) => at.startsWith(`${path}${next}`)));
  const [nearest] = holders.sort(([a], [b]) => b.length - a.length);
  return nearest?.[1] ?? null;
}
