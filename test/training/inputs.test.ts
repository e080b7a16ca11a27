import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../datasets/dataset.js';
import { inputTable, samplesOf, trainingIndices } from '../../src/training/inputs.js';
import { inputSchema } from '../../src/training/schema.js';
import { momentsOf } from '../device/statistics.js';
import { messageOf } from '../experiment/scratch.js';
import { tinyDataset } from './tiny.js';

function inputsOf(dataset: Dataset, scaling: 'standardize' | 'unit'): Float64Array {
  const { values } = inputTable(dataset, scaling);
  return Float64Array.from(dataset.train.codes, (code) => values[code]!);
}

describe('inputs', () => {
  it('standardised have mean 0 and deviation 1/2 over the training matrix', () => {
    const { mean, deviation } = momentsOf(inputsOf(tinyDataset, 'standardize'));
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(1e-6);
  });

  it('do not look at the test images', () => {
    const bright = { ...tinyDataset.test, codes: tinyDataset.test.codes.map(() => 16) };
    expect(inputTable({ ...tinyDataset, test: bright }, 'standardize')).toEqual(inputTable(tinyDataset, 'standardize'));
  });

  it('of the unit scale run from 0 to 1', () => {
    const { values } = inputTable(tinyDataset, 'unit');
    expect([values[0], values[4], values[16]]).toEqual([0, 0.25, 1]);
  });

  it('have the commonest code as background, whichever it is', () => {
    expect(inputTable(tinyDataset, 'unit').background).toBe(0);
    const codes = tinyDataset.train.codes.map((code) => 16 - code);
    const inverted = { ...tinyDataset, train: { ...tinyDataset.train, codes } };
    expect(inputTable(inverted, 'standardize').background).toBe(16);
  });

  it('go to the kernel as bytes with their table', () => {
    const table = inputTable(tinyDataset, 'standardize');
    const { train } = tinyDataset;
    const expected = { kind: 'codes', ...train, features: 16, values: table.values, background: table.background };
    expect(samplesOf(train, tinyDataset, table)).toEqual(expected);
  });
});

describe('training images', () => {
  const subset = (count: number, seed: number) =>
    trainingIndices(tinyDataset, inputSchema.parse({ trainSubset: { count } }), seed);

  it('are all of them in file order, unless told otherwise', () => {
    const all = Array.from({ length: 400 }, (_, i) => i);
    expect([...trainingIndices(tinyDataset, inputSchema.parse({}), 1)]).toEqual(all);
    expect([...subset(400, 1)]).toEqual(all);
  });

  it('of a subset are sorted, each once, and keyed by the seed', () => {
    const chosen = subset(90, 1);
    expect(chosen).toHaveLength(90);
    expect(chosen.every((index, i) => index < 400 && (i === 0 || index > chosen[i - 1]!))).toBe(true);
    expect(subset(90, 1)).toEqual(chosen);
    expect(subset(90, 2)).not.toEqual(chosen);
  });

  it('cannot be more than there are', () => {
    expect(messageOf(() => subset(401, 1))).toBe(
      'training: dataset.trainSubset.count is 401, but tiny has 400 training images',
    );
  });
});
