import path from 'node:path';
import { type Archive, fetchArchive, fetchCommand, locateArchive, warnOfFolder } from './archive.js';
import { projectRoot } from './places.js';
import type { DataFile, DataSource } from './source.js';

/** Where a measurement may come from, besides the places that the environment names. */
export interface MeasurementOrigin {
  /** Base URL of the repository's folder. */
  readonly archive: string;
  /** A folder that may lie beside the project; undefined for none. */
  readonly beside: string | undefined;
}

/** A measurement with the archive that it is searched and downloaded by. */
export interface MeasurementSource extends DataSource {
  readonly archive: Archive;
}

/** What a measurement is, wherever it comes from. */
export interface Measurement extends Pick<DataSource, 'name' | 'title' | 'description' | 'licence' | 'citation'> {
  readonly files: readonly DataFile[];
  /** Name of its folder in `$MHO_DATA_DIR` and in the cache. */
  readonly folder: string;
  /** Environment variable of mirrors. */
  readonly mirrors: string;
}

/** Makes a source of a measurement: it is searched, checked and downloaded as data sets are. */
export function measurementFrom(
  { folder, mirrors, ...what }: Measurement,
  { archive: url, beside }: MeasurementOrigin,
): MeasurementSource {
  const archive: Archive = { name: what.name, files: what.files, url, folder, beside, mirrors };
  return {
    ...what,
    archive,
    source: url,
    remedy: fetchCommand(archive),
    locate: (options) => locateArchive(archive, options),
    fetch: (options = {}) => {
      warnOfFolder(options);
      return fetchArchive(archive, options);
    },
  };
}

/** The commit of CrossSim V2.0 that measurements are taken from. */
const commit = '39fd461b7d214831ff7deb00f8d8656686f754c4';

/** A folder of CrossSim's repository, and the one that may lie beside the project. */
export function crossSim(folder: string, beside: string): MeasurementOrigin {
  return {
    archive: `https://raw.githubusercontent.com/sandialabs/cross-sim/${commit}/${folder}/`,
    beside: path.join(projectRoot(), '..', 'shared', 'measurements', beside),
  };
}
