import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RunError, UsageError } from '../errors.js';
import { kindOf } from './files.js';
import { displayPath } from './place.js';
import { isAlive } from './process-identity.js';

/**
 * A run's folder in the making. Files go to a hidden folder beside the final one, which is renamed when they are
 * complete: under its own name a run folder is whole or absent. However the process exits, an unfinished one is
 * removed.
 */
export class RunFolder {
  private constructor(
    private readonly target: string,
    private readonly partial: string,
  ) {
    if (unfinished.size === 0) process.on('exit', discardUnfinished);
    unfinished.add(this);
  }

  /**
   * @throws UsageError where the target exists and is not an empty folder
   * @throws RunError where the folder cannot be made
   */
  static create(target: string): RunFolder {
    assertFree(target);
    const partial = partialOf(target);
    try {
      mkdirSync(path.dirname(partial), { recursive: true });
      removeStale(target);
      mkdirSync(partial);
    } catch (error) {
      throw cannotWrite(target, error);
    }
    return new RunFolder(target, partial);
  }

  /** Writes a whole file, and the folders that its name leads through. */
  write(name: string, content: string | Uint8Array): void {
    this.doing(() => {
      const file = path.join(this.partial, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    });
  }

  /** Adds to the end of a file, which is made where there is none. */
  append(name: string, content: string | Uint8Array): void {
    this.doing(() => {
      appendFileSync(path.join(this.partial, name), content);
    });
  }

  /** Adds one line of JSON to a file. */
  appendLine(name: string, value: unknown): void {
    this.append(name, `${JSON.stringify(value)}\n`);
  }

  /** What was written of a file so far. */
  read(name: string): Uint8Array {
    return readFileSync(path.join(this.partial, name));
  }

  /**
   * Gives the folder its name. Where another run took that name meanwhile, the next free one with a number.
   * @returns the folder's path
   */
  complete(): string {
    const target = this.doing(() => renameToFree(this.partial, this.target, 1));
    this.settle();
    return target;
  }

  /** Removes what was written. */
  discard(): void {
    this.settle();
    rmSync(this.partial, { recursive: true, force: true });
  }

  /** A folder inside this one, for what is written there before this one has its name. */
  inside(name: string): string {
    return path.join(this.partial, name);
  }

  private settle(): void {
    unfinished.delete(this);
    if (unfinished.size === 0) process.removeListener('exit', discardUnfinished);
  }

  private doing<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw cannotWrite(this.target, error);
    }
  }
}

/** Of all runs of this process: one listener removes what they leave unfinished. */
const unfinished = new Set<RunFolder>();

function discardUnfinished(): void {
  for (const folder of unfinished) folder.discard();
}

/** An unfinished folder is named after its host and process, by which it is known to be abandoned. */
function partialPrefix(target: string): string {
  return `.${path.basename(target)}.partial-${os.hostname()}-`;
}

/** Where this process makes it. */
function partialOf(target: string): string {
  return path.join(path.dirname(target), `${partialPrefix(target)}${process.pid}`);
}

/** Milliseconds after which what lies beside the target, under another name, is taken for abandoned. */
const longAgo = 3_600_000;

/**
 * Removes what processes of this host that were killed left: of an earlier run to the same place at once, and beside it,
 * as most names hold the time, where nothing was written for an hour.
 */
function removeStale(target: string): void {
  const folder = path.dirname(target);
  const mark = `.partial-${os.hostname()}-`;
  for (const name of readdirSync(folder).filter((name) => name.startsWith('.') && name.includes(mark))) {
    const pid = name.slice(name.lastIndexOf(mark) + mark.length);
    if (!/^\d+$/.test(pid) || isAlive({ pid: Number(pid), born: null })) continue;
    const place = path.join(folder, name);
    if (name.startsWith(partialPrefix(target)) || Date.now() - lastWrite(place) > longAgo) {
      rmSync(place, { recursive: true, force: true });
    }
  }
}

/** When something in a folder was written last [ms]; now, where another process is removing it. */
function lastWrite(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const times = ['', ...entries].map((name) => statSync(path.join(folder, name)).mtimeMs);
    return times.reduce((last, time) => Math.max(last, time));
  } catch {
    return Date.now();
  }
}

/**
 * @throws UsageError where a run folder must not be put: something other than an empty folder is there
 */
export function assertFree(target: string): void {
  const kind = kindOf(target);
  if (kind === 'absent' || (kind === 'folder' && readdirSync(target).length === 0)) return;
  const what = kind === 'folder' ? 'exists and is not empty' : 'exists and is not a folder';
  const remedy = 'name a new folder with --out, or move this one away';
  throw new UsageError({
    where: displayPath(target),
    what: `${what}, expected a free place for the run folder`,
    remedy,
  });
}

/**
 * `runs/<name>-<UTC time>-<seed>` below the current folder; with a number where a run that began in the same second has that
 * name.
 */
export function defaultRunFolder(name: string, startedAt: Date, seed: number | string): string {
  const time = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  const target = path.resolve('runs', `${name}-${time}-${seed}`);
  for (let attempt = 1; ; attempt++) {
    const free = attempt === 1 ? target : `${target}-${attempt}`;
    if (kindOf(free) === 'absent' && kindOf(partialOf(free)) === 'absent') return free;
  }
}

function renameToFree(partial: string, target: string, attempt: number): string {
  const name = attempt === 1 ? target : `${target}-${attempt}`;
  const kind = kindOf(name);
  const taken = kind === 'file' || (kind === 'folder' && readdirSync(name).length > 0);
  if (taken) return renameToFree(partial, target, attempt + 1);
  try {
    renameSync(partial, name);
    return name;
  } catch (error) {
    if (!isTaken(error)) throw error;
    return renameToFree(partial, target, attempt + 1);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOTEMPTY', 'EEXIST'].includes(String(error.code));
}

function cannotWrite(target: string, cause: unknown): RunError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const remedy = 'check the free space and the rights of the folder above it, or name another with --out';
  return new RunError({ where: displayPath(target), what: `cannot be written: ${reason}`, remedy }, { cause });
}
