import { createHash } from 'node:crypto';
import { RunError } from '../../errors.js';
import type { JobResult, TrainAll, TrainingJob } from '../batch/job.js';
import { loadExperiment, type Experiment } from '../loader.js';
import { splitSet } from '../overrides.js';
import type { Journal, TrainedLine } from './journal.js';
import type { LoadedCalibration } from './load.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { seedsPerCandidate, type Family } from './schema.js';
import { assignmentsOf, overrideOf, type Values } from './space.js';
import type { Point } from '../../statistics/sampling.js';
import { folderOfFile } from '../pipes.js';

/** One point of a family, to be tried. */
export interface Candidate {
  /** Counts over the whole calibration; seeds follow from it. */
  readonly id: number;
  readonly family: Family;
  readonly values: Values;
  readonly point: Point;
  /** The search's round that made it: 0 the first, then one for each refinement. */
  readonly round: number;
}

/** A candidate that is to run at a rung, and with how many seeds where not as many as the rung has. */
export interface Trial {
  readonly candidate: Candidate;
  readonly rung: number;
  readonly seeds?: number | undefined;
}

/** What a batch of runs is, told before it starts and as its runs end. */
export interface BatchEvent {
  readonly type: 'batch' | 'run';
  readonly stage: string;
  /** Runs that the batch needs, those that were there, and those that have ended. */
  readonly runs: number;
  readonly known: number;
  readonly done: number;
}

export interface EvaluatorOptions {
  readonly train: TrainAll;
  readonly journal: Journal;
  readonly offline: boolean;
  readonly commit: string | null;
  readonly observe?: ((event: BatchEvent) => void) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
}

/** One run of a trial. */
interface Request {
  readonly trial: Trial;
  readonly target: number;
  readonly seed: number;
  readonly config: string;
}

/** Trains candidates at rungs, with what the journal knows already, and tells what they came to. */
export class Evaluator {
  private readonly configs = new Map<string, string>();
  /** Trials that were asked for: of those alone the search may know, or a journal that is ahead of it would lead it elsewhere. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly calibration: LoadedCalibration,
    private readonly options: EvaluatorOptions,
  ) {}

  /** Runs what is not known yet, at all targets, in one batch. A run that fails is told and leaves its trial without an outcome. */
  async evaluate(stage: string, trials: readonly Trial[]): Promise<void> {
    const { journal, train, observe } = this.options;
    for (const trial of trials) this.asked.add(trialKey(trial));
    const requests = distinct(trials.flatMap((trial) => this.requestsOf(trial)));
    const missing = requests.filter(({ config, seed }) => !journal.find(config, seed));
    const counts = { stage, runs: requests.length, known: requests.length - missing.length };
    observe?.({ type: 'batch', ...counts, done: 0 });
    if (missing.length === 0) return;
    let done = 0;
    const jobs = missing.map((request) => this.jobOf(request));
    await train(jobs, (i, result) => {
      this.keep(missing[i]!, result);
      observe?.({ type: 'run', ...counts, done: ++done });
    });
    if (missing.every(({ config, seed }) => !journal.find(config, seed))) throw allFailed(stage, missing.length);
  }

  /** What a trial came to at a target; undefined where it was not asked for, or a run of it failed. */
  outcome(trial: Trial, target: number): Outcome | undefined {
    if (!this.asked.has(trialKey(trial))) return undefined;
    const runs = this.seedsOf(trial, target).map((seed) => {
      return this.options.journal.find(this.configOf(trial, target), seed);
    });
    if (runs.some((run) => run === undefined)) return undefined;
    return outcomeOf(this.calibration.config.targets[target]!, runs as TrainedLine[]);
  }

  /** A target's experiment at a candidate's values. */
  experiment({ candidate, rung }: Trial, target: number, seed?: number): Experiment {
    const texts = [...this.overridesOf({ candidate, rung }, target), ...(seed === undefined ? [] : [`seed=${seed}`])];
    const cwd = folderOfFile(this.calibration.file);
    return loadExperiment(this.calibration.experiments[target]!, { overrides: texts.map(splitSet), cwd });
  }

  /** What is laid upon a target's experiment, as `--set` takes it. */
  overridesOf({ candidate: { family, values }, rung }: Trial, target: number): string[] {
    const { name, overrides, rungs } = this.calibration.config.targets[target]!;
    const assigned = assignmentsOf(family.parameters, values, name).map(overrideOf);
    return [...overrides, ...family.overrides, ...rungs[rung]!.overrides, ...assigned];
  }

  private requestsOf(trial: Trial): Request[] {
    return this.calibration.config.targets.flatMap((_, target) => {
      const config = this.configOf(trial, target);
      return this.seedsOf(trial, target).map((seed) => ({ trial, target, seed, config }));
    });
  }

  /** Every candidate has seeds of its own, so that the luck of a seed is not common to all of them. */
  private seedsOf({ candidate, rung, seeds }: Trial, target: number): number[] {
    const { search, targets } = this.calibration.config;
    const first = search.seed * 1e7 + (candidate.id + 1) * seedsPerCandidate;
    return Array.from({ length: seeds ?? targets[target]!.rungs[rung]!.seeds }, (_, k) => first + k);
  }

  private configOf({ candidate, rung }: Trial, target: number): string {
    const key = `${candidate.id} ${rung} ${target}`;
    const known = this.configs.get(key) ?? digest(this.experiment({ candidate, rung }, target).resolved);
    this.configs.set(key, known);
    return known;
  }

  private jobOf({ trial, target, seed }: Request): TrainingJob {
    const { name } = this.calibration.config.targets[target]!;
    const label = `${name}, candidate ${trial.candidate.id}, rung ${trial.rung + 1}, seed ${seed}`;
    const experiment = this.calibration.experiments[target]!;
    const cwd = folderOfFile(this.calibration.file);
    return { label, experiment, overrides: this.overridesOf(trial, target), cwd, seed, offline: this.options.offline };
  }

  private keep({ trial: { candidate, rung }, target, seed, config }: Request, result: JobResult): void {
    const { journal, warn, commit } = this.options;
    const { name } = this.calibration.config.targets[target]!;
    const { family, id, values } = candidate;
    const line = { family: family.name, target: name, rung, candidate: id, parameters: values, seed, config, commit };
    if ('error' in result) warn?.(result.error);
    journal.add({ ...line, ...result });
  }
}

function trialKey({ candidate, rung }: Trial): string {
  return `${candidate.id} ${rung}`;
}

/** Two trials may ask for the same run. */
function distinct(requests: readonly Request[]): Request[] {
  const byKey = new Map(requests.map((request) => [`${request.config} ${request.seed}`, request]));
  return [...byKey.values()];
}

function allFailed(stage: string, count: number): RunError {
  const what = count === 1 ? 'its run failed' : `all of its ${count} runs failed`;
  return new RunError({ where: stage, what, remedy: 'see the messages above' });
}

/** Digest of what decides a run beside its seed. */
export function digest(resolved: unknown): string {
  const told = ['name', 'description', 'origin', 'source'];
  const { device, ...rest } = without(resolved, [...told, 'seed']);
  const deciding = { ...rest, device: without(device, told) };
  return createHash('sha256').update(JSON.stringify(deciding)).digest('hex').slice(0, 16);
}

function without(value: unknown, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => !keys.includes(key)));
}
