import os from 'node:os';
import type { ChildEnd } from './child.js';
import type { Trial, TrialRecord } from './trial.js';

/** How a trial failed. */
export interface Failure extends Pick<
  TrialRecord,
  'exitCode' | 'signal' | 'code' | 'started' | 'seconds' | 'together'
> {
  readonly error: string;
}

/** The record of a trial that came to nothing. */
export function failedRecord(trial: Trial, { error, ...failure }: Failure): TrialRecord {
  return {
    ...trial,
    status: 'failed',
    error: ranOut(error, failure) ?? withoutStack(error).join('\n'),
    result: null,
    host: os.hostname(),
    ...failure,
  };
}

/**
 * Why a process failed that did not live to say it: in the last of its words, unless it had no time for any.
 * @param starts - how often it was started
 */
export function reasonOf(end: ChildEnd, starts: number): string {
  const { signal, exitCode, log } = end;
  const times = starts === 1 ? '' : ` each of ${starts} times`;
  if (signal === 'SIGKILL') return `its process was killed${times}, as the system does where memory runs out`;
  const last = withoutStack(log).slice(-5).join('\n');
  return ranOut(log, end) ?? (last === '' ? `its process ended with ${signal ?? `exit code ${exitCode}`}` : last);
}

/** The lines of an error that nobody meant; its stack stays in the log. */
function withoutStack(words: string): string[] {
  return words.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
}

/** Engines say it in several ways, some of them in many lines. */
function ranOut(words: string, { signal, exitCode }: Pick<TrialRecord, 'signal' | 'exitCode'>): string | undefined {
  if (!/out of memory|memory access out of bounds|array buffer allocation failed|bad_alloc|ENOMEM/i.test(words))
    return undefined;
  return `its process ran out of memory (${signal ?? `exit code ${exitCode}`})`;
}
