import path from 'node:path';
import { type Archive, fetchArchive, fetchCommand, locateArchive, warnOfFolder } from './archive.js';
import { projectRoot } from './places.js';
import type { DataFile, DataSource } from './source.js';

const files: readonly DataFile[] = [
  {
    name: 'dG_increasing.txt',
    bytes: 149273,
    sha256: '13de0e4805aea57f1d94398bbe2eb05b6361bdc765b186556aa152cec5f9c5b3',
  },
  {
    name: 'dG_decreasing.txt',
    bytes: 154695,
    sha256: '260264c2d7eaafd4727e0c8f0df30bc08db5b569c70a3392d8ad0d3526f561be',
  },
];

/** Where the tables may come from, besides the places that the environment names. */
export interface EnodeOrigin {
  /** Base URL of the repository's folder. */
  readonly archive: string;
  /** A folder that may lie beside the project; undefined for none. */
  readonly beside: string | undefined;
}

/** ENODe's tables with the archive that they are searched and downloaded by. */
export interface MeasurementSource extends DataSource {
  readonly archive: Archive;
}

/** The lookup tables ΔG(q | G) of a redox transistor (ENODe), which CrossSim comes with. */
export function enodeFrom(origin: EnodeOrigin): MeasurementSource {
  const name = 'enode';
  const place = { folder: 'enode-lut', beside: origin.beside, mirrors: 'MHO_ENODE_MIRRORS' };
  const archive: Archive = { name, files, url: origin.archive, ...place };
  return {
    ...{ name, files, archive },
    title: 'ENODe lookup tables (CrossSim)',
    description: 'inverse CDF of ΔG against conductance of a redox transistor, 48 bins and 122 probabilities each way',
    licence: 'BSD 3-Clause',
    citation: 'CrossSim V2.0, Sandia National Laboratories (2022), lookup table ENODe',
    source: origin.archive,
    remedy: fetchCommand(archive),
    locate: (options) => locateArchive(archive, options),
    fetch: (options = {}) => {
      warnOfFolder(options);
      return fetchArchive(archive, options);
    },
  };
}

const commit = '39fd461b7d214831ff7deb00f8d8656686f754c4';

export const enode = enodeFrom({
  archive: `https://raw.githubusercontent.com/sandialabs/cross-sim/${commit}/cross_sim/cross_sim/data/lookup_tables/ENODe/`,
  beside: path.join(projectRoot(), '..', 'shared', 'measurements', 'enode-lut'),
});
