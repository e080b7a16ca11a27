import { correlation, rankCorrelation, ranksOf, type RankCorrelation } from '../results/rank-correlation.js';
import type { SweepPoint } from '../results/sweep-points.js';
import { series } from '../theme.js';
import { accuracyScale, accuracyTitle, panelHeight, panelWidth } from './figure.js';
import type { SweepAxis } from './sweep-axis.js';
import { colour, type Domain } from './sweep-map.js';

/** Of more points a picture of each would be too large, and none would be seen. */
export const mostDots = 1500;

/** Slices of a parameter's range in which many points are taken together. */
const slices = 24;

/** How the accuracy goes with one parameter over all points, whatever the others are. */
export interface MainEffect {
  readonly axis: SweepAxis;
  readonly correlation: RankCorrelation;
}

/** Of every axis of numbers, the strongest first. */
export function mainEffects(points: readonly SweepPoint[], axes: readonly SweepAxis[]): MainEffect[] {
  const means = points.map(({ mean }) => mean);
  const effects = axes.flatMap((axis) => {
    const found = axis.numeric ? rankCorrelation(placesOf(points, axis), means) : undefined;
    return found ? [{ axis, correlation: found }] : [];
  });
  return effects.sort((a, b) => Math.abs(b.correlation.rho) - Math.abs(a.correlation.rho));
}

/** Two parameters that rise or fall together, so that their effects cannot be told apart. */
export interface Entangled {
  readonly axes: readonly [SweepAxis, SweepAxis];
  readonly r: number;
}

/** Pairs whose ranks correlate beyond 0.5, as conditions of a sweep can make them. */
export function entangled(points: readonly SweepPoint[], axes: readonly SweepAxis[]): Entangled[] {
  const numeric = axes.filter((axis) => axis.numeric).map((axis) => [axis, ranksOf(placesOf(points, axis))] as const);
  return numeric.flatMap(([a, ofA], i) =>
    numeric.slice(i + 1).flatMap(([b, ofB]) => {
      const r = correlation(ofA, ofB);
      return r !== undefined && Math.abs(r) > 0.5 ? [{ axes: [a, b] as const, r }] : [];
    }),
  );
}

function placesOf(points: readonly SweepPoint[], axis: SweepAxis): number[] {
  return points.map(({ values }) => Number(axis.place(values[axis.path]!)));
}

/** Accuracy against one parameter: a dot a point, or of many the median and the middle 68 % of each slice. */
export function cloudPanel(points: readonly SweepPoint[], axis: SweepAxis): object {
  const x = { field: 'at', ...axis.encoding };
  const scale = accuracyScale(points.map(({ mean }) => 100 * mean));
  const y = { field: 'mean', type: 'quantitative', title: accuracyTitle, scale };
  const shared = { width: panelWidth, height: panelHeight };
  if (points.length <= mostDots || !axis.numeric) {
    const values = thinned(points).map(({ values: at, mean }) => ({
      at: axis.place(at[axis.path]!),
      mean: 100 * mean,
    }));
    const mark = { type: 'point', filled: true, size: points.length > 200 ? 14 : 40, color: series[0], opacity: 0.75 };
    return { ...shared, data: { values }, mark, encoding: { x, y } };
  }
  return {
    ...{ ...shared, data: { values: sliced(points, axis) } },
    layer: [
      {
        mark: { type: 'area', opacity: 0.22, color: series[0] },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        mark: { type: 'line', strokeWidth: 2, color: series[0], point: { size: 22, color: series[0] } },
        encoding: { x, y },
      },
    ],
  };
}

function sliced(points: readonly SweepPoint[], axis: SweepAxis): object[] {
  const order = points
    .map(({ values, mean }) => ({ at: Number(axis.place(values[axis.path]!)), mean: 100 * mean }))
    .sort((a, b) => a.at - b.at);
  return Array.from({ length: slices }, (_, i) => {
    const inside = order.slice(Math.floor((i * order.length) / slices), Math.floor(((i + 1) * order.length) / slices));
    const means = inside.map(({ mean }) => mean).sort((a, b) => a - b);
    const part = (fraction: number): number => means[Math.round(fraction * (means.length - 1))]!;
    return { at: inside[inside.length >> 1]!.at, mean: part(0.5), low: part(0.16), high: part(0.84) };
  });
}

/** Points over two axes, coloured by accuracy; of many every so manyth. */
export function scatter(points: readonly SweepPoint[], x: SweepAxis, y: SweepAxis, domain: Domain): object {
  const values = thinned(points).map((point) => ({
    ...{ x: x.place(point.values[x.path]!), y: y.place(point.values[y.path]!) },
    mean: 100 * point.mean,
  }));
  return {
    ...{ width: panelWidth, height: panelHeight + 40, data: { values } },
    mark: { type: 'point', filled: true, size: values.length > 200 ? 20 : 70, opacity: 1 },
    encoding: { x: { field: 'x', ...x.encoding }, y: { field: 'y', ...y.encoding }, color: colour(domain) },
  };
}

/** Evenly over the sweep's order, which has nothing to do with a hypercube's values. */
export function thinned(points: readonly SweepPoint[]): readonly SweepPoint[] {
  if (points.length <= mostDots) return points;
  return Array.from({ length: mostDots }, (_, i) => points[Math.floor((i * points.length) / mostDots)]!);
}
