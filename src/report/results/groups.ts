import { publishedSchema, type Published } from '../../experiment/figures/schema.js';
import { deviation, mean, median } from '../../experiment/verify/statistics.js';
import { extentOf } from '../../statistics/extent.js';
import { formatPath, type ConfigPath } from '../../experiment/place.js';
import type { RunRead } from './run.js';

/** Runs of one experiment that differ in nothing but their seeds and what they recorded. */
export interface Group {
  /** Unique over a report: the experiment, and in what it differs from others of that name. */
  readonly label: string;
  /** As files and anchors are named after it. */
  readonly id: string;
  /** One a seed: a second one would have the same bits. */
  readonly runs: readonly RunRead[];
  /** All, those of equal seeds too, which may have recorded something else. */
  readonly all: readonly RunRead[];
  /** The one that stands for all where only one can be shown. */
  readonly first: RunRead;
  readonly published: Published | undefined;
  /** Of a trial: what set which values in the place of the experiment, by path. */
  readonly sweptBy?: ReadonlyMap<string, string>;
}

/** How one number lies over seeds. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  /** Sample standard deviation; null of fewer than two. */
  readonly sd: number | null;
  readonly min: number;
  readonly max: number;
}

/** Undefined of no values. */
export function spreadOf(values: readonly (number | null | undefined)[]): Spread | undefined {
  const known = values.filter((value) => typeof value === 'number');
  if (known.length === 0) return undefined;
  const [min, max] = extentOf(known);
  return {
    ...{ count: known.length, mean: mean(known), median: median(known) },
    ...{ sd: known.length > 1 ? deviation(known) : null, min, max },
  };
}

/** In the order in which experiments first appear; runs by seed. */
export function groupsOf(runs: readonly RunRead[]): Group[] {
  const byKey = grouped(runs, keyOf);
  const order = (a: RunRead, b: RunRead): number => a.seed - b.seed || b.metrics().length - a.metrics().length;
  const groups = [...byKey.values()].map((members) => [...members].sort(order));
  const ids = new Set<string>();
  return groups.map((members) => {
    const [first] = members as [RunRead, ...RunRead[]];
    const namesakes = groups.flatMap(([other]) => (other!.label === first.label ? [other!] : []));
    const label = namesakes.length === 1 ? first.label : `${first.label}, ${differences(first, namesakes)}`;
    const runs = members.filter(({ seed }, i) => members.findIndex((other) => other.seed === seed) === i);
    return { label, id: freeId(first.label, ids), runs, all: members, first, published: publishedOf(first) };
  });
}

function grouped(runs: readonly RunRead[], key: (run: RunRead) => string): Map<string, RunRead[]> {
  const groups = new Map<string, RunRead[]>();
  for (const run of runs) {
    const known = groups.get(key(run));
    if (known) known.push(run);
    else groups.set(key(run), [run]);
  }
  return groups;
}

/** What does not decide what a network learns, the seed aside. */
const besides = ['seed', 'record', 'backend', 'replicas', 'description', 'origin'];

function deciding({ config }: RunRead): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !besides.includes(key)));
}

function keyOf(run: RunRead): string {
  return JSON.stringify([run.label, deciding(run)]);
}

function publishedOf({ config }: RunRead): Published | undefined {
  return publishedSchema.safeParse(config.published).data;
}

function freeId(label: string, taken: Set<string>): string {
  const stem =
    label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'experiment';
  const id = Array.from({ length: taken.size + 1 }, (_, i) => (i === 0 ? stem : `${stem}-${i + 1}`)).find(
    (name) => !taken.has(name),
  )!;
  taken.add(id);
  return id;
}

/** `device.cycleToCycle 0.02`: the values in which a run differs from its namesakes, the first few of them. */
function differences(run: RunRead, namesakes: readonly RunRead[]): string {
  const all = namesakes.map((one) => new Map(leaves(deciding(one)).map(({ path, value }) => [path, value])));
  const own = new Map(leaves(deciding(run)).map(({ path, value }) => [path, value]));
  const differing = [...own].filter(
    ([path, value]) => !originPath.test(path) && all.some((other) => other.get(path) !== value),
  );
  const shown = differing.slice(0, 3).map(([path, value]) => `${path} ${value}`);
  return [...shown, ...(differing.length > shown.length ? [`${differing.length - shown.length} more`] : [])].join(', ');
}

const originPath = /(^|\.)(origin|description|source|validity)\b/;

export interface Leaf {
  readonly path: string;
  readonly value: string;
}

/** Every value of a configuration by its path; a list of plain values is one. */
export function leaves(value: unknown, path: ConfigPath = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path: formatPath(path), value: String(value) }];
  const entries = Object.entries(value);
  const plain = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  if (plain || entries.length === 0) return [{ path: formatPath(path), value: plain ? listed(value) : '{}' }];
  return entries.flatMap(([key, inner]) => leaves(inner, [...path, Array.isArray(value) ? Number(key) : key]));
}

/** Long lists are tables that were measured; they are in `config.yaml`. */
function listed(values: readonly unknown[]): string {
  const shown = values.slice(0, 12).map(String);
  return `[${shown.join(', ')}${values.length > shown.length ? `, … ${values.length} in all` : ''}]`;
}
