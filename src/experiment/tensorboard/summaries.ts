import type { EnergyUse } from '../../training/energy.js';
import { histogramKinds, type Histogram } from '../figures/histograms.js';
import type { EpochMetrics } from '../runner.js';
import { confusionImage } from './confusion-image.js';
import type { Bucket, Summary } from './event-file.js';

/** What TensorBoard shows of a run, and under which names: the same while it goes on and of a run that is over. */

type Value = number | null | undefined;

/** Of the ideal twin. */
const idealPrefix = 'ideal/';

/** A network after a whole epoch. */
export function epochSummaries(
  metrics: Pick<EpochMetrics, 'accuracy' | 'epoch' | 'samplesPerSecond'> & { readonly loss: Value },
): Summary[] {
  const { accuracy, loss, epoch, samplesPerSecond } = metrics;
  return scalars({ accuracy, loss, epoch, samples_per_second: samplesPerSecond });
}

export function idealSummaries({ accuracy, loss }: { readonly accuracy: number; readonly loss: Value }): Summary[] {
  return scalars({ [`${idealPrefix}accuracy`]: accuracy, [`${idealPrefix}loss`]: loss });
}

/** Where epochs are looked into: every evaluation, those after whole epochs too. */
export function withinSummaries(accuracy: number, ideal = false): Summary[] {
  return scalars({ [`${ideal ? idealPrefix : ''}within_epochs/accuracy`]: accuracy });
}

/** Joules of an epoch, by kind. */
export function energySummaries(use: Omit<EnergyUse, 'samples' | 'pulses'>): Summary[] {
  const { potentiation, depression, erasure, forwardReads, backwardReads } = use;
  const joules = { potentiation, depression, erasure, forwardReads, backwardReads };
  return scalars(Object.fromEntries(Object.entries(joules).map(([kind, value]) => [`energy/${kind}_J`, value])));
}

/** Counts; row = true class. */
export function confusionSummary(matrix: readonly (readonly number[])[]): Summary {
  return { kind: 'image', tag: 'confusion', ...confusionImage(matrix) };
}

export function histogramSummary({ layer, kind, low, high, counts }: Histogram): Summary {
  const edge = (i: number): number => (i === counts.length ? high : low + ((high - low) * i) / counts.length);
  return bucketSummary(
    layer,
    kind,
    counts.map((count, i) => ({ low: edge(i), high: edge(i + 1), count })),
  );
}

export function bucketSummary(
  layer: number,
  kind: (typeof histogramKinds)[number],
  buckets: readonly Bucket[],
): Summary {
  return { kind: 'histogram', tag: `layer${layer}/${kind}`, buckets };
}

function scalars(values: Readonly<Record<string, Value>>): Summary[] {
  return Object.entries(values).flatMap(([tag, value]): Summary[] => {
    return value === null || value === undefined ? [] : [{ kind: 'scalar', tag, value }];
  });
}
