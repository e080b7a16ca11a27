import { UsageError } from '../src/errors.js';
import type { Dataset, Split } from './dataset.js';

/** What is done to the images of a data set before anything else looks at them. */
export interface Transform {
  /** Height and width of the middle that is kept, in pixels. */
  readonly crop?: readonly [height: number, width: number] | undefined;
  /** The fraction of the largest code from which on a code becomes the largest; below, it becomes 0. */
  readonly binarize?: number | undefined;
}

/**
 * A data set with its images cropped, then binarised; labels stay. Without either it is the data set itself.
 * @throws UsageError where the crop is larger than the images
 */
export function transformDataset(dataset: Dataset, { crop, binarize }: Transform): Dataset {
  const cropped = crop === undefined ? dataset : cropTo(dataset, crop);
  return binarize === undefined ? cropped : binarized(cropped, binarize);
}

/** Where the margins cannot be equal, the one above and the one on the left are the smaller. */
function cropTo(dataset: Dataset, crop: readonly [number, number]): Dataset {
  const [height, width] = dataset.shape;
  if (crop[0] > height || crop[1] > width) {
    const what = `got ${crop[0]} x ${crop[1]}, but the images of ${dataset.name} have ${height} x ${width} pixels`;
    throw new UsageError({ where: 'dataset.crop', what, remedy: 'crop to less, or leave dataset.crop out' });
  }
  const [top, left] = [Math.floor((height - crop[0]) / 2), Math.floor((width - crop[1]) / 2)];
  const kept = Array.from(
    { length: crop[0] * crop[1] },
    (_, i) => (top + Math.floor(i / crop[1])) * width + left + (i % crop[1]),
  );
  const cut = (split: Split): Split => ({ ...split, codes: pixelsOf(split, dataset.features, kept) });
  return { ...dataset, train: cut(dataset.train), test: cut(dataset.test), features: kept.length, shape: crop };
}

/** The codes of some of each image's pixels, shape [count, kept.length]. */
function pixelsOf({ codes, count }: Split, features: number, kept: readonly number[]): Uint8Array {
  const cut = new Uint8Array(count * kept.length);
  for (let s = 0, to = 0; s < count; s++) for (const pixel of kept) cut[to++] = codes[s * features + pixel]!;
  return cut;
}

function binarized(dataset: Dataset, threshold: number): Dataset {
  const { maxCode } = dataset;
  const bright = (split: Split): Split => ({
    ...split,
    codes: split.codes.map((code) => (code >= threshold * maxCode ? maxCode : 0)),
  });
  return { ...dataset, train: bright(dataset.train), test: bright(dataset.test) };
}
