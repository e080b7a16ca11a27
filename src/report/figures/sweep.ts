import { extentOf } from '../../statistics/extent.js';
import type { PointValue, SweepRead } from '../results/sweep.js';
import { isUnfinished, progressOf } from '../results/sweep.js';
import { pointsOf, type SweepPoint } from '../results/sweep-points.js';
import { wrapped, type Figure } from './figure.js';
import { axisOf, type SweepAxis } from './sweep-axis.js';
import { cloudPanel, entangled, mainEffects, mostDots, scatter } from './sweep-cloud.js';
import { linePanel, linePlans, type LinePlan } from './sweep-lines.js';
import { heatMap, type Domain } from './sweep-map.js';
import { fieldNameOf } from './sweep-names.js';

/** A sweep with its points and axes, as its figures and its tables are made of them. */
export interface SweepView {
  readonly sweep: SweepRead;
  readonly points: readonly SweepPoint[];
  readonly axes: readonly SweepAxis[];
  /** Whether most combinations of the axes' values are there, so that neighbours can be joined. */
  readonly isGrid: boolean;
}

export function viewOf(sweep: SweepRead): SweepView {
  const points = pointsOf(sweep);
  const axes = sweep.paths.map((path) => axisOf(sweep, path, points));
  const cells = axes.reduce((product, { values }) => product * values.length, 1);
  // One without conditions becomes a grid, however few of its points are there yet.
  const isGrid = points.length >= 0.5 * cells || (!sweep.conditioned && isUnfinished(sweep));
  return { sweep, points, axes, isGrid: sweep.design === 'grid' && isGrid };
}

/** Accuracies of a sweep's points [%]. */
function rangeOf({ points }: SweepView): Domain {
  return extentOf(points.map(({ mean }) => 100 * mean));
}

/** One range of colours for sweeps over the same axes, so that their maps can be compared. */
export function sharedRange(view: SweepView, all: readonly SweepView[]): Domain {
  const key = (one: SweepView): string => JSON.stringify(one.sweep.paths);
  const alike = all.filter((one) => one.points.length > 0 && key(one) === key(view));
  return extentOf(alike.flatMap(rangeOf));
}

/** A heat map of two axes and lines along each axis of numbers; of points that make no grid, a cloud along each. */
export function sweepFigures(view: SweepView, id: string, domain: Domain): Figure[] {
  if (view.points.length === 0 || view.axes.length === 0) return [];
  const { sweep } = view;
  const along = [...sweep.along].map(([path, others]) => {
    const named = others.map((other) => fieldNameOf(other).name).join(' and ');
    return ` ${named} ${others.length === 1 ? 'steps' : 'step'} along with ${fieldNameOf(path).name}.`;
  });
  const figures = view.isGrid
    ? [...mapFigure(view, id, domain), ...lineFigure(view, id)]
    : cloudFigures(view, id, domain);
  return figures.map((figure) => ({
    ...figure,
    subtitle: [sweep.title, [figure.subtitle, trainedAs(sweep), progressNote(sweep)].filter(isText).join(' · ')]
      .filter(isText)
      .filter((line) => line !== ''),
    caption: figure.caption + along.join(''),
    table: tableOf(view),
  }));
}

type Drawn = Omit<Figure, 'table' | 'subtitle'> & { readonly subtitle: string };

function isText(text: string | undefined): text is string {
  return text !== undefined;
}

/** `Ag/WSe2, 10 epochs`: what figures say of the experiment; nothing of what an axis sets. */
function trainedAs({ experiment, axes }: SweepRead): string | undefined {
  const swept = (path: string): boolean => axes.some((axis) => axis.path === path || axis.path.startsWith(`${path}.`));
  const { device, training, dataset } = experiment;
  const epochs = training?.epochs;
  const parts = [
    ...(dataset?.name !== undefined ? [dataset.name.toUpperCase()] : []),
    ...(device?.name !== undefined && !axes.some(({ path }) => path === 'device') ? [device.name] : []),
    ...(epochs !== undefined && !swept('training.epochs')
      ? [`${epochs}\u00a0${epochs === 1 ? 'epoch' : 'epochs'}`]
      : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' · ');
}

function progressNote(sweep: SweepRead): string | undefined {
  return isUnfinished(sweep) ? progressOf(sweep) : undefined;
}

/** `mean ± 1 sd over 5 seeds`, or what can be said where points have unequal numbers of them. */
function seedsNote({ points }: SweepView, what = 'mean ± 1 sd'): string {
  const [least, most] = extentOf(points.map(({ count }) => count));
  if (most === 1) return 'one seed a point';
  return `${what} over ${least === most ? most : `${least} to ${most}`} seeds`;
}

/** Rows in the order of the axes, as they are drawn. */
function tableOf({ sweep: { paths }, points, axes }: SweepView): Figure['table'] {
  const ranks = axes.map((axis) => new Map(axis.values.map((value, i) => [value, i])));
  const sorted = [...points].sort((a, b) => {
    for (const [i, path] of paths.entries()) {
      const order = ranks[i]!.get(a.values[path]!)! - ranks[i]!.get(b.values[path]!)!;
      if (order !== 0) return order;
    }
    return 0;
  });
  return {
    head: [...paths, 'seeds', 'mean', 'sd', 'median', 'min', 'max'],
    rows: sorted.map((point) => [
      ...paths.map((path) =>
        typeof point.values[path] === 'boolean' ? String(point.values[path]) : (point.values[path] ?? null),
      ),
      ...[point.count, point.mean, point.sd, point.median, point.min, point.max],
    ]),
  };
}

/** Of a line of a panel's title. */
const titleLetters = 34;

/** So many panels at most; further values of a third axis are in the table. */
const mostPanels = 6;

function mapFigure(view: SweepView, id: string, domain: Domain): Drawn[] {
  const { sweep, points, axes } = view;
  const [x, y, ...others] = [...axes].sort((a, b) => b.values.length - a.values.length);
  if (!x || !y) return [];
  const grouped = new Map<string, SweepPoint[]>();
  for (const point of points) {
    const key = JSON.stringify(others.map(({ path }) => point.values[path]));
    const known = grouped.get(key);
    if (known) known.push(point);
    else grouped.set(key, [point]);
  }
  const order = (key: string): number => {
    const fixed = JSON.parse(key) as PointValue[];
    return others.reduce((sum, { values }, i) => sum * values.length + values.indexOf(fixed[i]!), 0);
  };
  const combinations = [...grouped].sort(([a], [b]) => order(a) - order(b));
  const panels = combinations.slice(0, mostPanels).map(([key, shown]) => {
    const fixed = JSON.parse(key) as PointValue[];
    const title = others.map((axis, i) => `${axis.title} ${axis.written(fixed[i]!)}`).join(', ');
    return { ...heatMap(shown, x, y, domain), ...(others.length > 0 && { title: wrapped(title, titleLetters) }) };
  });
  const left = combinations.length - panels.length;
  const cells = axes.reduce((product, { values }) => product * values.length, 1);
  return [
    {
      ...{ name: `${id}-map`, title: `${sweep.name}: accuracy over ${x.label} and ${y.label}` },
      ...{ columns: Math.min(2, panels.length), panels, subtitle: seedsNote(view, 'means') },
      caption: [
        'Mean test accuracy (%); standard deviations and numbers of seeds are in the CSV.',
        ...(cells > points.length ? ['Cells without colour were left out by the sweep, or have no accuracy yet.'] : []),
        ...(left > 0 ? [`${left} further panels are in the table.`] : []),
      ].join(' '),
    },
  ];
}

function lineFigure(view: SweepView, id: string): Drawn[] {
  const { sweep, points, axes } = view;
  const plans = linePlans(axes);
  if (plans.length === 0) return [];
  const [, seeds] = extentOf(points.map(({ count }) => count));
  // Every quantity that lines stand for has colours of its own.
  const told = [...new Set(plans.map(({ split }) => split))];
  return [
    {
      ...{
        name: `${id}-lines`,
        title: `${sweep.name}: accuracy along ${plans.length === 1 ? plans[0]!.axis.label : 'each axis'}`,
      },
      ...{ columns: Math.min(2, plans.length), subtitle: seedsNote(view) },
      panels: plans.map((plan) => linePanel(points, plan, Math.max(0, told.indexOf(plan.split)), true)),
      caption: [
        seeds === 1
          ? 'Test accuracy, one seed a point: nothing is known of its spread.'
          : 'Mean test accuracy; bands, or bars where there are many lines, are one standard deviation over seeds to either side.',
        ...plans.flatMap(averagedNote),
      ].join(' '),
    },
  ];
}

function averagedNote({ axis, split, lines, averaged }: LinePlan): string[] {
  const rest = averaged.map(({ label }) => label).join(' and ');
  return [
    ...(split && lines.length < split.values.length
      ? [`Along ${axis.label}: ${lines.length} of the ${split.values.length} values of ${split.label}.`]
      : []),
    ...(averaged.length > 0
      ? [
          `Along ${axis.label}: means over ${rest}, of the combinations that are there; the spread is that of the seeds alone.`,
        ]
      : []),
  ];
}

function cloudFigures(view: SweepView, id: string, domain: Domain): Drawn[] {
  const { sweep, points, axes } = view;
  const effects = mainEffects(points, axes);
  const [x, y] = effects.length > 1 ? effects.map(({ axis }) => axis) : axes;
  const many = points.length > mostDots;
  const pairs = entangled(points, axes).map(({ axes: [a, b], r }) => {
    return ` ${a.label} and ${b.label} go together here (rank correlation ${r.toFixed(2)}): their effects cannot be told apart.`;
  });
  const subtitle = `${points.length.toLocaleString('en')} points, ${seedsNote(view, 'means')}`;
  const map: Drawn[] =
    x && y
      ? [
          {
            ...{
              name: `${id}-map`,
              title: `${sweep.name}: accuracy over ${x.label} and ${y.label}`,
              columns: 1,
              subtitle,
            },
            panels: [scatter(points, x, y, domain)],
            caption: `Test accuracy of every point${many ? `, of which ${mostDots.toLocaleString('en')} are drawn` : ''}, over the two parameters that it goes with most.`,
          },
        ]
      : [];
  return [
    ...map,
    {
      ...{ name: `${id}-lines`, title: `${sweep.name}: accuracy along each parameter`, subtitle },
      ...{ columns: Math.min(2, axes.length), panels: axes.map((axis) => cloudPanel(points, axis)) },
      caption:
        (many
          ? 'Medians of the points in slices of equal numbers, with bands that hold the middle 68 % of them, whatever the other parameters are.'
          : 'A dot a point, whatever the other parameters are.') + pairs.join(''),
    },
  ];
}
