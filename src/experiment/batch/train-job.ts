import { RunError } from '../../errors.js';
import { recordSchema } from '../figures/schema.js';
import { loadExperiment, type Experiment } from '../loader.js';
import { splitSet } from '../overrides.js';
import { runExperiment, type TrainingEvent } from '../run.js';
import { failureOf } from './failure.js';
import type { JobResult, TrainedRun, TrainingJob } from './job.js';

/**
 * Trains one job in this process, as `mho run` would.
 * @param out - absolute path of the run folder, which must be free
 * @returns what it came to; a run that fails is a result too, so that the others go on
 */
export async function trainJob(job: TrainingJob, out: string): Promise<JobResult> {
  try {
    return await train(job, out);
  } catch (error) {
    return { error: failureOf(error) };
  }
}

/**
 * Of many runs only the result counts: nothing is kept for figures, which changes no bit of it. They share the
 * processor's cores, one each, and would only queue for a GPU: `auto` is WASM.
 */
function forResultOnly({ config, resolved }: Experiment): Experiment {
  const backend = config.backend === 'auto' ? 'wasm' : config.backend;
  return { config: { ...config, backend, record: recordSchema.parse({ tensorboard: false }) }, resolved };
}

async function train(job: TrainingJob, out: string): Promise<TrainedRun> {
  const { label, cwd, offline } = job;
  const overrides = [...job.overrides, `seed=${job.seed}`].map(splitSet);
  const experiment = forResultOnly(loadExperiment(job.experiment, { overrides, cwd }));
  const warn = (message: string): void => {
    console.error(`${label}: ${message}`);
  };
  const accuracies: number[] = [];
  const observe = (event: TrainingEvent): void => {
    if (event.type === 'epoch' && event.of === undefined && event.metrics.epoch > 0)
      accuracies.push(event.metrics.accuracy);
  };
  const { record, evaluation } = await runExperiment({ experiment, out, offline, warn, observe, commandLine: [label] });
  if (record.error !== null) throw new RunError({ where: label, what: record.error });
  if (!evaluation) throw new RunError({ where: label, what: 'the run ended before it was evaluated' });
  const { correct, count } = evaluation;
  const accuracy = job.lastEpochs === undefined ? evaluation.accuracy : meanOfLast(accuracies, job.lastEpochs, label);
  return { accuracy, correct, count, seconds: record.seconds };
}

function meanOfLast(accuracies: readonly number[], epochs: number, where: string): number {
  if (accuracies.length >= epochs) return accuracies.slice(-epochs).reduce((sum, one) => sum + one, 0) / epochs;
  const what = `asks for the mean of the last ${epochs} epochs, but ${accuracies.length} were trained`;
  throw new RunError({ where, what, remedy: 'lower lastEpochs, or train for longer' });
}
