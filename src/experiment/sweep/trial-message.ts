import type { Backend } from '../../../kernels/register.js';
import type { PlainValue } from './schema.js';
import type { Trial, TrialRecord } from './trial.js';

/** What a process is told: the trials that it runs at once. */
export interface BatchMessage {
  readonly tasks: readonly Task[];
  /** The sweep's folder, absolute. */
  readonly folder: string;
  /** Folder that paths in the points are relative to. */
  readonly cwd: string;
  /** Those of the sweep: a point that replaces a whole takes them out of the resolved base. */
  readonly overrides: Readonly<Record<string, PlainValue>>;
  readonly code: string;
  readonly shard: string | null;
  readonly offline: boolean;
  readonly commandLine: readonly string[];
  /** What `backend: auto` stands for. */
  readonly auto: Backend;
}

export interface Task {
  readonly trial: Trial;
  /** Whether it is run although it failed before. */
  readonly again: boolean;
}

/** Ends the process; what trains is kept. */
export const stopMessage = { stop: true } as const;

/** What a process says of a trial. */
export type TrialSaid = { readonly hash: string } & (
  | { readonly type: 'progress'; readonly epoch: number; readonly epochs: number; readonly accuracy: number | null }
  /** Another process has it, or it is over already. */
  | { readonly type: 'passed'; readonly because: 'held' | 'finished' | 'failed' }
  | { readonly type: 'over'; readonly record: TrialRecord }
  /** It ended by what it shares with the others of its process, and is to be run with fewer. */
  | { readonly type: 'returned'; readonly error: string }
);
