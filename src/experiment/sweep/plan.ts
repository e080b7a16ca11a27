import { loadExperiment, type Experiment } from '../loader.js';
import { ConfigError } from '../place.js';
import {
  IdentityTemplate,
  experimentDigest,
  formatted,
  identityOf,
  identityOfInvalid,
  isReplaceable,
} from './identity.js';
import { laidOn, type LoadedSweep } from './load.js';
import type { SeededPoint } from './points.js';
import { labelOf } from '../schema.js';
import type { PlainValue } from './schema.js';
import type { Trial } from './trial.js';
import { folderOfFile } from '../pipes.js';

/** The experiment of a point: the base with its values, as `mho run --set` would load it. */
export type LoadPoint = (point: SeededPoint['point'], seed: number) => Experiment;

/**
 * The way from the resolved base to a point.
 * @param base - the file of the base, resolved: of it, and not of the files that it was made of, a trial is made
 */
export function pointLoader(base: string, { file, config }: Pick<LoadedSweep, 'file' | 'config'>): LoadPoint {
  const cwd = folderOfFile(file);
  return (point, seed) => {
    return loadExperiment(base, { overrides: laidOn(point, seed, config.overrides), cwd });
  };
}

/** Names the trials of a sweep, without loading an experiment for each where they differ in numbers. */
export class TrialNames {
  private readonly templates = new Map<
    string,
    { readonly resolved: unknown; readonly template: IdentityTemplate } | null
  >();

  constructor(
    private readonly sweep: LoadedSweep,
    private readonly code: string,
    private readonly load: LoadPoint,
  ) {}

  nameOf({ point, seed }: SeededPoint): string {
    const { resolved: base } = this.sweep.base;
    const entries = Object.entries(point);
    const numbers = entries.filter(([at, value]) => isReplaceable(base, at, value));
    const others = entries.filter(([at, value]) => !isReplaceable(base, at, value));
    const key = JSON.stringify([others, numbers.map(([at]) => at)]);
    const known = this.templates.get(key) ?? this.makeTemplate(key, others, numbers);
    if (!known || !numbers.every(([at, value]) => isReplaceable(known.resolved, at, value))) {
      return this.fullNameOf({ point, seed });
    }
    const values = numbers.map(([at, value]): [string, PlainValue] => [formatted(at), value]);
    return known.template.nameOf(new Map([...values, ['seed', seed]]));
  }

  /** By loading the experiment of the point. */
  fullNameOf({ point, seed }: SeededPoint): string {
    const experiment = loaded(() => this.load(point, seed));
    if (experiment) return identityOf(experiment.resolved, this.code);
    return identityOfInvalid(this.sweep.base.resolved, point, seed, this.code);
  }

  private makeTemplate(key: string, others: readonly [string, PlainValue][], numbers: readonly [string, PlainValue][]) {
    const experiment = loaded(() => this.load(Object.fromEntries(others), 0));
    const possible = experiment && numbers.every(([at, value]) => isReplaceable(experiment.resolved, at, value));
    const paths = numbers.map(([at]) => at);
    const made = possible
      ? { resolved: experiment.resolved, template: new IdentityTemplate(experiment.resolved, paths, this.code) }
      : null;
    this.templates.set(key, made);
    return made;
  }
}

/** Every trial of a sweep, or those of one of its parts: every n-th, so that each has as much to do. */
export function* trialsOf(sweep: LoadedSweep, names: TrialNames, shard?: Shard): Generator<Trial> {
  let index = 0;
  for (const { point, seed } of sweep.points.all()) {
    const own = !shard || index % shard.of === shard.part - 1;
    if (own) yield { hash: names.nameOf({ point, seed }), index, point, seed };
    index++;
  }
}

/** One of several parts of a sweep, from 1. */
export interface Shard {
  readonly part: number;
  readonly of: number;
}

/** `sweep.json`. */
export function sheetOf({ file, config, base, experiment, points }: LoadedSweep, code: string) {
  const { axes, seeds, most } = points;
  return {
    ...{ name: config.name, title: config.title ?? null, experiment: labelOf(base.config) },
    ...{ digest: experimentDigest(base.resolved), code, file, experimentFile: experiment },
    design: config.latinHypercube === undefined ? 'grid' : 'latin-hypercube',
    ...{ axes, seeds, mostTrials: most, sweep: config },
  };
}

function loaded(load: () => Experiment): Experiment | undefined {
  try {
    return load();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
