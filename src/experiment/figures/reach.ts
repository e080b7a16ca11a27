import { z } from 'zod';
import { datasetNames, datasetSource } from '../../../datasets/registry.js';
import type { CheckFailure } from '../checks.js';
import type { ConfigPath } from '../place.js';
import { find, toPlain, withEntry, type Mapping, type Tree } from '../tree.js';

const lists = ['evaluateAt', 'weightMaps'] as const;

const count = z.int().min(1);

const lengthSchema = z.object({
  dataset: z.object({ name: z.enum(datasetNames), trainSubset: z.object({ count }).optional() }),
  training: z.object({ epochs: count, samplesPerEpoch: count.optional() }),
});

/** Samples that the whole training takes; undefined where a value that decides it is wrong in itself. */
function trainingSamples(plain: unknown): number | undefined {
  const { data } = lengthSchema.safeParse(plain);
  if (!data) return undefined;
  const { dataset, training } = data;
  const images = dataset.trainSubset?.count ?? datasetSource(dataset.name).trainImages;
  return (training.samplesPerEpoch ?? images) * training.epochs;
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
  return { path: ['record', ...at], what, remedy: 'take it out, or train longer' };
}

/** The values that decide how long the training is. */
const lengthPaths: readonly ConfigPath[] = [
  ['training', 'epochs'],
  ['training', 'samplesPerEpoch'],
  ['dataset', 'trainSubset', 'count'],
  ['dataset', 'name'],
];

/**
 * A training that the command line shortens records what it still reaches: counts of the files that lie beyond its end
 * are left out. So are those of files below the one that shortens it. Others are mistakes, told by `checkReach`.
 */
export function withinReach(root: Mapping): Mapping {
  const record = root.entries.get('record');
  const end = trainingSamples(toPlain(root));
  if (end === undefined || record?.value.kind !== 'mapping') return root;
  const length = Math.max(...lengthPaths.map((path) => heightAt(root, path)));
  const shorter = lists.filter((name) => heightAt(root, ['record', name]) < length);
  const value = shorter.reduce((mapping, name) => shortened(mapping, name, end), record.value);
  return withEntry(root, 'record', { ...record, value });
}

/** How far above the files that are extended a value was written: in those, in the file itself, or on the command line. */
function heightAt(root: Mapping, path: ConfigPath): number {
  const { node, complete } = find(root, path);
  if (!complete) return 0;
  if (node.place.kind === 'option') return 2;
  return root.place.kind === 'file' && node.place.file === root.place.file ? 1 : 0;
}

function shortened(record: Mapping, name: (typeof lists)[number], end: number): Mapping {
  const entry = record.entries.get(name);
  if (entry?.value.kind !== 'list') return record;
  const { items, place } = entry.value;
  const kept = items.filter((item) => !isBeyond(toPlain(item), end));
  // Before training and at the end it is looked at in any case.
  const start: Tree = { kind: 'scalar', value: 0, place };
  return withEntry(record, name, { ...entry, value: { ...entry.value, items: kept.length > 0 ? kept : [start] } });
}
