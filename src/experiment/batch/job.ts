/** One training run of many, as it is handed to whoever trains it. */
export interface TrainingJob {
  /** As messages name it: `orhd-device, seed 3`. */
  readonly label: string;
  /** Absolute path of the experiment file. */
  readonly experiment: string;
  /** Values laid upon it, as `--set` takes them. */
  readonly overrides: readonly string[];
  /** Folder that paths in the overrides are relative to. */
  readonly cwd: string;
  readonly seed: number;
  readonly offline: boolean;
  /** Epochs whose mean accuracy counts, the last ones; the last alone (1) unless told. */
  readonly lastEpochs?: number | undefined;
}

/** A run that was trained to its end and evaluated. */
export interface TrainedRun {
  /** Fraction of the test images whose class was recognised after the last epoch, or the mean after the last ones. */
  readonly accuracy: number;
  /** After the last epoch. */
  readonly correct: number;
  readonly count: number;
  /** Of the whole run: loading, training and evaluation. */
  readonly seconds: number;
}

/** A run that came to nothing, and why. */
export interface FailedRun {
  readonly error: string;
}

export type JobResult = TrainedRun | FailedRun;

/** Hears of every job as it ends, by its place in the list. */
export type JobDone = (index: number, result: JobResult) => void;

/** Trains jobs, wherever and however many at a time; results are in the order of the jobs. */
export type TrainAll = (jobs: readonly TrainingJob[], done: JobDone) => Promise<readonly JobResult[]>;
