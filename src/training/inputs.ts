import type { Dataset, Split } from '../../datasets/dataset.js';
import type { Samples } from '../../kernels/online-sgd/contract.js';
import { keyOf, permutation } from '../random.js';
import { UsageError } from '../errors.js';
import type { InputConfig } from './schema.js';

/** How byte codes become network inputs: a value for each of the 256 codes. */
export interface InputTable {
  readonly values: Float32Array;
  /** The commonest code; rows that hold it cost nothing. */
  readonly background: number;
}

/** The table of a data set, from its training images alone. */
export function inputTable(dataset: Dataset, scaling: InputConfig['inputs']): InputTable {
  const histogram = countCodes(dataset.train.codes);
  const background = histogram.indexOf(Math.max(...histogram));
  if (scaling === 'unit')
    return { values: Float32Array.from({ length: 256 }, (_, c) => c / dataset.maxCode), background };
  const { mean, deviation } = moments(histogram);
  return { values: Float32Array.from({ length: 256 }, (_, c) => (c - mean) / (2 * deviation)), background };
}

/** By index: to iterate over a data set's 47 million codes takes six times as long, and every run waits for this. */
function countCodes(codes: Uint8Array): number[] {
  const histogram = new Uint32Array(256);
  const { length } = codes;
  for (let i = 0; i < length; i++) histogram[codes[i]!]!++;
  return Array.from(histogram);
}

/** Mean and population standard deviation over every pixel of every image. */
function moments(histogram: readonly number[]): { mean: number; deviation: number } {
  const total = histogram.reduce((sum, n) => sum + n, 0);
  const mean = histogram.reduce((sum, n, code) => sum + n * code, 0) / total;
  const variance = histogram.reduce((sum, n, code) => sum + n * (code - mean) ** 2, 0) / total;
  return { mean, deviation: Math.sqrt(variance) };
}

export function samplesOf(split: Split, dataset: Dataset, { values, background }: InputTable): Samples {
  const { codes, labels, count } = split;
  return { kind: 'codes', codes, labels, count, features: dataset.features, values, background };
}

/** The training images of every epoch, in file order: all of them, or a keyed random choice. */
export function trainingIndices(dataset: Dataset, config: InputConfig, seed: number): Uint32Array {
  const { count } = dataset.train;
  const wanted = config.trainSubset?.count ?? count;
  if (wanted > count) {
    const what = `dataset.trainSubset.count is ${wanted}, but ${dataset.name} has ${count} training images`;
    throw new UsageError({ where: 'training', what });
  }
  if (wanted === count) return Uint32Array.from({ length: count }, (_, i) => i);
  return permutation(keyOf(seed, 'trainSubset'), count).slice(0, wanted).sort();
}
