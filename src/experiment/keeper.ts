import type { Evaluation } from '../training/evaluation.js';
import type { TrainerState } from '../training/trainer-state.js';
import type { Recorded } from './figures/recorder.js';
import type { EpochMetrics } from './runner.js';

/** Keeps what is under way, so that another process can take it up and come to the same bits. */
export interface Keeper<Kept> {
  /** Where another process left it; undefined where it begins. */
  readonly from: Kept | undefined;
  /**
   * Whether it is to be kept now; asked at the end of every chunk and every epoch.
   * @param isLast - whether training is over, after which nobody asks any more
   */
  isDue(isLast: boolean): boolean;
  keep(kept: Kept): void;
}

/** A training as it was kept. */
export interface KeptRun {
  readonly trainer: TrainerState;
  readonly metrics: readonly EpochMetrics[];
  /** The last one. */
  readonly evaluation: Evaluation | undefined;
  /** Of the epochs that were trained to their end. */
  readonly trainSeconds: number;
  /** Of the epoch that is under way. */
  readonly epochSeconds: number;
}

/** An experiment as it was kept: its own training; a twin's, a hold or a study begins anew. */
export interface KeptExperiment {
  readonly run: KeptRun;
  readonly recorded: Recorded;
  /** Of the event file so far, where one is written. */
  readonly events?: Uint8Array | undefined;
}
