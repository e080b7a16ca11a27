import { failureOf } from '../batch/failure.js';
import type { Experiment } from '../loader.js';
import type { RunRecord } from '../record.js';
import { runTogether } from '../replicas/together.js';
import { prepareShared, type Shared } from '../run.js';
import type { Claim } from './claims.js';
import { Departure } from './departure.js';
import { SweepFolder } from './folder.js';
import { TrialRun } from './trial-run.js';
import type { BatchMessage, Task, TrialSaid, stopMessage } from './trial-message.js';

/** A process that runs a batch of trials, all of them at once, and ends. */

const claims = new Map<string, Claim>();
/** What is half made is removed as the process exits. */
const departure = new Departure((code) => process.exit(code));

process.once('message', (message: BatchMessage) => {
  runBatch(message).then(
    () => process.exit(0),
    (error: unknown) => {
      // Told to the parent, which sees to what is left.
      console.error(failureOf(error));
      process.exit(1);
    },
  );
});
process.on('message', (message: BatchMessage | typeof stopMessage) => {
  if ('stop' in message) departure.stop(130);
});
// Ctrl-C and a terminal's end reach every process of it: what they mean is the parent's to say.
for (const name of ['SIGINT', 'SIGHUP'] as const) process.on(name, () => undefined);
process.on('SIGTERM', () => {
  departure.stop(143);
});
// A parent that is gone wants no more.
process.on('disconnect', () => {
  departure.stop(130);
});
process.on('exit', () => {
  for (const claim of claims.values()) claim.release();
});

async function runBatch(message: BatchMessage): Promise<void> {
  const folder = new SweepFolder(message.folder, message.shard);
  const tasks: Task[] = [];
  for (const task of message.tasks) if (await isTaken(folder, task)) tasks.push(task);
  const surroundings = { ...message, folder, departure, together: tasks.length };
  const loaded: Loaded[] = [];
  for (const { trial } of tasks) {
    const run = new TrialRun(trial, surroundings);
    const experiment = await attempt(run, () => run.load());
    if (experiment) loaded.push({ run, experiment });
  }
  if (loaded.length > 0) await trainAll(loaded, message);
}

interface Loaded {
  readonly run: TrialRun;
  readonly experiment: Experiment;
}

/** Takes a trial, unless another process has it or it is over. */
async function isTaken(folder: SweepFolder, { trial: { hash }, again }: Task): Promise<boolean> {
  const claim = folder.claims.take(hash);
  if (claim) claims.set(hash, claim);
  // Looked at only now that nobody else can be about to finish it.
  const over = folder.isFinished(hash) ? 'finished' : folder.isFailed(hash) && !again ? 'failed' : undefined;
  const because = claim ? over : 'held';
  if (because) await conclude({ hash, type: 'passed', because });
  return because === undefined;
}

/** Trains them in one session of the kernel, where there is more than one. */
async function trainAll(loaded: readonly Loaded[], { offline }: BatchMessage): Promise<void> {
  const shared = await prepare(loaded, offline);
  if (!shared) return;
  await runTogether(loaded.length, shared, async (i, own, isCommon) => {
    const { run, experiment } = loaded[i]!;
    const { hash } = run.trial;
    const tell = (progress: object): void => void say({ hash, type: 'progress', ...progress } as TrialSaid);
    const record = await attempt(run, () => run.train(experiment, own, tell), isCommon);
    if (!record) return;
    // Those that share a session can have lost it for no reason of their own.
    if (record.error !== null && isCommon()) await say({ hash, type: 'returned', error: record.error });
    else await finish(run, record);
  });
}

/** One whose folder cannot be put in its place fails by itself, and the others go on. */
async function finish(run: TrialRun, record: RunRecord): Promise<void> {
  const finished = await attempt(run, () => run.finish(record));
  if (finished) await conclude({ hash: run.trial.hash, type: 'over', record: finished });
}

/** What they have in common; where it cannot be had, each hears it. */
async function prepare(loaded: readonly Loaded[], offline: boolean): Promise<Shared | undefined> {
  try {
    return await prepareShared(loaded[0]!.experiment.config, { offline });
  } catch (error) {
    for (const { run } of loaded)
      await attempt(
        run,
        () => Promise.reject(error as Error),
        () => loaded.length > 1,
      );
    return undefined;
  }
}

/**
 * Does a part of a trial, and records it as failed where that throws.
 * @param isCommon - whether the error may be none of the trial's own, which is then returned
 */
async function attempt<T>(
  run: TrialRun,
  part: () => T | Promise<T>,
  isCommon: () => boolean = () => false,
): Promise<T | undefined> {
  const { hash } = run.trial;
  try {
    return await part();
  } catch (error) {
    if (isCommon()) await say({ hash, type: 'returned', error: failureOf(error) });
    else await conclude({ hash, type: 'over', record: run.fail(error) });
    return undefined;
  }
}

/** A trial that this process has nothing more to do with. */
async function conclude(said: TrialSaid): Promise<void> {
  claims.get(said.hash)?.release();
  claims.delete(said.hash);
  await say(said);
}

/** Resolves when it was heard, or nobody is there any more to hear it. */
function say(said: TrialSaid): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      resolve();
    };
    if (process.connected) process.send!(said, heard);
    else resolve();
  });
}
