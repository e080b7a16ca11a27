import { z } from 'zod';
import { datasetNames, datasetSource } from '../../../datasets/registry.js';
import type { CheckFailure } from '../checks.js';
import type { ConfigPath } from '../place.js';
import { find, toPlain, withEntry, type Mapping, type Tree } from '../tree.js';

const lists = ['evaluateAt', 'weightMaps'] as const;

const count = z.int().min(1);

const lengthSchema = z.object({
  dataset: z.object({ name: z.enum(datasetNames), trainSubset: z.object({ count }).optional() }),
  training: z.object({ epochs: count }),
});

/** Samples that the whole training takes; undefined where a value that decides it is wrong in itself. */
function trainingSamples(plain: unknown): number | undefined {
  const { data } = lengthSchema.safeParse(plain);
  if (!data) return undefined;
  const { dataset, training } = data;
  return (dataset.trainSubset?.count ?? datasetSource(dataset.name).trainImages) * training.epochs;
}

/** Counts of samples at which something is to be recorded, but that the training never reaches. */
export function checkReach(plain: unknown): CheckFailure[] {
  const end = trainingSamples(plain);
  const record = z.object({ record: z.record(z.string(), z.unknown()) }).safeParse(plain).data?.record;
  if (end === undefined || !record) return [];
  return lists.flatMap((name) => {
    const counts = Array.isArray(record[name]) ? (record[name] as unknown[]) : [];
    return counts.flatMap((samples, i) => (isBeyond(samples, end) ? [beyond([name, i], samples, end)] : []));
  });
}

function isBeyond(samples: unknown, end: number): samples is number {
  return typeof samples === 'number' && samples > end;
}

function beyond(at: ConfigPath, samples: number, end: number): CheckFailure {
  const what = `got ${samples}, but the training ends after ${end} samples`;
  return { path: ['record', ...at], what, remedy: `take it out, or raise training.epochs` };
}

/** The values that decide how long the training is. */
const lengthPaths: readonly ConfigPath[] = [
  ['training', 'epochs'],
  ['dataset', 'trainSubset', 'count'],
  ['dataset', 'name'],
];

/**
 * A training that the command line shortens records what it still reaches: the counts of the files that lie beyond its
 * end are left out. Those of a file whose own training is shorter are mistakes, told by `checkReach`.
 */
export function withinReach(root: Mapping): Mapping {
  const fromOption = lengthPaths.some((path) => isOption(find(root, path)));
  const end = fromOption ? trainingSamples(toPlain(root)) : undefined;
  const record = root.entries.get('record');
  if (end === undefined || record?.value.kind !== 'mapping') return root;
  const value = lists.reduce((mapping, name) => shortened(mapping, name, end), record.value);
  return withEntry(root, 'record', { ...record, value });
}

function isOption({ node, complete }: ReturnType<typeof find>): boolean {
  return complete && node.place.kind === 'option';
}

function shortened(record: Mapping, name: (typeof lists)[number], end: number): Mapping {
  const entry = record.entries.get(name);
  if (entry?.value.kind !== 'list' || entry.value.place.kind === 'option') return record;
  const { items, place } = entry.value;
  const kept = items.filter((item) => !isBeyond(toPlain(item), end));
  // Before training and at the end it is looked at in any case.
  const start: Tree = { kind: 'scalar', value: 0, place };
  return withEntry(record, name, { ...entry, value: { ...entry.value, items: kept.length > 0 ? kept : [start] } });
}
