import path from 'node:path';
import { energyFile } from '../experiment/energy.js';
import { publishedOf } from '../experiment/figures/source.js';
import type { Published } from '../experiment/figures/schema.js';
import type { Experiment } from '../experiment/loader.js';
import { displayPath } from '../experiment/place.js';
import type { ExperimentRequest, FinishedRun } from '../experiment/run.js';
import { labelOf } from '../experiment/schema.js';
import { interruptedCode, listenForInterrupts } from './interrupt.js';
import { energyLines } from './energy-lines.js';
import { retentionLines } from './retention-lines.js';
import { drawRetention } from './retention-pictures.js';
import { chooseProgress, formatCount, formatPercent, formatDuration } from './progress.js';

interface Presentation {
  readonly out: string | undefined;
  readonly threads: number;
  /** Whether the option named them. */
  readonly threadsTold: boolean;
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
  { out, threads, threadsTold, offline, json, quiet }: Presentation,
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
      threads,
      offline,
      out: out === undefined ? undefined : path.resolve(out),
      commandLine: ['mho', ...process.argv.slice(2)],
      signal: interrupts.signal,
      warn: tell,
      explain: true,
      pictures: drawRetention,
      observe: (event) => {
        if (event.type === 'start') interrupts.hold();
        if (event.type === 'start' && event.of === undefined && threadsTold && event.backend !== 'wasm') {
          tell(`--threads changes nothing: there are threads on wasm alone, and this runs on ${event.backend}`);
        }
        progress.observe(event);
      },
    });
    progress.stop();
    const published = publishedOf(experiment.config);
    console.log(json ? JSON.stringify(summaryOf(finished, published)) : describeRun(finished, published));
    return exitCodeOf(finished.record);
  } finally {
    progress.stop();
    interrupts.dispose();
  }
}

/** What failed was told in the run's own words; what was reached lies in its folder. */
function exitCodeOf({ status, error }: FinishedRun['record']): number {
  if (error !== null) console.error(error);
  if (status === 'failed') return 1;
  return status === 'interrupted' ? interruptedCode : 0;
}

/** The object of `--json`. Accuracies are fractions. */
function summaryOf({ record, runFolder, retention, energy }: FinishedRun, published: Published | undefined) {
  const { experiment, otherDevice, status, error, backend, backendReason, threads, threadShare, seed } = record;
  const { epochs, samples, seconds, samplesPerSecond } = record;
  const { initialAccuracy, accuracy, accuracyBeforeHold, retained, evaluatedAtSamples, bestAccuracy, bestEpoch } =
    record;
  const run = { experiment, otherDevice, status, error, backend, backendReason, threads, threadShare, seed };
  const extent = { epochs, samples, seconds, samplesPerSecond };
  const accuracies = { initialAccuracy, accuracy, accuracyBeforeHold, retained };
  const best = { evaluatedAtSamples, bestAccuracy, bestEpoch };
  const study = retention?.points ?? null;
  return {
    ...run,
    ...extent,
    ...accuracies,
    ...best,
    ideal: record.ideal,
    retention: study,
    energy: energy ? energyFile(energy) : null,
    published: fractionsOf(published),
    warnings: record.warnings,
    runFolder,
  };
}

function fractionsOf(published: Published | undefined) {
  if (!published) return null;
  const { accuracy, ideal, untrained, epochs, source } = published;
  const fractions = { accuracy: accuracy?.value, ideal: ideal?.value, untrained: untrained?.value };
  return { ...fractions, epochs, source };
}

function describeRun(
  { record, evaluation, retention, energy, runFolder }: FinishedRun,
  published: Published | undefined,
): string {
  const { experiment: name, status, epochs, seconds, samplesPerSecond, backend, backendReason, seed } = record;
  const experiment = labelOf({ name, otherDevice: record.otherDevice ?? undefined });
  const rate = samplesPerSecond === null ? '' : `, ${formatCount(samplesPerSecond)} samples/s in training`;
  return [
    `${experiment}: ${status === 'complete' ? '' : `${status}, `}${describeAccuracy(record, evaluation)}`,
    ...describeIdeal(record),
    ...describePublished(published),
    ...retentionLines(retention?.points ?? []),
    ...energyLines(energy),
    `${plural(epochs, 'epoch')} in ${formatDuration(seconds)}${rate}; backend ${backend} (${backendReason})${threadsUsed(record)}, seed ${seed}`,
    `run folder: ${displayPath(runFolder)}`,
  ].join('\n');
}

function threadsUsed({ threads, threadShare }: FinishedRun['record']): string {
  return threads === 1 ? '' : `, ${threads} threads (${formatPercent(threadShare)} of the samples together)`;
}

function describeIdeal({ ideal, accuracy }: FinishedRun['record']): string[] {
  if (!ideal) return [];
  if (ideal.accuracy === null || accuracy === null) return [`ideal twin: ${ideal.status}, not evaluated`];
  if (ideal.status !== 'complete') {
    return [
      `ideal twin: ${ideal.status}, accuracy ${formatPercent(ideal.accuracy)} after ${plural(ideal.epochs, 'epoch')}`,
    ];
  }
  const gap = 100 * (ideal.accuracy - accuracy);
  const side = gap < 0 ? 'below' : 'above';
  return [`ideal twin: accuracy ${formatPercent(ideal.accuracy)}, ${Math.abs(gap).toFixed(2)} points ${side}`];
}

/** What the paper states, in its own digits; nothing where it states nothing of this device. */
function describePublished(published: Published | undefined): string[] {
  if (!published) return [];
  const { accuracy, ideal, untrained, epochs, source } = published;
  if (!accuracy && !untrained) return [];
  const parts = [
    accuracy ? [`${accuracy.printed}${epochs === undefined ? '' : ` after ${plural(epochs, 'epoch')}`}`] : [],
    ideal ? [`ideal ${ideal.printed}`] : [],
    untrained ? [`${untrained.printed} before training`] : [],
  ].flat();
  return [`paper ${parts.join('; ')} (${source})`];
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
