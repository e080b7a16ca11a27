import { nearestName, UsageError } from '../../../errors.js';
import { unitDimension } from './column-units.js';
import { withoutUnit } from './named-devices.js';
import type { Notices } from './notices.js';
import type { ReadOptions } from './options.js';
import { signOf } from './polarity.js';
import { isMissing, isNumber } from './cells.js';
import { withoutStatistics } from './statistics-columns.js';
import type { RampTable } from './table.js';
import { unitIn } from './unit-names.js';

/** What the columns of a table hold, by their places. */
export interface Roles {
  readonly values: readonly number[];
  readonly pulse: number | undefined;
  readonly polarity: number | undefined;
  /** Whether a column of their names says that rows are ramps. */
  readonly namesRows: boolean;
  readonly ramp: number | undefined;
  readonly device: number | undefined;
  /** Means and deviations beside the values that they are of. */
  readonly statistics: readonly number[];
}

const timeName = /^(t|time|timestamp|elapsed|date)$/i;
const pulseName = /^(#|n|no\.?|p|puls|pulse|pulses|index|point|points|pulse[ _-]?(number|no\.?|#|index|count))$/i;
const polarityName =
  /^(polarity|polarität|sign|direction|v|volts?|voltage|bias|v[ _-]?(pulse|write|prog|p|read|r|set|reset|gate|g|bias|top|in)|pulse[ _-]?(voltage|amplitude))(?![a-z0-9])/i;
const deviceName = /^(device|dut|cell|sample)([ _-]?(name|id|number|no\.?|#|index))?$/i;
const rampName = /^(ramp|cycle|sweep|run)([ _-]?(number|no\.?|#|index))?$/i;

/** @throws UsageError where the command line names a column that is not there */
export function columnRoles(table: RampTable, options: ReadOptions): Roles {
  const all = table.names.map((_, i) => i);
  const told = (text: string | undefined, option: string) =>
    text === undefined ? undefined : columnNamed(table, text, option);
  const ofUnit = (i: number, dimension: string): boolean => unitDimension(table.units[i]) === dimension;
  const found = (pattern: RegExp): number | undefined => {
    const at = table.names.findIndex((name) => pattern.test(name));
    return table.named && at >= 0 && table.names.length > 1 ? at : undefined;
  };
  const values = options.values === undefined ? undefined : valueColumns(table, options.values);
  const free = (i: number | undefined): number | undefined => (i === undefined || values?.includes(i) ? undefined : i);
  const pulse = told(options.pulseColumn, '--pulse-column') ?? free(found(pulseName) ?? counter(table));
  const polarity = told(options.polarityColumn, '--polarity-column') ?? signColumn(table, (i) => free(i) !== undefined);
  const ramp = told(options.rampColumn, '--ramp-column') ?? free(tellingRamps(table, found(rampName)));
  const namesRows = ramp === undefined && found(rampName) !== undefined && values === undefined;
  const device = told(options.deviceColumn, '--device-column') ?? free(found(deviceName));
  const taken = new Set([pulse, polarity, ramp, device]);
  const voltages = voltagesByName(table);
  const other = (i: number): boolean =>
    ofUnit(i, 'voltage') ||
    ofUnit(i, 'time') ||
    (table.named && all.length > 1 && timeName.test(table.names[i]!)) ||
    (table.named && all.length > 1 && (polarityName.test(table.names[i]!) || voltages.has(i)));
  // Each ramp may have a column of pulses of its own, as that of the first is named.
  const again = (i: number): boolean => table.named && pulse !== undefined && table.names[i] === table.names[pulse];
  const rest = all.filter((i) => !taken.has(i) && !other(i) && !again(i) && !isLabel(table, i));
  if (values === undefined && rest.length === 0) throw noValues(table);
  const kept = values ?? withoutStatistics(table, rest);
  const statistics = values === undefined ? rest.filter((i) => !kept.includes(i)) : [];
  return { values: kept, pulse, polarity, ramp, device, namesRows, statistics };
}

/** What the first row has in a column that says to hold values, and holds no numbers. */
function unreadable([row]: RampTable['rows'], names: RampTable['names'], units: RampTable['units']) {
  const column = names.findIndex((_, i) => {
    const dimension = unitDimension(units[i]);
    const text = row!.cells[i]!;
    return (
      dimension !== undefined && dimension !== 'time' && dimension !== 'voltage' && /\d/.test(text) && !isNumber(text)
    );
  });
  return column < 0 ? undefined : { column, text: row!.cells[column]! };
}

function noValues({ file, names, units, rows }: RampTable): UsageError {
  const written = unreadable(rows, names, units);
  if (written) {
    const where = `${file}:${rows[0]!.line}: column ${written.column + 1} (${names[written.column]})`;
    const what = `got ${JSON.stringify(written.text)}, expected a number`;
    return new UsageError({ where, what, remedy: 'write numbers alone, without separators of thousands or quotes' });
  }
  const [unit] = units;
  if (unit !== undefined && units.every((other) => other === unit)) {
    const what = `all its columns are in ${unit}, expected currents, conductances or resistances`;
    return new UsageError({
      where: file,
      what,
      remedy: 'mend the units, or say which columns with --values and in what with --unit',
    });
  }
  const told = names.map((name, i) => (units[i] === undefined ? name : `${name}, in ${units[i]}`)).slice(0, 6);
  const what = `none of its columns holds conductances, currents or resistances (${told.join('; ')})`;
  return new UsageError({ where: file, what, remedy: 'say which with --values, and in what with --unit' });
}

/**
 * A column that says the pulses' polarity: of one by its heading, only where its sign changes, since one sign all along may be
 * the read voltage, and says nothing of where a trace turns; of one that holds nothing but SET and RESET, whatever its heading.
 */
function signColumn(table: RampTable, free: (i: number) => boolean): number | undefined {
  const { rows, names, named, units } = table;
  const all = names.map((_, i) => i);
  const candidates = [
    ...all.filter((i) => named && names.length > 1 && polarityName.test(names[i]!)),
    ...voltagesByName(table),
    ...all.filter((i) => unitDimension(units[i]) === 'voltage'),
    ...all.filter(
      (i) =>
        isLabel(table, i) &&
        rows.every(({ cells }, k) => signOf(cells[i]!) !== undefined || (k === 0 && cells[i] === '')),
    ),
  ];
  return candidates.filter(free).find((i) => {
    const signs = new Set(rows.map(({ cells }) => signOf(cells[i]!)));
    return signs.has(1) && signs.has(-1);
  });
}

/** Columns named for voltages as analysers do, `V1` or `AnodeV`: where one of them has its current beside it, `I1` or `AnodeI`. */
function voltagesByName({ names }: RampTable): ReadonlySet<number> {
  const voltage = /^V(?=\d|[A-Z_]|$)|V$/;
  const found = names.flatMap((name, i) => (voltage.test(withoutUnit(name)) ? [i] : []));
  const paired = found.some((i) =>
    names.some((name) => withoutUnit(name) === withoutUnit(names[i]!).replace(voltage, 'I')),
  );
  return new Set(paired ? found : []);
}

/** A column of ramps' names, each of which has one row, names rows that are ramps: it does not say which rows are one. */
function tellingRamps(table: RampTable, column: number | undefined): number | undefined {
  if (column === undefined || table.names.length < 4 || !isLabel(table, column)) return column;
  return distinct(table, column).length < table.rows.length ? column : undefined;
}

/**
 * A first column that counts 0, 1, 2 … or 1, 2, 3 … beside others, without a name of its own or with one that says nothing; or
 * that stands below the corner of a line that counts the columns.
 */
function counter(table: RampTable): number | undefined {
  const { rows, counting, names } = table;
  if (names.length < 2 || rows.length < 3) return undefined;
  const counts = rows.map(({ cells }) => (cells[0] === '' ? NaN : Number(cells[0])));
  const ascends = counts.every((count, i) => Number.isInteger(count) && (i === 0 || count > counts[i - 1]!));
  if (counting?.header === true && counting.corner && ascends) return 0;
  const [start] = counts as [number];
  if (start !== 0 && start !== 1) return undefined;
  if (!counts.every((count, i) => count === start + i)) return undefined;
  return namesValues(table) ? undefined : 0;
}

/** Whether a first column that counts is all the same one of values: by its name, or like those beside it. */
function namesValues({ rows, named, names, units }: RampTable): boolean {
  const [name] = names as [string];
  if (!named || name === 'column 1') return false;
  if (units[0] !== undefined || [rampName, deviceName, timeName, polarityName].some((own) => own.test(name)))
    return true;
  const others = rows.flatMap(({ cells }) => cells.slice(1).filter(isNumber));
  return others.filter((cell) => !Number.isInteger(Number(cell))).length <= others.length / 2;
}

/** Whether headings count pulses, `P0`, `P1` …, or may, as those of R, `V1`, `X1`: a column that counts as well then numbers ramps, or pulses itself. */
export function headsPulses({ names, counting, named }: RampTable, values: readonly number[]): boolean {
  if (counting?.header === true && !named) return true;
  const counts = values.map((i) => /^(?:p|pulse|n|v|x)[ _-]?(\d+)$/i.exec(names[i]!)?.[1]);
  return counts.length > 2 && counts.every((count, i) => Number(count) === Number(counts[0]) + i);
}

/** A column of words. */
function isLabel({ rows }: RampTable, column: number): boolean {
  return rows.every(({ cells }) => cells[column] === '' || !isNumber(cells[column]!));
}

/** Columns by name, by number from 1, or by a range of numbers: `Iread`, `2`, `2-40`, several after commas. */
function valueColumns(table: RampTable, text: string): number[] {
  if (table.names.includes(text)) return [table.names.indexOf(text)];
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(part) ?? [];
    if (from === undefined || to === undefined) return [columnNamed(table, part.trim(), '--values')];
    const [first, last] = [columnNamed(table, from, '--values'), columnNamed(table, to, '--values')];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}

/** By name, which may leave out its unit or the case of its letters as long as one column alone is meant. */
function columnNamed({ file, names }: RampTable, text: string, option: string): number {
  const short = (name: string): string => withoutUnit(unitIn(name) ? name.replace(/\s*\/[^/]*$/, '') : name);
  const ways = [
    (name: string) => name === text,
    (name: string) => short(name) === text,
    (name: string) => short(name).toLowerCase() === short(text).toLowerCase(),
  ];
  for (const way of ways) {
    const named = names.flatMap((name, i) => (way(name) ? [i] : []));
    if (named.length === 1) return named[0]!;
    if (named.length > 1) throw ambiguous(file, text, option, named);
  }
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= names.length) return number - 1;
  const near = nearestName(text, names);
  const remedy = near === undefined ? `columns: ${names.slice(0, 8).join(', ')}` : `did you mean ${near}?`;
  const what = `got ${JSON.stringify(text)}, expected a column of ${file}, by name or from 1 to ${names.length}`;
  throw new UsageError({ where: option, what, remedy });
}

function ambiguous(file: string, text: string, option: string, places: readonly number[]): UsageError {
  const which = places.map((i) => i + 1).join(', ');
  const what = `${JSON.stringify(text)} names the columns ${which} of ${file}, expected one`;
  return new UsageError({ where: option, what, remedy: 'say its number' });
}

/** A column of words that differ says something of its rows that a fit does not take in. */
export function tellUnused(table: RampTable, { values, pulse, polarity, ramp, device }: Roles, notices: Notices): void {
  const used = new Set([...values, pulse, polarity, ramp, device]);
  for (const [i, name] of table.names.entries()) {
    const words = used.has(i) || !isLabel(table, i) ? [] : distinct(table, i).filter((word) => word !== '');
    if (words.length < 2) continue;
    const shown = words.slice(0, 3).join(', ') + (words.length > 3 ? ', …' : '');
    const what = `${table.file}: the column ${name} (${shown}) is not used`;
    // Words that come again tell rows apart; those of every row by itself are a clock's, or remarks.
    if (2 * words.length > table.rows.length) notices.note(what);
    else notices.warn(`${what}; say --device-column, --ramp-column or --polarity-column if it tells ramps apart`);
  }
}

/**
 * A column of polarities without any: ramps are told apart by turns then.
 * @throws UsageError where the command line names it
 */
export function tellBlankPolarity(table: RampTable, told: number | undefined, notices: Notices): void {
  const { file, names, rows } = table;
  const blank = (i: number): boolean => rows.every(({ cells }) => cells[i] === '' || isMissing(cells[i]!));
  const at =
    told ?? names.findIndex((name, i) => /^(polarity|polarität|sign|direction)(?![a-z])/i.test(name) && blank(i));
  if (at < 0 || !blank(at)) return;
  const where = `${file}:${rows[0]!.line}: column ${at + 1} (${names[at]})`;
  const what = 'is blank from this row to the last, and says no polarity of any pulse';
  if (told === undefined) {
    notices.warn(`${where} ${what}: ramps are told apart by where the values turn; fill in SET and RESET, or + and -`);
    return;
  }
  const remedy =
    'fill in SET and RESET, or + and -; or leave --polarity-column out, so that ramps are cut where they turn';
  throw new UsageError({ where, what, remedy });
}

export function distinct({ rows }: RampTable, column: number): string[] {
  return [...new Set(rows.map(({ cells }) => cells[column]!))];
}
