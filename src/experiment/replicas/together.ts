import { openOnlineSgd } from '../../ops/online-sgd.js';
import { SharedSessions } from '../../training/shared-sessions.js';
import { failureOf } from '../batch/failure.js';
import { runExperiment, type Shared } from '../run.js';
import type { ReplicaOutcome, ReplicaOutcomes, TrainReplicas } from './outcome.js';

/** Trains all replicas in this process, in one session of the kernel: one dispatch, one copy of the data. */
export async function trainTogether(work: TrainReplicas, shared: Shared): Promise<ReplicaOutcomes> {
  const { replicas, folderOf, observe, ended, ...request } = work;
  // By name: while one run looks for the cause of a standstill, tfjs's active backend is another one.
  const { backend } = shared.chosen;
  const sessions = new SharedSessions(replicas.length, (all) => openOnlineSgd(all, { backend }));
  const train = async (i: number): Promise<ReplicaOutcome> => {
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
        shared: { ...shared, open: (of) => sessions.open(i, of) },
      });
      return { record, runFolder };
    } catch (error) {
      return { error: failureOf(error) };
    } finally {
      sessions.leave(i);
    }
  };
  return Promise.all(
    replicas.map(async (_, i) => {
      const outcome = await train(i);
      ended(i, outcome);
      return outcome;
    }),
  );
}
