import type { LookupFit } from '../../device/fit/lookup.js';
import type { LookupCurves } from '../../device/fit/lookup-curves.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import { heldOutNote } from './fit-tables.js';
import { percent, siemens } from './numbers.js';
import type { Table } from './table.js';

/** The tables of a lookup table's report. */
export function lookupTables(fit: LookupFit, { error }: LookupCurves): Table[] {
  const { conductance, cdf } = fit.increasing;
  const rows = branches.map((branch) => [
    branch.toUpperCase(),
    String(fit.steps[branch].all),
    String(fit.steps[branch].fewest),
    String(fit.extrapolated[branch]),
    siemens(fit.noise[branch].programming),
    siemens(fit.noise[branch].read),
    percent(fit.readShare[branch]),
  ]);
  const from = siemens(conductance[0]!);
  const foretold = (value: number | undefined): string => (value === undefined ? 'none: single ramps' : percent(value));
  return [
    {
      title: 'Foretelling ramps',
      head: ['device', 'error on held-out ramps'],
      rows: [
        ['lookup tables (chosen)', foretold(error.table)],
        ['exponential', foretold(error.exponential)],
      ],
      note: heldOutNote,
    },
    {
      title: `Lookup tables: ${conductance.length} bins from ${from} to ${siemens(conductance.at(-1)!)}, ${cdf.length} CDF points`,
      head: [
        'branch',
        'steps',
        'fewest in a bin',
        'bins without',
        'σ of one pulse',
        'σ of one read',
        'read part of variance',
      ],
      rows,
    },
    ...spreadTableOfWalks(fit),
  ];
}

/** Whether cells that walk along the tables spread as the ramps do, whose pulses may not be independent. */
function spreadTableOfWalks(fit: LookupFit): Table[] {
  const rows = branches.flatMap((branch) => {
    const spread = spreadsOf(fit, branch);
    const [h, walked] = [fit.noise[branch].growth, fit.walks[branch].growth];
    if (!spread || h === undefined || walked === undefined) return [];
    return [
      [branch.toUpperCase(), h.toFixed(2), walked.toFixed(2)].concat(
        String(spread.pulses),
        siemens(spread.ramps),
        siemens(spread.walks),
      ),
    ];
  });
  if (rows.length === 0) return [];
  const head = ['branch', 'h of the ramps', 'h of walks', 'pulses n', 'σ of n, ramps', 'σ of n, walks'];
  const note =
    'σ ~ nʰ about the mean, read noise taken off; h = ½ is √n. Walks draw each pulse by itself, as training does, 200 of them from where the ramps start.';
  return [{ title: 'Spread of n pulses', head, rows, note }];
}

/** σ over the largest number of pulses that both were followed over, of ramps with their read noise taken off. */
function spreadsOf({ noise, walks }: LookupFit, branch: Branch) {
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

/** What a reader should know of a lookup table. */
export function lookupRemarks(fit: LookupFit, removed: boolean): string[] {
  const beyond =
    'Between bins and between CDF points kernels interpolate linearly; beyond the first and last bin nothing is extrapolated: the range ends there.';
  const thin = branches.flatMap((branch) =>
    fit.steps[branch].fewest >= 30
      ? []
      : [
          `${branch.toUpperCase()} has bins of fewer than 30 steps, which take the nearest steps beside them; use fewer --bins or more ramps`,
        ],
  );
  const reads = removed
    ? 'Read noise is taken out of the tables (deviations from the mean are narrowed) and stands as readNoise.'
    : 'The tables hold the steps as read, read noise included: in training it would add up like programming noise.';
  return [beyond, reads, ...thin, ...walkRemarks(fit)];
}

/** Part of the ramps' spread below which that of walks is told. */
const tooNarrow = 0.8;

function walkRemarks(fit: LookupFit): string[] {
  return branches.flatMap((branch) => {
    const spread = spreadsOf(fit, branch);
    const growth = fit.noise[branch].growth;
    if (!spread || growth === undefined || spread.walks >= tooNarrow * spread.ramps) return [];
    return [
      `${branch.toUpperCase()} ramps spread as n^${growth.toFixed(2)}, faster than √n: ${spread.pulses} pulses by ${siemens(spread.ramps)}, and along the tables, whose pulses are independent, by ${siemens(spread.walks)}; ramps differ as a whole, which no table holds`,
    ];
  });
}
