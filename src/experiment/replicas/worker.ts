import { failureOf } from '../batch/failure.js';
import { runExperiment, type ExperimentRequest, type TrainingEvent } from '../run.js';
import type { ReplicaMessage, stopMessage } from './messages.js';
import type { ReplicaOutcome } from './outcome.js';

/** Least time between two reports of samples done [ms]: between processes each costs as much as many samples. */
const quiet = 250;

/**
 * Makes of this process one that trains the replicas that its parent sends, one after the other, and tells how each goes
 * on. They are run as each would be alone.
 */
export function serveReplicas(of: Pick<ExperimentRequest, 'pictures'>): void {
  let controller = new AbortController();
  process.on('message', (message: ReplicaMessage | typeof stopMessage) => {
    if ('stop' in message) {
      controller.abort();
      return;
    }
    controller = new AbortController();
    void train(message, { ...of, signal: controller.signal }).then((result) => {
      tell({ result });
    });
  });
  // Ctrl-C and a terminal's end reach every process of it: what they mean is the parent's to say.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
  // A parent that is gone wants no more; where it was killed, what it began lies about until the next run finds it.
  process.on('disconnect', () => process.exit());
  // Its terminal may be gone with it.
  process.stderr.on('error', () => undefined);
}

async function train(
  { name, experiment, out, commandLine, offline, threads }: ReplicaMessage,
  of: Pick<ExperimentRequest, 'pictures' | 'signal'>,
): Promise<ReplicaOutcome> {
  let told = 0;
  const observe = (event: TrainingEvent): void => {
    // The outcome holds all weights, which lie in the run folder; its end shows in the result.
    if (event.type === 'end') return;
    if (event.type === 'progress' && performance.now() - told < quiet) return;
    told = performance.now();
    tell({ event });
  };
  const warn = (message: string): void => {
    console.error(`${name}: ${message}`);
  };
  const own = { experiment, out, commandLine, offline, threads, observe, warn, explain: true };
  try {
    const { record, runFolder } = await runExperiment({ ...own, ...of });
    return { record, runFolder };
  } catch (error) {
    return { error: failureOf(error) };
  }
}

/** A parent that was killed hears nothing; that it is gone is told by itself. */
function tell(said: object): void {
  process.send?.(said, undefined, undefined, () => undefined);
}
