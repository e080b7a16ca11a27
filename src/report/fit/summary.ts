import type { Estimate } from '../../device/fit/bootstrap.js';
import type { RampFit } from '../../device/fit/estimate.js';
import type { LookupFit } from '../../device/fit/lookup.js';
import type { LookupCurves } from '../../device/fit/lookup-curves.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import { extentOf } from '../../statistics/extent.js';
import { formatQuantity } from '../../units.js';

/** A table of the report: a title, and rows of cells. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What its figures mean, below it. */
  readonly note?: string | undefined;
}

const percent = (fraction: number, digits = 3): string => `${Number((100 * fraction).toPrecision(digits))} %`;
const plain = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '∞');
/** Conductances below this are what arithmetic leaves of 0. */
const nothing = 1e-17;
const siemens = (value: number): string => formatQuantity(Math.abs(value) < nothing ? 0 : value, 'conductance');

/** How each parameter is named and written. */
const labels: Readonly<Record<string, readonly [label: string, write: (value: number) => string]>> = {
  start: ['start', siemens],
  end: ['end', siemens],
  alpha: ['α = Pmax/A', plain],
  label: ['nonlinearity label NL', plain],
  a: ['A/Pmax', plain],
  A: ['A (pulses)', plain],
  bound: ['bound', siemens],
  s: ['s, part of the room per pulse', plain],
  step: ['step of one pulse', siemens],
  gamma: ['exponent γ', plain],
  states: ['pulses over the range at the mean step', plain],
  programmingNoise: ['σ of one pulse, programming', siemens],
  readNoise: ['σ of one read', siemens],
  growth: ['exponent h of spread ~ nʰ (√n: 0.5)', plain],
};

const deviceLabels: Readonly<Record<string, readonly [string, (value: number) => string]>> = {
  gMin: ['gMin', siemens],
  gMax: ['gMax', siemens],
  onOffRatio: ['on/off ratio', plain],
  'device.states.ltp': ['states, LTP (before rounding)', plain],
  'device.states.ltd': ['states, LTD (before rounding)', plain],
  'device.label.ltp': ['nonlinearity label, LTP', plain],
  'device.label.ltd': ['nonlinearity label, LTD', plain],
  'device.gamma.ltp': ['exponent γ, LTP', plain],
  'device.gamma.ltd': ['exponent γ, LTD', plain],
  cycleToCycle: ['cycleToCycle (of the range)', (value) => percent(value)],
  readNoise: ['readNoise (of the conductance)', (value) => percent(value)],
};

/** The tables of a fit's report. */
export function fitTables(fit: RampFit): Table[] {
  return [
    candidateTable(fit),
    deviceTable(fit),
    ...branches.map((branch) => branchTable(fit, branch)),
    ...spreadTable(fit),
  ];
}

const heldOutNote =
  'Error: root mean square distance from the mean curves of ramps that a fit was not made of, as a part of the conductances measured.';

function candidateTable({ candidates, model }: RampFit): Table {
  const rows = candidates.map(({ name, parameters, error, excess, excessError, limits }) => [
    name === model ? `${name} (chosen)` : name,
    String(parameters),
    percent(error),
    aboveLeast(excess, excessError),
    ...(limits.length === 0 ? [] : [`at the limit of the search: ${limits.join(', ')}`]),
  ]);
  const remarked = candidates.some(({ limits }) => limits.length > 0);
  const note =
    `${heldOutNote} ` +
    'Above the least: of squared errors, in its own standard errors over the parts that were held out; up to 1 is as good.';
  const head = ['model', 'parameters', 'error on held-out ramps', 'above the least', ...(remarked ? ['remark'] : [])];
  return { title: 'Models', head, rows: rows.map((row) => (row.length < head.length ? [...row, ''] : row)), note };
}

function aboveLeast(excess: number, error: number): string {
  if (excess === 0) return 'least';
  const times = excess / error;
  return Number.isFinite(times) ? `${times < 10 ? times.toFixed(1) : Math.round(times)} standard errors` : '-';
}

function deviceTable(fit: RampFit): Table {
  const rows = Object.entries(deviceLabels).flatMap(([key, [label, write]]) => {
    const estimate = fit.estimates[key];
    return estimate ? [estimateRow(label, estimate, write)] : [];
  });
  return {
    title: 'Device',
    head: ['parameter', 'value', intervalHead(fit)],
    rows: [...rows, ['levels two noise σ apart', levelsWords(levelsApart(fit)), '']],
  };
}

function branchTable(fit: RampFit, branch: Branch): Table {
  const { pulses, ramps } = fit.curves[branch];
  const rows = Object.entries(labels).flatMap(([key, [label, write]]) => {
    const estimate = fit.estimates[`${branch}.${key}`];
    return estimate ? [estimateRow(label, estimate, write)] : [];
  });
  const noise = fit.noise[branch];
  return {
    title: `${branch.toUpperCase()}: ${ramps} ${ramps === 1 ? 'ramp' : 'ramps'} of ${pulses} ${pulses === 1 ? 'pulse' : 'pulses'}`,
    head: ['parameter', 'value', intervalHead(fit)],
    rows: [
      ...rows,
      ['correlation of consecutive steps', plain(noise.lagOne), ''],
      ['σ of steps shared by a whole ramp', siemens(noise.rampToRamp), ''],
      ['mean − model, root mean square', percent(fit.misfit[branch]), ''],
    ],
  };
}

function spreadTable({ spread, device }: RampFit): Table[] {
  if (!spread) return [];
  const of = device.alpha ? 'label NL' : 'step size, relative';
  const names = { ltp: `LTP ${of}`, ltd: `LTD ${of}`, gMin: 'gMin, of the range', gMax: 'gMax, of the range' };
  const rows = (['ltp', 'ltd', 'gMin', 'gMax'] as const).map((key) => {
    const { sigma, error } = spread.sigma[key];
    return [names[key], plain(sigma), `± ${plain(error)}`];
  });
  return [{ title: `Device to device: ${spread.count} devices`, head: ['σ of', 'value', 'standard error'], rows }];
}

function intervalHead({ options }: RampFit): string {
  return `${plain(100 * options.confidence)} % interval`;
}

function estimateRow(label: string, { value, low, high }: Estimate, write: (value: number) => string): string[] {
  return [label, write(value), low === null || high === null ? 'none' : `${write(low)} … ${write(high)}`];
}

/** 1 + range/(2σ), σ of one pulse and one read together; infinite where the file says no noise. */
export function levelsApart({ device, noise }: RampFit): number {
  if (device.cycleToCycle === 0 && device.readNoise === 0) return Infinity;
  const sigma =
    Math.hypot(...branches.flatMap((branch) => [noise[branch].programming, noise[branch].read])) / Math.SQRT2;
  return Math.floor(1 + (device.gMax - device.gMin) / (2 * sigma));
}

function levelsWords(levels: number): string {
  return Number.isFinite(levels) ? String(levels) : 'no noise seen';
}

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

/** Ranges wider than what was measured by this factor are mostly a model's own. */
const farBeyond = 1.5;

/** What should keep a reader from using a fit as it is. */
export function fitWarnings({
  device,
  curves,
  model,
  limits,
}: Pick<RampFit, 'device' | 'curves' | 'model' | 'limits'>): string[] {
  const measured = branches.flatMap((branch) => [...curves[branch].mean]);
  const [low, high] = extentOf(measured);
  const { gMin, gMax } = device;
  const at = limits.length === 0 ? [] : [`${limits.join(', ')} of ${model} ran to the limit of the search`];
  const wide = gMax - gMin > farBeyond * (high - low) || gMin < low / 2 || gMax > 2 * high;
  const range = `the device's range, ${siemens(gMin)} to ${siemens(gMax)}, reaches far beyond the ${siemens(low)} to ${siemens(high)} that were measured`;
  const remedy = 'use another --model, or measure ramps that come nearer to their ends';
  return [...at, ...(wide ? [range] : [])].map((text) => `${text}: ${remedy}`);
}

/** What a reader should know before using a fit. */
export function fitRemarks(fit: RampFit): string[] {
  return [
    ...stoppedRemarks(fit),
    ...hiddenBoundRemarks(fit),
    ...limitRemarks(fit),
    ...misfitRemarks(fit),
    ...rangeRemarks(fit),
    ...noiseRemarks(fit),
    ...spreadRemarks(fit),
  ];
}

function stoppedRemarks({ stopped, model, curves }: RampFit): string[] {
  if (!stopped) return [];
  const { low, high, share, freed } = stopped;
  const bounds = [low, high].flatMap((bound) => (bound === undefined ? [] : [siemens(bound)])).join(' and ');
  const seen =
    `${percent(share.ltp, 2)} of the LTP readings and ${percent(share.ltd, 2)} of the LTD readings stand at ${bounds}: ` +
    'taken for hard bounds of the cell, and steps are fitted as stopped there; if the meter was what stopped, measure in a wider range';
  if (model !== 'exponential') return [seen];
  const each = branches.map((branch) => {
    const name = branch.toUpperCase();
    return freed.includes(branch)
      ? `${name} does not lead from bound to bound in ${curves[branch].pulses} pulses: its label and states follow from the steps near the bound, and only together; ramps of as many pulses as just reach the bound tell them apart`
      : `${name} label and states are of a curve that leads from bound to bound in the ${curves[branch].pulses} pulses of its ramps`;
  });
  return [seen, ...each];
}

/**
 * Noise that presses cells against a hard bound keeps their mean inside it by about one pulse's noise, and under read noise
 * no reading repeats the bound. Such ramps level off as those of cells do that saturate by themselves.
 */
export function hiddenBoundRemarks({
  fitted,
  noise,
  stopped,
}: Pick<RampFit, 'fitted' | 'noise' | 'stopped'>): string[] {
  return branches.flatMap((branch) => {
    const { programming, read } = noise[branch];
    const step = Math.abs(fitted[branch].at(-1)! - fitted[branch].at(-2)!);
    const [end, bound] = branch === 'ltp' ? ['gMax', stopped?.high] : ['gMin', stopped?.low];
    if (bound !== undefined || read === 0 || step >= programming) return [];
    return [
      `${branch.toUpperCase()} ends with steps of ${siemens(step)}, less than the noise of a pulse (${siemens(programming)}): were cells stopped there by a hard bound, read noise would hide it and ${end} lie inside it by about as much; ramps that stop earlier, or averaged reads, would tell`,
    ];
  });
}

function limitRemarks({ limits, model }: RampFit): string[] {
  if (limits.length === 0) return [];
  const what = `${limits.join(', ')} ${limits.length === 1 ? 'lies' : 'lie'} at the limit of the search`;
  return [`${what}: ${model} does not describe these ramps, and intervals of such values say nothing`];
}

function misfitRemarks({ misfit, curves, model, device }: RampFit): string[] {
  return branches.flatMap((branch) => {
    const { deviation, ramps } = curves[branch];
    const noise = deviation.reduce((sum, d) => sum + d, 0) / deviation.length / Math.sqrt(ramps);
    if (misfit[branch] < 0.01 || misfit[branch] * (device.gMax - device.gMin) < 3 * noise) return [];
    const by = percent(misfit[branch], 2);
    return [
      `${branch.toUpperCase()} departs from ${model} by ${by} of the range; --model lookup-table follows any curve`,
    ];
  });
}

function rangeRemarks({ estimates, device, options, model }: RampFit): string[] {
  const at = (name: string): number => estimates[name]!.value;
  const gap = (a: string, b: string): number => (at(a) - at(b)) / (device.gMax - device.gMin);
  const [top, bottom] = [gap('ltp.end', 'ltd.start'), gap('ltp.start', 'ltd.end')];
  const ends =
    `LTP ends at ${siemens(at('ltp.end'))} and LTD starts at ${siemens(at('ltd.start'))} (${percent(top)} of the range); ` +
    `LTD ends at ${siemens(at('ltd.end'))} and LTP starts at ${siemens(at('ltp.start'))} (${percent(bottom)})`;
  if (model === 'soft-bounds' || model === 'power')
    return [`${ends}. The device's range lies between the fitted bounds.`];
  const rule =
    options.range === 'overlap'
      ? 'The device has the range that both cover, where every step was measured'
      : 'The device has the range that either covers; where one branch was not measured its curve is continued';
  return [`${ends}. ${rule}.`, ...roundingRemarks(device)];
}

function roundingRemarks({ states, exactStates }: RampFit['device']): string[] {
  return branches.flatMap((branch) => {
    const off = states[branch] / exactStates[branch] - 1;
    if (Math.abs(off) < 0.02) return [];
    return [
      `${branch.toUpperCase()} takes ${plain(exactStates[branch])} pulses, rounded to ${states[branch]}: its steps change by ${percent(-off, 2)}`,
    ];
  });
}

function noiseRemarks({ noise, estimates }: RampFit): string[] {
  return branches.flatMap((branch) => {
    const { programming, read } = noise[branch];
    const name = branch.toUpperCase();
    const growth = estimates[`${branch}.growth`];
    const share = programming === 0 && read === 0 ? 0 : (2 * read ** 2) / (programming ** 2 + 2 * read ** 2);
    const kind = `${name}: ${percent(share, 2)} of the variance of a step is read noise, the rest stays in the cell`;
    return [growth ? `${kind}; ${growthWords(growth)}` : kind];
  });
}

/** Whether n pulses spread as √n. */
function growthWords({ value, low, high }: Estimate): string {
  const measured = `over n pulses that part grows as n^${value.toFixed(2)}`;
  if (low === null || high === null) return `${measured} (√n is 0.5)`;
  if (low > 0.5) return `${measured}, faster than √n: ramps differ as a whole, which cycleToCycle does not describe`;
  if (high < 0.5) return `${measured}, slower than √n: the curve pulls the cell back`;
  return `${measured}, in keeping with √n`;
}

function spreadRemarks({ spread }: RampFit): string[] {
  if (!spread) return [];
  const { count, single } = spread;
  return [
    ...(count < 5 ? [`the spread over ${count} devices is uncertain itself: measure more`] : []),
    ...(single > 0
      ? [`${single} of ${count} devices have a single ramp: the spread over devices holds what ramps of one differ by`]
      : []),
  ];
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

/** A table as lines of text. */
export function textTable({ title, head, rows, note }: Table): string {
  const all = [head, ...rows];
  const width = (i: number): number => Math.max(...all.map((row) => row[i]?.length ?? 0));
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, i) => cell.padEnd(width(i))).join('  ')}`.trimEnd();
  return [title, ...all.map(line), ...(note === undefined ? [] : wrapped(note))].join('\n');
}

/** A text in indented lines of at most a hundred characters. */
function wrapped(text: string): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > 100) return [...lines, `  ${word}`];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}
