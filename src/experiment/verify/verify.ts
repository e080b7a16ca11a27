import type { JobResult, TrainAll, TrainingJob } from '../batch/job.js';
import type { LoadedCase } from './case-files.js';
import { seedsOf, type RegressionCase, type SeedRange } from './case.js';
import { judge, type Judgement } from './judge.js';
import { heldInOrder } from './order.js';
import type { Order } from './order-case.js';
import { folderOfFile } from '../pipes.js';

/** What became of one case. */
export interface CaseVerdict extends Judgement {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly config: RegressionCase;
  /** Of a run whose place among others is held. */
  readonly order?: Order | undefined;
}

/** Trains runs of cases, and how that is done. */
export interface CaseRunner {
  readonly train: TrainAll;
  readonly offline: boolean;
  /** Hears of a case whose last run has ended. */
  readonly finished?: ((one: LoadedCase, results: readonly JobResult[]) => void) | undefined;
}

/** Trains every seed of every case and holds the results against the expectations. Writes nothing. */
export async function verifyCases(cases: readonly LoadedCase[], runner: CaseRunner): Promise<readonly CaseVerdict[]> {
  const results = await trainCases(cases, (one) => one.seeds, runner);
  const verdicts = cases.map(({ file, config, order }, i) => {
    const { name, title } = config;
    return { name, title, file, config, order, ...judge(config, results[i]!) };
  });
  return heldInOrder(verdicts);
}

/**
 * Trains the chosen seeds of every case.
 * @returns for every case the results in the order of its seeds
 */
export async function trainCases(
  cases: readonly LoadedCase[],
  seeds: (one: RegressionCase) => SeedRange,
  { train, offline, finished }: CaseRunner,
): Promise<readonly (readonly JobResult[])[]> {
  const jobs = cases.flatMap((one, owner) =>
    seedsOf(seeds(one.config)).map((seed) => ({ owner, job: jobOf(one, seed, offline) })),
  );
  const results = cases.map((): JobResult[] => []);
  const left = cases.map(({ config }) => seedsOf(seeds(config)).length);
  const done = (i: number, result: JobResult): void => {
    const { owner, job } = jobs[i]!;
    results[owner]![job.seed - seeds(cases[owner]!.config).from] = result;
    left[owner]!--;
    if (left[owner] === 0) finished?.(cases[owner]!, results[owner]!);
  };
  await train(
    jobs.map(({ job }) => job),
    done,
  );
  return results;
}

function jobOf({ file, config, experiment }: LoadedCase, seed: number, offline: boolean): TrainingJob {
  const { name, overrides } = config;
  const lastEpochs = config.statistic === 'count' ? undefined : config.lastEpochs;
  return { label: `${name}, seed ${seed}`, experiment, overrides, cwd: folderOfFile(file), seed, offline, lastEpochs };
}

/** 0 where every case passed, 3 where an accuracy is outside, 1 where a run failed, so that it cannot be told. */
export function exitCodeOf(verdicts: readonly Pick<Judgement, 'verdict'>[]): 0 | 1 | 3 {
  if (verdicts.some(({ verdict }) => verdict === 'failed')) return 1;
  return verdicts.some(({ verdict }) => verdict === 'outside') ? 3 : 0;
}
