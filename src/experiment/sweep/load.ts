import { UsageError } from '../../errors.js';
import type { CheckFailure } from '../checks.js';
import type { Value } from '../expression/values.js';
import { shippedConfigs, toldConfig, namedConfig, unreadable, unreadableConfig } from '../files.js';
import { checkTree } from '../issues.js';
import { loadExperiment, type Experiment } from '../loader.js';
import { isBelow, type OverrideText } from '../overrides.js';
import { nearestPath, pathsIn } from '../near-path.js';
import { ConfigError, formatPath, formatPlace, parsePath, type ConfigPath } from '../place.js';
import { schemasAt } from '../schema-walk.js';
import { experimentSchema } from '../schema.js';
import { find, type Tree } from '../tree.js';
import { readYamlFile } from '../yaml-source.js';
import { at } from './identity.js';
import { pointsOf, scalar, type Point, type Points } from './points.js';
import { checkSweep, mostPoints, sweepSchema, type PlainValue, type SweepConfig } from './schema.js';
import { folderOfFile } from '../pipes.js';

/** A sweep that passed every check, and so did its experiment with the overrides in it. */
export interface LoadedSweep {
  /** Absolute path. */
  readonly file: string;
  readonly config: SweepConfig;
  /** With the overrides, and without any value of an axis. */
  readonly base: Experiment;
  /** Absolute path of the experiment file. */
  readonly experiment: string;
  readonly points: Points;
  /** What is wrong with the configuration of a point, told at the sweep's lines; undefined where nothing is. */
  readonly mistakeAt: (point: Point) => ConfigError | undefined;
}

/** Values of an axis of which each is tried alone before anything is run. */
const tried = 64;

/** The sweeps that come with Mho, by name, sorted. */
export function shippedSweeps(): ReadonlyMap<string, string> {
  return shippedConfigs('sweeps');
}

/** What options lay upon the experiment of a sweep, beside its own overrides. */
export interface SweepOptions {
  readonly backend?: string | undefined;
}

/**
 * Loads a sweep by its file, or by the name of a shipped one.
 * @throws UsageError where there is none; ConfigError with the mistakes of the file, or of what it makes of its experiment
 */
export function loadSweep(name: string, { backend }: SweepOptions = {}): LoadedSweep {
  const file = toldConfig('sweeps', name, 'sweep');
  const problem = unreadable(file);
  if (problem) throw new UsageError({ where: 'sweep', ...problem });
  const { tree, mistakes } = readYamlFile(file);
  if (!tree) throw new ConfigError(mistakes);
  refuseExperiment(tree, name);
  const config = withBackend(checked(tree), backend);
  const experiment = namedConfig('experiments', config.experiment, folderOfFile(file));
  const absent = unreadableConfig('experiments', config.experiment, experiment);
  if (absent) throw new ConfigError([placed({ path: ['experiment'], ...absent }, tree)]);
  const base = loadBase(file, tree, config, experiment);
  const points = pointsOf(config, {
    firstSeed: base.config.seed,
    valueOf: (name, where) => valueIn(base.resolved, config, name, where),
    placeOf: (at) => told(tree, at),
  });
  if (points.most > mostPoints) {
    const what = `comes to ${points.most} trials, expected at most ${mostPoints}`;
    throw new ConfigError([placed({ path: ['axes'], what, remedy: 'take values out' }, tree)]);
  }
  const mistakeAt = pointTrier(file, tree, experiment, config);
  tryAxes(points, mistakeAt);
  if (points.count() === 0) {
    const what = `leaves no trial: none of ${points.asked} points meets ${config.where.length > 1 ? 'all conditions' : 'the condition'}`;
    const remedy = 'loosen it, or give the axes other values';
    throw new ConfigError([placed({ path: ['where'], what, remedy }, tree)]);
  }
  return { file, config, base, experiment, points, mistakeAt };
}

/**
 * What the experiment has at a path that a condition names.
 * @throws UsageError where it can have none
 */
function valueIn(resolved: unknown, { axes }: SweepConfig, name: string, where: string): Value {
  if (name === 'seed') {
    const what = 'asks for the seed, and every point that is left has all of the seeds';
    throw new UsageError({ where, what, remedy: 'name the seeds that are wanted in seeds' });
  }
  const value = at(resolved, name);
  if (value !== undefined) return scalar(value as PlainValue);
  if (schemasAt(experimentSchema, parsePath(name), resolved).length > 0) return null;
  const near = nearestPath(name, [...Object.keys(axes), ...pathsIn(resolved)]);
  const remedy =
    near === undefined
      ? `name an axis (${Object.keys(axes).join(', ')}) or a value of the experiment`
      : `did you mean ${near}?`;
  throw new UsageError({ where, what: `neither the axes nor the experiment have ${name}`, remedy });
}

/** @throws UsageError where the file is an experiment, of which every key would be a mistake */
function refuseExperiment(tree: Tree, name: string): void {
  const has = (key: string): boolean => tree.kind === 'mapping' && tree.entries.has(key);
  if (has('experiment') || has('axes') || !['extends', 'network', 'training'].some(has)) return;
  const what = 'is an experiment file, expected a sweep';
  throw new UsageError({
    where: name,
    what,
    remedy: `write experiment: ${name} in a sweep file, or train it with mho run`,
  });
}

/** @throws UsageError where the backend is an axis */
function withBackend(config: SweepConfig, backend: string | undefined): SweepConfig {
  if (backend === undefined) return config;
  if (Object.hasOwn(config.axes, 'backend')) {
    const what = 'stands beside the axis backend, expected one of them';
    throw new UsageError({ where: '--backend', what, remedy: 'leave one out' });
  }
  return { ...config, overrides: { ...config.overrides, backend } };
}

function checked(tree: Tree): SweepConfig {
  const { value, mistakes } = checkTree(sweepSchema, tree);
  if (!value) throw new ConfigError(mistakes);
  const failures = checkSweep(value);
  if (failures.length > 0) throw new ConfigError(failures.map((failure) => placed(failure, tree)));
  return value;
}

function placed(failure: CheckFailure, tree: Tree) {
  return { place: find(tree, failure.path).node.place, ...failure };
}

/**
 * What every trial has unless the sweep lays something else upon it: of thousands of trials few are looked at one by one, and
 * `mho tensorboard` makes the same of those that are.
 */
const ofTrials: Readonly<Record<string, PlainValue>> = { record: { tensorboard: false } };

function loadBase(file: string, tree: Tree, config: SweepConfig, experiment: string): Experiment {
  const own = (values: Readonly<Record<string, PlainValue>>) =>
    overridesOf(values, (name) => told(tree, ['overrides', name]));
  // As a mapping, upon which the sweep's own `record` is laid: a part of it would come after that.
  const overrides = [...own(ofTrials), ...own(config.overrides)];
  const base = loadExperiment(experiment, { overrides, cwd: folderOfFile(file) });
  if (base.config.replicas === undefined) return base;
  const what = 'has replicas, and each trial of a sweep is one run';
  throw new ConfigError([placed({ path: ['experiment'], what, remedy: 'write seeds and axes in the sweep' }, tree)]);
}

/** Values as `--set` takes them. */
export function overridesOf(
  values: Readonly<Record<string, PlainValue>>,
  option: (path: string) => string,
): OverrideText[] {
  return Object.entries(values).map(([at, value]) => ({ path: at, value: JSON.stringify(value), option: option(at) }));
}

/**
 * What is laid upon the resolved base for a trial: its point, and those of the sweep's overrides that a value of the point
 * replaces with the whole that they are part of.
 */
export function laidOn(
  point: Readonly<Record<string, PlainValue>>,
  seed: number,
  overrides: Readonly<Record<string, PlainValue>>,
): OverrideText[] {
  const wholes = Object.keys(point);
  const again = Object.entries(overrides).filter(([name]) => wholes.some((whole) => isBelow(name, whole)));
  return overridesOf({ ...Object.fromEntries(again), ...point, seed }, (name) => `--set ${name}`);
}

/** A mistake in what the sweep lays upon an experiment is one of the sweep's lines, or of an option that is none of them. */
function told(tree: Tree, at: ConfigPath): string {
  const { node, complete } = find(tree, at);
  return complete ? `${formatPlace(node.place)}: ${formatPath(at)}` : `--${at.at(-1)!}`;
}

function pointTrier(
  file: string,
  tree: Tree,
  experiment: string,
  { overrides }: SweepConfig,
): LoadedSweep['mistakeAt'] {
  const fixed = overridesOf(overrides, (name) => told(tree, ['overrides', name]));
  return (point) => {
    const own = overridesOf(point, (name) => told(tree, ['axes', name]));
    const options = { overrides: [...fixed, ...own], cwd: folderOfFile(file) };
    return mistakeOf(() => loadExperiment(experiment, options));
  };
}

/**
 * An axis of which no value can be is a mistake of the file, such as a misspelt path; one bad value among good ones is a
 * trial that fails.
 */
function tryAxes({ axes }: Points, mistakeAt: LoadedSweep['mistakeAt']): void {
  const mistakes = axes.flatMap(({ path: name, values }) => {
    const errors: ConfigError[] = [];
    for (const value of values.slice(0, tried)) {
      const error = mistakeAt({ [name]: value });
      if (!error) return [];
      errors.push(error);
    }
    return errors[0]!.mistakes;
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
}

function mistakeOf(load: () => unknown): ConfigError | undefined {
  try {
    load();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
