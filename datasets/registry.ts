import { UsageError, nearestName } from '../src/errors.js';
import type { Dataset } from './dataset.js';
import { measurements } from './measurements.js';
import { mnist } from './mnist.js';
import { orhd } from './orhd.js';
import type { DataSource, DatasetSource, FileStatus, LoadOptions } from './source.js';

/** The only list of data sets. */
const datasets: readonly DatasetSource[] = [mnist, orhd];

export const datasetNames: readonly string[] = datasets.map(({ name }) => name);

/** Everything that `mho data` keeps: data sets, and the measurements that devices are made of. */
const sources: readonly DataSource[] = [...datasets, ...measurements];

/**
 * The data set of that name.
 * @throws UsageError where there is none, with the nearest name
 */
export function datasetSource(name: string): DatasetSource {
  return named(datasets, name);
}

function named<S extends DataSource>(among: readonly S[], name: string): S {
  const source = among.find((candidate) => candidate.name === name);
  if (source !== undefined) return source;
  const names = among.map((candidate) => candidate.name);
  const nearest = nearestName(name, names);
  const what = `got ${JSON.stringify(name)}, expected one of ${names.join(', ')}`;
  const remedy = nearest === undefined ? 'run `npx mho data list`' : `did you mean ${nearest}?`;
  throw new UsageError({ where: 'dataset', what, remedy });
}

/**
 * Reads a data set, downloading it first where it is not at hand and the network is allowed.
 * @throws UsageError where the name is unknown; RunError where a file is absent, damaged or cannot be downloaded
 */
export function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  return datasetSource(name).load(options);
}

/** A data set or a measurement with what was found of it. */
export interface DatasetReport {
  readonly source: DataSource;
  readonly files: readonly FileStatus[];
  /** A good copy of each file is at hand. */
  readonly present: boolean;
  /** Present, and no damaged copy was met on the way. */
  readonly intact: boolean;
}

/** The data sets and measurements of those names, all of them where none is given, each once. */
export function chosenSources(names: readonly string[]): readonly DataSource[] {
  return names.length === 0 ? sources : [...new Set(names)].map((name) => named(sources, name));
}

/** Looks for every file of a data set and checks its SHA-256, without network. */
export async function reportOf(source: DataSource, options: LoadOptions = {}): Promise<DatasetReport> {
  return reportFrom(source, await source.locate(options));
}

/** Sums up the search for the files of a data set. */
export function reportFrom(source: DataSource, files: readonly FileStatus[]): DatasetReport {
  const present = files.every(({ place }) => place !== undefined);
  return { source, files, present, intact: present && files.every(({ rejected }) => rejected.length === 0) };
}
