import { openOnlineSgd } from '../../ops/online-sgd.js';
import { SharedSessions } from '../../training/shared-sessions.js';
import { failureOf } from '../batch/failure.js';
import { runExperiment, type Shared } from '../run.js';
import type { ReplicaOutcome, ReplicaOutcomes, TrainReplicas } from './outcome.js';

/** Says of an error of one run whether it may be that of what all runs have in common. */
export type IsCommon = () => boolean;

/**
 * Runs experiments at once, which share a session of the kernel: one dispatch, one copy of the data. A single one has its own.
 * @param run - one of them, by its place; it is given what it shares with the others
 * @returns what each came to
 */
export function runTogether<Outcome>(
  count: number,
  shared: Shared,
  run: (place: number, shared: Shared, isCommon: IsCommon) => Promise<Outcome>,
): Promise<Outcome[]> {
  if (count === 1) return Promise.all([run(0, shared, () => false)]);
  // By name: while one run looks for the cause of a standstill, tfjs's active backend is another one.
  const { backend } = shared.chosen;
  const sessions = new SharedSessions(count, (all) => openOnlineSgd(all, { backend }));
  return Promise.all(
    Array.from({ length: count }, (_, place) =>
      run(place, { ...shared, open: (replica) => sessions.open(place, replica) }, () => sessions.failed).finally(() => {
        sessions.leave(place);
      }),
    ),
  );
}

/** Trains all replicas in this process. */
export async function trainTogether(work: TrainReplicas, shared: Shared): Promise<ReplicaOutcomes> {
  const { replicas, folderOf, observe, ended, ...request } = work;
  const train = async (i: number, own: Shared): Promise<ReplicaOutcome> => {
    const replica = replicas[i]!;
    try {
      const { record, runFolder } = await runExperiment({
        ...request,
        experiment: replica.experiment,
        out: folderOf(replica),
        explain: true,
        warn: (message) => request.warn?.(`${replica.name}: ${message}`),
        observe: (event) => {
          observe(i, event);
        },
        shared: own,
      });
      return { record, runFolder };
    } catch (error) {
      return { error: failureOf(error) };
    }
  };
  return runTogether(replicas.length, shared, async (i, own) => {
    const outcome = await train(i, own);
    ended(i, outcome);
    return outcome;
  });
}
