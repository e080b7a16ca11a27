import { extentOf } from '../../statistics/extent.js';
import { parseQuantity } from '../../units.js';
import type { SweepPoint } from '../results/sweep-points.js';
import type { PointValue, SweepRead } from '../results/sweep.js';
import { commonName, valueName, type FieldName } from './sweep-names.js';

/** One axis of a sweep, as figures draw it. */
export interface SweepAxis {
  readonly path: string;
  /** `cycle-to-cycle σ`: the field's name. */
  readonly label: string;
  /** With its unit. */
  readonly title: string;
  /** In rising order where they are numbers, else in the order of the sweep's file. */
  readonly values: readonly PointValue[];
  readonly numeric: boolean;
  /** Whether values step by factors. */
  readonly log: boolean;
  /** Of Vega-Lite, without the field. */
  readonly encoding: object;
  /** Where a value lies along the axis. */
  place(value: PointValue): number | string;
  /** As a figure writes the value, without the unit. */
  written(value: PointValue): string;
}

export function axisOf(sweep: SweepRead, path: string, points: readonly SweepPoint[]): SweepAxis {
  const swept = sweep.axes.find((axis) => axis.path === path);
  const known = new Set(points.map((point) => point.values[path] ?? null));
  // Every value of a grid has its place, whether or not a trial has come to it.
  const declared = sweep.design === 'grid' ? (swept?.values ?? []) : [];
  const values = [...new Set([...declared, ...known])];
  const field = commonName(path, sweep.along.get(path) ?? []);
  const scale = scaleOf(values, field);
  return scale ? numericAxis(path, field, values, scale, swept) : namedAxis(path, field, values);
}

function namedAxis(path: string, { name: label }: FieldName, values: readonly PointValue[]): SweepAxis {
  const place = valueName;
  const encoding = {
    ...{ type: 'nominal', title: label, sort: values.map(place) },
    axis: {
      ...{ labelAngle: 0, labelLimit: 0, labelOverlap: false, grid: false },
      labelExpr: `(${JSON.stringify(Object.fromEntries(values.map((value) => [place(value), broken(place(value))])))})[datum.value]`,
    },
  };
  return { path, label, title: label, values, numeric: false, log: false, encoding, place, written: place };
}

/** Long words in two lines, broken behind a hyphen or a space. */
export function broken(word: string): string | string[] {
  const at = word.length > 10 ? /[-\s/](?=[^-\s/]+$)/.exec(word) : null;
  return at ? [word.slice(0, at.index + 1).trimEnd(), word.slice(at.index + 1)] : word;
}

/** How values become numbers of one unit. */
interface Scale {
  readonly unit: string;
  readonly place: (value: PointValue) => number;
}

type Swept = SweepRead['axes'][number] | undefined;

function numericAxis(
  path: string,
  field: FieldName,
  values: readonly PointValue[],
  { unit, place }: Scale,
  swept: Swept,
): SweepAxis {
  const sorted = [...values].sort((a, b) => place(a) - place(b));
  const numbers = [...new Set(sorted.map(place))];
  const ends = swept?.ends?.map(place).sort((a, b) => a - b) ?? [];
  const [low, high] = extentOf([...numbers, ...ends]);
  const log = low > 0 && high > low && (swept?.scale === undefined ? isGeometric(numbers) : swept.scale === 'log');
  const pad = log ? (high / low) ** 0.03 : 0.03 * (high - low || 1);
  const domain = log ? [low / pad, high * pad] : [low - pad, high + pad];
  const ticks = numbers.length <= mostTicks ? numbers : log ? steps(low, high) : undefined;
  const textOf = writer([...numbers, ...(ticks ?? [])]);
  const texts = Object.fromEntries((ticks ?? []).map((tick) => [tick, textOf(tick)]));
  const axis = ticks
    ? { values: ticks, labelExpr: `(${JSON.stringify(texts)})[datum.value]`, labelOverlap: 'greedy', labelFlush: false }
    : { tickCount: 6, labelOverlap: 'greedy' };
  const title = unit === '' ? field.name : `${field.name} (${unit})`;
  return {
    ...{ path, label: field.name, title, values: sorted, numeric: true, log, place },
    written: (value) => textOf(place(value)),
    encoding: { type: 'quantitative', title, scale: { type: log ? 'log' : 'linear', domain, nice: false }, axis },
  };
}

/** More values than these do not have a tick each. */
const mostTicks = 10;

/** 1, 2 and 5 times the powers of ten of a range; over more than three decades the powers alone. */
function steps(low: number, high: number): number[] {
  const factors = high / low > 1000 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const decades = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => first + i);
  const all = decades.flatMap((decade) => factors.map((factor) => Number(`${factor}e${decade}`)));
  return all.filter((step) => step >= low * (1 - 1e-9) && step <= high * (1 + 1e-9));
}

/** Writes the numbers of one axis; where some are very large or small, powers of ten as such. */
function writer(numbers: readonly number[]): (number: number) => string {
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  const [least, most] = extentOf(sizes);
  const wide = sizes.length > 0 && (most >= 1e5 || least < 1e-4);
  return (number) => {
    const short = Number(number.toPrecision(4));
    const plain = !wide || short === 0 || (Math.abs(short) >= 0.01 && Math.abs(short) < 1000);
    if (plain) return String(short).replace('-', '−');
    const [digits, power] = short.toExponential().split('e') as [string, string];
    const ten = `10${String(Number(power)).replace(/[\d-]/g, (letter) => raised['0123456789-'.indexOf(letter)]!)}`;
    return (digits === '1' ? ten : `${digits}·${ten}`).replace('-', '−');
  };
}

/** Digits and the sign of an exponent. */
const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹⁻';

/** Undefined of values that are no numbers. */
function scaleOf(values: readonly PointValue[], { dimension, unit }: FieldName): Scale | undefined {
  const alike = commonUnit(values);
  if (alike !== undefined) {
    const shown = alike === '' ? (unit ?? '') : (symbols.get(alike) ?? alike);
    return { unit: shown, place: (value) => parseFloat(String(value)) };
  }
  if (dimension === undefined) return undefined;
  // Quantities in several units: all in that of the first.
  try {
    const [, first] = quantity.exec(String(values[0])) ?? [];
    if (first === undefined || first === '') return undefined;
    const [zero, one] = [parseQuantity(`0 ${first}`, dimension), parseQuantity(`1 ${first}`, dimension)];
    const place = (value: PointValue): number =>
      Number(((parseQuantity(String(value), dimension) - zero) / (one - zero)).toPrecision(10));
    values.forEach(place);
    return { unit: symbols.get(first) ?? first, place };
  } catch {
    return undefined;
  }
}

/** As print has them. */
const symbols: ReadonlyMap<string, string> = new Map([
  ['degC', '°C'],
  ['uS', 'µS'],
  ['us', 'µs'],
  ['uV', 'µV'],
  ['uA', 'µA'],
  ['ohm', 'Ω'],
  ['kohm', 'kΩ'],
  ['Mohm', 'MΩ'],
]);

const quantity = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*(\S*)\s*$/i;

/** The unit of values that are numbers, or quantities in one unit; undefined of others. */
function commonUnit(values: readonly PointValue[]): string | undefined {
  const units = values.map((value) => (typeof value === 'boolean' ? undefined : quantity.exec(String(value))?.[1]));
  const [first] = units;
  return units.every((unit) => unit !== undefined && unit === first) ? first : undefined;
}

/** Whether a logarithm spreads the values more evenly: above zero, three or more, over a factor of four or more. */
function isGeometric(sorted: readonly number[]): boolean {
  const [least, most] = [sorted[0]!, sorted.at(-1)!];
  if (sorted.length < 3 || least <= 0 || most / least < 4) return false;
  return unevenness(sorted.map(Math.log)) < unevenness(sorted);
}

/** How much the steps between neighbours differ: their standard deviation over their mean. */
function unevenness(sorted: readonly number[]): number {
  const gaps = sorted.slice(1).map((value, i) => value - sorted[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean;
}
