import type { RunOutcome } from '../runner.js';
import type { RetentionStudy } from '../retention/study.js';
import type { ExperimentConfig } from '../schema.js';
import type { Recorder } from './recorder.js';
import type { Published } from './schema.js';

/** One training with what was recorded of it. */
export interface RecordedRun {
  readonly outcome: RunOutcome;
  readonly recorder: Recorder;
}

/** What a run's figures are made of. */
export interface FigureSource {
  readonly config: ExperimentConfig;
  /** Of one image, as the data set describes it. */
  readonly shape: readonly [height: number, width: number];
  readonly run: RecordedRun;
  /** The ideal twin; undefined where none was trained. */
  readonly ideal: RecordedRun | undefined;
  /** Accuracy against time and temperature; undefined where the experiment does not ask for it. */
  readonly retention?: RetentionStudy | undefined;
}

/** What the paper states, where the experiment holds it. */
export function publishedOf({ published }: ExperimentConfig): Published | undefined {
  return published === 'none' ? undefined : published;
}
