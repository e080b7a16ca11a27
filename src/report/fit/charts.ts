import type { TopLevelSpec } from 'vega-lite';
import type { RampFit } from '../../device/fit/estimate.js';
import type { LookupFit } from '../../device/fit/lookup.js';
import type { LookupCurves } from '../../device/fit/lookup-curves.js';
import type { BranchNoise } from '../../device/fit/noise.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import { chartConfig, panelConfig } from '../render.js';

/** An engineering unit that keeps values between 1 and 1000. */
export function unitOf(value: number): { readonly factor: number; readonly symbol: string } {
  const units = [
    [1e-3, 'mS'],
    [1e-6, 'µS'],
    [1e-9, 'nS'],
    [1e-12, 'pS'],
  ] as const;
  const [factor, symbol] = units.find(([f]) => value >= f) ?? [1e-15, 'fS'];
  return { factor, symbol };
}

export const titles: Readonly<Record<Branch, string>> = { ltp: 'LTP (potentiation)', ltd: 'LTD (depression)' };
const [measuredColour, fittedColour] = ['#4c78a8', '#d62728'];
const otherColours = ['#59a14f', '#b07aa1', '#f28e2b'];

/** A legend that is no wider than the panels above it, which alone are all of one size. */
function configOf(shown: readonly Branch[]): object {
  return shown.length > 1 ? { ...chartConfig, legend: { ...chartConfig.legend, columns: 5 } } : panelConfig;
}

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

/** The walk along a table, beside an exponential device. */
export function curvesOfLookup({ curves, table, exponential }: LookupCurves, fit: LookupFit): FittedCurves {
  const [low, high] = [fit.increasing.conductance[0]!, fit.increasing.conductance.at(-1)!];
  return {
    ...{ curves, fitted: table, others: [{ name: 'exponential', fitted: exponential }], label: 'lookup table' },
    ...{ heading: 'lookup tables', range: high - low, unit: unitOf(high) },
  };
}

/** Mean ramps with their spread, the chosen model and the others, above; residuals with the error of the mean, below. */
export function curvesChart(fit: FittedCurves, name: string, shown: readonly Branch[] = branches): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title:
      shown.length < 2
        ? undefined
        : {
            text: `${name}: ${fit.heading} to ${fit.curves.ltp.ramps} LTP and ${fit.curves.ltd.ramps} LTD ramps`,
            subtitle: 'bands: ± 1 σ over ramps (above), ± standard error of the mean (below)',
          },
    config: configOf(shown),
    spacing: 24,
    hconcat: shown.map((branch) => ({
      spacing: 30,
      bounds: 'flush',
      vconcat: [curvePanel(fit, branch), residualPanel(fit, branch)],
    })),
  } as TopLevelSpec;
}

const pulseAxis = { field: 'pulse', type: 'quantitative', title: 'pulse number', scale: { nice: false } } as const;

function curvePanel(fit: FittedCurves, branch: Branch) {
  const { factor, symbol } = fit.unit;
  const { mean, deviation } = fit.curves[branch];
  const measured = 'mean of the ramps';
  const models = [fit.label, ...fit.others.map(({ name }) => name)];
  const shown = shownPulses(mean.length);
  const rows = shown.map((pulse) => ({
    ...{ pulse, series: measured, g: mean[pulse]! / factor },
    low: (mean[pulse]! - deviation[pulse]!) / factor,
    high: (mean[pulse]! + deviation[pulse]!) / factor,
  }));
  const lines = [fit.fitted, ...fit.others.map(({ fitted }) => fitted)].map((of, i) =>
    shown.map((pulse) => ({ pulse, g: of[branch][pulse]! / factor, series: models[i]! })),
  );
  const x = { ...pulseAxis, title: null };
  const y = { field: 'g', type: 'quantitative', title: `conductance (${symbol})`, scale: { zero: false } };
  const color = {
    ...{ field: 'series', type: 'nominal', title: null },
    scale: { domain: [measured, ...models], range: [measuredColour, fittedColour, ...otherColours] },
  };
  const line = (values: (typeof lines)[number], mark: object) => ({
    data: { values },
    mark: { type: 'line', clip: true, ...mark },
    encoding: { x, y, color },
  });
  return {
    ...{ width: 340, height: 230, title: titles[branch] },
    layer: [
      {
        data: { values: rows },
        mark: { type: 'area', opacity: 0.25, color: measuredColour },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        data: { values: rows },
        mark: { type: 'point', filled: true, size: rows.length > 60 ? 12 : 32, opacity: 0.9 },
        encoding: { x, y, color },
      },
      // Above the points, which would hide a model that is nearly as good.
      ...lines.slice(1).map((values) => line(values, { strokeWidth: 1.1, strokeDash: [4, 3] })),
      line(lines[0]!, { strokeWidth: 1.8 }),
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
        mark: { type: 'area', opacity: 0.3, color: measuredColour },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        mark: { type: 'line', color: measuredColour, strokeWidth: 1.3 },
        encoding: { x, y: { ...y, field: 'residual' } },
      },
      { mark: { type: 'rule', color: fittedColour }, encoding: { y: { datum: 0, type: 'quantitative' } } },
    ],
  };
}

/** Spread of n pulses about their mean, beside what programming and read noise would come to if it grew as √n. */
export function noiseChart(
  noise: Readonly<Record<Branch, BranchNoise>>,
  name: string,
  shown: readonly Branch[] = branches,
): TopLevelSpec {
  const largest = Math.max(
    ...branches.flatMap((branch) => noise[branch].spread.map(({ deviation }) => deviation)),
    1e-15,
  );
  const { factor, symbol } = unitOf(largest);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: shown.length < 2 ? undefined : `${name}: spread of n pulses`,
    config: configOf(shown),
    hconcat: shown.map((branch) => noisePanel(noise[branch], branch, factor, symbol)),
  } as TopLevelSpec;
}

function noisePanel({ spread, programming, read }: BranchNoise, branch: Branch, factor: number, symbol: string) {
  const [measured, model, walk] = ['measured', '√(n·σp² + 2·σr²)', 'σp·√n, programming'];
  const points = spread.map(({ pulses, deviation }) => ({ n: pulses, s: deviation / factor, series: measured }));
  const lines = spread.flatMap(({ pulses: n }) => [
    { n, s: Math.sqrt(n * programming ** 2 + 2 * read ** 2) / factor, series: model },
    { n, s: (Math.sqrt(n) * programming) / factor, series: walk },
  ]);
  const encoding = {
    x: { field: 'n', type: 'quantitative', scale: { type: 'log', base: 2 }, title: 'pulses n' },
    y: { field: 's', type: 'quantitative', scale: { type: 'log' }, title: `σ of n steps (${symbol})` },
    color: {
      ...{ field: 'series', title: null },
      scale: { domain: [measured, model, walk], range: [measuredColour, fittedColour, '#888888'] },
    },
  };
  const positive = (rows: typeof points) => rows.filter(({ s }) => s > 0);
  return {
    ...{ width: 340, height: 190, title: titles[branch] },
    layer: [
      { data: { values: positive(lines) }, mark: { type: 'line' }, encoding },
      { data: { values: positive(points) }, mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding },
    ],
  };
}

/** ΔG against conductance: median, and the bands that hold half and nine tenths of the steps. */
export function lookupChart(fit: LookupFit, name: string, shown: readonly Branch[] = branches): TopLevelSpec {
  const unit = unitOf(fit.increasing.conductance.at(-1)!);
  const step = unitOf(Math.max(...[fit.increasing, fit.decreasing].flatMap(({ delta }) => delta.flat().map(Math.abs))));
  const panel = (branch: Branch) => {
    const { conductance, cdf, delta } = branch === 'ltp' ? fit.increasing : fit.decreasing;
    const at = (q: number, i: number): number => delta[cdf.indexOf(q)]![i]! / step.factor;
    const rows = conductance.map((g, i) => ({
      ...{ g: g / unit.factor, median: at(0.5, i), low: at(0.05, i), high: at(0.95, i) },
      ...{ lower: at(0.25, i), upper: at(0.75, i) },
    }));
    const band = (low: string, high: string, what: string) => ({
      mark: { type: 'area', opacity: 0.3 },
      encoding: { x, y: { ...y, field: low }, y2: { field: high }, color: colour(what) },
    });
    const x = { field: 'g', type: 'quantitative', scale: { zero: false }, title: `conductance (${unit.symbol})` };
    const y = { type: 'quantitative', title: `ΔG of one pulse (${step.symbol})`, scale: { zero: false } };
    const names = ['median', '25 … 75 %', '5 … 95 %'];
    const colour = (what: string) => ({
      ...{ datum: what, title: null, type: 'nominal', legend: { symbolOpacity: 1 } },
      scale: { domain: names, range: [fittedColour, measuredColour, '#9ecae9'] },
    });
    return {
      ...{ width: 340, height: 230, title: titles[branch], data: { values: rows } },
      layer: [
        band('low', 'high', names[2]!),
        band('lower', 'upper', names[1]!),
        {
          mark: { type: 'line', strokeWidth: 2 },
          encoding: { x, y: { ...y, field: 'median' }, color: colour(names[0]!) },
        },
        { mark: { type: 'rule', color: '#888888' }, encoding: { y: { datum: 0, type: 'quantitative' } } },
      ],
    };
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: shown.length < 2 ? undefined : `${name}: measured steps against conductance`,
    config: configOf(shown),
    hconcat: shown.map(panel),
  } as TopLevelSpec;
}
