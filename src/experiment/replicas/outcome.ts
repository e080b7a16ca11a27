import type { RunRecord } from '../record.js';
import type { ExperimentRequest, TrainingEvent } from '../run.js';
import type { PlannedReplica } from './plan.js';

/** What one replica came to: a run folder, or a reason. */
export type ReplicaOutcome = { readonly record: RunRecord; readonly runFolder: string } | { readonly error: string };

/** How many replicas are trained, and where. */
export interface TrainReplicas {
  readonly replicas: readonly PlannedReplica[];
  /** Where a replica's run folder goes, absolute. */
  readonly folderOf: (replica: PlannedReplica) => string;
  readonly commandLine: readonly string[];
  readonly offline?: boolean | undefined;
  readonly pictures?: ExperimentRequest['pictures'];
  readonly signal?: AbortSignal | undefined;
  readonly observe: (replica: number, event: TrainingEvent) => void;
  readonly ended: (replica: number, outcome: ReplicaOutcome) => void;
  readonly warn?: ((message: string) => void) | undefined;
}

/** Outcomes in the order of the replicas; undefined for those that were not begun. */
export type ReplicaOutcomes = readonly (ReplicaOutcome | undefined)[];
