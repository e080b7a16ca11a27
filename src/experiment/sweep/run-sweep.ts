import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type ChildEnd } from './child.js';
import { failedRecord } from './failed-record.js';
import type { SweepFolder } from './folder.js';
import type { LoadedSweep } from './load.js';
import { trialsOf, type Shard, type TrialNames } from './plan.js';
import { readTrial, type Trial, type TrialRecord } from './trial.js';

/** How often a trial is begun at most whose process was killed from outside. */
const attempts = 3;

/** Pause between two looks at trials that another sweep has [ms]. */
const pause = 500;

/** Of so many trials that were there, the best is looked up. */
const lookedUp = 5000;

export interface SweepRequest {
  readonly sweep: LoadedSweep;
  readonly folder: SweepFolder;
  readonly names: TrialNames;
  readonly code: string;
  readonly shard?: Shard | undefined;
  /** Processes at a time. */
  readonly jobs: number;
  readonly offline: boolean;
  readonly commandLine: readonly string[];
  readonly signal: AbortSignal;
  readonly observe: (event: SweepEvent) => void;
}

export type SweepEvent =
  | { readonly type: 'start'; readonly counts: SweepCounts; readonly best: TrialRecord | undefined }
  | { readonly type: 'begin'; readonly trial: Trial }
  | {
      readonly type: 'progress';
      readonly trial: Trial;
      readonly epoch: number;
      readonly epochs: number;
      readonly accuracy: number | null;
    }
  | { readonly type: 'end'; readonly trial: Trial; readonly record: TrialRecord; readonly counts: SweepCounts }
  /** Killed from outside, and to be begun anew. */
  | { readonly type: 'lost'; readonly trial: Trial; readonly signal: string | null }
  | { readonly type: 'passed'; readonly trial: Trial; readonly counts: SweepCounts }
  | { readonly type: 'waiting'; readonly trials: number };

export interface SweepCounts {
  /** Of this part of the sweep. */
  readonly trials: number;
  /** Finished, those that were there included. */
  readonly finished: number;
  readonly failed: number;
  /** Finished or failed before this process began, or by another. */
  readonly known: number;
}

export interface FinishedSweep extends SweepCounts {
  /** `elsewhere`: processes of other hosts have trials of it. */
  readonly status: 'complete' | 'interrupted' | 'elsewhere';
  readonly best: TrialRecord | undefined;
  /** Processes that were started. */
  readonly begun: number;
}

/** Runs what is not there yet of a sweep, a process a trial, and leaves every trial's folder. */
export async function runSweep(request: SweepRequest): Promise<FinishedSweep> {
  return new Runner(request).run();
}

class Runner {
  private readonly queue: Trial[] = [];
  private readonly children = new Set<Child>();
  /** How often each trial was begun. */
  private readonly begun = new Map<string, number>();
  /** Trials that other processes have. */
  private readonly elsewhere = new Set<Trial>();
  /** Trials that had failed, and are run once more. */
  private readonly retried = new Set<string>();
  private readonly failed = new Set<string>();
  private finished = 0;
  private known = 0;
  private trials = 0;
  private best: TrialRecord | undefined;

  constructor(private readonly request: SweepRequest) {}

  async run(): Promise<FinishedSweep> {
    const { signal, observe } = this.request;
    this.scan();
    observe({ type: 'start', counts: this.counts(), best: this.best });
    const stop = (): void => {
      for (const child of this.children) child.stop();
    };
    signal.addEventListener('abort', stop);
    do await this.drain();
    while (await this.othersLeftSome());
    signal.removeEventListener('abort', stop);
    const status = signal.aborted ? 'interrupted' : this.elsewhere.size > 0 ? 'elsewhere' : 'complete';
    const begun = [...this.begun.values()].reduce((sum, times) => sum + times, 0);
    return { status, ...this.counts(), best: this.best, begun };
  }

  private counts(): SweepCounts {
    return { trials: this.trials, finished: this.finished, failed: this.failed.size, known: this.known };
  }

  /** Sorts the trials by the folder's names: of those that are finished no file is opened. */
  private scan(): void {
    const { sweep, names, shard, folder } = this.request;
    const { finished, failed } = folder.standing();
    const own = new Set<string>();
    for (const trial of trialsOf(sweep, names, shard)) {
      // Two points can come to the same run, such as a value of an axis that stands twice.
      if (own.has(trial.hash)) continue;
      own.add(trial.hash);
      if (failed.has(trial.hash) && this.mayBeTriedAgain(trial.hash)) this.retried.add(trial.hash);
      if (finished.has(trial.hash)) this.finished++;
      else if (failed.has(trial.hash) && !this.retried.has(trial.hash)) this.failed.add(trial.hash);
      else this.queue.push(trial);
    }
    this.trials = own.size;
    this.known = this.finished + this.failed.size;
    this.queue.reverse();
    if (this.finished <= lookedUp) {
      for (const hash of finished) if (own.has(hash)) this.compare(readTrial(folder.trialFolder(hash)));
    }
  }

  /** What cannot be a configuration will not be one the next time. */
  private mayBeTriedAgain(hash: string): boolean {
    return readTrial(this.request.folder.trialFolder(hash))?.exitCode !== 2;
  }

  private compare(record: TrialRecord | undefined): void {
    const accuracy = record?.result?.accuracy ?? -1;
    if (record?.status === 'finished' && accuracy > (this.best?.result?.accuracy ?? -1)) this.best = record;
  }

  /** Runs what is in the queue, so many at a time. */
  private async drain(): Promise<void> {
    const { signal, jobs } = this.request;
    const work = async (): Promise<void> => {
      for (let trial = this.queue.pop(); trial && !signal.aborted; trial = this.queue.pop()) await this.attempt(trial);
    };
    await Promise.all(Array.from({ length: Math.min(jobs, this.queue.length) }, work));
  }

  /** Waits for other processes of this host that have trials of this sweep, until one of them leaves something to do. */
  private async othersLeftSome(): Promise<boolean> {
    const { folder, observe, signal } = this.request;
    for (let told = false; !signal.aborted; told = true) {
      for (const trial of this.elsewhere) {
        if (folder.claims.holder(trial.hash) !== 'nobody') continue;
        this.elsewhere.delete(trial);
        this.queue.push(trial);
      }
      if (this.queue.length > 0) return true;
      const here = [...this.elsewhere].some(({ hash }) => folder.claims.holder(hash) === 'here');
      if (!here) return false;
      if (!told) observe({ type: 'waiting', trials: this.elsewhere.size });
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  private async attempt(trial: Trial): Promise<void> {
    const { folder, code, shard, offline, commandLine, observe, sweep } = this.request;
    if (folder.claims.holder(trial.hash) !== 'nobody') {
      this.elsewhere.add(trial);
      return;
    }
    observe({ type: 'begin', trial });
    this.begun.set(trial.hash, (this.begun.get(trial.hash) ?? 0) + 1);
    const message = {
      ...{ trial, folder: folder.path, cwd: path.dirname(sweep.file), code, offline, commandLine },
      ...{ shard: shard ? `${shard.part}/${shard.of}` : null, again: this.retried.has(trial.hash) },
    };
    const started = new Date();
    const child = new Child(message, (said) => {
      observe({ ...said, trial });
    });
    this.children.add(child);
    const end = await child.ended;
    this.children.delete(child);
    this.conclude(trial, end, started);
  }

  /** What another process has done, or is doing. */
  private pass(trial: Trial, because: 'held' | 'finished' | 'failed'): void {
    if (because === 'held') this.elsewhere.add(trial);
    else this.known++;
    if (because === 'finished') this.finished++;
    if (because === 'failed') this.failed.add(trial.hash);
    this.request.observe({ type: 'passed', trial, counts: this.counts() });
  }

  private conclude(trial: Trial, end: ChildEnd, started: Date): void {
    const { said } = end;
    if (said?.type === 'passed') this.pass(trial, said.because);
    else if (said?.type === 'over') this.keep(trial, said.record);
    else if (!this.request.signal.aborted) this.lost(trial, end, started);
  }

  private keep(trial: Trial, record: TrialRecord): void {
    if (record.status === 'finished') this.finished++;
    else this.failed.add(trial.hash);
    this.compare(record);
    this.request.observe({ type: 'end', trial, record, counts: this.counts() });
  }

  /** A process that ended without a word: begun anew where it was killed from outside, otherwise recorded. */
  private lost(trial: Trial, end: ChildEnd, started: Date): void {
    const { folder, code, observe } = this.request;
    const claim = folder.claims.take(trial.hash);
    // Another sweep was quicker to see that it is free.
    if (!claim) {
      this.elsewhere.add(trial);
      return;
    }
    try {
      if (folder.isFinished(trial.hash)) {
        // It had finished, and was killed before it could say so.
        this.keep(trial, readTrial(folder.trialFolder(trial.hash))!);
        return;
      }
      const killed = end.signal === 'SIGKILL' || end.exitCode === 143 || end.exitCode === 130;
      if (killed && this.begun.get(trial.hash)! < attempts) {
        this.queue.push(trial);
        observe({ type: 'lost', trial, signal: end.signal });
        return;
      }
      const record = failedRecord(trial, end, started, code, this.begun.get(trial.hash)!);
      folder.clear(trial.hash);
      folder.writeRunning(trial.hash, 'log.txt', end.log);
      folder.keep(record);
      this.keep(trial, record);
    } finally {
      claim.release();
    }
  }
}
