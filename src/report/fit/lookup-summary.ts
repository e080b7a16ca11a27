import type { LookupFit } from '../../device/fit/lookup.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import type { DeviceTable, LookupResult } from './device-tables.js';
import { heldOutNote } from './fit-tables.js';
import { percent, siemens } from './numbers.js';
import type { Table } from './table.js';

/** Columns that tell of one table. */
const tableHead = [
  ...['steps', 'fewest in a bin', 'bins without', 'σ of one pulse', 'σ of one read', 'read part of variance'],
];

/** The tables of a lookup table's report; of several devices a row for each, and for each file that is written. */
export function lookupTables(fit: LookupResult): Table[] {
  const { devices } = fit;
  if (!devices) return [foretelling(fit), allTable(fit, 'Lookup tables'), ...walkTables([{ fit }])];
  return [
    foretellingOfDevices(fit, devices),
    filesTable(devices),
    allTable(fit, 'All devices together, for comparison: in no file'),
    ...walkTables(devices),
  ];
}

function foretelling({ error }: LookupResult): Table {
  return {
    title: 'Foretelling ramps',
    head: ['device', 'error on held-out ramps'],
    rows: [
      ['lookup tables (chosen)', foretold(error.table)],
      ['exponential', foretold(error.exponential)],
    ],
    note: heldOutNote,
  };
}

function foretellingOfDevices({ error }: LookupResult, devices: readonly DeviceTable[]): Table {
  const rows = [...devices, { name: 'all together', error }].map(({ name, error: own }) => [
    name,
    foretold(own.table),
    foretold(own.exponential),
  ]);
  return {
    title: 'Foretelling ramps: error on held-out ramps',
    head: ['fitted to the ramps of', 'lookup tables', 'exponential'],
    rows,
    note: `${heldOutNote} All together: one pair of tables for every device, which is not what is written.`,
  };
}

function foretold(value: number | undefined): string {
  return value === undefined ? 'none: single ramps' : percent(value);
}

function allTable(fit: LookupFit, what: string): Table {
  const { conductance, cdf } = fit.increasing;
  return {
    title: `${what}: ${conductance.length} bins from ${rangeOf(fit, ' to ')}, ${cdf.length} CDF points`,
    head: ['branch', ...tableHead],
    rows: branches.map((branch) => [branch.toUpperCase(), ...cellsOf(fit, branch)]),
  };
}

/** A row for each file that is written. */
function filesTable(devices: readonly DeviceTable[]): Table {
  const rows = devices.flatMap(({ name, files, ramps, fit }) =>
    (['increasing', 'decreasing'] as const).map((which) => {
      const branch = which === 'increasing' ? 'ltp' : 'ltd';
      return [files[which], name, String(ramps[branch]), rangeOf(fit, ' … '), ...cellsOf(fit, branch)];
    }),
  );
  const { conductance, cdf } = devices[0]!.fit.increasing;
  return {
    title: `Lookup tables as written: ${conductance.length} bins and ${cdf.length} CDF points each`,
    head: ['file', 'device', 'ramps', 'bins', ...tableHead],
    rows,
  };
}

function rangeOf({ increasing: { conductance } }: LookupFit, between: string): string {
  return [conductance[0]!, conductance.at(-1)!].map(siemens).join(between);
}

function cellsOf(fit: LookupFit, branch: Branch): string[] {
  return [
    String(fit.steps[branch].all),
    String(fit.steps[branch].fewest),
    String(fit.extrapolated[branch]),
    siemens(fit.noise[branch].programming),
    siemens(fit.noise[branch].read),
    percent(fit.readShare[branch]),
  ];
}

/** Whether cells that walk along the tables spread as the ramps do, whose pulses may not be independent. */
function walkTables(tables: readonly { readonly name?: string; readonly fit: LookupFit }[]): Table[] {
  const rows = tables.flatMap(({ name, fit }) =>
    branches.flatMap((branch) => {
      const spread = spreadsOf(fit, branch);
      const [h, walked] = [fit.noise[branch].growth, fit.walks[branch].growth];
      if (!spread || h === undefined || walked === undefined) return [];
      return [
        [
          ...(name === undefined ? [] : [name]),
          ...[branch.toUpperCase(), h.toFixed(2), walked.toFixed(2), String(spread.pulses)],
          ...[siemens(spread.ramps), siemens(spread.walks)],
        ],
      ];
    }),
  );
  if (rows.length === 0) return [];
  const columns = ['branch', 'h of the ramps', 'h of walks', 'pulses n', 'σ of n, ramps', 'σ of n, walks'];
  const head = rows[0]!.length > columns.length ? ['device', ...columns] : columns;
  const note =
    'σ ~ nʰ about the mean, read noise taken off; h = ½ is √n. Walks draw each pulse by itself, as training does, 200 of them from where the ramps start.';
  return [{ title: 'Spread of n pulses', head, rows, note }];
}

/** σ [S] over the largest number of pulses that both were followed over, of ramps with their read noise taken off. */
export function spreadsOf({ noise, walks }: LookupFit, branch: Branch) {
  const { spread, read } = noise[branch];
  const last = spread.findLast(({ pulses }) => walks[branch].spread.some((walk) => walk.pulses === pulses));
  const walk = walks[branch].spread.find(({ pulses }) => pulses === last?.pulses);
  if (!last || !walk) return undefined;
  return {
    pulses: last.pulses,
    ramps: Math.sqrt(Math.max(0, last.deviation ** 2 - 2 * read ** 2)),
    walks: walk.deviation,
  };
}
