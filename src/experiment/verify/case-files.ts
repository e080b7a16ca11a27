import { UsageError } from '../../errors.js';
import type { CheckFailure } from '../checks.js';
import { shippedConfigs, toldConfig, namedConfig, unreadable, unreadableConfig } from '../files.js';
import { checkTree } from '../issues.js';
import { loadExperiment } from '../loader.js';
import { splitSet } from '../overrides.js';
import { ConfigError, displayPath, formatPath } from '../place.js';
import { find, type Tree } from '../tree.js';
import { readYamlFile } from '../yaml-source.js';
import { checkCase, type CaseSet, type RegressionCase } from './case.js';
import {
  caseSchema,
  checkOrder,
  overridesAt,
  rankedCases,
  type Order,
  type OrderCase,
  type Written,
} from './order-case.js';
import { folderOfFile } from '../pipes.js';

/** A case that passed every check, and so did its experiment with the case's values in it. */
export interface LoadedCase {
  /** Absolute path. */
  readonly file: string;
  readonly config: RegressionCase;
  /** Absolute path of the experiment file. */
  readonly experiment: string;
  /** Of one of several runs whose order is held. */
  readonly order?: Order | undefined;
}

/** The cases that come with Mho, by name, sorted. */
export function shippedCases(): ReadonlyMap<string, string> {
  return shippedConfigs('regression');
}

/**
 * The cases to verify: those that are named, by file or by the name of a shipped one; otherwise the shipped set.
 * @throws UsageError where a name is unknown or two cases share one; ConfigError with the mistakes of a file
 */
export function loadCases(names: readonly string[], set: CaseSet): readonly LoadedCase[] {
  if (names.length > 0) return distinct(names.flatMap((name) => loadFile(toldConfig('regression', name, 'verify'))));
  const files = [...shippedCases().values()].filter((file) => readCase(file).config.sets.includes(set));
  return distinct(files.flatMap(loadFile));
}

/** Results are told by name. */
function distinct(cases: readonly LoadedCase[]): readonly LoadedCase[] {
  const names = cases.map(({ config }) => config.name);
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated === undefined) return cases;
  throw new UsageError({ where: 'verify', what: `got two cases named ${repeated}`, remedy: 'name each file once' });
}

/**
 * Loads a regression file: its case, or of an order a case for each of its runs.
 * @param file - absolute path
 * @throws UsageError where the file is absent; ConfigError with every mistake of it, or of its experiments
 */
export function loadFile(file: string): readonly LoadedCase[] {
  const { config, tree } = readCase(file);
  if (config.statistic === 'order') {
    return rankedCases(config).map(({ config, order, written }) => {
      return { file, config, order, experiment: experimentOf(file, config, tree, written) };
    });
  }
  const written = { experiment: ['experiment'], overrides: overridesAt([], config.overrides) };
  return [{ file, config, experiment: experimentOf(file, config, tree, written) }];
}

/** A regression file without its experiment, which may need tables that are not at hand. */
function readCase(file: string): { readonly config: RegressionCase | OrderCase; readonly tree: Tree } {
  const problem = unreadable(file);
  if (problem) throw new UsageError({ where: 'verify', ...problem });
  const { tree, mistakes } = readYamlFile(file);
  if (!tree) throw new ConfigError(mistakes);
  return { config: checked(tree), tree };
}

function checked(tree: Tree): RegressionCase | OrderCase {
  const { value, mistakes } = checkTree(caseSchema, tree);
  if (!value) throw new ConfigError(mistakes);
  const failures = value.statistic === 'order' ? checkOrder(value) : checkCase(value);
  if (failures.length > 0) throw new ConfigError(failures.map((failure) => placed(failure, tree)));
  return value;
}

function placed(failure: CheckFailure, tree: Tree) {
  return { place: find(tree, failure.path).node.place, ...failure };
}

/** The case's experiment, loaded once with the case's values, so that a mistake is told before anything is trained. */
function experimentOf(file: string, { experiment, overrides }: RegressionCase, tree: Tree, written: Written): string {
  const cwd = folderOfFile(file);
  const target = namedConfig('experiments', experiment, cwd);
  const problem = unreadableConfig('experiments', experiment, target);
  if (problem) throw new ConfigError([placed({ path: written.experiment, ...problem }, tree)]);
  const laid = overrides.map(splitSet).map((text, i) => {
    return { ...text, option: `${displayPath(file)}: ${formatPath(written.overrides[i]!)}: ${text.path}` };
  });
  loadExperiment(target, { overrides: laid, cwd });
  return target;
}
