import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RunError } from '../src/errors.js';
import type { TrainingAnswer, TrainingJob } from './training-job.js';

/** A job before it is given a folder to run in. */
export type PendingJob = Omit<TrainingJob, 'out'>;

/**
 * Trains jobs in worker processes; each takes the next job as soon as it is free. Run folders are made in a temporary
 * folder that goes when this process does.
 * @param workers - processes at a time
 * @param done - hears of every job that is done
 * @returns accuracies in the order of the jobs
 * @throws RunError where a run fails or a worker dies
 */
export async function trainInWorkers(
  jobs: readonly PendingJob[],
  workers: number,
  done: (job: PendingJob, accuracy: number) => void,
): Promise<number[]> {
  const folder = temporaryFolder();
  const accuracies = new Array<number>(jobs.length);
  // One iterator for all: whoever asks gets the next job.
  const queue = jobs.entries();
  const work = async (): Promise<void> => {
    const worker = fork(new URL('./training-worker.js', import.meta.url));
    try {
      for (const [i, job] of queue) {
        accuracies[i] = await ask(worker, { ...job, out: path.join(folder, String(i)) });
        done(job, accuracies[i]);
      }
    } finally {
      worker.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
  return accuracies;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mho-accuracy-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  return folder;
}

function ask(worker: ChildProcess, job: TrainingJob): Promise<number> {
  const where = `${job.experiment}, seed ${job.seed}`;
  return new Promise((resolve, reject) => {
    const died = (code: number | null, signal: string | null): void => {
      reject(new RunError({ where, what: `its process ended with ${signal ?? `exit code ${code ?? 'unknown'}`}` }));
    };
    worker.once('exit', died);
    worker.once('message', (answer: TrainingAnswer) => {
      worker.removeListener('exit', died);
      if ('accuracy' in answer) resolve(answer.accuracy);
      else reject(new RunError({ where, what: answer.error }));
    });
    worker.send(job);
  });
}
