import type { BranchNoise } from '../../device/fit/noise.js';
import { branches, type Branch } from '../../device/fit/ramps.js';
import { colour, fitChart, titleLayer, unitOf, type FitChart } from './charts.js';
import { colours, type Entry } from './legend.js';

const [measured, model, walk] = ['measured', '√(n·σp² + 2·σr²)', 'σp·√n, programming'];

const legend: readonly Entry[] = [
  { name: measured, colour: colour.measured, mark: 'points' },
  { name: model, colour: colour.fitted, mark: 'line' },
  { name: walk, colour: '#888888', mark: 'line' },
];

/** What a row of the chart is: σ of n steps [S], and where its error bar ends. */
interface Point {
  readonly n: number;
  readonly s: number;
  readonly series: string;
  readonly low?: number;
  readonly high?: number;
}

/**
 * Spread of n pulses about their mean, with its standard error, beside what programming and read noise would come to if it
 * grew as √n.
 */
export function noiseChart(noise: Readonly<Record<Branch, BranchNoise>>, name: string): FitChart {
  const points = { ltp: pointsOf(noise.ltp), ltd: pointsOf(noise.ltd) };
  const shown = branches.flatMap((branch) => points[branch].flatMap(({ s, low = s, high = s }) => [low, s, high]));
  const [least, most] = shown.length === 0 ? [1e-15, 1e-15] : [Math.min(...shown), Math.max(...shown)];
  const unit = unitOf(most);
  // The same for both branches, to be compared; a factor of room about what is drawn.
  const domain = [least / 1.2 / unit.factor, (1.2 * most) / unit.factor] as const;
  const barred = branches.some((branch) => points[branch].some(({ low }) => low !== undefined));
  const heading = { text: `${name}: spread of n pulses`, ...(barred && { subtitle: 'bars: ± standard error of σ' }) };
  return fitChart(heading, legend, (branch, whole) => panel(points[branch], branch, unit, domain, whole));
}

/** On a logarithmic axis nothing of zero has a place, nor a bar that reaches there an end: it has none. */
function pointsOf({ spread, programming, read }: BranchNoise): Point[] {
  const all = spread.flatMap(({ pulses: n, deviation: s, error }): Point[] => [
    { n, s: Math.sqrt(n * programming ** 2 + 2 * read ** 2), series: model },
    { n, s: Math.sqrt(n) * programming, series: walk },
    { n, s, series: measured, ...(error !== null && error < s && { low: s - error, high: s + error }) },
  ]);
  return all.filter(({ s }) => s > 0);
}

function panel(
  points: readonly Point[],
  branch: Branch,
  { factor, symbol }: ReturnType<typeof unitOf>,
  domain: readonly [low: number, high: number],
  whole: boolean,
) {
  const scale = { type: 'log', nice: false };
  const x = {
    ...{ field: 'n', type: 'quantitative', title: 'pulses n', scale: { ...scale, base: 2, padding: 12 } },
    axis: { values: points.flatMap(({ n, series }) => (series === model ? [n] : [])), format: 'd' },
  };
  const y = {
    ...{ field: 's', type: 'quantitative', title: `σ of n steps (${symbol})`, scale: { ...scale, domain } },
    axis: { values: roundValues(...domain), format: '~g' },
  };
  const color = colours(legend, whole);
  const rows = points.map(({ n, s, series, low, high }) => ({
    ...{ n, series, s: s / factor },
    ...(low !== undefined && high !== undefined && { low: low / factor, high: high / factor }),
  }));
  const of = (...names: string[]) => ({ values: rows.filter(({ series }) => names.includes(series)) });
  return {
    ...{ width: 340, height: 190 },
    layer: [
      titleLayer(branch),
      { data: of(model, walk), mark: { type: 'line' }, encoding: { x, y, color } },
      {
        data: { values: rows.filter(({ low }) => low !== undefined) },
        mark: { type: 'errorbar', ticks: true, color: colour.measured, thickness: 1.3 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      { data: of(measured), mark: { type: 'point', filled: true, size: 32, opacity: 1 }, encoding: { x, y, color } },
    ],
  };
}

/** 1, 2 and 5 times powers of ten within a domain. */
function roundValues(low: number, high: number): number[] {
  const decades = Math.floor(Math.log10(high)) - Math.floor(Math.log10(low)) + 1;
  const first = Math.floor(Math.log10(low));
  return Array.from({ length: decades }, (_, i) => [1, 2, 5].map((m) => Number(`${m}e${first + i}`)))
    .flat()
    .filter((value) => low <= value && value <= high);
}
