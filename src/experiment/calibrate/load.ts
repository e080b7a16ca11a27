import { UsageError } from '../../errors.js';
import type { CheckFailure } from '../checks.js';
import { shippedConfigs, toldConfig, namedConfig, unreadable, unreadableConfig } from '../files.js';
import { checkTree } from '../issues.js';
import { loadExperiment } from '../loader.js';
import { splitSet, type OverrideText } from '../overrides.js';
import { ConfigError, formatPath, formatPlace, type ConfigPath } from '../place.js';
import { find, type Tree } from '../tree.js';
import { readYamlFile } from '../yaml-source.js';
import { calibrationSchema, checkCalibration, familiesOf, type Calibration, type Family } from './schema.js';
import { assignmentOf, isFor, valueAt } from './space.js';
import { folderOfFile } from '../pipes.js';

/** A calibration that passed every check, and so did its experiments with the ends of every range in them. */
export interface LoadedCalibration {
  /** Absolute path. */
  readonly file: string;
  readonly config: Calibration;
  readonly families: readonly Family[];
  /** Absolute paths of the targets' experiments, in order. */
  readonly experiments: readonly string[];
}

/** The calibrations that come with Mho, by name, sorted. */
export function shippedCalibrations(): ReadonlyMap<string, string> {
  return shippedConfigs('calibration');
}

/**
 * Loads a calibration by its file, or by the name of a shipped one.
 * @throws UsageError where there is none; ConfigError with the mistakes of the file, or of what it makes of its experiments
 */
export function loadCalibration(name: string): LoadedCalibration {
  const file = toldConfig('calibration', name, 'calibrate');
  const problem = unreadable(file);
  if (problem) throw new UsageError({ where: 'calibrate', ...problem });
  const { tree, mistakes } = readYamlFile(file);
  if (!tree) throw new ConfigError(mistakes);
  const config = checked(tree);
  const families = familiesOf(config);
  const experiments = config.targets.map((_, i) => new TargetCheck(file, tree, config, i).checked(families));
  return { file, config, families, experiments };
}

function checked(tree: Tree): Calibration {
  const { value, mistakes } = checkTree(calibrationSchema, tree);
  if (!value) throw new ConfigError(mistakes);
  const failures = checkCalibration(value);
  if (failures.length > 0) throw new ConfigError(failures.map((failure) => placed(failure, tree)));
  return value;
}

function placed(failure: CheckFailure, tree: Tree) {
  return { place: find(tree, failure.path).node.place, ...failure };
}

/** Loads a target's experiment with whatever may be laid upon it, so that a mistake is told before anything is trained. */
class TargetCheck {
  private readonly experiment: string;

  constructor(
    private readonly file: string,
    private readonly tree: Tree,
    private readonly config: Calibration,
    private readonly index: number,
  ) {
    const at = ['targets', index, 'experiment'];
    const name = config.targets[index]!.experiment;
    this.experiment = namedConfig('experiments', name, folderOfFile(file));
    const problem = unreadableConfig('experiments', name, this.experiment);
    if (problem) throw new ConfigError([placed({ path: at, ...problem }, tree)]);
  }

  /** @returns absolute path of the experiment */
  checked(families: readonly Family[]): string {
    const { rungs } = this.config.targets[this.index]!;
    for (const family of families) {
      for (const end of [0, 1]) for (const rung of rungs.keys()) this.load(family, rung, end);
    }
    return this.experiment;
  }

  /** With every parameter at one end of its range. */
  private load(family: Family, rung: number, end: number): void {
    const target = this.config.targets[this.index]!;
    const texts: OverrideText[] = [
      ...this.written(['targets', this.index, 'overrides'], target.overrides),
      ...this.written(family.overridesPath, family.overrides),
      ...this.written(['targets', this.index, 'rungs', rung, 'overrides'], target.rungs[rung]!.overrides),
      ...this.destinations(family, end),
    ];
    loadExperiment(this.experiment, { overrides: texts, cwd: folderOfFile(this.file) });
  }

  private written(at: ConfigPath, texts: readonly string[]): OverrideText[] {
    return texts.map((text, i) => this.told([...at, i], splitSet(text)));
  }

  private destinations({ parameters, parametersPath }: Family, end: number): OverrideText[] {
    const { name } = this.config.targets[this.index]!;
    return parameters.flatMap((parameter, i) =>
      parameter.sets.flatMap((one, k) => {
        if (!isFor(one, name)) return [];
        const { path: place, text } = assignmentOf(one, valueAt(parameter, end));
        return [this.told([...parametersPath, i, 'sets', k], { path: place, value: text, option: '' })];
      }),
    );
  }

  /** A mistake in what the calibration lays upon an experiment is one of the calibration's lines. */
  private told(at: ConfigPath, text: OverrideText): OverrideText {
    return { ...text, option: `${formatPlace(find(this.tree, at).node.place)}: ${formatPath(at)}` };
  }
}
