import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RunError, UsageError } from '../../errors.js';
import { kindOf } from '../files.js';
import { displayPath } from '../place.js';
import { isAlive } from '../process-identity.js';
import { writeWhole } from '../whole-file.js';
import { Checkpoint } from './checkpoint.js';
import { Claims } from './claims.js';
import { trialFile, type TrialRecord } from './trial.js';

/** What a look at the folder's names tells, without opening a file. */
export interface Standing {
  readonly finished: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
}

/**
 * The folder of a sweep. `trials/<trial>/` is the run folder of a trial that is over, with its `trial.json`; it is whole or
 * absent. `running/` holds what is in the making, `checkpoints/` how far trials came that were cut short, `claims/` who
 * makes them, and a mark by name for each that failed;
 * `starts.log` has a line for each start.
 */
export class SweepFolder {
  readonly claims: Claims;

  /** @param path - absolute */
  constructor(
    readonly path: string,
    shard: string | null = null,
  ) {
    this.claims = new Claims(this.file('claims'), shard);
  }

  file(...names: string[]): string {
    return path.join(this.path, ...names);
  }

  /**
   * Makes the folders, and removes what processes of this host that died left half made.
   * @throws RunError where they cannot be made
   */
  prepare(): void {
    try {
      for (const name of ['trials', 'running', 'claims']) mkdirSync(this.file(name), { recursive: true });
    } catch (error) {
      const what = `cannot be made: ${error instanceof Error ? error.message : String(error)}`;
      const remedy = 'name another folder with --out';
      throw new RunError({ where: displayPath(this.path), what, remedy }, { cause: error });
    }
    const running = this.file('running');
    for (const name of readdirSync(running))
      if (isAbandoned(name)) rmSync(path.join(running, name), { recursive: true, force: true });
  }

  standing(): Standing {
    const marks = readdirSync(this.file('claims')).flatMap((name) => /^([^.]+)\.failed$/.exec(name)?.[1] ?? []);
    const failed = new Set(marks);
    return { finished: new Set(readdirSync(this.file('trials')).filter((name) => !failed.has(name))), failed };
  }

  isFinished(trial: string): boolean {
    return existsSync(this.file('trials', trial)) && !this.isFailed(trial);
  }

  isFailed(trial: string): boolean {
    return existsSync(this.mark(trial));
  }

  trialFolder(trial: string): string {
    return this.file('trials', trial);
  }

  /** Where the run folder of a trial is made; whoever holds the trial may take away what another left there. */
  runningFolder(trial: string): string {
    return this.file('running', trial);
  }

  /** Before a trial is run: what a killed process or a failed attempt left of it goes. For who holds it. */
  clear(trial: string): void {
    this.removeRunning(trial);
    // Its folder first: a mark without a folder is a trial that failed, a folder without a mark one that is finished.
    if (this.isFailed(trial)) rmSync(this.trialFolder(trial), { recursive: true, force: true });
    rmSync(this.mark(trial), { force: true });
  }

  /** How far a trial came that is not over. */
  checkpoint(trial: string): Checkpoint {
    return new Checkpoint(this.file('checkpoints'), trial);
  }

  /** Adds a line to `starts.log`: when, which trial, by whom, and after how many samples it goes on. */
  noteStart(trial: string, samples: number): void {
    const words = [new Date().toISOString(), trial, `${os.hostname()}:${process.pid}`, samples];
    appendFileSync(this.file('starts.log'), `${words.join(' ')}\n`);
  }

  /** Puts a whole run folder in its place, with its record. For who holds the trial. */
  keep(record: TrialRecord): void {
    const made = this.runningFolder(record.hash);
    mkdirSync(made, { recursive: true });
    writeFileSync(path.join(made, trialFile), `${JSON.stringify(record, undefined, 2)}\n`);
    if (record.status === 'failed') writeFileSync(this.mark(record.hash), '');
    renameSync(made, this.trialFolder(record.hash));
    // Last: of a trial that is over it is never read.
    this.checkpoint(record.hash).remove();
  }

  /** Writes a file beside those of the run that is being made. */
  writeRunning(trial: string, name: string, content: string): void {
    mkdirSync(this.runningFolder(trial), { recursive: true });
    writeFileSync(path.join(this.runningFolder(trial), name), content);
  }

  private mark(trial: string): string {
    return this.file('claims', `${trial}.failed`);
  }

  /** Whatever was begun under the name: under its own, or that of an unfinished run folder. */
  private removeRunning(trial: string): void {
    const running = this.file('running');
    const left = readdirSync(running).filter((name) => name === trial || name.startsWith(`.${trial}.`));
    for (const name of left) rmSync(path.join(running, name), { recursive: true, force: true });
  }
}

/** Whether a folder is the unfinished one of a process of this host that is no more. */
function isAbandoned(name: string): boolean {
  const [, pid] = name.split(`.partial-${os.hostname()}-`);
  return pid !== undefined && /^\d+$/.test(pid) && !isAlive({ pid: Number(pid), born: null });
}

export const sweepFile = 'sweep.json';
export const experimentFile = 'experiment.yaml';

/** What is written of a sweep, for those who read its folder. */
export interface SweepSheet {
  readonly name: string;
  /** Digest of the experiment with the overrides: trials of one folder differ in their points alone. */
  readonly digest: string;
  readonly [key: string]: unknown;
}

/**
 * Opens the folder of a sweep: a new one, or one that holds a sweep of the same experiment, to go on with.
 * @param resume - whether one that is there may be gone on with
 * @throws UsageError where something else is there
 */
export function openFolder(
  target: string,
  sheet: SweepSheet,
  experiment: string,
  resume: boolean,
  shard: string | null,
) {
  const mark = path.join(target, sweepFile);
  if (existsSync(mark)) assertSame(mark, sheet, resume);
  else assertFree(target);
  const folder = new SweepFolder(target, shard);
  folder.prepare();
  writeWhole(folder.file(experimentFile), experiment);
  writeWhole(mark, `${JSON.stringify(sheet, undefined, 2)}\n`);
  return folder;
}

/**
 * What a sweep's folder says of itself.
 * @throws RunError where it cannot be read
 */
export function readSheet(folder: string): SweepSheet {
  const file = path.join(folder, sweepFile);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SweepSheet;
  } catch (error) {
    const what = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new RunError(
      { where: displayPath(file), what, remedy: 'remove it, and run the sweep again' },
      { cause: error },
    );
  }
}

function assertSame(mark: string, { name, digest }: SweepSheet, resume: boolean): void {
  const where = displayPath(path.dirname(mark));
  const there = readSheet(path.dirname(mark));
  const remedy = 'name another folder with --out';
  if (there.name !== name) {
    throw new UsageError({ where, what: `holds the sweep ${there.name}, expected ${name}`, remedy });
  }
  if (there.digest !== digest) {
    const what = `holds trials of another experiment: its file, or the overrides, have changed since`;
    throw new UsageError({ where, what, remedy });
  }
  if (resume) return;
  const what = 'holds this sweep already';
  throw new UsageError({ where, what, remedy: 'go on with it by --resume, or name another folder with --out' });
}

/** What a sweep that is just being begun has in its folder before its `sweep.json`. */
const begun = /^(?:trials|running|claims|(?:experiment\.yaml|sweep\.json)(?:\.partial-\d+)?)$/;

function assertFree(target: string): void {
  const kind = kindOf(target);
  if (kind === 'absent' || (kind === 'folder' && readdirSync(target).every((name) => begun.test(name)))) return;
  const what = kind === 'folder' ? 'is not empty and holds no sweep' : 'exists and is not a folder';
  throw new UsageError({
    where: displayPath(target),
    what: `${what}, expected a free place`,
    remedy: 'name a new folder with --out',
  });
}
