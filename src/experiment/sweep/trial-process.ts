import os from 'node:os';
import path from 'node:path';
import { MhoError, RunError } from '../../errors.js';
import { failureOf } from '../batch/failure.js';
import { loadExperiment } from '../loader.js';
import { runExperiment, type TrainingEvent } from '../run.js';
import type { Claim } from './claims.js';
import { SweepFolder, experimentFile } from './folder.js';
import { identityOf } from './identity.js';
import { overridesOf } from './load.js';
import { TrialKeeper } from './trial-keeper.js';
import { resultOf, type TrialRecord } from './trial.js';
import type { TrialMessage, TrialSaid, stopMessage } from './trial-message.js';

/** A process that runs one trial and ends. */

/** Least time between two reports of an epoch [ms]. */
const quiet = 250;

let claim: Claim | undefined;
/** Of the trial that trains. */
let keeper: TrialKeeper | undefined;

process.once('message', (message: TrialMessage) => {
  void main(message);
});
process.on('message', (message: TrialMessage | typeof stopMessage) => {
  if ('stop' in message) stop(130);
});
// Ctrl-C reaches every process of a terminal: what it means is the parent's to say.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => {
  stop(143);
});
// A parent that is gone wants no more.
process.on('disconnect', () => {
  stop(130);
});
process.on('exit', () => claim?.release());

/** Where it trains that is kept; what is half made is removed as the process exits. */
function stop(code: number): void {
  if (keeper) keeper.stop(code);
  else process.exit(code);
}

async function main(message: TrialMessage): Promise<void> {
  const { folder: place, shard, trial, again } = message;
  const folder = new SweepFolder(place, shard);
  claim = folder.claims.take(trial.hash);
  if (!claim) end({ type: 'passed', because: 'held' });
  // Looked at only now that nobody else can be about to finish it.
  else if (folder.isFinished(trial.hash)) end({ type: 'passed', because: 'finished' });
  else if (folder.isFailed(trial.hash) && !again) end({ type: 'passed', because: 'failed' });
  else await attempt(folder, message);
}

async function attempt(folder: SweepFolder, message: TrialMessage): Promise<void> {
  try {
    folder.clear(message.trial.hash);
    keeper = new TrialKeeper(folder.checkpoint(message.trial.hash), (code) => process.exit(code));
    folder.noteStart(message.trial.hash, keeper.from?.run.trainer.samples ?? 0);
    const record = await run(folder, message);
    folder.keep(record);
    end({ type: 'over', record });
  } catch (error) {
    // Told to the parent, which records it, with all that was said before.
    console.error(failureOf(error));
    process.exit(error instanceof MhoError ? error.exitCode : 1);
  }
}

async function run(folder: SweepFolder, message: TrialMessage): Promise<TrialRecord> {
  const { trial, cwd, code, offline, commandLine } = message;
  const { hash, point, seed } = trial;
  const started = new Date();
  const overrides = overridesOf({ ...point, seed }, (name) => `--set ${name}`);
  const { config, resolved } = loadExperiment(folder.file(experimentFile), { overrides, cwd });
  requireSame(identityOf(resolved, code), hash, folder);
  // Trials share the processor's cores, one each, and would only queue for a GPU.
  const backend = config.backend === 'auto' ? 'wasm' : config.backend;
  const { record } = await runExperiment({
    ...{ experiment: { config: { ...config, backend }, resolved }, commandLine, offline, threads: 1, keeper },
    out: folder.runningFolder(hash),
    observe: reporter(config.training.epochs),
    warn: (text) => {
      console.error(text);
    },
  });
  const failed = record.error !== null;
  return {
    ...trial,
    ...{ status: failed ? 'failed' : 'finished', exitCode: failed ? 1 : 0, signal: null, error: record.error },
    ...{ result: resultOf(record), code, host: os.hostname() },
    // From the start of the process, whatever it loaded before it was told what to do.
    started: new Date(Date.now() - process.uptime() * 1000).toISOString(),
    seconds: Math.max(process.uptime(), (Date.now() - started.getTime()) / 1000),
  };
}

/** What is trained must be what it is named after, whoever changed a file meanwhile. */
function requireSame(found: string, hash: string, folder: SweepFolder): void {
  if (found === hash) return;
  const what = `with this point is the trial ${found}, expected ${hash}`;
  const remedy = 'a file that it names, or the code, has changed since the sweep began; start the sweep again';
  throw new RunError({ where: path.basename(folder.path) + '/' + experimentFile, what, remedy });
}

function reporter(epochs: number): (event: TrainingEvent) => void {
  let [told, accuracy] = [0, null as number | null];
  return (event) => {
    if (event.of !== undefined || event.type !== 'epoch') return;
    accuracy = event.metrics.accuracy;
    if (performance.now() - told < quiet) return;
    told = performance.now();
    say({ type: 'progress', epoch: event.metrics.epoch, epochs, accuracy });
  };
}

function say(said: TrialSaid): void {
  process.send?.(said);
}

/** Says its last word, and ends when it was heard. */
function end(said: TrialSaid): void {
  claim?.release();
  claim = undefined;
  process.send!(said, () => process.exit(0));
}
