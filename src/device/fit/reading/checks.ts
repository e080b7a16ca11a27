import { UsageError } from '../../../errors.js';
import { extentOf } from '../../../statistics/extent.js';
import { formatQuantity } from '../../../units.js';
import { unitDimension } from './column-units.js';
import type { Segment } from './split.js';
import type { Cell, Series } from './series.js';
import { outOfOrder } from './split.js';
import type { RampTable, TableRow } from './table.js';

export const mendOrSkip = 'mend the value, or leave such ramps out with --skip-bad';

/** What meters write where a reading overflows: ± 9.9E+37, by the SCPI standard. */
const overflow = 9e37;

export function isReading(text: string): boolean {
  return text !== '' && Math.abs(Number(text)) < overflow;
}

/** @throws UsageError where the cell holds no reading */
export function readingOf({ text, where }: Cell): number {
  const value = Number(text);
  if (isReading(text)) return value;
  const what = text === '' ? 'is blank inside its ramp' : `got ${JSON.stringify(text)}`;
  const why = Number.isFinite(value) && text !== '' ? ', the overflow of a meter' : '';
  throw new UsageError({ where, what: `${what}${why}, expected a number`, remedy: mendOrSkip });
}

/**
 * Blanks at the end of a ramp are pulses that it did not have.
 * @throws UsageError where fewer than two values are left
 */
export function withoutTail({ cells, name }: Series): readonly Cell[] {
  const last = cells.findLastIndex(({ text }) => text !== '');
  if (last >= 1) return cells.slice(0, last + 1);
  const where = cells[0]?.where ?? name;
  const remedy = 'take it out, say --skip-bad, or --ramps rows if every line is a ramp';
  throw new UsageError({ where, what: `${name} has fewer than two values`, remedy });
}

/**
 * Lines of columns may become shorter where ramps end, and not longer again: behind a value that is missing all others
 * stand in the wrong column.
 * @throws UsageError naming the line that is unlike the others
 */
export function assertEven({ file, rows }: RampTable): void {
  const longer = rows.findIndex(({ given }, i) => i > 0 && given > rows[i - 1]!.given);
  if (longer < 0) return;
  const alike = (row: TableRow): number => rows.filter(({ given }) => given === row.given).length;
  const [before, after] = [rows[longer - 1]!, rows[longer]!];
  const [odd, other] = alike(before) < alike(after) ? [before, after] : [after, before];
  const which = odd.given < other.given ? 'a value is missing' : 'a value is too many';
  throw new UsageError({
    where: `${file}:${odd.line}`,
    what: `has ${odd.given} columns, and line ${other.line} has ${other.given}: ${which}`,
    remedy: 'mend the line, or take it out; where ramps are rows, say --ramps rows',
  });
}

/**
 * @param rows - of one ramp, or of one trace
 * @throws UsageError where their count of pulses goes back without beginning anew
 */
export function assertAscending({ file, names }: RampTable, rows: readonly TableRow[], pulse: number): void {
  const odd = rows.find(({ cells }) => cells[pulse] === '' || !Number.isFinite(Number(cells[pulse])));
  if (odd) {
    const what = `the number of the pulse is ${JSON.stringify(odd.cells[pulse])}, expected a number`;
    const remedy = 'mend it, or take the line out if it is none of readings';
    throw new UsageError({ where: `${file}:${odd.line}: column ${pulse + 1} (${names[pulse]})`, what, remedy });
  }
  // A count that begins anew begins another ramp of a long trace.
  const at = outOfOrder(rows.map(({ cells }) => Number(cells[pulse]!)));
  if (at === undefined) return;
  const [before, here] = [rows[at - 1]!, rows[at]!];
  const where = `${file}:${here.line}: column ${pulse + 1} (${names[pulse]})`;
  const what = `pulse ${here.cells[pulse]} comes after pulse ${before.cells[pulse]}, expected pulses in order`;
  throw new UsageError({ where, what, remedy: 'sort the file by pulse, a line each' });
}

/** @throws UsageError where a column of values is headed as logarithms, which look like resistances of a few ohms */
export function assertNoLogarithms({ file, names }: RampTable, values: readonly number[]): void {
  const odd = values.find((i) => /^(log|log10|lg|ln)(?![a-z])/i.test(names[i]!));
  if (odd === undefined) return;
  const what = 'holds logarithms, expected conductances, currents or resistances';
  const remedy = 'write the values themselves, or pick other columns with --values';
  throw new UsageError({ where: `${file}: column ${odd + 1} (${names[odd]})`, what, remedy });
}

/** Quantities by the names of their columns: a letter, or a word. */
const quantityNames: readonly (readonly [quantity: string, name: RegExp])[] = [
  ['currents', /^(I(?![A-Za-z])|I(?=read|meas)|[Cc]urrent)/],
  ['conductances', /^(G(?![A-Za-z])|G(?=read|meas)|[Cc]onductance)/],
  ['resistances', /^(R(?![A-Za-z])|R(?=read|meas)|[Rr]esistance)/],
];

/** @throws UsageError where columns are named for two quantities: one is computed of the other, and each reading would count twice */
export function assertOneQuantity({ file, names }: RampTable, values: readonly number[]): void {
  const found = quantityNames.flatMap(([quantity, pattern]) => {
    const column = values.find((i) => pattern.test(names[i]!));
    return column === undefined ? [] : [{ quantity, column }];
  });
  const [one, other] = found.sort((a, b) => a.column - b.column);
  if (!one || !other) return;
  const where = `${file}: column ${other.column + 1} (${names[other.column]})`;
  const what = `holds ${other.quantity}, and column ${one.column + 1} (${names[one.column]}) ${one.quantity}; one may be computed of the other`;
  throw new UsageError({ where, what, remedy: `say which with --values, as in --values ${one.column + 1}` });
}

/** @throws UsageError where some columns of values have a unit and another has none, or one of nothing that ramps come in */
export function assertUnits({ file, names, units, unitLine }: RampTable, values: readonly number[]): void {
  const odd = values.find((i) => units[i] !== undefined && unitDimension(units[i]) === undefined);
  if (odd !== undefined) {
    const where = `${file}:${unitLine}: column ${odd + 1} (${names[odd]})`;
    const what = `its unit ${units[odd]} is none of current, conductance or resistance`;
    throw new UsageError({ where, what, remedy: 'mend the row of units, or say --unit' });
  }
  const without = values.find((i) => units[i] === undefined);
  const withUnit = values.find((i) => units[i] !== undefined);
  if (without === undefined || withUnit === undefined) return;
  const where = `${file}: column ${without + 1} (${names[without]})`;
  const what = `says no unit, and column ${withUnit + 1} (${names[withUnit]}) does`;
  throw new UsageError({ where, what, remedy: 'name its unit too, pick columns with --values, or say --unit for all' });
}

/**
 * Ranges of all its other values that a value lies off both neighbours. A pulse leads a cell within its range, so that one range would
 * do but for noise; a factor of ten of a unit or of a meter's range is nine of its own value.
 */
const farOff = 1.5;

/** @throws UsageError where one value lies far off its neighbours, and at once comes back */
export function assertSmooth(values: readonly number[], cells: readonly Cell[]): void {
  const k = extremeOf(values);
  const [least, most] = extentOf(values.filter((_, i) => i !== k));
  const range = most - least;
  const beside = [values[k - 1], values[k + 1]].filter((g) => g !== undefined);
  // A first or last value may be far off: some cells are all but reset by one pulse.
  const comesBack = beside.length === 2 && beside.every((g) => Math.abs(values[k]! - g) > farOff * range);
  if (values.length < 5 || range === 0 || !comesBack) return;
  const shown = beside.map((g) => formatQuantity(g, 'conductance')).join(' and ');
  const what = `${cells[k]!.text} is ${formatQuantity(values[k]!, 'conductance')}, beside ${shown}`;
  throw new UsageError({ where: cells[k]!.where, what, remedy: mendOrSkip });
}

/** Place of the value that lies furthest from the middle of all. */
function extremeOf(values: readonly number[]): number {
  const middle = [...values].sort((a, b) => a - b)[values.length >> 1]!;
  return values.reduce((far, g, k) => (Math.abs(g - middle) > Math.abs(values[far]! - middle) ? k : far), 0);
}

/** @throws UsageError where the values do no more than flicker */
export function assertMoves(values: readonly number[], where: string, name: string): void {
  const [least, most] = extentOf(values);
  const range = most - least;
  const squares = (list: readonly number[]): number => list.reduce((sum, x) => sum + x * x, 0) / list.length;
  const mean = values.reduce((sum, g) => sum + g, 0) / values.length;
  const steps = squares(values.slice(1).map((g, k) => g - values[k]!));
  const spread = squares(values.map((g) => g - mean));
  // White noise about a level has steps of twice its variance; a ramp's are far below it.
  const flickers = values.length >= 8 && steps > spread;
  if (range > 0 && !flickers) return;
  const what = `${name} is flat: its ${values.length} values ${range === 0 ? 'are equal' : 'move no more than their noise'}`;
  throw new UsageError({
    where,
    what,
    remedy: 'if it is no ramp, name the columns that are with --values; else take it out, or say --skip-bad',
  });
}

/** @throws UsageError where pulses called SET lower the conductance, or those called RESET raise it */
export function assertWords(cells: readonly Cell[], segments: readonly Segment[]): void {
  const first = cells.find(({ pulse }) => pulse !== undefined && /^[a-z]/i.test(pulse));
  const told = segments.filter(({ polarity }) => polarity !== undefined);
  const wrong = told.filter(({ values, polarity }) => polarity! * (values.at(-1)! - values[0]!) < 0);
  if (!first || wrong.length <= told.length / 2) return;
  const what = `pulses called ${first.pulse} ${first.polarity === 1 ? 'lower' : 'raise'} the conductance`;
  const remedy = 'exchange the words, or say --unit ohm where the values are resistances';
  throw new UsageError({ where: first.where, what, remedy });
}
