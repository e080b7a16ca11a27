import { crossSim, measurementFrom } from './measurement.js';

/** Currents at 0.1 V after each pulse of 39 SET and 40 RESET ramps of a TaOx cell: columns are ramps, rows are pulses. */
export const taoxRamps = measurementFrom(
  {
    name: 'taox-ramps',
    title: 'TaOx ramps (CrossSim)',
    description: 'current at 0.1 V after each pulse of 39 SET and 40 RESET ramps of a TaOx cell',
    licence: 'BSD 3-Clause',
    citation: 'CrossSim V2.0, Sandia National Laboratories (2022), example of lookup tables made of ramps',
    folder: 'taox-ramps',
    mirrors: 'MHO_TAOX_MIRRORS',
    files: [
      {
        name: 'set.csv',
        bytes: 87826,
        sha256: '01911062546c5fae25b5085638a23e01eb1820e5e7d979ade9e80913080654cf',
      },
      {
        name: 'reset.csv',
        bytes: 72217,
        sha256: '76f6ffb42bd0eec1bcd84c40bbf0a9d979587f8c601cc70ed78222a1bab7edb3',
      },
    ],
  },
  crossSim('examples/lookup_table_generation/lookup_table_example', 'taox-ramps'),
);
