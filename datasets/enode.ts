import {
  crossSim,
  measurementFrom,
  type Measurement,
  type MeasurementOrigin,
  type MeasurementSource,
} from './measurement.js';

const tables: Measurement = {
  name: 'enode',
  title: 'ENODe lookup tables (CrossSim)',
  description: 'inverse CDF of ΔG against conductance of a redox transistor, 48 bins and 122 probabilities each way',
  licence: 'BSD 3-Clause',
  citation: 'CrossSim V2.0, Sandia National Laboratories (2022), lookup table ENODe',
  folder: 'enode-lut',
  mirrors: 'MHO_ENODE_MIRRORS',
  files: [
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
  ],
};

/** The lookup tables ΔG(q | G) of a redox transistor (ENODe), which CrossSim comes with. */
export function enodeFrom(origin: MeasurementOrigin): MeasurementSource {
  return measurementFrom(tables, origin);
}

export const enode = enodeFrom(crossSim('cross_sim/cross_sim/data/lookup_tables/ENODe', 'enode-lut'));
