import os from 'node:os';
import type { Batch } from './batch.js';

/** Batches of some kind that run side by side. */
interface Lane {
  /** Processes at a time. */
  readonly jobs: number;
  readonly takes: (batch: Batch) => boolean;
  running: number;
}

export interface LaneOptions {
  /** Processes at a time, of whatever kind; unless told one on a GPU, and beside it as many as there are cores. */
  readonly jobs: number | undefined;
  readonly isOnGpu: (batch: Batch) => boolean;
  readonly cores?: number | undefined;
}

/** Runs batches in processes, so many at a time. */
export class Lanes {
  private readonly lanes: readonly Lane[];

  constructor({ jobs, isOnGpu, cores = os.availableParallelism() }: LaneOptions) {
    this.lanes =
      jobs === undefined
        ? [
            { jobs: 1, takes: isOnGpu, running: 0 },
            { jobs: cores, takes: (batch) => !isOnGpu(batch), running: 0 },
          ]
        : [{ jobs, takes: () => true, running: 0 }];
  }

  /**
   * Runs what is in a queue, the last first, and what comes into it meanwhile.
   * @param attempt - runs a batch to its end
   * @param signal - once it is aborted, nothing more is begun
   */
  async drain(queue: Batch[], attempt: (batch: Batch) => Promise<void>, signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    for (;;) {
      for (const { lane, batch } of this.startable(queue, signal)) {
        const ended = attempt(batch).finally(() => {
          lane.running--;
          running.delete(ended);
        });
        running.add(ended);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  }

  /** Takes from the queue what there is room for. */
  private *startable(queue: Batch[], signal: AbortSignal): Generator<{ lane: Lane; batch: Batch }> {
    for (const lane of this.lanes) {
      while (lane.running < lane.jobs && !signal.aborted) {
        const at = queue.findLastIndex(lane.takes);
        if (at < 0) break;
        lane.running++;
        yield { lane, batch: queue.splice(at, 1)[0]! };
      }
    }
  }
}
