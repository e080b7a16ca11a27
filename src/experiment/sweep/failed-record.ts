import os from 'node:os';
import type { ChildEnd } from './child.js';
import type { Trial, TrialRecord } from './trial.js';

/**
 * The record of a trial whose process did not live to write it.
 * @param begun - how often it was begun
 */
export function failedRecord(trial: Trial, end: ChildEnd, started: Date, code: string, begun: number): TrialRecord {
  const { exitCode, signal, seconds } = end;
  return {
    ...trial,
    ...{ status: 'failed', exitCode, signal, error: reasonOf(end, begun), result: null, code },
    ...{ host: os.hostname(), started: started.toISOString(), seconds },
  };
}

/** Why a process failed: in its own words, unless it had no time for any. */
function reasonOf({ signal, exitCode, log }: ChildEnd, begun: number): string {
  const times = begun === 1 ? '' : ` each of ${begun} times`;
  if (signal === 'SIGKILL') return `its process was killed${times}, as the system does where memory runs out`;
  if (/out of memory|memory access out of bounds|array buffer allocation failed|bad_alloc|ENOMEM/i.test(log)) {
    return `its process ran out of memory (${signal ?? `exit code ${exitCode}`})`;
  }
  // An error that nobody meant comes with its stack, which stays in the log.
  const said = log.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  const last = said.slice(-5).join('\n');
  return last === '' ? `its process ended with ${signal ?? `exit code ${exitCode}`}` : last;
}
