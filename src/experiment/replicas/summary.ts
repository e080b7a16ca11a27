import type { ChosenBackend } from '../../ops/backend.js';
import { describeEnvironment, type Environment } from '../environment.js';
import { deviation, mean, median } from '../verify/statistics.js';
import type { RunRecord } from '../record.js';
import type { ReplicaOutcomes } from './outcome.js';
import type { PlannedReplica, Value } from './plan.js';

/** What one replica came to. Accuracies are fractions. */
export interface ReplicaRow {
  readonly name: string;
  readonly seed: number;
  /** What it has instead of the experiment's own values, by path. */
  readonly values: Readonly<Record<string, Value>>;
  /** Of a failed one the run folder, where there is one, holds what was kept last. */
  readonly status: RunRecord['status'] | 'not begun';
  readonly accuracy: number | null;
  readonly bestAccuracy: number | null;
  readonly epochs: number;
  readonly samples: number;
  /** Within the folder of all; null where there is none. */
  readonly runFolder: string | null;
  /** Why it failed. */
  readonly error: string | null;
}

/** How the accuracies of complete replicas lie. */
export interface Spread {
  readonly values: Readonly<Record<string, Value>>;
  readonly count: number;
  readonly median: number | null;
  readonly mean: number | null;
  /** Sample standard deviation; null of fewer than two. */
  readonly sd: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** `replicas.json`. */
export interface ReplicasRecord extends Environment {
  readonly experiment: string;
  /** The device that stands in the place of the experiment's own; null where it is that. */
  readonly otherDevice: string | null;
  /** `interrupted` where a replica was, else `failed` where all failed, `partial` where some did. */
  readonly status: 'complete' | 'partial' | 'interrupted' | 'failed';
  readonly backend: string;
  readonly backendReason: string;
  /** In one call of the kernel, or each in a process. */
  readonly trained: 'together' | 'apart';
  readonly seconds: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly commandLine: readonly string[];
  /** Over the complete replicas of equal values. */
  readonly spread: readonly Spread[];
  readonly replicas: readonly ReplicaRow[];
}

export interface ReplicasCircumstances {
  readonly experiment: string;
  readonly otherDevice: string | undefined;
  readonly planned: readonly PlannedReplica[];
  readonly outcomes: ReplicaOutcomes;
  readonly chosen: ChosenBackend;
  readonly trained: ReplicasRecord['trained'];
  readonly startedAt: Date;
  readonly commandLine: readonly string[];
}

export function replicasRecord(of: ReplicasCircumstances): ReplicasRecord {
  const { experiment, otherDevice = null, planned, outcomes, chosen, trained, startedAt, commandLine } = of;
  const rows = planned.map((replica, i) => rowOf(replica, outcomes[i]));
  const finishedAt = new Date();
  return {
    ...{
      experiment,
      otherDevice,
      status: statusOf(rows),
      backend: chosen.backend,
      backendReason: chosen.reason,
      trained,
    },
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    ...{ startedAt: startedAt.toISOString(), finishedAt: finishedAt.toISOString(), commandLine },
    spread: spreads(rows),
    replicas: rows,
    ...describeEnvironment(),
  };
}

function rowOf({ name, seed, values }: PlannedReplica, outcome: ReplicaOutcomes[number]): ReplicaRow {
  const none = { accuracy: null, bestAccuracy: null, epochs: 0, samples: 0, runFolder: null, error: null } as const;
  if (!outcome) return { name, seed, values, status: 'not begun', ...none };
  if ('error' in outcome) return { name, seed, values, status: 'failed', ...none, error: outcome.error };
  const { status, accuracy, bestAccuracy, epochs, samples, error } = outcome.record;
  return { name, seed, values, status, accuracy, bestAccuracy, epochs, samples, runFolder: name, error };
}

function statusOf(rows: readonly ReplicaRow[]): ReplicasRecord['status'] {
  const some = (...wanted: ReplicaRow['status'][]): boolean => rows.some(({ status }) => wanted.includes(status));
  if (some('interrupted', 'not begun')) return 'interrupted';
  if (!some('failed')) return 'complete';
  return some('complete') ? 'partial' : 'failed';
}

/** Values in the order in which they first appear. */
function spreads(rows: readonly ReplicaRow[]): Spread[] {
  const keys = [...new Set(rows.map(({ values }) => JSON.stringify(values)))];
  return keys.map((key) => spreadOf(rows.filter(({ values }) => JSON.stringify(values) === key)));
}

function spreadOf(rows: readonly ReplicaRow[]): Spread {
  const { values } = rows[0]!;
  const reached = rows.flatMap(({ status, accuracy }) => (status === 'complete' ? (accuracy ?? []) : []));
  const count = reached.length;
  if (count === 0) return { values, count, median: null, mean: null, sd: null, min: null, max: null };
  return {
    ...{ values, count, median: median(reached), mean: mean(reached) },
    ...{ sd: count > 1 ? deviation(reached) : null, min: Math.min(...reached), max: Math.max(...reached) },
  };
}
