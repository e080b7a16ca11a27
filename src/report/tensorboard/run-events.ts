import { histogramKinds } from '../../experiment/figures/histograms.js';
import { wholeSpec } from '../figures/figure.js';
import { confusionFigure } from '../figures/confusion.js';
import { renderPng, renderSvg } from '../render.js';
import { groupsOf } from '../results/groups.js';
import type { EpochRead, RunRead } from '../results/run.js';
import type { Event, Summary } from './event-file.js';

/**
 * What a run kept, as TensorBoard shows it, by samples learnt: accuracy and loss after each epoch and at each evaluation
 * between, the ideal twin's, joules, the confusion matrix at the end, and histograms of the conductances.
 */
export async function runEvents(run: RunRead): Promise<Event[]> {
  const metrics = run.metrics();
  if (metrics.length === 0) return [];
  const started = run.record ? Date.parse(run.record.startedAt) / 1000 : 0;
  const timeAt = clock(metrics, started);
  const bySamples = new Map<number, Summary[]>();
  const add = (samples: number, summary: Summary): void => {
    bySamples.set(samples, [...(bySamples.get(samples) ?? []), summary]);
  };
  const scalar = (samples: number, tag: string, value: number | null | undefined): void => {
    if (value !== null && value !== undefined) add(samples, { kind: 'scalar', tag, value });
  };
  for (const { samples, accuracy, loss, samplesPerSecond, epoch } of metrics) {
    scalar(samples, 'accuracy', accuracy);
    scalar(samples, 'loss', loss);
    scalar(samples, 'epoch', epoch);
    scalar(samples, 'samples_per_second', samplesPerSecond);
  }
  for (const { samples, accuracy, loss } of run.idealMetrics()) {
    scalar(samples, 'ideal/accuracy', accuracy);
    scalar(samples, 'ideal/loss', loss);
  }
  for (const { samples, accuracy } of run.table('recognition-vs-learnings.csv')) {
    scalar(samples!, 'within_epochs/accuracy', accuracy);
  }
  for (const { epoch, ...joules } of run.energy()?.epochs ?? []) {
    const samples = metrics.find((one) => one.epoch === epoch)?.samples;
    for (const [kind, value] of Object.entries(joules)) {
      if (samples !== undefined && kind !== 'samples') scalar(samples, `energy/${kind}_J`, value);
    }
  }
  for (const { samples, ...histogram } of histogramsOf(run)) add(samples, histogram);
  const image = await confusionImage(run);
  if (image) add(metrics.at(-1)!.samples, image);
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

type HistogramAt = Extract<Summary, { kind: 'histogram' }> & { readonly samples: number };

function histogramsOf(run: RunRead): HistogramAt[] {
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
    return { kind: 'histogram', samples: samples!, tag: `layer${layer}/${histogramKinds[cells!]!}`, buckets };
  });
}

/** For the title of the image [px]. */
const imageRoom = 360;

async function confusionImage(run: RunRead): Promise<Summary | undefined> {
  const figure = confusionFigure(groupsOf([run])[0]!);
  if (!figure) return undefined;
  const png = Buffer.from(await renderPng(await renderSvg(wholeSpec(figure, imageRoom))));
  // Width and height are the first two words of a PNG's header.
  return { kind: 'image', tag: 'confusion', png, width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}
