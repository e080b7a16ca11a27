import type { PointMean } from './best-point.js';
import type { Backend } from '../../../kernels/register.js';
import type { SweepFolder } from './folder.js';
import type { LoadedSweep } from './load.js';
import type { Shard, TrialNames } from './plan.js';
import type { Trial, TrialRecord } from './trial.js';

export interface SweepRequest {
  readonly sweep: LoadedSweep;
  readonly folder: SweepFolder;
  readonly names: TrialNames;
  readonly code: string;
  readonly shard?: Shard | undefined;
  /** Processes at a time; unless told one on a GPU, which trains many trials at once, and beside it as many as there are cores. */
  readonly jobs?: number | undefined;
  /** Trials at once in a process, on webgpu; `mostTogether` of them unless told. */
  readonly group?: number | undefined;
  /** Finds what a backend stands for, once for each that trials to be run ask for. */
  readonly choose: ChooseBackend;
  readonly offline: boolean;
  readonly commandLine: readonly string[];
  readonly signal: AbortSignal;
  readonly observe: (event: SweepEvent) => void;
  readonly warn: (message: string) => void;
}

/**
 * What the trials of a backend run on: of `auto` the one that is taken here.
 * @throws RunError where there is no such backend here
 */
export type ChooseBackend = (backend: Backend | 'auto') => Promise<Backend>;

export type SweepEvent =
  | { readonly type: 'start'; readonly counts: SweepCounts }
  | { readonly type: 'begin'; readonly trial: Trial }
  | {
      readonly type: 'progress';
      readonly trial: Trial;
      readonly epoch: number;
      readonly epochs: number;
      readonly accuracy: number | null;
    }
  | { readonly type: 'end'; readonly trial: Trial; readonly record: TrialRecord; readonly counts: SweepCounts }
  /** Their process ended before they did, or trained them no further; they are begun again, in so many processes. */
  | { readonly type: 'lost'; readonly trials: readonly Trial[]; readonly reason: string; readonly processes: number }
  | { readonly type: 'passed'; readonly trial: Trial; readonly counts: SweepCounts }
  | { readonly type: 'waiting'; readonly trials: number };

export interface SweepCounts {
  /** Of this part of the sweep. */
  readonly trials: number;
  /** Finished, those that were there included. */
  readonly finished: number;
  readonly failed: number;
  /** Finished or failed before this process began, or by another. */
  readonly known: number;
  /** The best point so far of this part, by the mean over its seeds. */
  readonly best: PointMean | undefined;
}

export interface FinishedSweep extends SweepCounts {
  /** `elsewhere`: processes of other hosts have trials of it. */
  readonly status: 'complete' | 'interrupted' | 'elsewhere';
  /** Starts of trials. */
  readonly begun: number;
}
