import type { Published } from '../../experiment/figures/schema.js';
import { spreadOf, type Group, type Spread } from '../results/groups.js';
import type { RunRead } from '../results/run.js';
import { series } from '../theme.js';
import { accuracyTitle, panelHeight, panelWidth, powersOfTen, styled, type Figure } from './figure.js';

/** A curve over seeds: where, and how the accuracies lie there. */
export interface SpreadAt extends Spread {
  readonly at: number;
}

const learnings = 'recognition-vs-learnings.csv';

/** What is drawn of one experiment. */
export interface AccuracyCurves {
  readonly label: string;
  readonly published: Published | undefined;
  readonly seeds: number;
  /** By epochs, or by images learnt where there is but one epoch. */
  readonly along: 'epoch' | 'samples';
  readonly device: readonly SpreadAt[];
  readonly ideal: readonly SpreadAt[];
}

/** Accuracy of every experiment as it learns: mean and spread over seeds, its ideal twin, and what the paper prints. */
export function accuracyFigure(groups: readonly Group[]): Figure | undefined {
  return figureOfCurves(groups.map(accuracyCurves));
}

/** The names of the networks in the figure's table. */
export const networkNames = { device: 'device', ideal: 'ideal twin' } as const;

export function figureOfCurves(all: readonly AccuracyCurves[]): Figure | undefined {
  const there = all.filter(({ device }) => device.length > 0);
  // A line between two points says no more than the summary does.
  const telling = there.filter(({ device }) => device.length > 2);
  const curves = telling.length > 0 ? telling : there;
  if (curves.length === 0) return undefined;
  const several = curves.some(({ device }) => device.some(({ count }) => count > 1));
  return {
    ...{ name: 'accuracy', title: 'Accuracy on the test images', columns: Math.min(3, curves.length) },
    caption: [
      several ? 'Lines are means over seeds, bands one standard deviation to either side.' : 'One seed.',
      ...levelsNamed(curves),
      ...(curves.some(({ along }) => along === 'samples')
        ? ['Where there is one epoch, the way through it is shown; leftmost is the network before training.']
        : []),
    ].join(' '),
    panels: curves.map(panelOf),
    table: {
      head: ['experiment', 'network', 'along', 'at', 'seeds', 'mean', 'sd', 'median', 'min', 'max'],
      rows: curves.flatMap(({ label, along, device, ideal }) =>
        [...named(networkNames.device, device), ...named(networkNames.ideal, ideal)].map(([network, row]) => [
          ...[label, network, along, row.at, row.count, row.mean, row.sd, row.median, row.min, row.max],
        ]),
      ),
    },
  };
}

function named(name: string, rows: readonly SpreadAt[]): (readonly [string, SpreadAt])[] {
  return rows.map((row) => [name, row] as const);
}

export function accuracyCurves({ label, published, runs }: Group): AccuracyCurves {
  const epochs = Math.max(0, ...runs.map((run) => run.metrics().length - 1));
  const within = runs.some((run) => run.table(learnings).length > 2);
  const along = epochs <= 1 && within ? 'samples' : 'epoch';
  return {
    ...{ label, published, seeds: runs.length },
    along,
    device: overSeeds(runs.map((run) => points(run, along, ''))),
    ideal: overSeeds(runs.map((run) => points(run, along, 'ideal_'))),
  };
}

interface Point {
  readonly at: number;
  readonly accuracy: number;
}

function points(run: RunRead, along: AccuracyCurves['along'], prefix: '' | 'ideal_'): Point[] {
  const rows = along === 'samples' ? run.table(learnings) : [];
  const accuracies = rows.flatMap((row) => {
    const accuracy = row[`${prefix}accuracy`];
    return accuracy === undefined ? [] : [{ at: row.samples!, accuracy }];
  });
  if (accuracies.length > 0) return accuracies;
  const metrics = prefix === '' ? run.metrics() : run.idealMetrics();
  return metrics.map((epoch) => ({ at: epoch[along], accuracy: epoch.accuracy }));
}

function overSeeds(runs: readonly (readonly Point[])[]): SpreadAt[] {
  const places = [...new Set(runs.flat().map(({ at }) => at))].sort((a, b) => a - b);
  return places.map((at) => ({ at, ...spreadOf(runs.flat().flatMap((one) => (one.at === at ? one.accuracy : [])))! }));
}

function panelOf({ label, published, seeds, along, device, ideal }: AccuracyCurves): object {
  const mho = seeds === 1 ? 'Mho, one seed' : `Mho, ${seeds} seeds`;
  const lines = [
    ...(device.length > 0 ? [{ name: mho, colour: series[0], dash: [], rows: device }] : []),
    ...(ideal.length > 0 ? [{ name: 'float weights', colour: series[2], dash: [], rows: ideal }] : []),
  ];
  const { accuracy, ideal: best } = published ?? {};
  const levels = [
    ...(accuracy
      ? [{ name: `paper ${accuracy.printed}`, colour: series[1], dash: [6, 3], level: 100 * accuracy.value }]
      : []),
    ...(best ? [{ name: `ideal ${best.printed}`, colour: series[3], dash: [1.5, 2.5], level: 100 * best.value }] : []),
  ];
  const all = [...lines, ...levels];
  const style = styled(
    all.map(({ name }) => name),
    all.map(({ colour }) => colour),
    all.map(({ dash }) => dash),
  );
  const low = along === 'samples' ? 0 : lowest([...device, ...ideal], levels);
  const { x, place } = along === 'samples' ? learningAxis(device) : epochAxis(device.length);
  const y = {
    field: 'mean',
    type: 'quantitative',
    title: accuracyTitle,
    scale: { domain: [low, 100], nice: false },
  };
  const values = lines.flatMap(({ name, rows }) =>
    rows.flatMap(({ at, mean, sd }) => {
      const [where, spread] = [place(at), 100 * (sd ?? 0)];
      if (where === undefined) return [];
      const [lower, higher] = [Math.max(low, 100 * mean - spread), Math.min(100, 100 * mean + spread)];
      return [{ series: name, at: where, mean: 100 * mean, low: lower, high: higher }];
    }),
  );
  const dots = device.length < 16 ? { point: { size: 24, filled: true } } : {};
  const bands = lines.map(({ name, colour }) => ({
    transform: [{ filter: { field: 'series', equal: name } }],
    mark: { type: 'area', opacity: 0.22, clip: true, color: colour },
    encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
  }));
  return {
    ...{ width: panelWidth, height: panelHeight, title: label, data: { values } },
    layer: [
      ...bands,
      {
        data: { values: levels.map(({ name, level }) => ({ series: name, level })) },
        mark: { type: 'rule', strokeWidth: 1.6 },
        encoding: { y: { ...y, field: 'level' }, ...style },
      },
      { mark: { type: 'line', strokeWidth: 2, clip: true, ...dots }, encoding: { x, y, ...style } },
    ],
  };
}

/** An axis, and where a count lies on it; undefined where it is not shown. */
interface Along {
  readonly x: object;
  readonly place: (at: number) => number | undefined;
}

/** A logarithm has no place for no images learnt: they stand to the left of the first count. */
function learningAxis(rows: readonly SpreadAt[]): Along {
  const counts = rows.flatMap(({ at }) => (at > 0 ? [at] : []));
  const [first, last] = [Math.min(...counts), Math.max(...counts)];
  const origin = first / 3;
  const scale = { type: 'log', nice: false, domain: [origin, last] };
  const axis = { format: '~s', values: powersOfTen(first, last) };
  const x = { field: 'at', type: 'quantitative', title: 'training images learnt', scale, axis };
  return { x, place: (at) => (at === 0 ? origin : at) };
}

/** The untrained network would press everything else together. */
function epochAxis(epochs: number): Along {
  const axis = { tickMinStep: 1, format: 'd' };
  const x = { field: 'at', type: 'quantitative', title: 'epoch', scale: { nice: false, zero: false }, axis };
  return { x, place: (at) => (at === 0 && epochs > 2 ? undefined : at) };
}

/** A round percentage below everything that is drawn, the untrained network aside. */
function lowest(rows: readonly SpreadAt[], levels: readonly { readonly level: number }[]): number {
  const trained = rows.length > 2 ? rows.filter(({ at }) => at > 0) : rows;
  const least = Math.min(
    ...trained.map(({ mean, sd }) => 100 * (mean - (sd ?? 0))),
    ...levels.map(({ level }) => level),
  );
  const step = least > 90 ? 2 : 10;
  return Math.max(0, Math.floor((least - 0.25) / step) * step);
}

/** What the levels of the panels are; a paper says nothing of a device that stands in the place of its own. */
function levelsNamed(curves: readonly AccuracyCurves[]): string[] {
  const named = [
    ...(curves.some(({ published }) => published?.accuracy) ? ['dashed of the device'] : []),
    ...(curves.some(({ published }) => published?.ideal) ? ['dotted of its ideal case'] : []),
  ];
  return named.length === 0 ? [] : [`Levels are what the paper prints: ${named.join(', ')}.`];
}
