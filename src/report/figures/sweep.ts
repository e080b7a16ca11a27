import type { PointValue, SweepRead } from '../results/sweep.js';
import { pointsOf, type SweepPoint } from '../results/sweep-points.js';
import { series } from '../theme.js';
import { axisOf, type SweepAxis } from './sweep-axis.js';
import { heatMap, scatter } from './sweep-map.js';
import { panelHeight, panelWidth, styled, type Figure } from './figure.js';

/** A heat map of two axes, or points where they make no grid, and lines with bands along each axis of numbers. */
export function sweepFigures(sweep: SweepRead, id: string): Figure[] {
  const points = pointsOf(sweep);
  if (points.length === 0) return [];
  const axes = sweep.paths.map((path) => axisOf(path, points));
  const along = [...sweep.along].map(
    ([path, others]) => ` ${others.join(' and ')} ${others.length === 1 ? 'is' : 'are'} as ${path} is.`,
  );
  const figures = [...mapFigure(sweep, id, points, axes), ...lineFigure(sweep, id, points, axes)];
  return figures.map((figure) => ({ ...figure, caption: figure.caption + along.join('') }));
}

function tableOf(points: readonly SweepPoint[], paths: readonly string[]): Figure['table'] {
  return {
    head: [...paths, 'seeds', 'mean', 'sd', 'median', 'min', 'max'],
    rows: points.map((point) => [
      ...paths.map((path) =>
        typeof point.values[path] === 'boolean' ? String(point.values[path]) : (point.values[path] ?? null),
      ),
      ...[point.count, point.mean, point.sd, point.median, point.min, point.max],
    ]),
  };
}

/** Whether most combinations of the axes' values are there. */
function makesGrid(points: readonly SweepPoint[], axes: readonly SweepAxis[]): boolean {
  return points.length >= 0.5 * axes.reduce((product, { values }) => product * values.length, 1);
}

/** So many panels at most; further values of a third axis are in the table. */
const mostPanels = 6;

function mapFigure(
  { name, paths }: SweepRead,
  id: string,
  points: readonly SweepPoint[],
  axes: readonly SweepAxis[],
): Figure[] {
  const [x, y, ...others] = [...axes].sort((a, b) => b.values.length - a.values.length);
  if (!x || !y) return [];
  const isGrid = makesGrid(points, axes);
  const combinations = isGrid
    ? [...new Set(points.map(({ values }) => JSON.stringify(others.map(({ path }) => values[path]))))]
    : ['[]'];
  const all = points.map((point) => 100 * point.mean);
  const domain: [number, number] = [Math.min(...all), Math.max(...all)];
  const panels = combinations.slice(0, mostPanels).map((combination) => {
    const fixed = JSON.parse(combination) as PointValue[];
    const shown = isGrid
      ? points.filter(({ values }) => others.every(({ path }, i) => values[path] === fixed[i]))
      : points;
    const title = others.map((axis, i) => `${axis.label} ${String(fixed[i])}`).join(', ');
    const panel = isGrid ? heatMap(shown, x, y, domain) : scatter(shown, x, y, domain);
    return { ...panel, ...(isGrid && others.length > 0 && { title }) };
  });
  const left = combinations.length - panels.length;
  const seeds = Math.max(...points.map(({ count }) => count));
  return [
    {
      ...{
        name: `${id}-map`,
        title: `${name}: accuracy over ${x.label} and ${y.label}`,
        columns: Math.min(2, panels.length),
      },
      caption:
        (seeds > 1 ? `Mean accuracy (%) of up to ${seeds} seeds a point.` : 'Accuracy (%), one seed a point.') +
        (left > 0 ? ` ${left} further panels are in the table.` : ''),
      panels,
      table: tableOf(points, paths),
    },
  ];
}

/** More lines than these are a heat map's matter. */
const mostLines = series.length;

function lineFigure(
  { name, paths }: SweepRead,
  id: string,
  points: readonly SweepPoint[],
  axes: readonly SweepAxis[],
): Figure[] {
  const numeric = axes.filter((axis) => axis.numeric && axis.values.length > 1);
  const along = numeric.length > 0 ? numeric : axes;
  const panels = along.map((axis) =>
    linePanel(
      points,
      axis,
      axes.filter((other) => other !== axis),
    ),
  );
  if (panels.length === 0) return [];
  return [
    {
      ...{ name: `${id}-lines`, title: `${name}: accuracy along each axis`, columns: Math.min(2, panels.length) },
      caption:
        'Means, with bands of one standard deviation to either side: over seeds, and over everything that the panel does not tell apart.',
      panels,
      table: tableOf(points, paths),
    },
  ];
}

function linePanel(points: readonly SweepPoint[], axis: SweepAxis, others: readonly SweepAxis[]): object {
  // Kinds of things before numbers, which a band can take together.
  const candidates = others.filter(
    ({ values, numeric }) => values.length <= mostLines && (!numeric || others.length === 1),
  );
  const split = candidates.length === 1 ? candidates[0] : undefined;
  const joined = axis.numeric && makesGrid(points, [axis, ...others]);
  const names = split ? split.values.map(String) : [''];
  const lines = names.map((name, i) => ({
    colour: series[i % series.length]!,
    rows: axis.values.flatMap((value) => {
      const spread = pooled(
        points.filter(({ values }) => values[axis.path] === value && (!split || String(values[split.path]) === name)),
      );
      if (!spread) return [];
      const [mean, sd] = [100 * spread.mean, 100 * spread.sd];
      return [
        { series: name, at: axis.place(value), mean, low: Math.max(0, mean - sd), high: Math.min(100, mean + sd) },
      ];
    }),
  }));
  const x = { field: 'at', ...axis.encoding };
  const y = { field: 'mean', type: 'quantitative', title: 'images recognised (%)', scale: { zero: false } };
  const { color } = styled(
    names,
    lines.map(({ colour }) => colour),
    names.map(() => []),
  );
  const band = joined ? { type: 'area', opacity: 0.16 } : { type: 'rule', strokeWidth: 1.5, opacity: 0.7 };
  const line = joined
    ? { type: 'line', strokeWidth: 2, point: { size: 26 } }
    : { type: 'point', filled: true, size: 50 };
  const legend = { ...color.legend, title: split?.label, titleLimit: panelWidth, columns: 3 };
  return {
    ...{ width: panelWidth, height: panelHeight },
    layer: [
      ...lines.map(({ colour, rows }) => ({
        data: { values: rows },
        mark: { ...band, color: colour },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      })),
      {
        data: { values: lines.flatMap(({ rows }) => rows) },
        mark: line,
        encoding: { x, y, color: split ? { ...color, legend } : { value: series[0] } },
      },
    ],
  };
}

/** Mean and standard deviation over all seeds of several points. */
function pooled(points: readonly SweepPoint[]): { mean: number; sd: number } | undefined {
  const count = points.reduce((sum, point) => sum + point.count, 0);
  if (count === 0) return undefined;
  const mean = points.reduce((sum, point) => sum + point.count * point.mean, 0) / count;
  const squares = points.reduce((sum, point) => {
    return sum + (point.count - 1) * (point.sd ?? 0) ** 2 + point.count * (point.mean - mean) ** 2;
  }, 0);
  return { mean, sd: count > 1 ? Math.sqrt(squares / (count - 1)) : 0 };
}
