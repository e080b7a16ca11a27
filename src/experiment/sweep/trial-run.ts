import os from 'node:os';
import path from 'node:path';
import { MhoError, RunError } from '../../errors.js';
import { failureOf } from '../batch/failure.js';
import { backendForEnergy } from '../energy.js';
import { loadExperiment, type Experiment } from '../loader.js';
import type { RunRecord } from '../record.js';
import { runExperiment, type Shared, type TrainingEvent } from '../run.js';
import type { Departure } from './departure.js';
import { failedRecord } from './failed-record.js';
import { experimentFile, type SweepFolder } from './folder.js';
import { identityOf } from './identity.js';
import { laidOn } from './load.js';
import { TrialKeeper } from './trial-keeper.js';
import { resultOf, type Trial, type TrialRecord } from './trial.js';
import type { BatchMessage } from './trial-message.js';

/** Least time between two reports of an epoch [ms]. */
const quiet = 250;

/** What a trial has in common with all that its process runs. */
export interface Surroundings extends Pick<
  BatchMessage,
  'cwd' | 'overrides' | 'code' | 'auto' | 'offline' | 'commandLine'
> {
  readonly folder: SweepFolder;
  readonly departure: Departure;
  /** Trials that the process begins. */
  readonly together: number;
}

/** How far a trial is, after an epoch. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly accuracy: number | null;
}

/** One of the trials that a process runs, which it holds. */
export class TrialRun {
  private readonly keeper: TrialKeeper;
  /** What it said. */
  private readonly words: string[] = [];

  /** Takes away what a killed process or a failed attempt left of the trial. */
  constructor(
    readonly trial: Trial,
    private readonly of: Surroundings,
  ) {
    const { folder, departure } = of;
    folder.clear(trial.hash);
    this.keeper = new TrialKeeper(folder.checkpoint(trial.hash), departure);
    folder.noteStart(trial.hash, this.keeper.from?.run.trainer.samples ?? 0);
  }

  /** @throws MhoError where the point cannot be, or something that it is made of has changed */
  load(): Experiment {
    const { folder, cwd, code, auto } = this.of;
    const { hash, point, seed } = this.trial;
    const overrides = laidOn(point, seed, this.of.overrides);
    const { config, resolved } = loadExperiment(folder.file(experimentFile), { overrides, cwd });
    requireSame(identityOf(resolved, code), hash, folder);
    const backend = config.backend === 'auto' ? (backendForEnergy(config)?.backend ?? auto) : config.backend;
    return { config: { ...config, backend }, resolved };
  }

  /** @param tell - hears how far it is, now and then */
  async train(experiment: Experiment, shared: Shared, tell: (progress: Progress) => void): Promise<RunRecord> {
    const { folder, offline, commandLine } = this.of;
    try {
      const finished = await runExperiment({
        ...{ experiment, shared, commandLine, offline, threads: 1, keeper: this.keeper },
        out: folder.runningFolder(this.trial.hash),
        observe: reporter(experiment.config.training.epochs, tell),
        warn: (text) => {
          this.say(text);
        },
      });
      return finished.record;
    } finally {
      this.keeper.over();
    }
  }

  /** Puts its folder in place. */
  finish(record: RunRecord): TrialRecord {
    const { folder, code, together } = this.of;
    const failed = record.error !== null;
    const outcome: TrialRecord = {
      ...this.trial,
      ...{ status: failed ? 'failed' : 'finished', exitCode: failed ? 1 : 0, signal: null, error: record.error },
      ...{ result: resultOf(record), code, host: os.hostname(), ...this.times(), together },
    };
    folder.keep(outcome);
    return outcome;
  }

  /** Records why it came to nothing, with all that it said before. */
  fail(error: unknown): TrialRecord {
    const { folder, code, together } = this.of;
    const [exitCode, reason] = [error instanceof MhoError ? error.exitCode : 1, failureOf(error)];
    const record = failedRecord(this.trial, { exitCode, signal: null, error: reason, code, ...this.times(), together });
    this.say(reason);
    folder.clear(this.trial.hash);
    folder.writeRunning(this.trial.hash, 'log.txt', this.words.map((text) => `${text}\n`).join(''));
    folder.keep(record);
    return record;
  }

  private say(text: string): void {
    this.words.push(text);
    console.error(text);
  }

  private times(): Pick<TrialRecord, 'started' | 'seconds'> {
    // From the start of the process, whatever it loaded before it was told what to do.
    const seconds = process.uptime();
    return { started: new Date(Date.now() - seconds * 1000).toISOString(), seconds };
  }
}

/** What is trained must be what it is named after, whoever changed a file meanwhile. */
function requireSame(found: string, hash: string, folder: SweepFolder): void {
  if (found === hash) return;
  const what = `with this point is the trial ${found}, expected ${hash}`;
  const remedy = 'a file that it names, or the code, has changed since the sweep began; start the sweep again';
  throw new RunError({ where: path.basename(folder.path) + '/' + experimentFile, what, remedy });
}

function reporter(epochs: number, tell: (progress: Progress) => void): (event: TrainingEvent) => void {
  let told = 0;
  return (event) => {
    if (event.of !== undefined || event.type !== 'epoch' || performance.now() - told < quiet) return;
    told = performance.now();
    tell({ epoch: event.metrics.epoch, epochs, accuracy: event.metrics.accuracy });
  };
}
