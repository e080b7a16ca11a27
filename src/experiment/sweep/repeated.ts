import type { PlainValue } from './schema.js';

/** The places of values that stand for the first time, and what is said of the others. */
export interface Distinct {
  readonly kept: readonly number[];
  readonly note?: string;
}

/**
 * Of axes that step together the steps that were not there before: whole numbers of a range may come to the same, and
 * would be run twice for nothing.
 */
export function distinct(paths: readonly string[], valuesOf: ReadonlyMap<string, readonly PlainValue[]>): Distinct {
  const lists = paths.map((path) => valuesOf.get(path)!);
  const steps = lists[0]!.map((_, i) => JSON.stringify(lists.map((values) => values[i])));
  const seen = new Set<string>();
  const kept = steps.flatMap((step, i) => {
    const isNew = !seen.has(step);
    seen.add(step);
    return isNew ? [i] : [];
  });
  if (kept.length === steps.length) return { kept };
  const what = paths.length > 1 ? 'steps' : 'values';
  return {
    kept,
    note: `${steps.length} ${what}, of which ${steps.length - kept.length} repeat others and are left out`,
  };
}
