import type { Trial, TrialRecord } from './trial.js';

/** What a trial's process is told. */
export interface TrialMessage {
  readonly trial: Trial;
  /** The sweep's folder, absolute. */
  readonly folder: string;
  /** Folder that paths in the point are relative to. */
  readonly cwd: string;
  readonly code: string;
  readonly shard: string | null;
  readonly offline: boolean;
  readonly commandLine: readonly string[];
  /** Whether it is run although it failed before. */
  readonly again: boolean;
}

/** Ends the trial, which leaves nothing. */
export const stopMessage = { stop: true } as const;

/** What a trial's process says before it ends. */
export type TrialSaid =
  | { readonly type: 'progress'; readonly epoch: number; readonly epochs: number; readonly accuracy: number | null }
  /** Another process has it, or it is over already. */
  | { readonly type: 'passed'; readonly because: 'held' | 'finished' | 'failed' }
  | { readonly type: 'over'; readonly record: TrialRecord };
