import type { PointValue } from '../results/sweep.js';
import type { SweepPoint } from '../results/sweep-points.js';
import { mostOrdered, orderedColours, series } from '../theme.js';
import { accuracyScale, accuracyTitle, panelHeight, panelWidth, styled } from './figure.js';
import type { SweepAxis } from './sweep-axis.js';

/** Bands of more lines than these would cover one another: they have error bars. */
const mostBands = 3;

/** Of an axis with more values than there are colours, so many lines are drawn. */
const sampledLines = 5;

/** What a panel shows: accuracy along one axis, a line a value of another, averaged over the rest. */
export interface LinePlan {
  readonly axis: SweepAxis;
  readonly split: SweepAxis | undefined;
  /** Of `split`, those that have a line. */
  readonly lines: readonly PointValue[];
  readonly averaged: readonly SweepAxis[];
}

/** Panels of a sweep: one along each axis of numbers, or where there is none along the first. */
export function linePlans(axes: readonly SweepAxis[]): LinePlan[] {
  const numeric = axes.filter((axis) => axis.numeric && axis.values.length > 1);
  return (numeric.length > 0 ? numeric : axes.slice(0, 1)).map((axis) => {
    const others = axes.filter((other) => other !== axis);
    // Kinds of things before numbers, few lines before many.
    const rank = ({ numeric: isNumber, values }: SweepAxis): number => (isNumber ? 1000 : 0) + values.length;
    const [split] = [...others].sort((a, b) => rank(a) - rank(b));
    const averaged = others.filter((other) => other !== split);
    return { axis, split, lines: split ? chosenOf(split) : [], averaged };
  });
}

function chosenOf({ values, numeric }: SweepAxis): PointValue[] {
  const most = numeric ? mostOrdered : series.length;
  if (values.length <= most) return [...values];
  const place = (i: number): number => Math.round((i * (values.length - 1)) / (sampledLines - 1));
  return Array.from({ length: sampledLines }, (_, i) => values[place(i)]!);
}

interface LineRow {
  readonly series: string;
  readonly at: number | string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * @param which - of the palettes: two quantities of one page do not share their colours
 * @param joined - whether points make a grid, so that lines join neighbours
 */
export function linePanel(
  points: readonly SweepPoint[],
  { axis, split, lines }: LinePlan,
  which: number,
  joined: boolean,
): object {
  const names = split ? lines.map((value) => split.written(value)) : [''];
  const colours = split?.numeric
    ? orderedColours(names.length, which)
    : names.map((_, i) => series[(i + 2 * which) % series.length]!);
  const groups = new Map<PointValue, Map<PointValue, SweepPoint[]>>();
  for (const point of points) {
    const [line, at] = [split ? (point.values[split.path] ?? null) : null, point.values[axis.path] ?? null];
    const ofLine = groups.get(line) ?? new Map<PointValue, SweepPoint[]>();
    const there = ofLine.get(at) ?? [];
    there.push(point);
    groups.set(line, ofLine.set(at, there));
  }
  const rows = names.map((name, i): LineRow[] => {
    const ofLine = groups.get(split ? lines[i]! : null);
    return axis.values.flatMap((value) => {
      const spread = averageOf(ofLine?.get(value) ?? []);
      if (!spread) return [];
      const [mean, sd] = [100 * spread.mean, 100 * spread.sd];
      const at = axis.place(value);
      return [{ series: name, at, mean, low: Math.max(0, mean - sd), high: Math.min(100, mean + sd) }];
    });
  });
  const ends = rows.flat().flatMap(({ low, high }) => [low, high]);
  const x = { field: 'at', ...axis.encoding };
  const y = { field: 'mean', type: 'quantitative', title: accuracyTitle, scale: accuracyScale(ends) };
  const lined = joined && axis.numeric;
  const { color } = styled(names, colours);
  const legend = {
    ...{ symbolType: lined ? 'stroke' : 'circle', title: split?.title, titleLimit: 0 },
    ...{ columns: names.every(({ length }) => length < 6) ? 5 : 3, labelLimit: 160 },
  };
  // Beside one another where kinds stand on the axis, so that their error bars are seen.
  const beside = !axis.numeric && split ? { xOffset: { field: 'series', type: 'nominal', sort: names } } : {};
  const banded = lined && names.length <= mostBands;
  const spreads = rows.map((values, i) => ({
    data: { values },
    mark: banded
      ? { type: 'area', opacity: 0.15, color: colours[i] }
      : { type: 'rule', strokeWidth: 1.3, opacity: 0.75, color: colours[i] },
    encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, ...beside },
  }));
  return {
    ...{ width: panelWidth, height: panelHeight },
    layer: [
      ...spreads,
      {
        data: { values: rows.flat() },
        mark: lined
          ? { type: 'line', strokeWidth: 2, point: { size: 26 } }
          : { type: 'point', filled: true, size: 50, opacity: 1 },
        encoding: { x, y, ...beside, color: split ? { ...color, legend } : { value: series[0] } },
      },
    ],
  };
}

/**
 * Mean over points, every one with the same weight, and the standard deviation over seeds alone: squares are taken about
 * each point's own mean, so that what the averaged axes do is not in it.
 */
export function averageOf(points: readonly SweepPoint[]): { mean: number; sd: number } | undefined {
  if (points.length === 0) return undefined;
  const mean = points.reduce((sum, point) => sum + point.mean, 0) / points.length;
  const degrees = points.reduce((sum, { count }) => sum + count - 1, 0);
  const squares = points.reduce((sum, { count, sd }) => sum + (count - 1) * (sd ?? 0) ** 2, 0);
  return { mean, sd: degrees === 0 ? 0 : Math.sqrt(squares / degrees) };
}
