import type { JobDone, JobResult, TrainingJob } from '../batch/job.js';
import { differenceOf, pairwise, sampleOf, sumBySeed, type Difference, type Level, type Sample } from './paired.js';
import type { AblationPlan, AbsentRow, Comparison, PlannedRow, Variant } from './plan.js';

/** What an effect costs in one direction. */
export interface Cost {
  /** Null where no pair of runs is there. */
  readonly difference: Difference | null;
  /** Runs of either side that stalled. */
  readonly stalled: number;
  /** Why runs failed; empty where none did. */
  readonly errors: readonly string[];
  /** The two configurations, as `mho run --set` takes them. */
  readonly better: readonly string[];
  readonly worse: readonly string[];
}

export interface AblationRow extends Omit<PlannedRow, 'inDevice' | 'alone'> {
  readonly inDevice: Cost | null;
  readonly alone: Cost | null;
}

/** One end of the way from the device to float weights. */
export interface End extends Level {
  readonly sets: readonly string[];
  readonly errors: readonly string[];
}

export interface Ablation {
  readonly experiment: string;
  readonly status: 'complete' | 'interrupted';
  readonly seeds: readonly number[];
  readonly stalledBelow: number | null;
  readonly device: End;
  readonly ideal: End;
  readonly gap: Difference | null;
  /** Sums of the parts, seed by seed; null where a part is missing. Other than the gap where effects act together. */
  readonly sum: { readonly inDevice: Difference | null; readonly alone: Difference | null };
  /** Sorted by cost in the device, the dearest first; then what has no cost there. */
  readonly rows: readonly AblationRow[];
  readonly absent: readonly AbsentRow[];
  /** Test images of a run; null where none was trained. */
  readonly count: number | null;
}

/** Trains jobs, wherever and however many at a time. Rejects where it is aborted; what was done was heard. */
export type TrainJobs = (jobs: readonly TrainingJob[], done: JobDone) => Promise<unknown>;

export interface AblationRunner {
  readonly train: TrainJobs;
  readonly offline: boolean;
  readonly stalledBelow?: number | undefined;
  /** What is trained ends early when it is aborted; the result is then made of what was reached. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of every run. */
  readonly ran?: ((done: number, of: number) => void) | undefined;
  /** Hears of every variant whose last run has ended. */
  readonly finished?: ((variant: Variant, level: Level, errors: readonly string[]) => void) | undefined;
}

/** Trains every variant of a plan over all seeds and tells what each effect costs. Writes nothing. */
export async function ablate(plan: AblationPlan, runner: AblationRunner): Promise<Ablation> {
  const results = new Results(plan, runner);
  try {
    await runner.train(results.jobs, (i, result) => {
      results.take(i, result);
    });
  } catch (error) {
    if (runner.signal?.aborted !== true) throw error;
  }
  return results.summary();
}

/** Variants of equal values are the same runs, whatever they are called. */
function keyOf({ sets }: Variant): string {
  return sets.join('\n');
}

/** Every variant once, in the order in which rows need them. */
function distinctVariants({ device, ideal, rows }: AblationPlan): Variant[] {
  const pairs = rows.flatMap(({ inDevice, alone }) => [inDevice, alone]).filter((pair) => pair !== null);
  const all = [device, ideal, ...pairs.flatMap(({ better, worse }) => [better, worse])];
  const keys = all.map(keyOf);
  return all.filter((variant, i) => keys.indexOf(keyOf(variant)) === i);
}

class Results {
  readonly jobs: readonly TrainingJob[];
  private readonly variants: readonly Variant[];
  private readonly byVariant: (JobResult | undefined)[][];
  private done = 0;

  constructor(
    private readonly plan: AblationPlan,
    private readonly runner: AblationRunner,
  ) {
    this.variants = distinctVariants(plan);
    this.byVariant = this.variants.map(() => plan.seeds.map(() => undefined));
    this.jobs = this.variants.flatMap((variant) => plan.seeds.map((seed) => this.job(variant, seed)));
  }

  private job({ name, sets }: Variant, seed: number): TrainingJob {
    const { experiment, file, cwd, overrides } = this.plan;
    const label = `${experiment}, ${name}, seed ${seed}`;
    return { label, experiment: file, overrides: [...overrides, ...sets], cwd, seed, offline: this.runner.offline };
  }

  take(index: number, result: JobResult): void {
    const runs = this.plan.seeds.length;
    const variant = Math.floor(index / runs);
    const results = this.byVariant[variant]!;
    results[index % runs] = result;
    this.done++;
    this.runner.ran?.(this.done, this.jobs.length);
    if (results.includes(undefined)) return;
    const { level } = sampleOf(results, this.runner.stalledBelow);
    this.runner.finished?.(this.variants[variant]!, level, errorsOf(results));
  }

  private of(variant: Variant): readonly (JobResult | undefined)[] {
    return this.byVariant[this.variants.findIndex((one) => keyOf(one) === keyOf(variant))]!;
  }

  private sample(variant: Variant): Sample {
    return sampleOf(this.of(variant), this.runner.stalledBelow);
  }

  summary(): Ablation {
    const { experiment, seeds, device, ideal, absent } = this.plan;
    const complete = this.done === this.jobs.length;
    const first = this.byVariant.flat().find((result) => result !== undefined && 'count' in result);
    return {
      ...{ experiment, seeds, absent },
      status: complete ? 'complete' : 'interrupted',
      stalledBelow: this.runner.stalledBelow ?? null,
      device: this.end(device),
      ideal: this.end(ideal),
      gap: differenceOf(this.differences({ better: ideal, worse: device })),
      sum: { inDevice: this.sum('inDevice'), alone: this.sum('alone') },
      rows: byCost(this.plan.rows.map((row) => this.row(row))),
      count: first && 'count' in first ? first.count : null,
    };
  }

  private end(variant: Variant): End {
    return { ...this.sample(variant).level, sets: variant.sets, errors: errorsOf(this.of(variant)) };
  }

  private row({ inDevice, alone, ...row }: PlannedRow): AblationRow {
    return { ...row, inDevice: inDevice && this.cost(inDevice), alone: alone && this.cost(alone) };
  }

  private cost(comparison: Comparison): Cost {
    const { better, worse } = comparison;
    const [more, less] = [this.of(better), this.of(worse)];
    const errors = [...errorsOf(more), ...errorsOf(less)];
    const stalled = this.sample(better).level.stalled + this.sample(worse).level.stalled;
    // A mean over the seeds that happened not to fail would be another mean.
    const difference = errors.length > 0 ? null : differenceOf(this.differences(comparison));
    return { difference, stalled, errors, better: better.sets, worse: worse.sets };
  }

  private differences({ better, worse }: Comparison): (number | null)[] {
    return pairwise(this.sample(better).accuracies, this.sample(worse).accuracies);
  }

  private sum(direction: 'inDevice' | 'alone'): Difference | null {
    const parts = this.plan.rows.filter(({ part }) => part).map((row) => row[direction]);
    if (parts.length === 0 || parts.includes(null)) return null;
    return differenceOf(sumBySeed(parts.map((part) => this.differences(part!))));
  }
}

function errorsOf(results: readonly (JobResult | undefined)[]): string[] {
  return results.flatMap((result) => (result && 'error' in result ? [result.error] : []));
}

function byCost(rows: readonly AblationRow[]): AblationRow[] {
  const cost = ({ part, inDevice, alone }: AblationRow): [number, number] => {
    const known = inDevice?.difference ?? alone?.difference;
    return [part ? 0 : 1, known ? -known.mean : Infinity];
  };
  return [...rows].sort((a, b) => {
    const [[kindA, costA], [kindB, costB]] = [cost(a), cost(b)];
    return kindA - kindB || (costA === costB ? 0 : costA - costB);
  });
}

/** 0 where every run was trained, 1 where one failed, 130 where it was interrupted. */
export function exitCodeOf({ status, device, ideal, rows }: Ablation): 0 | 1 | 130 {
  if (status === 'interrupted') return 130;
  const costs = rows.flatMap(({ inDevice, alone }) => [inDevice, alone]);
  const errors = [device, ideal, ...costs].flatMap((one) => one?.errors ?? []);
  return errors.length > 0 ? 1 : 0;
}
