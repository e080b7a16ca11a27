import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { JobDone, JobResult, TrainingJob } from './job.js';
import type { WorkerMessage } from './worker.js';
import { broughtByPipes } from '../pipes.js';
import { WorkerProcess } from './worker-process.js';

/**
 * Trains jobs in worker processes; each takes the next job as soon as it is free. A worker that dies costs its own job
 * alone. Run folders lie in a temporary folder that goes when the last job ends, or when this process does.
 * @param workers - processes at a time
 * @param done - hears of every job as it ends
 * @param signal - stops the processes when it is aborted; the call then rejects with its reason
 * @returns results in the order of the jobs
 */
export async function trainInWorkers(
  jobs: readonly TrainingJob[],
  workers: number,
  done: JobDone,
  signal?: AbortSignal,
): Promise<readonly JobResult[]> {
  const folder = new TemporaryFolder();
  const results = new Array<JobResult>(jobs.length);
  // One iterator for all: whoever asks gets the next job.
  const queue = jobs.entries();
  const work = async (): Promise<void> => {
    const worker = new WorkerProcess<WorkerMessage, JobResult>(new URL('./worker.js', import.meta.url));
    const stop = (): void => {
      worker.stop();
    };
    signal?.addEventListener('abort', stop);
    for (const [i, job] of queue) {
      if (signal?.aborted) break;
      results[i] = await worker.ask(
        { job, out: path.join(folder.path, String(i)), pipes: broughtByPipes() },
        job.label,
      );
      rmSync(path.join(folder.path, String(i)), { recursive: true, force: true });
      // What ends because it was stopped is no result.
      if (!signal?.aborted) done(i, results[i]);
    }
    signal?.removeEventListener('abort', stop);
    worker.stop();
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
    signal?.throwIfAborted();
    return results;
  } finally {
    folder.remove();
  }
}

class TemporaryFolder {
  readonly path = mkdtempSync(path.join(os.tmpdir(), 'mho-batch-'));
  private readonly removeAtExit = () => {
    rmSync(this.path, { recursive: true, force: true });
  };

  constructor() {
    process.once('exit', this.removeAtExit);
  }

  remove(): void {
    process.removeListener('exit', this.removeAtExit);
    this.removeAtExit();
  }
}
