import { histogramKinds } from '../../experiment/figures/histograms.js';
import type { Event, Summary } from '../../experiment/tensorboard/event-file.js';
import {
  bucketSummary,
  confusionSummary,
  energySummaries,
  epochSummaries,
  idealSummaries,
  withinSummaries,
} from '../../experiment/tensorboard/summaries.js';
import type { EpochRead, RunRead } from '../results/run.js';

/**
 * What a run kept, as TensorBoard shows it, by samples learnt: accuracy and loss after each epoch and at each evaluation
 * between, the ideal twin's, joules, the confusion matrix at the end, and histograms of the conductances.
 */
export function runEvents(run: RunRead): Event[] {
  const metrics = run.metrics();
  if (metrics.length === 0) return [];
  const started = run.record ? Date.parse(run.record.startedAt) / 1000 : 0;
  const timeAt = clock(metrics, started);
  const bySamples = new Map<number, Summary[]>();
  const add = (samples: number, summaries: readonly Summary[]): void => {
    bySamples.set(samples, [...(bySamples.get(samples) ?? []), ...summaries]);
  };
  for (const epoch of metrics) add(epoch.samples, epochSummaries(epoch));
  for (const epoch of run.idealMetrics()) add(epoch.samples, idealSummaries(epoch));
  for (const { samples, accuracy, ideal_accuracy: ideal } of run.table('recognition-vs-learnings.csv')) {
    add(samples!, [...withinSummaries(accuracy!), ...(ideal === undefined ? [] : withinSummaries(ideal, true))]);
  }
  for (const use of run.energy()?.epochs ?? []) {
    const samples = metrics.find(({ epoch }) => epoch === use.epoch)?.samples;
    if (samples !== undefined) add(samples, energySummaries(use));
  }
  for (const { samples, summary } of histogramsOf(run)) add(samples, [summary]);
  const confusion = run.confusion();
  if (confusion) add(metrics.at(-1)!.samples, [confusionSummary(confusion)]);
  const steps = [...bySamples].sort(([a], [b]) => a - b);
  return steps.map(([step, summaries]) => ({ step, summaries, time: timeAt(step) }));
}

/** When so many samples had been learnt: training alone, at an even rate within an epoch. */
function clock(metrics: readonly EpochRead[], started: number): (samples: number) => number {
  let at = started;
  const times = metrics.map(({ samples, trainSeconds }) => ({ samples, time: (at += trainSeconds) }));
  return (samples) => {
    const next = times.findIndex((one) => one.samples >= samples);
    const [after, before] = [times[next] ?? times.at(-1)!, times[next - 1]];
    if (!before || after.samples === before.samples) return after.time;
    return before.time + ((samples - before.samples) / (after.samples - before.samples)) * (after.time - before.time);
  };
}

function histogramsOf(run: RunRead): { readonly samples: number; readonly summary: Summary }[] {
  // What was left alone after training has no step of its own.
  const rows = run.table('histograms.csv').filter(({ held = 0 }) => held === 0);
  const groups = new Map<string, typeof rows>();
  for (const row of rows) {
    const key = `${row.samples} ${row.layer} ${row.cells}`;
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].map((bins) => {
    const { samples, layer, cells } = bins[0]!;
    const buckets = bins.map(({ low, high, count }) => ({ low: low!, high: high!, count: count! }));
    return { samples: samples!, summary: bucketSummary(layer!, histogramKinds[cells!]!, buckets) };
  });
}
