import { WorkerProcess } from '../batch/worker-process.js';
import type { TrainingEvent } from '../run.js';
import type { ReplicaOutcome, ReplicaOutcomes, TrainReplicas } from './outcome.js';
import { stopMessage, type ReplicaMessage } from './messages.js';

/** How work is shared out among processes. */
export interface Apart {
  /** What each runs; it serves replicas. */
  readonly module: URL;
  /** Processes at a time. */
  readonly workers: number;
  /** Threads of each. */
  readonly threads: number;
}

/**
 * Trains replicas in worker processes, which take the next one as soon as they are free. A process that dies costs its own
 * replica alone. Where the signal asks for it, those that are under way end with what they have reached, and no other
 * begins.
 */
export async function trainApart(work: TrainReplicas, { module, workers, threads }: Apart): Promise<ReplicaOutcomes> {
  const { replicas, folderOf, commandLine, offline, signal, ended } = work;
  const outcomes = new Array<ReplicaOutcome | undefined>(replicas.length).fill(undefined);
  const queue = replicas.entries();
  const serve = async (): Promise<void> => {
    let current = 0;
    const worker = new WorkerProcess<ReplicaMessage, ReplicaOutcome, TrainingEvent>(module, (event) => {
      work.observe(current, event);
    });
    const interrupt = (): void => {
      worker.tell(stopMessage);
    };
    signal?.addEventListener('abort', interrupt);
    for (const [i, replica] of queue) {
      if (signal?.aborted) break;
      current = i;
      const { name, experiment } = replica;
      const outcome = await worker.ask({ name, experiment, out: folderOf(replica), commandLine, offline, threads });
      outcomes[i] = outcome;
      ended(i, outcome);
    }
    signal?.removeEventListener('abort', interrupt);
    worker.stop();
  };
  await Promise.all(Array.from({ length: Math.min(workers, replicas.length) }, serve));
  return outcomes;
}
