import type { Estimate } from '../../device/fit/bootstrap.js';
import type { RampFit } from '../../device/fit/result.js';
import { takesSpread } from '../../experiment/fit/device-file.js';
import { formatQuantity } from '../../units.js';
import { growthSentence, misfitSentence, noiseKind, rangeSentence } from './findings.js';

/** What a report names beside the fit. */
export interface PageContext {
  readonly files: readonly string[];
  readonly notes: readonly string[];
  readonly device: string;
  /** Name of the figure beside the report. */
  readonly figure: string;
}

/** One page, in Markdown: the model, its parameters, its noise, and what it does not say. */
export function reportPage(fit: RampFit, context: PageContext): string {
  const sections = [
    `# Fit of ${context.files.join(', ')}`,
    overview(fit, context),
    `![LTP and LTD, residuals, spread](${context.figure})`,
    ...(fit.candidates.length > 0 ? [`## Models\n\n${candidateTable(fit)}`] : []),
    ...(fit.tables ? [`## Tables\n\n${tableText(fit)}`] : []),
    `## Parameters\n\n${parameterTable(fit)}`,
    `## Noise\n\n${noiseText(fit)}`,
    ...(fit.spread ? [`## Devices\n\n${spreadText(fit)}`] : []),
    ...(context.notes.length > 0 ? [`## Notes\n\n${context.notes.map((note) => `- ${note}`).join('\n')}`] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

function overview(fit: RampFit, { device }: PageContext): string {
  const { gMin, gMax, exactStates } = fit.device;
  const branch = (name: 'ltp' | 'ltd'): string => {
    const { mean } = fit.curves[name];
    return `${name.toUpperCase()}: ${fit.ramps[name]} ramps of ${fit.pulses[name]} pulses, ${siemens(mean[0]!)} to ${siemens(mean.at(-1)!)}.`;
  };
  return [
    `**${fit.model}**, ${siemens(gMin)} to ${siemens(gMax)}, on/off ${number(gMax / gMin)}, ` +
      `${number(exactStates.ltp)} pulses up and ${number(exactStates.ltd)} down over that range. ` +
      `RMS of mean less fitted curve: LTP ${percent(fit.misfit.ltp)}, LTD ${percent(fit.misfit.ltd)} of the range.`,
    `${branch('ltp')} ${branch('ltd')}`,
    rangeSentence(fit),
    `${misfitSentence(fit, 'ltp')} ${misfitSentence(fit, 'ltd')}`,
    `Train with it: \`mho run <experiment> --set device=${device}\`.`,
  ].join('\n\n');
}

function candidateTable({ candidates, model, ramps }: RampFit): string {
  const rows = candidates.map(({ name, parameters, error, excess, excessError }) => [
    name === model ? `**${name}**` : name,
    `${parameters}`,
    percent(error),
    excess === 0 ? 'least' : `${excess.toExponential(1)} ± ${excessError.toExponential(1)}`,
  ]);
  const what = Math.min(ramps.ltp, ramps.ltd) < 2 ? 'pulses' : 'ramps';
  const rule =
    'Chosen, unless told: the fewest parameters whose squared error is within one standard error of the least.';
  return `${markdown(['model', 'parameters', `error on held-out ${what}, of the measured range`, 'squared error above the least'], rows)}\n\n${rule}`;
}

function tableText({ tables, options }: RampFit): string {
  const of = (branch: 'ltp' | 'ltd'): string[] => {
    const { steps, interpolated, extrapolated } = tables![branch];
    const sorted = [...steps].sort((a, b) => a - b);
    return [branch.toUpperCase(), number(sorted[sorted.length >> 1]!), `${interpolated}`, `${extrapolated}`];
  };
  return [
    `${options.bins} conductance bins, ${options.cdfPoints} CDF points. Each bin takes the steps that begin within one bin of it. ` +
      'Between bins and between CDF points ΔG is linear; bins with fewer than 5 steps are interpolated in G at each ' +
      'probability, and beyond the measured conductances they are given the ΔG of the nearest measured bin. ' +
      'What reads add to a step is part of the tables, so the device file has no read noise besides.',
    markdown(['branch', 'median steps in a bin', 'bins interpolated', 'bins extrapolated'], [of('ltp'), of('ltd')]),
  ].join('\n\n');
}

function parameterTable({ estimates, options }: RampFit): string {
  const rows = Object.entries(estimates).map(([name, estimate]) => [
    `\`${name}\``,
    shown(name, estimate.value),
    interval(name, estimate),
  ]);
  const text =
    `Intervals: bootstrap over ramps, ${options.resamplings} resamplings, Student's t. ` +
    '`ltp.…` and `ltd.…` describe a branch over what was measured; `device.…`, `gMin` and `gMax` the device file. ' +
    '`A` is in pulses, `a` = A/Pmax, `alpha` = Pmax/A, `label` NeuroSim’s NL.';
  return `${markdown(['parameter', 'value', `${options.confidence * 100} % interval`], rows)}\n\n${text}`;
}

function interval(name: string, { low, high }: Estimate): string {
  return low === null || high === null ? '—' : `${shown(name, low)} … ${shown(name, high)}`;
}

/** Parameters in siemens. */
const conductances = /\.(start|end|bound|step|programmingNoise|readNoise)$|^g(Min|Max)$/;

function shown(name: string, value: number): string {
  return conductances.test(name) ? siemens(value) : number(value);
}

function noiseText(fit: RampFit): string {
  const range = fit.device.gMax - fit.device.gMin;
  const rows = (['ltp', 'ltd'] as const).map((branch) => {
    const { programming, read, rampToRamp, lagOne } = fit.noise[branch];
    const of = (sigma: number): string => `${siemens(sigma)} (${percent(sigma / range)})`;
    return [
      branch.toUpperCase(),
      of(programming),
      of(read),
      of(rampToRamp),
      number(lagOne),
      noiseKind(fit.noise[branch]),
    ];
  });
  const table = markdown(
    ['branch', 'programming σ, one pulse', 'read σ', 'σ of steps that a ramp shares', 'correlation of steps', 'mainly'],
    rows,
  );
  const text =
    'From the steps less the mean step at their conductance: programming noise stays in the cell (a random walk), read ' +
    'noise is gone at the next read and makes consecutive steps correlate by as much as −0.5.';
  return [table, text, growthSentence(fit, 'ltp'), growthSentence(fit, 'ltd')].join('\n\n');
}

function spreadText({ spread, model, device }: RampFit): string {
  const { sigma, count } = spread!;
  const rows = Object.entries(sigma).map(([name, { sigma: value, error }]) => [
    name,
    `${number(value)} ± ${number(error)}`,
  ]);
  const unit = device.alpha ? 'of the label NL' : 'of the step size, relative';
  const kept = takesSpread(model) ? '' : ` The model ${model} has no deviceToDevice, so the device file leaves it out.`;
  return (
    `${markdown(['parameter', `σ over ${count} devices`], rows)}\n\n\`ltp\`, \`ltd\`: ${unit}; \`gMin\`, \`gMax\`: fractions of the range. ` +
    `What the ramps leave uncertain of each device is taken off.${kept}`
  );
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function siemens(value: number): string {
  return formatQuantity(value, 'conductance');
}

function number(value: number): string {
  return `${Number(value.toPrecision(4))}`;
}

function percent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(3))} %`;
}
