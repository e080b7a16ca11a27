import path from 'node:path';
import { RunError } from '../src/errors.js';
import { type Archive, fetchArchive, fetchCommand, locateArchive, obtain, warnOfFolder } from './archive.js';
import type { Dataset, Split } from './dataset.js';
import { projectRoot } from './places.js';
import type { DataFile, DatasetSource, LoadOptions } from './source.js';

const shape = [8, 8] as const;
const features = shape[0] * shape[1];
const classes = 10;
const maxCode = 16;

/** A file of the archive with the number of its rows. */
interface RowFile extends DataFile {
  readonly rows: number;
}

const trainFile: RowFile = {
  name: 'optdigits.tra',
  bytes: 563639,
  sha256: 'e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd',
  rows: 3823,
};
const testFile: RowFile = {
  name: 'optdigits.tes',
  bytes: 264712,
  sha256: '6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8',
  rows: 1797,
};
const files = [trainFile, testFile] as const;

/** Where the files may come from, besides the places that the environment names. */
export interface OrhdOrigin {
  /** Base URL of the archive. */
  readonly archive: string;
  /** A folder that may lie beside the project; undefined for none. */
  readonly beside: string | undefined;
}

/**
 * ORHD, the UCI set "Optical Recognition of Handwritten Digits": looked for in `$MHO_DATA_DIR`,
 * `$MHO_DATA_DIR/optdigits`, the cache and beside the project, in this order; then downloaded into the cache.
 */
export function orhdFrom(origin: OrhdOrigin): DatasetSource {
  const name = 'orhd';
  const place = { folder: 'optdigits', beside: origin.beside, mirrors: 'MHO_ORHD_MIRRORS' };
  const archive: Archive = { name, files, url: origin.archive, ...place };
  return {
    name,
    title: 'Optical Recognition of Handwritten Digits (UCI)',
    description: '8 x 8 counts of ink in 4 x 4 blocks, 3823 digits to train and 1797 to test, codes 0 to 16',
    licence: 'CC BY 4.0',
    citation: 'E. Alpaydin, C. Kaynak, UCI Machine Learning Repository (1998), doi 10.24432/C50P49',
    source: origin.archive,
    remedy: fetchCommand(archive),
    files,
    features,
    trainImages: trainFile.rows,
    classes,
    locate: (options) => locateArchive(archive, options),
    fetch: (options = {}) => {
      warnOfFolder(options);
      return fetchArchive(archive, options);
    },
    load: (options = {}) => {
      warnOfFolder(options);
      return loadOrhd(archive, options);
    },
  };
}

export const orhd = orhdFrom({
  archive: 'https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/',
  beside: path.join(projectRoot(), '..', 'shared', 'datasets', 'optdigits'),
});

async function loadOrhd(archive: Archive, options: LoadOptions): Promise<Dataset> {
  const [trainCopy, testCopy] = [await obtain(trainFile, archive, options), await obtain(testFile, archive, options)];
  const train = parseOrhd(trainCopy.content.toString('latin1'), trainCopy.place, trainFile.rows);
  const test = parseOrhd(testCopy.content.toString('latin1'), testCopy.place, testFile.rows);
  return { name: 'orhd', train, test, features, shape, classes, maxCode };
}

/**
 * Parses rows of 64 codes 0..16 and a label 0..9, separated by commas.
 * @param where - the file's path, for errors
 * @param rows - number of rows expected
 * @throws RunError with `file:line` where a row is not of that form or the rows are too few or too many
 */
export function parseOrhd(text: string, where: string, rows: number): Split {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const [codes, labels] = [new Uint8Array(lines.length * features), new Uint8Array(lines.length)];
  for (const [i, line] of lines.entries()) {
    const fields = line.split(',');
    if (fields.length !== features + 1) {
      throw badRow(`${where}:${i + 1}`, `got ${fields.length} values, expected ${features + 1}`);
    }
    for (const [j, field] of fields.entries()) {
      const max = j < features ? maxCode : classes - 1;
      const value = parseCode(field, max);
      if (value === undefined) throw badField(`${where}:${i + 1}`, j, field, max);
      if (j < features) codes[i * features + j] = value;
      else labels[i] = value;
    }
  }
  if (lines.length !== rows) throw badRow(where, `got ${lines.length} rows, expected ${rows}`);
  return { codes, labels, count: rows };
}

/** A whole number from 0 to `max` without sign, point or blanks; undefined for anything else. */
function parseCode(text: string, max: number): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value <= max ? value : undefined;
}

function badField(where: string, column: number, text: string, max: number): RunError {
  const name = column < features ? `value ${column + 1}` : 'label';
  return badRow(where, `${name}: got ${JSON.stringify(text)}, expected a whole number from 0 to ${max}`);
}

function badRow(where: string, what: string): RunError {
  return new RunError({ where, what, remedy: 'replace the file with the one of the UCI archive' });
}
