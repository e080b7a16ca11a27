import { UsageError } from '../../errors.js';
import type { Experiment } from '../loader.js';
import type { OverrideText } from '../overrides.js';
import { maxSeed } from '../seed.js';
import { most, type ReplicasConfig } from './schema.js';

/** One run among those of an experiment. */
export interface PlannedReplica {
  /** Its folder's name: `replica-01`. */
  readonly name: string;
  readonly seed: number;
  /** What it has instead of the experiment's own values, by path. */
  readonly values: Readonly<Record<string, Value>>;
  /** The experiment of this run alone. */
  readonly experiment: Experiment;
}

export type Value = string | number | boolean;

/** Loads the experiment again with further values laid upon it. */
export type LoadVaried = (values: readonly OverrideText[]) => Experiment;

/** Replicas share their data, geometry and order of steps: what may differ is what lies in cells and seeds. */
const variable = [/^device(\.|\[|$)/, /^crossbar(\.|\[|$)/, /^training\.learningRate$/, /^network\.init(\.|$)/];

/**
 * The runs that an experiment's `replicas` ask for.
 * @returns undefined where it asks for one run, which is an ordinary one
 * @throws ConfigError for values that the experiment cannot have
 * @throws UsageError for values that cannot differ among replicas, and for seeds that are given twice or leave their range
 */
export function planReplicas(experiment: Experiment, load: LoadVaried): readonly PlannedReplica[] | undefined {
  const { replicas, seed: first } = experiment.config;
  if (replicas === undefined || replicas === 1) return undefined;
  const { seeds: asked, vary } = typeof replicas === 'number' ? { seeds: replicas, vary: {} } : replicas;
  const seeds = typeof asked === 'number' ? seedsFrom(first, asked) : distinct(asked);
  for (const path of Object.keys(vary)) requireVariable(path);
  const varied = combinations(vary).map((values) => ({ values, experiment: alone(load(overridesOf(values))) }));
  requireDifferent(varied);
  const all = varied.flatMap(({ values, experiment: of }) =>
    seeds.map((seed) => ({ seed, values, experiment: withSeed(of, seed) })),
  );
  requireFew(all.length);
  const digits = String(all.length).length;
  return all.map((replica, i) => ({ name: `replica-${String(i + 1).padStart(digits, '0')}`, ...replica }));
}

/** An experiment without its replicas: one run of it. */
export function alone({ config, resolved }: Experiment): Experiment {
  const written = Object.entries(resolved as object).filter(([key]) => key !== 'replicas');
  return { config: { ...config, replicas: undefined }, resolved: Object.fromEntries(written) };
}

function withSeed({ config, resolved }: Experiment, seed: number): Experiment {
  return { config: { ...config, seed }, resolved: { ...(resolved as object), seed } };
}

function seedsFrom(first: number, count: number): number[] {
  if (first <= maxSeed - (count - 1)) return Array.from({ length: count }, (_, i) => first + i);
  const what = `${count} seeds from ${first} upwards leave 0 to 2^53 - 1`;
  throw new UsageError({ where: 'replicas', what, remedy: 'start from a smaller seed' });
}

function distinct(seeds: readonly number[]): readonly number[] {
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice === undefined) return seeds;
  const what = `has the seed ${twice} twice, which would be the same run twice`;
  throw new UsageError({ where: 'replicas.seeds', what, remedy: 'name each seed once' });
}

/** Values may be written in several ways: what they come to decides. */
function requireDifferent(varied: readonly Pick<PlannedReplica, 'values' | 'experiment'>[]): void {
  const seen = new Map<string, PlannedReplica['values']>();
  for (const { values, experiment } of varied) {
    const key = JSON.stringify(experiment.config);
    const before = seen.get(key);
    if (before) {
      const what = `${described(before)} and ${described(values)} are the same experiment, which would be run twice`;
      throw new UsageError({ where: 'replicas.vary', what, remedy: 'name each value once' });
    }
    seen.set(key, values);
  }
}

function described(values: PlannedReplica['values']): string {
  return Object.entries(values)
    .map(([path, value]) => `${path}=${value}`)
    .join(', ');
}

/** Whether replicas may have values of their own at a path. */
export function mayDiffer(path: string): boolean {
  return variable.some((pattern) => pattern.test(path));
}

function requireVariable(path: string): void {
  if (mayDiffer(path)) return;
  const what = `cannot vary ${path}, expected a value of device, crossbar or network.init, or training.learningRate`;
  const remedy = 'replicas share data, layers and steps; run the experiment again with --set for anything else';
  throw new UsageError({ where: 'replicas.vary', what, remedy });
}

function requireFew(count: number): void {
  if (count <= most) return;
  throw new UsageError({ where: 'replicas', what: `come to ${count} runs, expected at most ${most}` });
}

type Vary = Exclude<ReplicasConfig, number>['vary'];

/** Every value of each path with every value of the others; the last path's values change fastest. */
function combinations(vary: Vary): Record<string, Value>[] {
  return Object.entries(vary).reduce<Record<string, Value>[]>(
    (before, [path, values]) => before.flatMap((known) => values.map((value) => ({ ...known, [path]: value }))),
    [{}],
  );
}

function overridesOf(values: Readonly<Record<string, Value>>): OverrideText[] {
  return Object.entries(values).map(([path, value]) => ({
    path,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    option: `replicas.vary.${path}`,
  }));
}
