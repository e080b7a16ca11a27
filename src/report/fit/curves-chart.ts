import type { RampFit } from '../../device/fit/estimate.js';
import type { LookupCurves } from '../../device/fit/lookup-curves.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import type { LookupResult } from './device-tables.js';
import { colour, fitChart, titleLayer, unitOf, type FitChart } from './charts.js';
import { bandOpacity, colours, dashes, type Entry } from './legend.js';

/** What a chart of curves shows. */
export type FittedCurves = Pick<RampFit, 'curves' | 'fitted' | 'others'> & {
  /** As the legend names the fit. */
  readonly label: string;
  readonly heading: string;
  /** Of the device [S]. */
  readonly range: number;
  readonly unit: ReturnType<typeof unitOf>;
};

/** The curves of a fit. */
export function curvesOfFit(fit: RampFit): FittedCurves {
  const { gMin, gMax } = fit.device;
  return {
    ...{ curves: fit.curves, fitted: fit.fitted, others: fit.others, label: `${fit.model} (chosen)` },
    ...{ heading: `${fit.model} fitted`, range: gMax - gMin, unit: unitOf(gMax) },
  };
}

/** The walk along a table, beside an exponential device; of several devices, along a table of all their steps. */
export function curvesOfLookup(
  { curves, table, exponential }: LookupCurves,
  fit: Pick<LookupResult, 'increasing' | 'devices'>,
): FittedCurves {
  const [low, high] = [fit.increasing.conductance[0]!, fit.increasing.conductance.at(-1)!];
  return {
    ...{ curves, fitted: table, others: [{ name: 'exponential', fitted: exponential }] },
    label: fit.devices ? 'table of all devices together' : 'lookup table',
    heading: fit.devices ? 'one table for all devices fitted' : 'lookup tables fitted',
    ...{ range: high - low, unit: unitOf(high) },
  };
}

/** Mean ramps with their spread, the chosen model and the others, above; residuals with the error of the mean, below. */
export function curvesChart(fit: FittedCurves, name: string): FitChart {
  const heading = {
    text: `${name}: ${fit.heading} to ${fit.curves.ltp.ramps} LTP and ${fit.curves.ltd.ramps} LTD ramps`,
    subtitle: 'bands: ± 1 σ over ramps (above), ± standard error of the mean (below)',
  };
  const legend = legendOf(fit);
  return fitChart(heading, legend, (branch, whole) => ({
    spacing: 30,
    bounds: 'flush',
    vconcat: [curvePanel(fit, branch, legend, whole), residualPanel(fit, branch)],
  }));
}

/** Pulses up to which means are drawn as points; more would touch. */
const mostPoints = 60;

function legendOf({ curves, label, others }: FittedCurves): Entry[] {
  const few = branches.every((branch) => curves[branch].mean.length <= mostPoints);
  return [
    { name: 'mean of the ramps', colour: colour.measured, mark: few ? 'points' : 'line' },
    { name: label, colour: colour.fitted, mark: 'line' },
    ...others.map(({ name }, i): Entry => ({ name, colour: colour.others[i]!, mark: 'dashes' })),
  ];
}

/** Points of the first and the last pulse lie inside the plot. */
const pulseAxis = {
  ...{ field: 'pulse', type: 'quantitative', title: 'pulse number' },
  scale: { nice: false, zero: false, padding: 6 },
} as const;

function curvePanel(fit: FittedCurves, branch: Branch, legend: readonly Entry[], whole: boolean) {
  const { factor, symbol } = fit.unit;
  const { mean, deviation } = fit.curves[branch];
  const shown = shownPulses(mean.length);
  const [measured, chosen, ...others] = legend;
  const rows = shown.map((pulse) => ({
    ...{ pulse, series: measured!.name, g: mean[pulse]! / factor },
    low: (mean[pulse]! - deviation[pulse]!) / factor,
    high: (mean[pulse]! + deviation[pulse]!) / factor,
  }));
  const rowsOf = (of: Readonly<Record<Branch, Float64Array>>, { name }: Entry) =>
    shown.map((pulse) => ({ pulse, g: of[branch][pulse]! / factor, series: name }));
  const x = { ...pulseAxis, title: null };
  const y = { field: 'g', type: 'quantitative', title: `conductance (${symbol})`, scale: { zero: false } };
  const color = colours(legend, whole);
  const drawn = (values: readonly object[], mark: object) => ({ data: { values }, mark, encoding: { x, y, color } });
  const line = (values: readonly object[], mark: object) => drawn(values, { type: 'line', clip: true, ...mark });
  return {
    ...{ width: 340, height: 230 },
    layer: [
      titleLayer(branch),
      {
        data: { values: rows },
        mark: { type: 'area', opacity: bandOpacity, color: colour.measured },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      measured!.mark === 'points'
        ? drawn(rows, { type: 'point', filled: true, size: 32, opacity: 0.9 })
        : line(rows, { strokeWidth: 4, opacity: 0.9 }),
      // Above the mean, which would hide a model that is nearly as good.
      ...others.map((entry, i) => line(rowsOf(fit.others[i]!.fitted, entry), { strokeWidth: 1.1, strokeDash: dashes })),
      line(rowsOf(fit.fitted, chosen!), { strokeWidth: 1.8 }),
    ],
  };
}

/** Points of a curve that a chart has room for. */
const mostShown = 1000;

/** Pulses that a chart shows, the first and the last of them included. */
function shownPulses(count: number): number[] {
  const number = Math.min(count, mostShown);
  return Array.from({ length: number }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, number - 1)));
}

function residualPanel(fit: FittedCurves, branch: Branch) {
  const { mean, deviation, ramps } = fit.curves[branch];
  const range = fit.range / 100;
  const rows = shownPulses(mean.length).map((pulse) => {
    const residual = (mean[pulse]! - fit.fitted[branch][pulse]!) / range;
    const error = deviation[pulse]! / Math.sqrt(ramps) / range;
    return { pulse, residual, low: residual - error, high: residual + error };
  });
  const x = pulseAxis;
  const y = { type: 'quantitative', title: 'residual (% of range)' };
  return {
    ...{ width: 340, height: 120 },
    data: { values: rows },
    layer: [
      {
        mark: { type: 'area', opacity: bandOpacity, color: colour.measured },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        mark: { type: 'line', color: colour.measured, strokeWidth: 1.3 },
        encoding: { x, y: { ...y, field: 'residual' } },
      },
      { mark: { type: 'rule', color: colour.fitted }, encoding: { y: { datum: 0, type: 'quantitative' } } },
    ],
  };
}
