import { PointMeans } from './best-point.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Backend } from '../../../kernels/register.js';
import { backends } from '../schema.js';
import { batchesOf, kindOf, mostTogether, type Batch } from './batch.js';
import { Child } from './child.js';
import { failedRecord, reasonOf } from './failed-record.js';
import { Lanes } from './lanes.js';
import { trialsOf } from './plan.js';
import { readTrial, type Trial, type TrialRecord } from './trial.js';
import type { TrialSaid } from './trial-message.js';
import { folderOfFile } from '../pipes.js';
import type { FinishedSweep, SweepCounts, SweepRequest } from './request.js';
import { againOf, type BatchEnd } from './begin-again.js';

/** Pause between two looks at trials that another sweep has [ms]. */
const pause = 500;

/** Of so many trials that were there at most the records are read, for the best point. */
const lookedUp = 5000;

/**
 * Runs what is not there yet of a sweep and leaves every trial's folder: a process a trial, and on webgpu a process for
 * many that differ in numbers alone.
 * @throws RunError where trials are to be run on a backend that is not here
 */
export async function runSweep(request: SweepRequest): Promise<FinishedSweep> {
  return new Runner(request).run();
}

class Runner {
  /** What is left to do, the first at its end. */
  private readonly queue: Batch[] = [];
  private readonly children = new Set<Child>();
  /** Starts of trials. */
  private begun = 0;
  /** Trials that other processes have. */
  private readonly elsewhere = new Set<Trial>();
  /** Trials that had failed, and are run once more. */
  private readonly retried = new Set<string>();
  private readonly failed = new Set<string>();
  /** What backends stand for. */
  private readonly chosen = new Map<unknown, Backend>();
  private finished = 0;
  private known = 0;
  private trials = 0;
  private readonly means = new PointMeans();

  constructor(private readonly request: SweepRequest) {}

  async run(): Promise<FinishedSweep> {
    const { signal, observe } = this.request;
    const left = this.scan();
    await this.choose(left);
    this.sayUnused();
    this.plan(left);
    observe({ type: 'start', counts: this.counts() });
    const stop = (): void => {
      for (const child of this.children) child.stop();
    };
    signal.addEventListener('abort', stop);
    const lanes = new Lanes({ jobs: this.request.jobs, isOnGpu: ({ trials }) => this.isOnGpu(trials[0]!) });
    do await lanes.drain(this.queue, (batch) => this.attempt(batch), signal);
    while (await this.othersLeftSome());
    signal.removeEventListener('abort', stop);
    const status = signal.aborted ? 'interrupted' : this.elsewhere.size > 0 ? 'elsewhere' : 'complete';
    return { status, ...this.counts(), begun: this.begun };
  }

  private counts(): SweepCounts {
    const { trials, finished, failed, known } = this;
    return { trials, finished, failed: failed.size, known, best: this.means.best() };
  }

  /**
   * Sorts the trials by the folder's names: of those that are finished no file is opened.
   * @returns those that are to be run
   */
  private scan(): Trial[] {
    const { sweep, names, shard, folder } = this.request;
    const { finished, failed } = folder.standing();
    const own = new Set<string>();
    const left: Trial[] = [];
    for (const trial of trialsOf(sweep, names, shard)) {
      // Two points can come to the same run, such as a value of an axis that stands twice.
      if (own.has(trial.hash)) continue;
      own.add(trial.hash);
      if (failed.has(trial.hash) && this.mayBeTriedAgain(trial.hash)) this.retried.add(trial.hash);
      if (finished.has(trial.hash)) this.finished++;
      else if (failed.has(trial.hash) && !this.retried.has(trial.hash)) this.failed.add(trial.hash);
      else left.push(trial);
    }
    this.trials = own.size;
    this.known = this.finished + this.failed.size;
    if (this.finished <= lookedUp) {
      for (const hash of finished) if (own.has(hash)) this.judge(readTrial(folder.trialFolder(hash)));
    }
    return left;
  }

  /** What cannot be a configuration will not be one the next time. */
  private mayBeTriedAgain(hash: string): boolean {
    return readTrial(this.request.folder.trialFolder(hash))?.exitCode !== 2;
  }

  private judge(record: TrialRecord | undefined): void {
    if (record) this.means.add(record);
  }

  private async choose(trials: readonly Trial[]): Promise<void> {
    for (const backend of new Set(trials.map((trial) => this.told(trial))))
      if (isBackend(backend)) this.chosen.set(backend, await this.request.choose(backend));
  }

  private sayUnused(): void {
    const { group, warn } = this.request;
    const chosen = new Set(this.chosen.values());
    if (group === undefined || chosen.size === 0 || chosen.has('webgpu')) return;
    const backends = [...chosen].join(' and ');
    warn(`--group changes nothing: trials are trained at once on webgpu alone, and these run on ${backends}`);
  }

  private isOnGpu(trial: Trial): boolean {
    return this.chosen.get(this.told(trial)) === 'webgpu';
  }

  /** The backend that a trial asks for; of a point that cannot be anything. */
  private told({ point }: Trial): unknown {
    return point.backend ?? this.request.sweep.base.config.backend;
  }

  /** Puts trials in the queue, in their order before all that is in it. */
  private plan(trials: readonly Trial[]): void {
    const { group = mostTogether } = this.request;
    const kind = (trial: Trial): string | undefined => {
      return this.isOnGpu(trial) ? kindOf(trial) : undefined;
    };
    this.queue.push(...batchesOf(trials, kind, group).reverse());
  }

  /** Waits for other processes of this host that have trials of this sweep, until one of them leaves something to do. */
  private async othersLeftSome(): Promise<boolean> {
    const { folder, observe, signal } = this.request;
    for (let told = false; !signal.aborted; told = true) {
      const free = [...this.elsewhere].filter((trial) => folder.claims.holder(trial.hash) === 'nobody');
      for (const trial of free) this.elsewhere.delete(trial);
      // What is finished stays so, and needs no process to be looked at.
      const left = free.filter((trial) => {
        const done = folder.isFinished(trial.hash);
        if (done) this.pass(trial, 'finished');
        return !done;
      });
      this.plan(left);
      if (this.queue.length > 0) return true;
      const here = [...this.elsewhere].some(({ hash }) => folder.claims.holder(hash) === 'here');
      if (!here) return false;
      if (!told) observe({ type: 'waiting', trials: this.elsewhere.size });
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  private async attempt({ trials: planned, starts }: Batch): Promise<void> {
    const trials = planned.filter((trial) => this.isFree(trial));
    if (trials.length === 0) return;
    const { folder, code, shard, offline, commandLine, observe, sweep } = this.request;
    for (const trial of trials) observe({ type: 'begin', trial });
    this.begun += trials.length;
    const message = {
      tasks: trials.map((trial) => ({ trial, again: this.retried.has(trial.hash) })),
      ...{ folder: folder.path, cwd: folderOfFile(sweep.file), code, offline, commandLine },
      overrides: sweep.config.overrides,
      ...{ shard: shard ? `${shard.part}/${shard.of}` : null, auto: this.chosen.get('auto') ?? 'wasm' },
    };
    const started = new Date();
    const left = new Map(trials.map((trial) => [trial.hash, trial]));
    let returned: string | undefined;
    const child = new Child(message, (said) => {
      if (said.type === 'returned') returned ??= said.error;
      else this.hear(left, said);
    });
    this.children.add(child);
    const end = await child.ended;
    this.children.delete(child);
    if (this.request.signal.aborted || left.size === 0) return;
    this.lost({ trials, starts: starts + 1 }, [...left.values()], { ...end, started, returned });
  }

  private isFree(trial: Trial): boolean {
    if (this.request.folder.claims.holder(trial.hash) === 'nobody') return true;
    this.elsewhere.add(trial);
    return false;
  }

  /** @param left - the trials of the process that nothing final was said of */
  private hear(left: Map<string, Trial>, said: Exclude<TrialSaid, { type: 'returned' }>): void {
    const trial = left.get(said.hash);
    if (!trial) return;
    if (said.type === 'progress') {
      this.request.observe({ ...said, trial });
      return;
    }
    left.delete(said.hash);
    if (said.type === 'passed') this.pass(trial, said.because);
    else this.keep(trial, said.record);
  }

  /** What another process has done, or is doing. */
  private pass(trial: Trial, because: 'held' | 'finished' | 'failed'): void {
    if (because === 'held') this.elsewhere.add(trial);
    else this.known++;
    if (because === 'finished') {
      this.finished++;
      this.judge(readTrial(this.request.folder.trialFolder(trial.hash)));
    }
    if (because === 'failed') this.failed.add(trial.hash);
    this.request.observe({ type: 'passed', trial, counts: this.counts() });
  }

  private keep(trial: Trial, record: TrialRecord): void {
    if (record.status === 'finished') this.finished++;
    else this.failed.add(trial.hash);
    this.judge(record);
    this.request.observe({ type: 'end', trial, record, counts: this.counts() });
  }

  /** Trials whose process ended without a last word of them: begun again where that may go well, otherwise recorded. */
  private lost(batch: Batch, trials: readonly Trial[], end: BatchEnd): void {
    const left = trials.filter((trial) => this.withClaim(trial, () => this.isUnfinished(trial)));
    const again = againOf(batch, left, end);
    if (again.length === 0) {
      for (const trial of left) this.withClaim(trial, () => this.recordFailure(trial, batch, end));
      return;
    }
    this.queue.push(...again.reverse());
    const reason =
      end.returned ??
      `the process ${end.signal === null ? `ended with exit code ${end.exitCode}` : `was killed (${end.signal})`}`;
    this.request.observe({ type: 'lost', trials: left, reason, processes: again.length });
  }

  /** Does something with a trial that nobody else may touch meanwhile; nothing where another sweep was quicker to see that it is free. */
  private withClaim(trial: Trial, work: () => boolean): boolean {
    const claim = this.request.folder.claims.take(trial.hash);
    if (!claim) {
      this.pass(trial, 'held');
      return false;
    }
    try {
      return work();
    } finally {
      claim.release();
    }
  }

  private isUnfinished(trial: Trial): boolean {
    const { folder } = this.request;
    if (!folder.isFinished(trial.hash)) return true;
    // It had finished, and its process was killed before it could say so.
    const record = readTrial(folder.trialFolder(trial.hash));
    if (record) this.keep(trial, record);
    else this.pass(trial, 'finished');
    return false;
  }

  private recordFailure(trial: Trial, { starts }: Batch, end: BatchEnd): boolean {
    // Another sweep may have finished it since it was looked at.
    if (!this.isUnfinished(trial)) return false;
    const { folder, code } = this.request;
    const { exitCode, signal, seconds, log } = end;
    const times = { started: end.started.toISOString(), seconds };
    const failure = { exitCode, signal, error: reasonOf(end, starts), code, ...times, together: 1 };
    const record = failedRecord(trial, failure);
    folder.clear(trial.hash);
    folder.writeRunning(trial.hash, 'log.txt', log);
    folder.keep(record);
    this.keep(trial, record);
    return true;
  }
}

function isBackend(value: unknown): value is Backend | 'auto' {
  return backends.some((name) => name === value);
}
