import type { Estimate } from '../../device/fit/bootstrap.js';
import type { RampFit } from '../../device/fit/estimate.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import { percent, plain, siemens } from './numbers.js';
import type { Table } from './table.js';
import { digits, ofSingle } from '../../device/fit/cross-validate.js';

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

export const heldOutNote =
  'Their error is the root mean square distance from the mean curves of ramps that a fit was not made of, as a part of the conductances measured.';

function candidateTable({ candidates, model, curves }: RampFit): Table {
  const rows = candidates.map(({ name, parameters, error, excess, excessError, limits }) => [
    name === model ? `${name} (chosen)` : name,
    String(parameters),
    percent(error),
    aboveLeast(excess, excessError),
    ...(limits.length === 0 ? [] : [`at the limit of the search: ${limits.join(', ')}`]),
  ]);
  const remarked = candidates.some(({ limits }) => limits.length > 0);
  const single = branches.some((branch) => curves[branch].ramps < 2);
  const note =
    `${heldOutNote} ` +
    'Above the least: of squared errors, weighed by the noise of the ramps, in its own standard errors over the parts that were held out. ' +
    `As good is ${single ? `an error of up to ${ofSingle} times the least` : 'up to 1'}, and one less than ${percent(digits)} above it.`;
  const head = ['model', 'parameters', 'error on held-out ramps', 'above the least', ...(remarked ? ['remark'] : [])];
  return { title: 'Models', head, rows: rows.map((row) => (row.length < head.length ? [...row, ''] : row)), note };
}

function aboveLeast(excess: number, error: number): string {
  if (excess === 0) return 'least';
  const times = excess / error;
  if (!Number.isFinite(times)) return '-';
  if (times < 0) return `${(-times).toFixed(1)} standard errors below`;
  return times > 999
    ? 'over 999 standard errors'
    : `${times < 10 ? times.toFixed(1) : Math.round(times)} standard errors`;
}

function deviceTable(fit: RampFit): Table {
  const { hidden } = fit;
  const rows = Object.entries(deviceLabels).flatMap(([key, [label, write]]) => {
    const estimate = fit.estimates[key];
    if (!estimate) return [];
    const [name, value, interval] = estimateRow(label, estimate, write);
    const open = estimate.low !== null && hidden.some(({ end }) => key === end || key === 'onOffRatio');
    return [[name, value, open ? `${interval}, if no hard bound is there` : interval]];
  });
  return {
    title: 'Device',
    head: ['parameter', 'value', intervalHead(fit)],
    rows: [...rows, statesRow(fit), ['levels two noise σ apart', levelsWords(levelsApart(fit)), '']],
  };
}

/** Of whole pulses, as the device file holds them. */
function statesRow({ device: { states } }: RampFit): string[] {
  return ['states, LTP and LTD (as trained)', `${states.ltp}, ${states.ltd}`, ''];
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
      ['σ of steps shared by a whole ramp', noise.rampToRamp === 0 ? 'none found' : siemens(noise.rampToRamp), ''],
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

function estimateRow(
  label: string,
  { value, low, high }: Estimate,
  write: (value: number) => string,
): [string, string, string] {
  if (low === null) return [label, write(value), 'none'];
  return [label, write(value), high === null ? `above ${write(low)}` : `${write(low)} … ${write(high)}`];
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
