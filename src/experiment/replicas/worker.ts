import { failureOf } from '../batch/failure.js';
import { runExperiment, type TrainingEvent } from '../run.js';
import type { ReplicaMessage, stopMessage } from './messages.js';
import type { ReplicaOutcome } from './outcome.js';

/** A process that trains the replicas that its parent sends, one after the other, and tells how each goes on. */

/** Least time between two reports of samples done [ms]: between processes each costs as much as many samples. */
const quiet = 250;

let controller = new AbortController();

async function train({ experiment, out, commandLine, offline }: ReplicaMessage): Promise<ReplicaOutcome> {
  let told = 0;
  const observe = (event: TrainingEvent): void => {
    // The outcome holds all weights, which lie in the run folder; its end shows in the result.
    if (event.type === 'end') return;
    if (event.type === 'progress' && performance.now() - told < quiet) return;
    told = performance.now();
    process.send?.({ event });
  };
  const warn = (message: string): void => {
    console.error(`${experiment.config.name}, seed ${experiment.config.seed}: ${message}`);
  };
  try {
    const { signal } = controller;
    const { record, runFolder } = await runExperiment({ experiment, out, commandLine, offline, observe, warn, signal });
    return { record, runFolder };
  } catch (error) {
    return { error: failureOf(error) };
  }
}

process.on('message', (message: ReplicaMessage | typeof stopMessage) => {
  if ('stop' in message) {
    controller.abort();
    return;
  }
  controller = new AbortController();
  void train(message).then((result) => process.send?.({ result }));
});
// Ctrl-C reaches every process of a terminal: what it means is the parent's to say.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// A parent that is gone wants no more.
process.on('disconnect', () => process.exit());
