import path from 'node:path';
import type { Experiment } from '../experiment/loader.js';
import { displayPath } from '../experiment/place.js';
import type { ExperimentRequest, FinishedRun } from '../experiment/run.js';
import { interruptedCode, listenForInterrupts } from './interrupt.js';
import { chooseProgress, formatCount, formatPercent, formatTime } from './progress.js';

interface Presentation {
  readonly out: string | undefined;
  readonly offline: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * Runs an experiment before the user's eyes: progress on stderr, the result on stdout, Ctrl-C heard.
 * @returns the exit code
 */
export async function presentRun(
  experiment: Experiment,
  { out, offline, json, quiet }: Presentation,
  run: (request: ExperimentRequest) => Promise<FinishedRun>,
): Promise<number> {
  const progress = chooseProgress(quiet);
  const tell = (message: string): void => {
    progress.tell(message);
  };
  const interrupts = listenForInterrupts(tell);
  try {
    const finished = await run({
      experiment,
      offline,
      out: out === undefined ? undefined : path.resolve(out),
      commandLine: ['mho', ...process.argv.slice(2)],
      signal: interrupts.signal,
      warn: tell,
      observe: (event) => {
        if (event.type === 'start') interrupts.hold();
        progress.observe(event);
      },
    });
    progress.stop();
    console.log(json ? JSON.stringify(summaryOf(finished)) : describeRun(finished));
    return finished.record.status === 'interrupted' ? interruptedCode : 0;
  } finally {
    progress.stop();
    interrupts.dispose();
  }
}

/** The object of `--json`. Accuracies are fractions. */
function summaryOf({ record, runFolder }: FinishedRun) {
  const { experiment, status, backend, seed, epochs, samples, seconds, samplesPerSecond } = record;
  const { initialAccuracy, accuracy, accuracyBeforeHold, retained, evaluatedAtSamples, bestAccuracy, bestEpoch } =
    record;
  const run = { experiment, status, backend, seed, epochs, samples, seconds, samplesPerSecond };
  const accuracies = { initialAccuracy, accuracy, accuracyBeforeHold, retained };
  return { ...run, ...accuracies, evaluatedAtSamples, bestAccuracy, bestEpoch, runFolder };
}

function describeRun({ record, evaluation, runFolder }: FinishedRun): string {
  const { experiment, status, epochs, seconds, samplesPerSecond, backend, seed } = record;
  const rate = samplesPerSecond === null ? '' : `, ${formatCount(samplesPerSecond)} samples/s in training`;
  return [
    `${experiment}: ${status === 'interrupted' ? 'interrupted, ' : ''}${describeAccuracy(record, evaluation)}`,
    `${plural(epochs, 'epoch')} in ${formatTime(seconds)}${rate}; backend ${backend}, seed ${seed}`,
    `run folder: ${displayPath(runFolder)}`,
  ].join('\n');
}

function describeAccuracy(record: FinishedRun['record'], evaluation: FinishedRun['evaluation']): string {
  const { accuracy, accuracyBeforeHold, retained, bestAccuracy, bestEpoch, initialAccuracy } = record;
  if (!evaluation || accuracy === null || bestAccuracy === null || initialAccuracy === null) return 'not evaluated';
  const best = `best ${formatPercent(bestAccuracy)} after epoch ${bestEpoch ?? 0}`;
  const counts = `${evaluation.correct} of ${evaluation.count}`;
  const before = `${formatPercent(initialAccuracy)} before training`;
  if (accuracyBeforeHold === null) return `accuracy ${formatPercent(accuracy)} (${counts}); ${best}; ${before}`;
  const left = retained === null ? '' : `, ${formatPercent(retained)} of the programmed conductance left`;
  const trained = `${formatPercent(accuracyBeforeHold)} when training ended`;
  return `accuracy after the last hold ${formatPercent(accuracy)} (${counts})${left}; ${trained}; ${best}; ${before}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
