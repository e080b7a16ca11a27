/** One training run, as it is handed to a worker process. */
export interface TrainingJob {
  readonly experiment: string;
  /** Values laid upon the experiment, as `--set` takes them. */
  readonly set: readonly string[];
  readonly seed: number;
  /** Absolute path of the run folder, which must not exist. */
  readonly out: string;
}

/** What a worker answers. */
export type TrainingAnswer = { readonly accuracy: number } | { readonly error: string };
