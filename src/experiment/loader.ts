import type { z } from 'zod';
import { UsageError } from '../errors.js';
import { deviceSchema, type DeviceConfig } from '../device/registry.js';
import { conditionsSchema } from '../training/conditions.js';
import { checkConditions, type ForgettingDevice, type OtherDevice } from './check-conditions.js';
import { checkDevice, checkExperiment, tablesAgainst, type CheckFailure } from './checks.js';
import { energyFailures } from './energy.js';
import { blockedEffects } from './setup.js';
import { composeDevice, composeExperiment } from './compose.js';
import { checkReach, withinReach } from './figures/reach.js';
import { namedConfig, unreadableConfig } from './files.js';
import { checkTree } from './issues.js';
import type { OverrideText } from './overrides.js';
import { ConfigError, type ConfigPath, type Mistake } from './place.js';
import { originMistakes } from './provenance.js';
import { withDefaults } from './resolved.js';
import { experimentSchema, type ExperimentConfig } from './schema.js';
import { find, toPlain, type Found, type Mapping, type Tree } from './tree.js';

/** An experiment that passed every check. */
export interface Experiment {
  /** Parsed, in SI units. */
  readonly config: ExperimentConfig;
  /** As written, whole: files merged, options applied, defaults put in, quantities as text. Loads again alike. */
  readonly resolved: unknown;
}

/** A device that passed every check. */
export interface LoadedDevice {
  readonly config: DeviceConfig;
  readonly resolved: unknown;
}

export interface LoadExperimentOptions {
  /** Values from the command line, laid upon the files in order. */
  readonly overrides?: readonly OverrideText[] | undefined;
  /** Folder that paths given as options are relative to; the current one unless told. */
  readonly cwd?: string | undefined;
}

/**
 * Loads an experiment file.
 * @param file - its path, or the name of a shipped experiment: `wse2-orhd`, `neurosim/mlp`
 * @throws ConfigError with every mistake of every file it is made of, each with its place, path and remedy
 * @throws UsageError where the file is absent
 */
export function loadExperiment(file: string, options: LoadExperimentOptions = {}): Experiment {
  const cwd = options.cwd ?? process.cwd();
  const composed = composeExperiment(readableConfig('experiments', file, cwd), options.overrides ?? [], cwd);
  const { tree: written, mistakes } = composed;
  if (!written) throw new ConfigError(mistakes);
  refuseOthers(written, file);
  const tree = withinReach(written);
  const { value, mistakes: invalid } = checkTree(experimentSchema, tree);
  const plain = toPlain(tree);
  const device = deviceFailures(find(tree, ['device']), ['device']);
  const crossed = [...checkExperiment(plain), ...checkReach(plain), ...device, ...conditionFailures(tree)];
  const all = [...mistakes, ...withoutConsequences(invalid, mistakes), ...placed(crossed, tree)];
  if (!value || all.length > 0) throw new ConfigError(all);
  // Only what is right in itself can be compiled, and only then is it known what cannot be switched off.
  const against = placed(tablesAgainst(value.device, value.crossbar.window), tree);
  if (against.length > 0) throw new ConfigError(against);
  const blocked = placed([...blockedEffects(value), ...energyFailures(value)], tree);
  if (blocked.length > 0) throw new ConfigError(blocked);
  return { config: value, resolved: whole(experimentSchema, tree) };
}

/**
 * Loads a device file.
 * @param file - its path, or the name of a shipped device: `taox`
 * @param cwd - folder that paths are relative to
 * @throws ConfigError with every mistake of the file
 * @throws UsageError where the file is absent
 */
export function loadDevice(file: string, cwd: string = process.cwd()): LoadedDevice {
  const { tree, mistakes } = composeDevice(readableConfig('devices', file, cwd), cwd);
  if (!tree) throw new ConfigError(mistakes);
  refuseExperiment(tree, file);
  const { value, mistakes: invalid } = checkTree(deviceSchema, tree);
  const all = [...mistakes, ...invalid, ...placed(deviceFailures(find(tree, []), []), tree)];
  if (!value || all.length > 0) throw new ConfigError(all);
  return { config: value, resolved: whole(deviceSchema, tree) };
}

/** The configuration with its defaults; what its origins speak of must be in it. */
function whole(schema: typeof experimentSchema | typeof deviceSchema, tree: Tree): unknown {
  const resolved = withDefaults(schema, toPlain(tree));
  const mistakes = originMistakes(tree, resolved);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return resolved;
}

function refuseOthers(tree: Mapping, file: string): void {
  refuseDevice(tree, file);
  if (isExperiment(tree) || !['experiment', 'axes'].every((key) => tree.entries.has(key))) return;
  const what = 'is a sweep file, expected an experiment';
  throw new UsageError({ where: file, what, remedy: `run it with mho sweep ${file}` });
}

function refuseDevice(tree: Mapping, file: string): void {
  if (!tree.entries.has('model') || isExperiment(tree)) return;
  const what = 'is a device file, expected an experiment';
  throw new UsageError({ where: file, what, remedy: `see it with mho device show ${file}` });
}

function refuseExperiment(tree: Mapping, file: string): void {
  if (tree.entries.has('model') || !isExperiment(tree)) return;
  const what = 'is an experiment file, expected a device';
  throw new UsageError({
    where: file,
    what,
    remedy: `train it with mho run ${file}, or show the device that it names`,
  });
}

function isExperiment({ entries }: Mapping): boolean {
  return ['dataset', 'network', 'training', 'extends'].some((key) => entries.has(key));
}

function readableConfig(kind: 'devices' | 'experiments', name: string, cwd: string): string {
  const file = namedConfig(kind, name, cwd);
  const problem = unreadableConfig(kind, name, file);
  if (problem) throw new UsageError({ where: kind.slice(0, -1), ...problem });
  return file;
}

/** Checks across a device's values, whatever is wrong around it; none where its values are wrong in themselves. */
function deviceFailures(found: Found, base: ConfigPath): CheckFailure[] {
  const device = valueOf(deviceSchema, found);
  return device ? checkDevice(device).map((failure) => ({ ...failure, path: [...base, ...failure.path] })) : [];
}

/** Checks of the conditions against the devices; none where they are wrong in themselves, or there are none. */
function conditionFailures(tree: Tree): CheckFailure[] {
  const conditions = find(tree, ['conditions']);
  const asked = conditions.node.kind === 'mapping' ? valueOf(conditionsSchema, conditions) : undefined;
  if (!asked) return [];
  const forgetting = (at: ConfigPath): ForgettingDevice => ({
    config: valueOf(deviceSchema, find(tree, at)),
    statesRetention: find(tree, [...at, 'retention']).complete,
  });
  const others = (asked.retention?.devices ?? []).map((_, i): OtherDevice => {
    const at = ['conditions', 'retention', 'devices', i];
    return { path: at, ...forgetting(at) };
  });
  const failures = others.flatMap(({ path: at }) => deviceFailures(find(tree, at), at));
  return [...failures, ...checkConditions(asked, forgetting(['device']), others)];
}

function valueOf<S extends z.ZodType>(schema: S, { node, complete }: Found): z.output<S> | undefined {
  return complete ? checkTree(schema, node).value : undefined;
}

/** A device file that could not be read leaves the experiment without a device: that is one mistake, not two. */
function withoutConsequences(invalid: readonly Mistake[], earlier: readonly Mistake[]): Mistake[] {
  const unread = earlier.length > 0;
  // Values laid upon a device whose file could not be read are all that is left of it.
  const deviceUnread = earlier.some(({ path: at }) => isDevice(at));
  const follows = (at: ConfigPath): boolean => (isDevice(at) ? unread : deviceUnread && at[0] === 'device');
  return invalid.filter(({ path: at, what }) => !(follows(at) && what.startsWith('is missing')));
}

function isDevice(at: ConfigPath): boolean {
  return at.length === 1 && at[0] === 'device';
}

function placed(failures: readonly CheckFailure[], tree: Tree): Mistake[] {
  return failures.map((failure) => ({ place: find(tree, failure.path).node.place, ...failure }));
}
