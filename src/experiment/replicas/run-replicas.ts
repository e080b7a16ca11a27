import { stringify } from 'yaml';
import { RunError } from '../../errors.js';
import { folderName, prepareShared, type ExperimentRequest, type TrainingEvent } from '../run.js';
import { RunFolder, assertFree, defaultRunFolder } from '../run-folder.js';
import type { Experiment } from '../loader.js';
import { trainApart, type Apart } from './apart.js';
import type { ReplicaOutcome, ReplicaOutcomes, TrainReplicas } from './outcome.js';
import type { PlannedReplica } from './plan.js';
import { replicasRecord, type ReplicasRecord } from './summary.js';
import { trainTogether } from './together.js';

export interface ReplicasRequest {
  /** With its `replicas`. */
  readonly experiment: Experiment;
  readonly planned: readonly PlannedReplica[];
  /** Absolute path of the folder of all; `runs/<name>-<UTC time>-<first seed>x<count>` unless told. */
  readonly out?: string | undefined;
  readonly commandLine: readonly string[];
  /** Where replicas are trained in processes. */
  readonly apart: Apart;
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly observe?: ((replica: number, event: TrainingEvent) => void) | undefined;
  readonly ended?: ((replica: number, outcome: ReplicaOutcome) => void) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
  /** Of a replica that is trained in this process; see {@link ExperimentRequest}. */
  readonly pictures?: ExperimentRequest['pictures'];
}

export interface FinishedReplicas {
  readonly record: ReplicasRecord;
  readonly runFolder: string;
}

/**
 * Trains the replicas of an experiment and leaves a folder with a run folder for each, and a summary. On webgpu they are
 * trained in one call of the kernel; elsewhere each in a process. Either way a replica's numbers are those of its run
 * alone. One that fails is recorded and leaves the others alone.
 * @throws UsageError where the folder's place is taken, before anything is loaded
 * @throws RunError where the data cannot be had, the folder cannot be written, or every replica failed; no folder is left then
 */
export async function runReplicas(request: ReplicasRequest): Promise<FinishedReplicas> {
  const { experiment, planned, out, signal, offline, warn, commandLine, pictures } = request;
  const { config, resolved } = experiment;
  const startedAt = new Date();
  const target = out ?? defaultRunFolder(folderName(config), startedAt, `${planned[0]!.seed}x${planned.length}`);
  assertFree(target);
  // Once, and before any process needs it: what cannot be had is told once too.
  const shared = await prepareShared(config, { offline, warn });
  const trained: ReplicasRecord['trained'] = shared.chosen.backend === 'webgpu' ? 'together' : 'apart';
  const folder = RunFolder.create(target);
  try {
    folder.write('config.yaml', stringify(resolved, { lineWidth: 120 }));
    const work: TrainReplicas = {
      ...{ replicas: planned, commandLine, offline, signal, warn, pictures },
      folderOf: ({ name }) => folder.inside(name),
      observe: (replica, event) => request.observe?.(replica, event),
      ended: (replica, outcome) => request.ended?.(replica, outcome),
    };
    const outcomes = await (trained === 'together' ? trainTogether(work, shared) : trainApart(work, request.apart));
    requireOne(outcomes);
    const { chosen } = shared;
    const { name, otherDevice } = config;
    const record = replicasRecord({
      experiment: name,
      otherDevice,
      planned,
      outcomes,
      chosen,
      trained,
      startedAt,
      commandLine,
    });
    folder.write('replicas.json', `${JSON.stringify(record, undefined, 2)}\n`);
    return { record, runFolder: folder.complete() };
  } catch (error) {
    folder.discard();
    throw error;
  }
}

/** Of replicas that all failed nothing is left to keep; the first speaks for all. */
function requireOne(outcomes: ReplicaOutcomes): void {
  const errors = outcomes.flatMap((outcome) => (outcome && 'error' in outcome ? [outcome.error] : []));
  if (errors.length < outcomes.length) return;
  throw new RunError({ where: 'replicas', what: `all ${errors.length} failed, the first with: ${errors[0]!}` });
}

/** 0 where every replica was trained, 1 where one failed, 130 where they were interrupted. */
export function exitCodeOf({ status, replicas }: ReplicasRecord): 0 | 1 | 130 {
  if (status === 'interrupted') return 130;
  return replicas.some((row) => row.status === 'failed') ? 1 : 0;
}
