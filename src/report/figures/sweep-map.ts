import type { SweepAxis } from './sweep-axis.js';
import type { SweepPoint } from '../results/sweep-points.js';
import { panelHeight, panelWidth } from './figure.js';

type Domain = readonly [low: number, high: number];

/** Cells of fewer than this many a side have room for their number. */
const lettered = 9;

/** Even for the eye, and for every kind of colour vision. */
const scheme = 'viridis';

function colour(domain: Domain): object {
  return {
    ...{ field: 'mean', type: 'quantitative', scale: { scheme, domain } },
    legend: {
      title: 'images recognised (%)',
      titleLimit: 300,
      titleFontWeight: 'normal',
      orient: 'bottom',
      direction: 'horizontal',
      gradientLength: panelWidth - 60,
      gradientThickness: 10,
    },
  };
}

/** A cell a combination of two axes. */
export function heatMap(points: readonly SweepPoint[], x: SweepAxis, y: SweepAxis, domain: Domain): object {
  const place = (axis: SweepAxis) => ({
    ...{ type: 'ordinal', sort: axis.values.map((value) => written(axis.place(value))) },
    title: 'title' in axis.encoding ? axis.encoding.title : axis.label,
    // Words are few and each is needed; of many numbers some may go.
    axis: {
      labelAngle: 0,
      labelOverlap: !axis.values.some((value) => typeof value === 'string'),
      grid: false,
      domain: false,
    },
  });
  // Where black and white letters have the same contrast, 4.5 to 1 or more on either side.
  const middle = domain[0] + 0.44 * (domain[1] - domain[0]);
  const digits = domain[1] - domain[0] < 10 ? 1 : 0;
  const values = points.map((point) => ({
    ...{ x: written(x.place(point.values[x.path]!)), y: written(y.place(point.values[y.path]!)) },
    ...{ mean: 100 * point.mean, text: (100 * point.mean).toFixed(digits) },
  }));
  const encoding = {
    x: { field: 'x', ...place(x) },
    y: { field: 'y', ...place(y), sort: [...place(y).sort].reverse() },
  };
  const letters = {
    mark: { type: 'text', fontSize: 10.5 },
    encoding: {
      ...encoding,
      text: { field: 'text', type: 'nominal' },
      color: { condition: { test: `datum.mean > ${middle}`, value: '#000001' }, value: '#fffffe' },
    },
  };
  const roomy = x.values.length < lettered && y.values.length < 2 * lettered;
  return {
    ...{ width: panelWidth, height: Math.min(panelWidth, Math.max(170, 34 * y.values.length)), data: { values } },
    layer: [{ mark: { type: 'rect' }, encoding: { ...encoding, color: colour(domain) } }, ...(roomy ? [letters] : [])],
  };
}

/** Points that make no grid, such as those of a Latin hypercube. */
export function scatter(points: readonly SweepPoint[], x: SweepAxis, y: SweepAxis, domain: Domain): object {
  const values = points.map((point) => ({
    ...{ x: x.place(point.values[x.path]!), y: y.place(point.values[y.path]!) },
    mean: 100 * point.mean,
  }));
  return {
    ...{ width: panelWidth, height: panelHeight, data: { values } },
    mark: { type: 'point', filled: true, size: 70, opacity: 1 },
    encoding: { x: { field: 'x', ...x.encoding }, y: { field: 'y', ...y.encoding }, color: colour(domain) },
  };
}

function written(value: number | string): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
}
