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
// Ctrl-C reaches every process of a terminal: what it means to a batch is its parent's to say.
process.on('SIGINT', () => undefined);
// A parent that is gone wants no more.
process.on('disconnect', () => process.exit());
