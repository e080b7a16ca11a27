import { readFileSync, readdirSync } from 'node:fs';
import { readTrial, type TrialRecord } from '../../../src/experiment/sweep/trial.js';
import type { Scratch } from '../scratch.js';

/** The records of a sweep's trials, by name. */
export function trialsIn(scratch: Scratch, out: string): TrialRecord[] {
  return readdirSync(scratch.path(out, 'trials'))
    .sort()
    .map((name) => readTrial(scratch.path(out, 'trials', name))!);
}

/** Each start of a trial, in order. */
export function startsIn(scratch: Scratch, out: string): { at: string; hash: string; pid: number }[] {
  const lines = readFileSync(scratch.path(out, 'starts.log'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [at = '', hash = '', by = ''] = line.split(' ');
    return { at, hash, pid: Number(by.split(':').at(-1)) };
  });
}
