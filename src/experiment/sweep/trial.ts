import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { RunRecord } from '../record.js';
import type { Point } from './points.js';

/** One run of a sweep. */
export interface Trial {
  /** Its name: see {@link identityOf}. */
  readonly hash: string;
  /** Its place in the sweep, from 0, whatever part of it is run. */
  readonly index: number;
  readonly point: Point;
  readonly seed: number;
}

/** The figures of a run that a table of many is made of. Accuracies are fractions. */
export type TrialResult = Pick<
  RunRecord,
  | 'accuracy'
  | 'accuracyBeforeHold'
  | 'retained'
  | 'bestAccuracy'
  | 'bestEpoch'
  | 'initialAccuracy'
  | 'epochs'
  | 'samples'
  | 'backend'
> & { readonly idealAccuracy: number | null; readonly warnings: number };

/** `trial.json` in the folder of a trial, which is in its place only when this is whole. */
export interface TrialRecord extends Trial {
  readonly status: 'finished' | 'failed';
  /** Of the process; of one that a signal ended, 128 and its number, as a shell says it. */
  readonly exitCode: number;
  readonly signal: string | null;
  /** Why it failed; the end of what it said lies in `log.txt`. */
  readonly error: string | null;
  readonly result: TrialResult | null;
  /** Version of the code that trained. */
  readonly code: string;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** Of the whole process, which may have run others at the same time. */
  readonly seconds: number;
  /** Trials that its process began at once. */
  readonly together: number;
}

export const trialFile = 'trial.json';

const number = z.number().nullable();

/** Loose, so that a later version may say more. */
const recordSchema = z.looseObject({
  hash: z.string(),
  index: z.number(),
  point: z.record(z.string(), z.unknown()),
  seed: z.number(),
  status: z.enum(['finished', 'failed']),
  exitCode: z.number(),
  signal: z.string().nullable(),
  error: z.string().nullable(),
  result: z.looseObject({ accuracy: number, bestAccuracy: number }).nullable(),
  code: z.string(),
  host: z.string(),
  started: z.string(),
  seconds: z.number(),
});

/** The record in a trial's folder; undefined where there is none that can be read. */
export function readTrial(folder: string): TrialRecord | undefined {
  try {
    const plain: unknown = JSON.parse(readFileSync(path.join(folder, trialFile), 'utf8'));
    return recordSchema.safeParse(plain).success ? (plain as TrialRecord) : undefined;
  } catch {
    return undefined;
  }
}

export function resultOf(record: RunRecord): TrialResult {
  const { accuracy, accuracyBeforeHold, retained, bestAccuracy, bestEpoch, initialAccuracy } = record;
  const { epochs, samples, backend, ideal, warnings } = record;
  const accuracies = { accuracy, accuracyBeforeHold, retained, bestAccuracy, bestEpoch, initialAccuracy };
  return { ...accuracies, epochs, samples, backend, idealAccuracy: ideal?.accuracy ?? null, warnings: warnings.length };
}

/** `device.cycleToCycle=0.01, seed 3`, as messages name a trial. */
export function describeTrial({ point, seed }: Pick<Trial, 'point' | 'seed'>): string {
  return [...valuesOf(point), `seed ${seed}`].join(', ');
}

/** `device.cycleToCycle=0.01, device.states=8`. */
export function describePoint(point: Point): string {
  return valuesOf(point).join(', ');
}

function valuesOf(point: Point): string[] {
  return Object.entries(point).map(
    ([at, value]) => `${at}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}
