import { Recorder } from '../../../src/experiment/figures/recorder.js';
import { recordSchema } from '../../../src/experiment/figures/schema.js';
import type { RecordedRun } from '../../../src/experiment/figures/source.js';
import { runTraining, type RunOptions } from '../../../src/experiment/runner.js';
import { Trainer } from '../../../src/training/trainer.js';
import type { TrainingSpec } from '../../../src/training/training-spec.js';

/** Trains a network with what a `record` of an experiment file asks for. */
export async function recorded(
  spec: TrainingSpec,
  record: unknown,
  options: Partial<RunOptions> = {},
): Promise<RecordedRun> {
  const recorder = new Recorder(recordSchema.parse(record));
  const trainer = await Trainer.create(spec);
  try {
    const outcome = await runTraining(trainer, { epochs: spec.training.epochs, visitor: recorder, ...options });
    recorder.finish(outcome);
    return { outcome, recorder };
  } finally {
    trainer.dispose();
  }
}
