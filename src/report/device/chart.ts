import type { TopLevelSpec } from 'vega-lite';
import type { BandedCurve } from '../../device/pulse-train.js';
import type { Directions } from '../../device/response.js';
import { titles, unitOf } from '../fit/charts.js';
import type { Entry } from '../fit/legend.js';
import { chartConfig, panelConfig } from '../render.js';
import type { DeviceCurves } from './curves.js';

const directions = ['up', 'down'] as const;

/** What LTP and LTD are called, and whether a legend says so. */
interface Names extends Directions<string> {
  readonly legend: boolean;
}

const inFull: Names = { up: titles.ltp, down: titles.ltd, legend: true };
const colours: Directions<string> = { up: '#1f5fa8', down: '#c8442b' };

/** Of both halves, for a page. */
export const deviceLegend: readonly Entry[] = directions.map((direction) => {
  return { name: inFull[direction], colour: colours[direction], mark: 'line' };
});

function colorOf({ up, down, legend }: Names) {
  return {
    ...{ field: 'series', type: 'nominal', title: null },
    legend: legend ? { symbolOpacity: 1, symbolType: 'square' } : null,
    scale: { domain: [up, down], range: [colours.up, colours.down] },
  } as const;
}

/** A device's LTP and LTD on the left and its steps against conductance on the right, with their bands. */
export function deviceChart(curves: DeviceCurves, heading: { readonly name: string; readonly notes: string[] }) {
  const title = { text: heading.name, subtitle: heading.notes };
  return { ...head, title, spacing: 28, hconcat: panelsOf(curves, inFull) } as TopLevelSpec;
}

/** The two halves by themselves, for pages that may be too narrow for both; without a legend, or with one in each of these names. */
export function devicePanels(curves: DeviceCurves, names?: Directions<string>): TopLevelSpec[] {
  const panels = panelsOf(curves, names ? { ...names, legend: true } : { ...inFull, legend: false });
  return panels.map((half) => ({ ...head, config: panelConfig, ...half }) as TopLevelSpec);
}

const head = { $schema: 'https://vega.github.io/schema/vega-lite/v6.json', config: chartConfig };

function panelsOf(curves: DeviceCurves, names: Names) {
  return curves.of === 'cells' ? cellPanels(curves, names) : weightPanels(curves, names);
}

function cellPanels({ trains, steps, devices }: DeviceCurves, names: Names) {
  const conductance = unitOf(Math.max(...steps.up.at));
  const step = unitOf(largest(steps));
  const places = `conductance (${conductance.symbol})`;
  return [
    panel(names, rowsOf(names, trains, 1, conductance.factor), 'pulse number', places, {
      thin: devices.map((device) => rowsOf(names, device.trains, 1, conductance.factor)),
    }),
    panel(names, rowsOf(names, steps, conductance.factor, step.factor), places, `ΔG of one pulse (${step.symbol})`, {
      zero: true,
      thin: devices.map((device) => rowsOf(names, device.steps, conductance.factor, step.factor)),
    }),
  ];
}

function weightPanels({ trains, steps }: DeviceCurves, names: Names) {
  return [
    panel(names, rowsOf(names, trains, 1, 1), 'request number', 'weight (in requested ΔW)'),
    panel(names, rowsOf(names, steps, 1, 1), 'weight (in requested ΔW)', 'ΔW got (in requested ΔW)', { zero: true }),
  ];
}

function largest(curves: Directions<BandedCurve>): number {
  const of = ({ low, high }: BandedCurve): number => Math.max(...low.map(Math.abs), ...high.map(Math.abs));
  return Math.max(of(curves.up), of(curves.down));
}

function rowsOf(names: Names, curves: Directions<BandedCurve>, along: number, value: number) {
  return directions.flatMap((direction) => {
    const { at, mean, low, high } = curves[direction];
    return at.map((x, i) => ({
      ...{ series: names[direction], x: x / along, mean: mean[i]! / value },
      ...{ low: low[i]! / value, high: high[i]! / value },
    }));
  });
}

type Rows = ReturnType<typeof rowsOf>;

interface PanelExtras {
  /** Draws a line where nothing changes. */
  readonly zero?: boolean;
  /** Further curves, of single devices. */
  readonly thin?: readonly Rows[];
}

function panel(
  names: Names,
  values: Rows,
  along: string,
  value: string,
  { zero = false, thin = [] }: PanelExtras = {},
) {
  const x = { field: 'x', type: 'quantitative', title: along, scale: { zero: false, nice: false } };
  const y = { type: 'quantitative', title: value, scale: { zero: false } };
  const color = colorOf(names);
  const line = { mark: { type: 'rule', color: '#888888' }, encoding: { y: { datum: 0, type: 'quantitative' } } };
  return {
    ...{ width: 340, height: 240, data: { values } },
    layer: [
      ...(zero ? [line] : []),
      {
        mark: { type: 'area', opacity: 0.22, line: false },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      ...thin.map((rows) => ({
        data: { values: rows },
        mark: { type: 'line', strokeWidth: 0.6, opacity: 0.7 },
        encoding: { x, y: { ...y, field: 'mean' }, color },
      })),
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y: { ...y, field: 'mean' }, color } },
    ],
  };
}
