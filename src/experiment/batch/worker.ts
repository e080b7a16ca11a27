import { knowPipes, type Brought } from '../pipes.js';
import type { TrainingJob } from './job.js';
import { trainJob } from './train-job.js';

/** A process that trains what its parent sends, one job after the other, and answers each with its result. */

/** A job with the run folder that its parent made place for. */
export interface WorkerMessage {
  readonly job: TrainingJob;
  readonly out: string;
  /** What its configurations are, where they were pipes. */
  readonly pipes: Brought;
}

process.on('message', ({ job, out, pipes }: WorkerMessage) => {
  knowPipes(pipes);
  void trainJob(job, out).then((result) => process.send?.({ result }));
});
// Ctrl-C and a terminal's end reach every process of it: what they mean to a batch is its parent's to say.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
// A parent that is gone wants no more.
process.on('disconnect', () => process.exit());
