import type { LookupFit } from '../../device/fit/lookup.js';
import type { Branch } from '../../device/fit/ramps.js';
import { colour, fitChart, titleLayer, unitOf, type FitChart } from './charts.js';
import { bandOpacity, colours, type Entry } from './legend.js';

const [median, half, most] = ['median', '25 … 75 %', '5 … 95 %'];

const legend: readonly Entry[] = [
  { name: median, colour: colour.fitted, mark: 'line' },
  { name: half, colour: colour.measured, mark: 'band' },
  { name: most, colour: '#9ecae9', mark: 'band' },
];

/** ΔG against conductance: median, and the bands that hold half and nine tenths of the steps. */
export function stepsChart(fit: LookupFit, name: string): FitChart {
  const unit = unitOf(fit.increasing.conductance.at(-1)!);
  const step = unitOf(Math.max(...[fit.increasing, fit.decreasing].flatMap(({ delta }) => delta.flat().map(Math.abs))));
  const panel = (branch: Branch, whole: boolean) => {
    const { conductance, cdf, delta } = branch === 'ltp' ? fit.increasing : fit.decreasing;
    const at = (q: number, i: number): number => delta[cdf.indexOf(q)]![i]! / step.factor;
    const rowsOf = (series: string, low: number, high: number) => ({
      values: conductance.map((g, i) => ({ series, g: g / unit.factor, low: at(low, i), high: at(high, i) })),
    });
    const x = { field: 'g', type: 'quantitative', scale: { zero: false }, title: `conductance (${unit.symbol})` };
    const y = { field: 'low', type: 'quantitative', title: `ΔG of one pulse (${step.symbol})`, scale: { zero: false } };
    const color = colours(legend, whole);
    const band = (series: string, low: number, high: number) => ({
      data: rowsOf(series, low, high),
      mark: { type: 'area', opacity: bandOpacity },
      encoding: { x, y, y2: { field: 'high' }, color },
    });
    return {
      ...{ width: 340, height: 230 },
      layer: [
        titleLayer(branch),
        band(most, 0.05, 0.95),
        band(half, 0.25, 0.75),
        {
          data: rowsOf(median, 0.5, 0.5),
          mark: { type: 'line', strokeWidth: 2 },
          encoding: { x, y, color },
        },
        { mark: { type: 'rule', color: '#888888' }, encoding: { y: { datum: 0, type: 'quantitative' } } },
      ],
    };
  };
  return fitChart({ text: `${name}: measured steps against conductance` }, legend, panel);
}
