import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { JobDone, JobResult, TrainingJob } from './job.js';
import type { WorkerMessage } from './worker.js';

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
    const worker = new Worker();
    const stop = (): void => {
      worker.stop();
    };
    signal?.addEventListener('abort', stop);
    for (const [i, job] of queue) {
      if (signal?.aborted) break;
      results[i] = await worker.train({ job, out: path.join(folder.path, String(i)) });
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

/** A process that is started with its first job, and anew with the next one after it died. */
class Worker {
  private child: ChildProcess | undefined;

  train(message: WorkerMessage): Promise<JobResult> {
    const child = (this.child ??= startProcess());
    return new Promise((resolve) => {
      const settle = (result: JobResult): void => {
        for (const [event, listener] of Object.entries(listeners)) child.removeListener(event, listener);
        resolve(result);
      };
      const fail = (reason: string): void => {
        this.child = undefined;
        settle({ error: `${message.job.label}: its process ${reason}` });
      };
      const listeners = {
        message: settle,
        exit: (code: number | null, signal: string | null) => {
          fail(`ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`);
        },
        error: (error: Error) => {
          fail(`could not be used: ${error.message}`);
        },
      };
      for (const [event, listener] of Object.entries(listeners)) child.on(event, listener);
      child.send(message);
    });
  }

  stop(): void {
    if (this.child?.connected) this.child.disconnect();
  }
}

function startProcess(): ChildProcess {
  // Standard output belongs to the command's result: what a run says goes to stderr.
  const child = fork(new URL('./worker.js', import.meta.url), { stdio: ['ignore', 2, 2, 'ipc'] });
  // A message to a process that just died is an error too; the end of the process was told already.
  return child.on('error', () => undefined);
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
