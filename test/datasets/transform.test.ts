import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../datasets/dataset.js';
import { transformDataset } from '../../datasets/transform.js';
import { messageOf } from '../experiment/scratch.js';

/** Two images of 4 x 5 pixels whose codes are their places. */
const split = { codes: Uint8Array.from({ length: 40 }, (_, i) => i), labels: Uint8Array.of(1, 0), count: 2 };
const dataset: Dataset = {
  name: 'places',
  ...{ features: 20, shape: [4, 5] as const, classes: 2, maxCode: 40 },
  train: split,
  test: { codes: split.codes.slice(20), labels: split.labels.slice(1), count: 1 },
};

describe('a transformed data set', () => {
  it('without transforms is the data set itself', () => {
    expect(transformDataset(dataset, {})).toBe(dataset);
  });

  it('keeps the middle of every image, row after row', () => {
    const { train, test, features, shape } = transformDataset(dataset, { crop: [2, 3] });
    const middle = [6, 7, 8, 11, 12, 13];
    expect([...train.codes]).toEqual([...middle, ...middle.map((place) => place + 20)]);
    expect([...test.codes]).toEqual(middle.map((place) => place + 20));
    expect({ features, shape }).toEqual({ features: 6, shape: [2, 3] });
    expect(train.labels).toEqual(split.labels);
  });

  it('whose margins cannot be equal has the smaller ones above and on the left', () => {
    const { test } = transformDataset(dataset, { crop: [1, 2] });
    expect([...test.codes]).toEqual([26, 27]);
  });

  it('cropped to its own size has the same images', () => {
    expect(transformDataset(dataset, { crop: [4, 5] })).toEqual(dataset);
  });

  it('becomes black and white from the threshold on', () => {
    const { train, maxCode } = transformDataset(dataset, { binarize: 0.25 });
    expect([...train.codes]).toEqual(Array.from({ length: 40 }, (_, i) => (i >= 10 ? 40 : 0)));
    expect(maxCode).toBe(40);
  });

  it('leaves the images that it was made of as they are', () => {
    const before = structuredClone(dataset);
    transformDataset(dataset, { crop: [2, 2], binarize: 0.5 });
    expect(dataset).toEqual(before);
  });

  it('cannot be larger than the images', () => {
    expect(messageOf(() => transformDataset(dataset, { crop: [5, 5] }))).toBe(
      'dataset.crop: got 5 x 5, but the images of places have 4 x 5 pixels; crop to less, or leave dataset.crop out',
    );
  });
});
