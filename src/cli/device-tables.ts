import { formatQuantity } from '../units.js';
import type { DeviceList } from '../experiment/device-list.js';
import { deviceFile, deviceSheet, type DeviceSheet } from '../experiment/device-sheet.js';
import { displayPath } from '../experiment/place.js';

/** @param width - columns of the terminal; undefined where whole lines are wanted */
export function describeList({ models, devices }: DeviceList, width: number | undefined): string {
  const notes =
    'states are the range over the mean step of one pulse, 1/∫|Δg| dg, of any model (a ramp whose steps shrink takes more ' +
    'pulses than that; files of the exponential state those), NL is the nonlinearity label, both of LTP/LTD where they ' +
    'differ; σ is that of one pulse as a part of the range, read that of a read; mho device show <name> has what the file ' +
    'states and the whole source, mho device plot <name> draws it';
  const ofModels = columns(models.map(({ name, summary }) => [name, summary])).map((line) => clipped(line, width));
  return [
    ...(models.length === 0 ? [] : ['models', ...ofModels, '']),
    'devices',
    ...fitted([heads, ...devices.map(figureRow)], width),
    '',
    ...wrapped(notes, width ?? 100),
  ].join('\n');
}

/** As many columns of a table as there is room for, the last one cut where the source of a device is at least begun. */
function fitted(rows: readonly (readonly string[])[], width: number | undefined): string[] {
  if (width === undefined) return columns(rows);
  const without = (left: number) => columns(rows.map((row) => row.slice(0, row.length - left)));
  const widest = (lines: readonly string[]): number => Math.max(...lines.map(({ length }) => length));
  const left = [1, 2, 3, 4].find((count) => widest(without(count)) <= width) ?? 5;
  const room = width - widest(without(left)) - 2;
  return left === 1 && room >= leastSource ? columns(rows).map((line) => clipped(line, width)) : without(left);
}

/** Fewer letters of a source say nothing. */
const leastSource = 16;

const heads = ['device', 'model', 'states', 'NL', 'range', 'on/off', 'σ', 'read', 'source'];

function figureRow({ name, model, source, figures }: DeviceList['devices'][number]): string[] {
  const { states, nonlinearity, gMin, gMax, onOffRatio, cycleToCycle, readNoise } = figures;
  const range = gMin === null || gMax === null ? '-' : rangeOf(gMin, gMax);
  const pair = (values: { ltp: number; ltd: number } | null): string =>
    values === null ? '-' : [...new Set([values.ltp, values.ltd].map(rounded))].join('/');
  const part = (fraction: number | null): string => (fraction === null ? '-' : `${rounded(100 * fraction)}%`);
  const ratio = onOffRatio === null ? '-' : rounded(onOffRatio);
  return [
    name,
    model,
    pair(states),
    pair(nonlinearity),
    range,
    ratio,
    part(cycleToCycle),
    part(readNoise),
    source ?? '-',
  ];
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** `10.7-212 uS`, or both units where they differ. */
function rangeOf(gMin: number, gMax: number): string {
  const [[low, lowUnit], [high, highUnit]] = [gMin, gMax].map((g) => formatQuantity(g, 'conductance').split(' ')) as [
    [string, string],
    [string, string],
  ];
  const [from, to] = [rounded(Number(low)), rounded(Number(high))];
  return lowUnit === highUnit ? `${from}-${to} ${highUnit}` : `${from} ${lowUnit}-${to} ${highUnit}`;
}

function clipped(line: string, width: number | undefined): string {
  return width === undefined || line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

/** A device by the name of one that is shipped, or by its file. */
export function showDevice(nameOrFile: string): DeviceSheet {
  return deviceSheet(deviceFile(nameOrFile));
}

export function describeShown({ file, model, name, description, source, validity, parameters }: DeviceSheet): string {
  const named = [
    ['file', displayPath(file)],
    ['model', model],
    ['name', name],
    ['source', source],
    ['validity', validity],
    ['description', description],
  ].filter((row): row is [string, string] => row[1] !== null);
  const room = 100 - '  description  '.length;
  const head = named.flatMap(([key, text]) => wrapped(text, room).map((line, i) => [i === 0 ? key : '', line]));
  const rows = parameters.map(({ path, value, origin }) => [path, value, origin ?? 'not stated']);
  const table = rows.length === 0 ? [] : ['', ...columns([['parameter', 'value', 'origin'], ...rows])];
  return [...columns(head), ...table].join('\n');
}

/** A text in lines of at most so many characters, a longer word on a line of its own. */
function wrapped(text: string, room: number): string[] {
  return text.split(/\s+/).reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

/** Rows as lines, every column as wide as its widest cell but the last. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) => {
    return `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(width(i)))).join('  ')}`.trimEnd();
  });
}
