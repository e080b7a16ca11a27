import type { TopLevelSpec } from 'vega-lite';
import { branches, type Branch } from '../../device/fit/ramps.js';
import type { RampFit } from '../../device/fit/result.js';
import { drawFigure } from '../plot.js';

/** The figure of a fit: both branches with their fits, the residuals, and how the spread grows, as SVG and PNG. */
export function fitFigure(fit: RampFit): Promise<{ readonly svg: string; readonly png: Uint8Array }> {
  return drawFigure(fitSpec(fit));
}

const labels: Readonly<Record<Branch, string>> = { ltp: 'LTP', ltd: 'LTD' };

/** Okabe–Ito vermilion and blue, told apart by every kind of colour vision. */
const colour = {
  field: 'branch',
  type: 'nominal',
  title: null,
  scale: { domain: ['LTP', 'LTD'], range: ['#D55E00', '#0072B2'] },
} as const;

/** Means drawn as points at most; a long ramp's would lie on one another. */
const mostPoints = 40;

/** One panel of a column of panels. */
type Panel = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number];

interface Unit {
  readonly factor: number;
  readonly symbol: string;
}

export function fitSpec(fit: RampFit): TopLevelSpec {
  const unit = unitOf(fit);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title: { text: `Pulse ramps and their fit: ${fit.model}`, anchor: 'start', fontSize: 15 },
    vconcat: [curvePanel(fit, unit), residualPanel(fit), ...spreadPanel(fit)],
    spacing: 14,
    config: {
      axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal' },
      legend: { labelFontSize: 12 },
      title: { anchor: 'start' },
    },
  };
}

function unitOf({ curves }: RampFit): Unit {
  const top = Math.max(...branches.flatMap((branch) => [...curves[branch].mean]));
  const units: Unit[] = [
    { factor: 1, symbol: 'S' },
    { factor: 1e3, symbol: 'mS' },
    { factor: 1e6, symbol: 'µS' },
    { factor: 1e9, symbol: 'nS' },
    { factor: 1e12, symbol: 'pS' },
  ];
  return units.find(({ factor }) => top * factor >= 1) ?? units.at(-1)!;
}

const pulseAxis = { field: 'pulse', type: 'quantitative', title: 'pulses since the start of the ramp' } as const;

function curvePanel(fit: RampFit, { factor, symbol }: Unit): Panel {
  const rows = branches.flatMap((branch) => {
    const { mean, deviation, pulses } = fit.curves[branch];
    const every = Math.max(1, Math.ceil(pulses / mostPoints));
    return Array.from(mean, (g, pulse) => ({
      ...{ branch: labels[branch], pulse, fitted: fit.fitted[branch][pulse]! * factor },
      ...{ mean: g * factor, low: (g - deviation[pulse]!) * factor, high: (g + deviation[pulse]!) * factor },
      point: pulse % every === 0,
    }));
  });
  const y = (field: string) =>
    ({ field, type: 'quantitative', title: `conductance (${symbol})`, scale: { zero: false } }) as const;
  return {
    title: {
      text: 'mean of the ramps (points) ± σ over ramps (band), and the fit (lines)',
      fontWeight: 'normal',
      fontSize: 11,
    },
    width: 520,
    height: 260,
    data: { values: rows },
    encoding: { x: { ...pulseAxis }, color: colour },
    layer: [
      { mark: { type: 'area', opacity: 0.25 }, encoding: { y: y('low'), y2: { field: 'high' } } },
      {
        transform: [{ filter: 'datum.point' }],
        mark: { type: 'point', filled: true, size: 28, opacity: 0.75 },
        encoding: { y: y('mean') },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { y: y('fitted') } },
    ],
  };
}

function residualPanel(fit: RampFit): Panel {
  const range = fit.device.gMax - fit.device.gMin;
  const rows = branches.flatMap((branch) => {
    const { mean, deviation, ramps } = fit.curves[branch];
    return Array.from(mean, (g, pulse) => {
      const residual = (100 * (g - fit.fitted[branch][pulse]!)) / range;
      const error = (100 * deviation[pulse]!) / Math.sqrt(ramps) / range;
      return { branch: labels[branch], pulse, residual, low: residual - error, high: residual + error };
    });
  });
  const y = (field: string) => ({ field, type: 'quantitative', title: 'residual (% of range)' }) as const;
  return {
    title: { text: 'mean less fit ± standard error of the mean (band)', fontWeight: 'normal', fontSize: 11 },
    width: 520,
    height: 160,
    data: { values: rows },
    layer: [
      { mark: { type: 'rule', color: '#888' }, encoding: { y: { datum: 0 } } },
      {
        mark: { type: 'area', opacity: 0.25 },
        encoding: { x: { ...pulseAxis }, color: colour, y: y('low'), y2: { field: 'high' } },
      },
      { mark: { type: 'line' }, encoding: { x: { ...pulseAxis }, color: colour, y: y('residual') } },
    ],
  };
}

/** Spread of n pulses against n, beside σ·√n of the programming noise with the reads' 2σr². */
function spreadPanel(fit: RampFit): Panel[] {
  const range = fit.device.gMax - fit.device.gMin;
  const rows = branches.flatMap((branch) => {
    const { spread, programming, read } = fit.noise[branch];
    return spread.map(({ pulses, deviation }) => ({
      ...{ branch: labels[branch], pulses, measured: (100 * deviation) / range },
      expected: (100 * Math.sqrt(pulses * programming ** 2 + 2 * read ** 2)) / range,
    }));
  });
  const drawable = rows.filter(({ measured, expected }) => measured > 0 && expected > 0);
  if (drawable.length === 0) return [];
  const y = (field: string) =>
    ({
      field,
      type: 'quantitative',
      title: 'spread (% of range)',
      scale: { type: 'log', nice: false, padding: 8 },
    }) as const;
  return [
    {
      title: {
        text: 'spread over ramps of n pulses (points); √(nσp² + 2σr²) (dashed)',
        fontWeight: 'normal',
        fontSize: 11,
      },
      width: 520,
      height: 190,
      data: { values: drawable },
      encoding: {
        x: {
          field: 'pulses',
          type: 'quantitative',
          title: 'n pulses',
          scale: { type: 'log', base: 2, nice: false, padding: 8 },
          axis: { values: [...new Set(drawable.map(({ pulses }) => pulses))] },
        },
        color: colour,
      },
      layer: [
        { mark: { type: 'line', strokeDash: [5, 3] }, encoding: { y: y('expected') } },
        { mark: { type: 'point', filled: true, size: 45 }, encoding: { y: y('measured') } },
      ],
    },
  ];
}
