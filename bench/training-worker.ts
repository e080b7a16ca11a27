import { MhoError, RunError, UsageError } from '../src/errors.js';
import { shippedConfigs } from '../src/experiment/files.js';
import { loadExperiment } from '../src/experiment/loader.js';
import { splitSet } from '../src/experiment/overrides.js';
import { runExperiment } from '../src/experiment/run.js';
import type { TrainingAnswer, TrainingJob } from './training-job.js';

/** A process that trains what its parent sends, one job after the other, and answers each with the accuracy. */

async function train({ experiment: name, set, seed, out }: TrainingJob): Promise<number> {
  const file = shippedConfigs('experiments').get(name);
  if (file === undefined) throw new UsageError({ where: 'check:accuracy', what: `no experiment ${name} in configs` });
  const overrides = [...set, `seed=${seed}`].map(splitSet);
  const experiment = loadExperiment(file, { overrides });
  const { record } = await runExperiment({ experiment, out, commandLine: ['check:accuracy', name] });
  if (record.accuracy !== null) return record.accuracy;
  throw new RunError({ where: name, what: `the run with seed ${seed} was not evaluated` });
}

async function answer(job: TrainingJob): Promise<TrainingAnswer> {
  try {
    return { accuracy: await train(job) };
  } catch (error) {
    // Of an error that nobody meant, the stack is what helps.
    return { error: error instanceof MhoError ? error.message : String(error instanceof Error ? error.stack : error) };
  }
}

process.on('message', (job: TrainingJob) => {
  void answer(job).then((reply) => process.send?.(reply));
});
// A parent that is gone wants no more.
process.on('disconnect', () => process.exit());
