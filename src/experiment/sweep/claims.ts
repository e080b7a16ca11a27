import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, thisProcess, type ProcessIdentity } from '../process-identity.js';

/** Who works on a trial. */
interface Holder extends ProcessIdentity {
  /** `2/4` where it works on a part of the sweep alone. */
  readonly shard: string | null;
  readonly at: string;
}

/** A claim whose file has no content yet is being written; after so long its writer must have died [ms]. */
const writing = 60_000;

/**
 * Claims of trials, so that no two processes run one at once: files `<trial>.<n>`, of which only one process can make each.
 * The claim of a process that died is never removed by others, which could take away a new one: who takes over makes the
 * next number, and whoever holds the last number removes all of them when its work is over.
 */
export class Claims {
  /** @param shard - a claim that another host holds for the same part is one that was left, since a part runs once at a time */
  constructor(
    private readonly folder: string,
    private readonly shard: string | null,
  ) {}

  /** Takes a trial for this process; undefined where a living one has it. */
  take(trial: string): Claim | undefined {
    const left: string[] = [];
    for (let n = 1; ; n++) {
      const file = path.join(this.folder, `${trial}.${n}`);
      if (this.create(file)) return new Claim([...left, file]);
      const state = this.look(file);
      // One that went away meanwhile was the last, and its work is over: from the start again.
      if (state === 'gone') return this.take(trial);
      if (state !== 'left') return undefined;
      left.push(file);
    }
  }

  /** Who has the trial: a living process of this host, one of another host, which cannot be asked, or nobody. */
  holder(trial: string): 'here' | 'elsewhere' | 'nobody' {
    for (let n = 1; ; n++) {
      const state = this.look(path.join(this.folder, `${trial}.${n}`));
      if (state === 'gone') return 'nobody';
      if (state !== 'left') return state;
    }
  }

  private create(file: string): boolean {
    const holder: Holder = { ...thisProcess(), shard: this.shard, at: new Date().toISOString() };
    try {
      writeFileSync(file, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  private look(file: string): 'here' | 'elsewhere' | 'left' | 'gone' {
    try {
      const text = readFileSync(file, 'utf8');
      if (!text.endsWith('\n')) return Date.now() - statSync(file).mtimeMs < writing ? 'here' : 'left';
      return this.stateOf(JSON.parse(text) as Holder);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return 'gone';
      throw error;
    }
  }

  private stateOf(holder: Holder): 'here' | 'elsewhere' | 'left' {
    if (holder.host === thisProcess().host) return isAlive(holder) ? 'here' : 'left';
    return this.shard !== null && holder.shard === this.shard ? 'left' : 'elsewhere';
  }
}

/** A trial that is this process's own until it lets go of it. */
export class Claim {
  /** @param files - those that dead processes left, then its own */
  constructor(private readonly files: readonly string[]) {}

  /** Where its work is over, whatever came of it: in order, so that what is still there stays taken. */
  release(): void {
    for (const file of this.files) rmSync(file, { force: true });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
