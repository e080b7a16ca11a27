import { numberOf } from '../expression/values.js';
import { mayDiffer } from '../replicas/plan.js';
import { scalar } from './points.js';
import type { PlainValue } from './schema.js';
import type { Trial } from './trial.js';

/** Trials that one process runs: one, or several that are trained at once on a GPU. */
export interface Batch {
  readonly trials: readonly Trial[];
  /** How often its process was started. */
  readonly starts: number;
}

/** Trials that are trained at once at most, unless told. */
export const mostTogether = 64;

/**
 * Puts trials into batches, in the order of their first ones: those of one kind into equal parts.
 * @param kindOf - equal for trials that can be trained at once; undefined of one that has a process of its own
 * @param most - trials of a batch
 */
export function batchesOf(
  trials: readonly Trial[],
  kindOf: (trial: Trial) => string | undefined,
  most: number,
): Batch[] {
  const kinds = new Map<string, Trial[]>();
  for (const trial of trials) {
    const kind = kindOf(trial) ?? `alone: ${trial.hash}`;
    const known = kinds.get(kind);
    if (known) known.push(trial);
    else kinds.set(kind, [trial]);
  }
  return [...kinds.values()].flatMap((alike) => partsOf(alike, Math.ceil(alike.length / most)));
}

/** Two batches, so that what felled one of many is alone after a few rounds; one of a single trial. */
export function halvesOf(trials: readonly Trial[]): Batch[] {
  return partsOf(trials, Math.min(2, trials.length));
}

/** Parts of which none has more than one trial more than another. */
function partsOf(trials: readonly Trial[], count: number): Batch[] {
  const border = (part: number): number => Math.round((part * trials.length) / count);
  return Array.from({ length: count }, (_, i) => ({ trials: trials.slice(border(i), border(i + 1)), starts: 0 }));
}

/** What a process keeps of one trial alone: ledgers of energies are not kept on a GPU. */
const ownRecords = /^record(\.|\[|$)/;

/**
 * Equal for trials that differ in their seeds, and in numbers that may differ among replicas; undefined of one that is
 * trained alone.
 */
export function kindOf({ point }: Pick<Trial, 'point'>): string | undefined {
  const entries = Object.entries(point);
  if (entries.some(([at]) => ownRecords.test(at))) return undefined;
  const isNumber = (value: PlainValue): boolean => numberOf(scalar(value)) !== undefined;
  return JSON.stringify(entries.map(([at, value]) => (mayDiffer(at) && isNumber(value) ? [at] : [at, value])));
}
