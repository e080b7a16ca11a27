import type { LayerSnapshot } from '../../training/snapshot.js';
import type { RunOutcome } from '../runner.js';

/** A training that came to nothing: no weight moved, or the network knows no more than chance. */
export interface Standstill {
  /** `still`: no weight moved; `chance`: no epoch came above it; `fell`: one did, and the last did not. */
  readonly kind: 'still' | 'chance' | 'fell';
  /** Accuracies are fractions of the test images. */
  readonly best: number;
  readonly last: number;
  /** What naming the commonest class of the test images gives. */
  readonly commonest: number;
  /** Up to here an accuracy may be chance: three standard errors above {@link commonest}. */
  readonly limit: number;
  readonly epochs: number;
  readonly samples: number;
  /** Of each layer, the part of its weights that ended where they did not begin. */
  readonly moved: readonly number[];
}

/**
 * Whether a training stood still.
 * @param before - the layers before the first sample
 * @param labels - the classes of the test images
 * @returns undefined where the network learned, or nothing was trained
 */
export function standstill(
  before: readonly LayerSnapshot[],
  { metrics, layers, samples }: Pick<RunOutcome, 'metrics' | 'layers' | 'samples'>,
  labels: Uint8Array,
): Standstill | undefined {
  const trained = metrics.slice(1).map(({ accuracy }) => accuracy);
  const last = trained.at(-1);
  if (last === undefined) return undefined;
  const best = Math.max(...trained);
  const { commonest, limit } = chance(labels);
  const moved = layers.map((layer, l) => movedPart(before[l]!, layer));
  const kind = kindOf({ moved, best, last, limit });
  return kind && { kind, best, last, commonest, limit, epochs: trained.length, samples, moved };
}

function kindOf({ moved, best, last, limit }: Pick<Standstill, 'moved' | 'best' | 'last' | 'limit'>) {
  if (moved.every((part) => part === 0)) return 'still';
  if (best <= limit) return 'chance';
  return last <= limit ? 'fell' : undefined;
}

/** What accuracies chance can give. */
export function chance(labels: Uint8Array): Pick<Standstill, 'commonest' | 'limit'> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const commonest = Math.max(...counts.values()) / labels.length;
  return { commonest, limit: commonest + 3 * Math.sqrt((commonest * (1 - commonest)) / labels.length) };
}

/** The part of a layer's cells (of its weights, where it has none) that are not where they were. */
export function movedPart(before: LayerSnapshot, after: LayerSnapshot): number {
  const [from, to] = [before, after].map(({ weights, conductances: { gPlus, gMinus, g } }) => {
    const cells = [gPlus, gMinus, g].filter((array) => array !== undefined);
    return cells.length === 0 ? [weights] : cells;
  }) as [Float32Array[], Float32Array[]];
  const count = from.reduce((sum, { length }) => sum + length, 0);
  const moved = from.reduce((sum, array, a) => sum + array.filter((g, i) => g !== to[a]![i]).length, 0);
  return moved / count;
}
