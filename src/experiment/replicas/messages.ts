import type { Experiment } from '../loader.js';

/** A replica for a worker's process to train. */
export interface ReplicaMessage {
  readonly name: string;
  readonly experiment: Experiment;
  readonly out: string;
  readonly commandLine: readonly string[];
  readonly offline?: boolean | undefined;
  readonly threads: number;
}

/** Ends the run that is under way at its next chunk border. */
export const stopMessage = { stop: true } as const;
