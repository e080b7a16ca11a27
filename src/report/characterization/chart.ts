import type { TopLevelSpec } from 'vega-lite';
import type { Axis, CurvePanel, Figure, MapPanel, Panel, Series } from '../../characterization/measure.js';
import { chartConfig } from '../render.js';

const colours = ['#1f5fa8', '#c8442b', '#3c8d40', '#8a5aa8', '#c98a1b', '#5f6b73', '#2aa5a0', '#d1659a'];

/**
 * A figure of a characterization: its panels side by side, two a row.
 * @param title - of the characterization; the figure's own stands below it
 */
export function characterizationChart(title: string, { title: own, panels }: Figure): TopLevelSpec {
  const columns = panels.every((panel) => 'map' in panel) ? 3 : Math.min(2, panels.length);
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: { ...chartConfig, legend: { ...chartConfig.legend, columns: columns === 1 ? 2 : 3 } },
    title: { text: title, subtitle: own },
    ...{ spacing: 30, columns, concat: panels.map(panelOf) },
    resolve: { scale: { color: 'independent' }, legend: { color: 'independent' } },
  };
  return spec as unknown as TopLevelSpec;
}

function panelOf(panel: Panel): object {
  return 'map' in panel ? mapOf(panel) : curvesOf(panel);
}

function mapOf({ title, legend, map }: MapPanel) {
  const values = map.flatMap((row, i) => row.map((value, j) => ({ row: i + 1, column: j + 1, value })));
  const place = { type: 'ordinal', axis: { labelAngle: 0, grid: false } };
  return {
    ...{ width: 190, height: 190, ...(title !== undefined && { title: { text: title, fontSize: 12 } }) },
    data: { values },
    mark: { type: 'rect', stroke: 'white' },
    encoding: {
      x: { field: 'column', ...place },
      y: { field: 'row', ...place },
      color: {
        ...{ field: 'value', type: 'quantitative', scale: { scheme: 'viridis' } },
        legend: { title: legend, orient: 'right', columns: 1 },
      },
    },
  };
}

function curvesOf({ title, x, y, series }: CurvePanel) {
  const names = [...new Set(series.map(({ name }) => name))];
  const color = {
    ...{ field: 'series', type: 'nominal', title: null },
    scale: { domain: names, range: names.map((_, i) => colours[i % colours.length]!) },
    legend: names.length > 1 ? { symbolOpacity: 1, symbolType: 'square' } : null,
  };
  const encoding = { x: { field: 'x', ...axisOf(x) }, y: { field: 'y', ...axisOf(y) }, color };
  return {
    ...{ width: 340, height: 240, ...(title !== undefined && { title: { text: title, fontSize: 12 } }) },
    layer: series.map((one) => ({ data: { values: rowsOf(one, x, y) }, mark: markOf(one), encoding })),
  };
}

function axisOf({ title, scale = 'linear', zero = false }: Axis) {
  const powers = scale === 'log' ? { axis: { format: '.0e', tickCount: 6, labelOverlap: true } } : {};
  return { type: 'quantitative', title, scale: scale === 'log' ? { type: 'log' } : { zero, nice: false }, ...powers };
}

function markOf({ mark, x }: Series): object {
  if (mark === 'line') return { type: 'line', strokeWidth: 1.8, interpolate: 'linear', clip: true };
  if (mark === 'bars') return { type: 'bar', width: 8, opacity: 0.7 };
  // The axes end at the outermost points, which must not be cut in half there.
  return { type: 'point', filled: true, size: x.length > 60 ? 10 : 30, opacity: 0.85, clip: false };
}

/** Rows in the order of the trace, which a sweep goes along and back; a logarithm shows nothing at or below zero. */
function rowsOf({ name, x: xs, y: ys }: Series, x: Axis, y: Axis) {
  const shown = (value: number, { scale }: Axis): boolean => Number.isFinite(value) && (scale !== 'log' || value > 0);
  const rows = xs.map((at, i) => ({ series: name, x: at, y: ys[i]!, order: i }));
  return thinned(rows.filter((row) => shown(row.x, x) && shown(row.y, y)));
}

/** More points than a picture can show are in the traces alone. */
function thinned<T>(rows: readonly T[]): readonly T[] {
  const every = Math.ceil(rows.length / 250);
  return every === 1 ? rows : rows.filter((_, i) => i % every === 0 || i === rows.length - 1);
}
