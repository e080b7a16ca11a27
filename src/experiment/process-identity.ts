import { readFileSync } from 'node:fs';
import os from 'node:os';

/** A process that can be told from a later one of the same number. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** When it started, in the system's own count; null where the system does not tell. */
  readonly born: string | null;
}

export function thisProcess(): ProcessIdentity {
  return { host: os.hostname(), pid: process.pid, born: stateOf(process.pid)?.born ?? null };
}

/** Whether a process of this host lives; a number that another process has got since does not count. */
export function isAlive({ pid, born }: Pick<ProcessIdentity, 'pid' | 'born'>): boolean {
  try {
    // Signal 0 is not delivered; it only asks.
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const state = stateOf(pid);
  if (!state) return true;
  // A process that nobody waited for is still listed, and does nothing any more.
  return state.letter !== 'Z' && (born === null || state.born === born);
}

/** What Linux tells of a process; undefined elsewhere, or where there is none. */
function stateOf(pid: number): { readonly letter: string; readonly born: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before it may hold anything, brackets too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { letter: fields[0]!, born: fields[19]! };
  } catch {
    return undefined;
  }
}
