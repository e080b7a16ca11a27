import { Bitmap, colourOf } from '../../experiment/figures/bitmap.js';
import type { SweepPoint } from '../results/sweep-points.js';
import type { PointValue } from '../results/sweep.js';
import { gridLine } from '../theme.js';

import { accuracyTitle, panelWidth, wrapped } from './figure.js';
import { broken, type SweepAxis } from './sweep-axis.js';

export type Domain = readonly [low: number, high: number];

/** Up to so many columns and rows have room for the cells' numbers. */
const lettered = { columns: 10, rows: 16 };

/** Cells of more rows or columns are pixels of one picture: as shapes, seams would show between them. */
const mostShapes = 40;

/** Even for the eye, and for every kind of colour vision. */
const scheme = 'viridis';

/** The same, at equal steps, for pictures. */
const viridis = [
  ...['#440154', '#481a6c', '#472f7d', '#414487', '#39568c', '#31688e', '#2a788e', '#23888e'],
  ...['#1f988b', '#22a884', '#35b779', '#54c568', '#7ad151', '#a5db36', '#d2e21b', '#fde725'],
].map(colourOf);

export function colour(domain: Domain): object {
  return {
    ...{ field: 'mean', type: 'quantitative', scale: { scheme, domain } },
    legend: {
      ...{ title: accuracyTitle, titleLimit: 300, titleFontWeight: 'normal', orient: 'bottom' },
      ...{ direction: 'horizontal', gradientLength: panelWidth - 60, gradientThickness: 10 },
    },
  };
}

/** A cell a combination of two axes; both have all their values, whether or not there is a point. */
export function heatMap(points: readonly SweepPoint[], x: SweepAxis, y: SweepAxis, domain: Domain): object {
  const large = x.values.length > mostShapes || y.values.length > mostShapes;
  return large ? picture(points, x, y, domain) : cells(points, x, y, domain);
}

/** Of an axis's title, as the renderer takes them without a font to measure with [px]: one that is longer than its axis makes room above. */
const titleLetter = 9.6;

function heightOf(rows: number): number {
  return Math.min(panelWidth, Math.max(170, 34 * rows));
}

function cells(points: readonly SweepPoint[], x: SweepAxis, y: SweepAxis, domain: Domain): object {
  // A value is written out, so that two that are written alike keep their own rows.
  const key = (axis: SweepAxis, value: PointValue): number => axis.values.indexOf(value);
  const place = (axis: SweepAxis, room: number) => ({
    ...{
      type: 'ordinal',
      title: wrapped(axis.title, room / titleLetter),
      scale: { domain: axis.values.map((_, i) => i) },
    },
    axis: {
      ...{ labelAngle: 0, grid: false, domain: false, ticks: false, labelLimit: 0 },
      labelExpr: `(${JSON.stringify(axis.values.map((value) => broken(axis.written(value))))})[datum.value]`,
      // Words are few and each is needed; of many numbers some may go.
      labelOverlap: axis.numeric ? 'greedy' : false,
    },
  });
  const height = heightOf(y.values.length);
  const byPlace = [...axisPlaces(y)].reverse();
  const encoding = {
    x: { field: 'x', ...place(x, panelWidth) },
    y: { field: 'y', ...place(y, height), scale: { domain: byPlace } },
  };
  // Where black and white letters have the same contrast, 4.5 to 1 or more on either side.
  const middle = domain[0] + 0.44 * (domain[1] - domain[0]);
  const values = points.map((point) => ({
    ...{ x: key(x, point.values[x.path]!), y: key(y, point.values[y.path]!) },
    ...{ mean: 100 * point.mean, text: (100 * point.mean).toFixed(1), tip: tipOf(point, [x, y]) },
  }));
  const letters = {
    mark: { type: 'text', fontSize: 10 },
    encoding: {
      ...encoding,
      text: { field: 'text', type: 'nominal' },
      color: { condition: { test: `datum.mean > ${middle}`, value: '#000001' }, value: '#fffffe' },
    },
  };
  const roomy = x.values.length <= lettered.columns && y.values.length <= lettered.rows;
  return {
    ...{ width: panelWidth, height, data: { values } },
    layer: [
      {
        // A hair wider than their places: between shapes that just touch a seam shows.
        mark: { type: 'rect', width: { band: 1.012 }, height: { band: 1.012 } },
        encoding: {
          ...{ ...encoding, color: colour(domain) },
          description: { field: 'tip', type: 'nominal' },
        },
      },
      ...(roomy ? [letters] : []),
    ],
  };
}

function axisPlaces({ values }: SweepAxis): number[] {
  return values.map((_, i) => i);
}

/** `states 8, label 4.5: 61.2 % ± 3.0 over 5 seeds`: what a reader of the page is told of a cell. */
function tipOf({ values, mean, sd, count }: SweepPoint, axes: readonly SweepAxis[]): string {
  const where = axes.map((axis) => `${axis.label} ${axis.written(values[axis.path]!)}`).join(', ');
  const spread = sd === null ? '' : ` ± ${(100 * sd).toFixed(1)}`;
  return `${where}: ${(100 * mean).toFixed(1)} %${spread}, ${count} ${count === 1 ? 'seed' : 'seeds'}`;
}

/** All cells as one picture, a pixel a cell. */
function picture(points: readonly SweepPoint[], x: SweepAxis, y: SweepAxis, domain: Domain): object {
  const [width, height] = [x.values.length, y.values.length];
  const places = (axis: SweepAxis) => new Map(axis.values.map((value, i) => [value, i]));
  const [columns, rows] = [places(x), places(y)];
  const size = Math.max(1, Math.ceil(600 / Math.max(width, height)));
  const bitmap = new Bitmap(width * size, height * size);
  for (const { values, mean } of points) {
    const [column, row] = [columns.get(values[x.path]!)!, rows.get(values[y.path]!)!];
    const part = (100 * mean - domain[0]) / (domain[1] - domain[0] || 1);
    bitmap.square(column * size, (height - 1 - row) * size, size, shadeAt(part), 1);
  }
  const along = (axis: SweepAxis) => {
    const shown = Math.min(axis.values.length, 6);
    const ticks = Array.from({ length: shown }, (_, i) => Math.round((i * (axis.values.length - 1)) / (shown - 1)));
    const texts = Object.fromEntries(ticks.map((tick) => [tick, axis.written(axis.values[tick]!)]));
    return {
      ...{ type: 'quantitative', title: axis.title },
      scale: { domain: [-0.5, axis.values.length - 0.5], nice: false, zero: false },
      axis: { values: ticks, labelExpr: `(${JSON.stringify(texts)})[datum.value]`, grid: false, domain: false },
    };
  };
  const tall = panelWidth;
  const encoding = { x: { field: 'x', ...along(x) }, y: { field: 'y', ...along(y) } };
  return {
    ...{ width: panelWidth, height: tall },
    layer: [
      {
        data: { values: [{ x: -0.5, y: -0.5, x2: width - 0.5, y2: height - 0.5, url: bitmap.dataUrl() }] },
        mark: { type: 'image', aspect: false },
        encoding: { ...encoding, x2: { field: 'x2' }, y2: { field: 'y2' }, url: { field: 'url', type: 'nominal' } },
      },
      {
        // The picture has no scale of colours of its own: these two have it.
        data: { values: domain.map((mean) => ({ x: 0, y: 0, mean })) },
        mark: { type: 'point', opacity: 0 },
        encoding: { ...encoding, color: colour(domain) },
      },
    ],
    view: { fill: gridLine, fillOpacity: 0.4 },
  };
}

function shadeAt(part: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, part)) * (viridis.length - 1);
  const [first, rest] = [
    Math.min(Math.floor(at), viridis.length - 2),
    at - Math.min(Math.floor(at), viridis.length - 2),
  ];
  const [from, to] = [viridis[first]!, viridis[first + 1]!];
  const mixed = (i: 0 | 1 | 2): number => Math.round(from[i] + rest * (to[i] - from[i]));
  return [mixed(0), mixed(1), mixed(2)];
}
