import { nearestName, UsageError } from '../../errors.js';
import { sameUnit, siemensOf, unitDimension, type UnitOptions } from './column-units.js';
import { namedDevices, type ColumnsAre } from './named-devices.js';
import type { Ramp } from './ramps.js';
import { formatQuantity } from '../../units.js';
import {
  freshStarts,
  outOfOrder,
  splitByPolarity,
  splitByTurns,
  trendOf,
  unevenLengths,
  type Segment,
} from './split.js';
import { isNumber, parseRampTable, type RampTable, type TableRow } from './table.js';

/** How a file of ramps is to be read; what is not told is found out. */
export interface ReadOptions extends UnitOptions {
  /** Whether a ramp is a column or a row. */
  readonly ramps?: 'columns' | 'rows' | undefined;
  /** Names or numbers of the columns that hold values, and of those that hold pulse numbers, polarities and ramps. */
  readonly values?: string | undefined;
  readonly pulseColumn?: string | undefined;
  readonly polarityColumn?: string | undefined;
  readonly rampColumn?: string | undefined;
  /** Name or number of the column that says on which device a row was measured. */
  readonly deviceColumn?: string | undefined;
  /** Whether columns of values (rows, where ramps are rows) are ramps of one device or a device each. */
  readonly columnsAre?: ColumnsAre | undefined;
  /** Whether each series is known to be of one direction, and is not to be cut where it turns. */
  readonly oneWay?: boolean | undefined;
  /** Leave out ramps with mistakes instead of refusing the file. */
  readonly skipBad: boolean;
}

/** Ramps of one file, and what was noticed on the way. */
export interface ReadRamps {
  readonly ramps: readonly Ramp[];
  readonly notes: readonly string[];
}

/** One series of values as the file holds it. */
interface Series {
  readonly name: string;
  /** Name of its column, or of its row. */
  readonly heading: string;
  readonly device?: string | undefined;
  readonly cells: readonly Cell[];
  readonly unit: string | undefined;
}

interface Cell {
  readonly text: string;
  /** `file:line: column 3 (rmp3)`. */
  readonly where: string;
  /** Sign of the pulse, where the file says it, and how. */
  readonly polarity: number | undefined;
  readonly pulse?: string | undefined;
  /** Number of the pulse that it was read after, where the file counts them. */
  readonly count?: number | undefined;
}

const pulseName = /^(#|n|no\.?|p|pulse|pulses|index|pulse[ _-]?(number|no\.?|#|index|count))$/i;
const polarityName =
  /^(polarity|sign|direction|v|voltage|v_?(pulse|write|prog|p)\b.*|pulse[ _-]?(voltage|amplitude)\b.*)/i;
const deviceName = /^(device|dut|cell|sample)([ _-]?(name|id|number|no\.?|#|index))?$/i;
const rampName = /^(ramp|cycle|sweep|run)([ _-]?(number|no\.?|#|index))?$/i;

/**
 * Reads ramps in the shapes that laboratories keep: a column or a row per ramp, a long table with a column that numbers
 * the ramps, or one trace whose polarity alternates.
 * @param device - number of the device that the file is of
 * @throws UsageError naming file, line and column
 */
export function readRamps(text: string, file: string, device: number, options: ReadOptions): ReadRamps {
  const table = parseRampTable(text, file);
  const notes: string[] = [];
  const ramps = seriesOf(table, options, notes).flatMap((series) => {
    try {
      return rampsOf(series, file, device, options, notes);
    } catch (error) {
      if (!options.skipBad || !(error instanceof UsageError)) throw error;
      notes.push(`${error.parts.where}: ${error.parts.what}; ${series.name} is left out`);
      return [];
    }
  });
  noteColumns(table, columnRoles(table, options), ramps, options, notes);
  if (ramps.length > 0) return { ramps, notes };
  throw new UsageError({ where: file, what: 'no ramp is left', remedy: 'see what was left out, and mend the file' });
}

function seriesOf(table: RampTable, options: ReadOptions, notes: string[]): Series[] {
  const columns = columnRoles(table, options);
  if (columns.pulse !== undefined) assertAscending(table, columns);
  if (options.unit === undefined) assertUnits(table, columns.values);
  const { pulse, polarity, ramp, device } = columns;
  const special = [pulse, polarity, ramp, device].some((column) => column !== undefined);
  const rows = options.ramps === undefined ? !special && rampsAreRows(table, columns.values) : options.ramps === 'rows';
  if (rows) return withDevices(rowSeries(table, columns.values), table, options, notes);
  noteUnused(table, columns, notes);
  for (const [column, what] of [[ramp, 'ramps'] as const, [device, 'devices'] as const]) {
    const count = column === undefined ? 0 : distinct(table, column).length;
    if (count > 1) notes.push(`${table.file}: ${count} ${what} by ${table.names[column!]}`);
  }
  const groups = groupsOf(table, columns);
  const ofGroup = (group: Group): Series[] =>
    columns.values.map((column) => columnSeries(table, columns, column, group));
  if (device === undefined)
    return groups.flatMap((group, i) => withDevices(ofGroup(group), table, options, i === 0 ? notes : []));
  assertOneSource(options);
  return groups.flatMap(ofGroup);
}

/** @throws UsageError where both a column and the columns' names are to tell devices apart */
function assertOneSource({ columnsAre }: ReadOptions): void {
  if (columnsAre !== 'devices') return;
  const what = 'got devices, but a column of the table already says the device of each row';
  throw new UsageError({ where: '--columns-are', what, remedy: 'leave it out' });
}

/** Series whose headings name devices, of those devices. */
function withDevices(series: readonly Series[], { file }: RampTable, options: ReadOptions, notes: string[]): Series[] {
  const devices = series.length < 2 ? undefined : namedDevices(series.map(headingOf), options.columnsAre);
  if (!devices) return [...series];
  const names = [...new Set(devices)];
  const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ', …' : '');
  const told = options.columnsAre ? '' : '; say --columns-are ramps if they are ramps of one device';
  notes.push(`${file}: ${names.length} devices by the names of its ramps (${shown})${told}`);
  return series.map((one, i) => ({ ...one, device: devices[i]! }));
}

function headingOf({ heading }: Series): string {
  return heading;
}

interface Roles {
  readonly values: readonly number[];
  readonly pulse: number | undefined;
  readonly polarity: number | undefined;
  readonly ramp: number | undefined;
  readonly device: number | undefined;
}

/** Rows of one ramp column's and one device column's value: all rows where there is neither. */
interface Group {
  readonly ramp: string | undefined;
  readonly device: string | undefined;
}

const groupOf = (cells: readonly string[], { ramp, device }: Roles): Group => {
  const at = (column: number | undefined): string | undefined => (column === undefined ? undefined : cells[column]);
  return { ramp: at(ramp), device: at(device) };
};

const keyOf = ({ ramp, device }: Group): string => JSON.stringify([ramp, device]);

function groupsOf({ rows }: RampTable, roles: Roles): Group[] {
  const groups = rows.map(({ cells }) => groupOf(cells, roles));
  return [...new Map(groups.map((group) => [keyOf(group), group])).values()];
}

/** Columns that each hold several ramps are often devices, which nothing in a file says. */
function noteColumns(
  { file }: RampTable,
  { values, device }: Roles,
  ramps: readonly Ramp[],
  { columnsAre }: ReadOptions,
  notes: string[],
): void {
  const parts = ramps.filter(({ name }) => / part [1-9]\d*$/.test(name)).length;
  const known = device !== undefined || columnsAre !== undefined || ramps.some(({ cell }) => cell !== undefined);
  if (known || values.length < 2 || parts < 2 * values.length) return;
  const remedy = 'say --columns-are devices if each is a device, or --columns-are ramps if not';
  notes.push(`${file}: its ${values.length} columns of values are taken as ramps of one device; ${remedy}`);
}

/** A column of words that differ says something of its rows that a fit does not take in. */
function noteUnused(table: RampTable, { values, pulse, polarity, ramp, device }: Roles, notes: string[]): void {
  const used = new Set([...values, pulse, polarity, ramp, device]);
  for (const [i, name] of table.names.entries()) {
    const words = used.has(i) || !isLabel(table, i) ? [] : distinct(table, i);
    if (words.length < 2) continue;
    const shown = words.slice(0, 3).join(', ') + (words.length > 3 ? ', …' : '');
    const remedy = 'say --device-column, --ramp-column or --polarity-column if it tells ramps apart';
    notes.push(`${table.file}: the column ${name} (${shown}) is not used; ${remedy}`);
  }
}

function columnRoles(table: RampTable, options: ReadOptions): Roles {
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
  const ramp = told(options.rampColumn, '--ramp-column') ?? free(found(rampName));
  const device = told(options.deviceColumn, '--device-column') ?? free(found(deviceName));
  const taken = new Set([pulse, polarity, ramp, device]);
  const other = (i: number): boolean =>
    ofUnit(i, 'voltage') || ofUnit(i, 'time') || (table.named && all.length > 1 && polarityName.test(table.names[i]!));
  const rest = all.filter((i) => !taken.has(i) && !other(i) && !isLabel(table, i));
  return { values: values ?? rest, pulse, polarity, ramp, device };
}

/**
 * A column that says the pulses' polarity: of one by its heading, only where its sign changes. One sign all along may be
 * the read voltage, and says nothing of where a trace turns.
 */
function signColumn({ rows, names, named, units }: RampTable, free: (i: number) => boolean): number | undefined {
  const all = names.map((_, i) => i);
  const candidates = [
    ...all.filter((i) => named && names.length > 1 && polarityName.test(names[i]!)),
    ...all.filter((i) => unitDimension(units[i]) === 'voltage'),
  ];
  return candidates.filter(free).find((i) => {
    const signs = new Set(rows.map(({ cells }) => signOf(cells[i]!)));
    return signs.has(1) && signs.has(-1);
  });
}

/** A first column without a name that counts 0, 1, 2 … or 1, 2, 3 … beside others. */
function counter({ rows, named, names }: RampTable): number | undefined {
  if (named || names.length < 2 || rows.length < 3) return undefined;
  const start = Number(rows[0]!.cells[0]);
  if (start !== 0 && start !== 1) return undefined;
  return rows.every(({ cells }, i) => cells[0] !== '' && Number(cells[0]) === start + i) ? 0 : undefined;
}

/** A column of words. */
function isLabel({ rows }: RampTable, column: number): boolean {
  return rows.every(({ cells }) => cells[column] === '' || !isNumber(cells[column]!));
}

/** Columns by name, by number from 1, or by a range of numbers: `Iread`, `2`, `2-40`, several after commas. */
function valueColumns(table: RampTable, text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(part) ?? [];
    if (from === undefined || to === undefined) return [columnNamed(table, part.trim(), '--values')];
    const [first, last] = [columnNamed(table, from, '--values'), columnNamed(table, to, '--values')];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}

function columnNamed({ file, names }: RampTable, text: string, option: string): number {
  const byName = names.indexOf(text);
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (byName >= 0) return byName;
  if (number >= 1 && number <= names.length) return number - 1;
  const near = nearestName(text, names);
  const remedy = near === undefined ? `columns: ${names.slice(0, 8).join(', ')}` : `did you mean ${near}?`;
  const what = `got ${JSON.stringify(text)}, expected a column of ${file}, by name or from 1 to ${names.length}`;
  throw new UsageError({ where: option, what, remedy });
}

function assertAscending(table: RampTable, roles: Roles): void {
  const { pulse } = roles;
  const groups = new Map<string, TableRow[]>();
  for (const row of table.rows) {
    const key = keyOf(groupOf(row.cells, roles));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const rows of groups.values()) {
    // A count that begins anew begins another ramp of a long trace.
    const at = outOfOrder(rows.map(({ cells }) => Number(cells[pulse!])));
    if (at === undefined) continue;
    const [before, here] = [rows[at - 1]!, rows[at]!];
    const where = `${table.file}:${here.line}: column ${pulse! + 1} (${table.names[pulse!]})`;
    const what = `pulse ${here.cells[pulse!]} comes after pulse ${before.cells[pulse!]}, expected pulses in order`;
    throw new UsageError({ where, what, remedy: 'sort the file by pulse, a line each' });
  }
}

/** @throws UsageError where some columns of values have a unit and another has none */
function assertUnits({ file, names, units }: RampTable, values: readonly number[]): void {
  const without = values.find((i) => units[i] === undefined);
  const withUnit = values.find((i) => units[i] !== undefined);
  if (without === undefined || withUnit === undefined) return;
  const where = `${file}: column ${without + 1} (${names[without]})`;
  const what = `says no unit, and column ${withUnit + 1} (${names[withUnit]}) does`;
  throw new UsageError({ where, what, remedy: 'name its unit too, pick columns with --values, or say --unit for all' });
}

function distinct({ rows }: RampTable, column: number): string[] {
  return [...new Set(rows.map(({ cells }) => cells[column]!))];
}

function columnSeries(table: RampTable, roles: Roles, column: number, group: Group): Series {
  const rows = table.rows.filter(({ cells }) => keyOf(groupOf(cells, roles)) === keyOf(group));
  const heading = table.names[column]!;
  const { ramp, device } = group;
  const name = ramp === undefined ? heading : `${table.names[roles.ramp!]} ${ramp}`;
  const cells = rows.map(({ line, cells: all }): Cell => {
    const where = `${table.file}:${line}: column ${column + 1}${heading.startsWith('column ') ? '' : ` (${heading})`}`;
    const sign = roles.polarity === undefined ? undefined : polarityOf(all[roles.polarity]!, where);
    const pulse = roles.polarity === undefined ? undefined : all[roles.polarity]!;
    const count = roles.pulse === undefined ? undefined : Number(all[roles.pulse]);
    return { text: all[column]!, where, polarity: sign, pulse, count };
  });
  return {
    ...{ name: device === undefined ? name : `${name} of ${device}`, heading, device, cells },
    unit: table.units[column],
  };
}

function rowSeries(table: RampTable, columns: readonly number[]): Series[] {
  return table.rows.map(({ line, cells }) => {
    const label = table.names.map((_, i) => i).find((i) => !columns.includes(i) && cells[i] !== '');
    const name = label === undefined ? `line ${line}` : cells[label]!;
    const own = columns.map((i): Cell => {
      return { text: cells[i]!, where: `${table.file}:${line}: column ${i + 1}`, polarity: undefined };
    });
    return { name, heading: name, cells: own, unit: table.units.find((unit) => unit !== undefined) };
  });
}

/** +1, −1, or 0 of a pulse of 0 V. */
function signOf(text: string): number | undefined {
  if (/^(\+|set|ltp|up|pot\w*)$/i.test(text)) return 1;
  if (/^(-|reset|ltd|down|dep\w*)$/i.test(text)) return -1;
  return text !== '' && Number.isFinite(Number(text)) ? Math.sign(Number(text)) : undefined;
}

function polarityOf(text: string, where: string): number {
  const sign = signOf(text);
  if (sign !== undefined) return sign;
  const what = `the pulse's polarity is ${JSON.stringify(text)}, expected a voltage, +, - or SET, RESET`;
  throw new UsageError({ where, what, remedy: 'mend the value, or name another column with --polarity-column' });
}

/**
 * Whether ramps run along rows: values climb or fall from one end of a ramp to the other, and differ little between
 * ramps.
 */
function rampsAreRows(table: RampTable, columns: readonly number[]): boolean {
  if (columns.length < 2) return false;
  if (table.rows.length < 2) return true;
  if (columns.every((i) => table.units[i] !== undefined)) return false;
  const matrix = table.rows.map(({ cells }) => columns.map((i) => (isReading(cells[i]!) ? Number(cells[i]) : NaN)));
  const along = trend(columns.map((_, i) => matrix.map((row) => row[i]!)));
  const across = trend(matrix);
  if (along > 3 * across) return false;
  if (across > 3 * along) return true;
  // A header names what stands below it, so its columns are the things that have names.
  if (table.named) return false;
  const what = 'it cannot be told whether its ramps are columns or rows';
  throw new UsageError({ where: table.file, what, remedy: 'say --ramps columns or --ramps rows' });
}

/** Mean distance between the first and the last third of every series. */
function trend(series: readonly (readonly number[])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const each = series.flatMap((all) => {
    const values = all.filter(Number.isFinite);
    const third = Math.max(1, Math.floor(values.length / 3));
    return values.length < 2 ? [] : [Math.abs(mean(values.slice(-third)) - mean(values.slice(0, third)))];
  });
  return each.length === 0 ? 0 : mean(each);
}

/** The ramps of one series, in siemens. */
function rampsOf(series: Series, file: string, device: number, options: ReadOptions, notes: string[]): Ramp[] {
  const cells = withoutTail(series);
  const numbers = cells.map(numberOf);
  const values = numbers.map((value, k) => siemensOf(value, series.unit, cells[k]!.where, options));
  noteAssumedUnit(series, numbers, file, options, notes);
  noteUnits(series, file, options, notes);
  assertSmooth(values, cells);
  const segments = segmentsOf(values, cells, series.name, options);
  assertWords(cells, segments);
  if (segments.length > 1) notes.push(`${file}: ${series.name} splits into ${describe(segments)}`);
  return segments.map((segment, i) => ({
    name: segments.length === 1 ? series.name : `${series.name}, part ${i + 1}`,
    file,
    device,
    cell: series.device,
    values: segment.values,
  }));
}

/** The ramps of a trace: what its count of pulses tells apart, and in that what its polarities or its turns do. */
function segmentsOf(
  values: readonly number[],
  cells: readonly Cell[],
  name: string,
  options: ReadOptions,
): readonly Segment[] {
  const polarity = cells.map((cell) => cell.polarity);
  const counts = cells.map((cell) => cell.count);
  const starts = counts.every((count) => count !== undefined) ? freshStarts(values, counts, polarity) : [0];
  return starts.flatMap((from, i) => {
    const part = values.slice(from, starts[i + 1]);
    const { where } = cells[from]!;
    assertMoves(part, where, name);
    const signs = polarity.slice(from, starts[i + 1]);
    return signs.every((sign) => sign !== undefined)
      ? splitByPolarity(part, signs)
      : byTurns(part, { where, name, options });
  });
}

/** A series that is said to be a ramp is one, however it flickers; another is cut where it turns. */
function byTurns(
  values: readonly number[],
  { where, name, options }: { readonly where: string; readonly name: string; readonly options: ReadOptions },
): readonly Segment[] {
  const told = options.oneWay === true || (options.ramps !== undefined && trendOf(values) !== 0);
  if (told) return [{ values }];
  const segments = splitByTurns(values);
  const uneven = unevenLengths(segments);
  if (!uneven) return segments;
  const what = `${name} turns after ${uneven.least} to ${uneven.most} pulses, too unevenly to tell turns from noise`;
  const remedy = "say each pulse's polarity in a column (--polarity-column), or count pulses from 0 in each ramp";
  throw new UsageError({ where, what, remedy });
}

/** @throws UsageError where pulses called SET lower the conductance, or those called RESET raise it */
function assertWords(cells: readonly Cell[], segments: readonly Segment[]): void {
  const first = cells.find(({ pulse }) => pulse !== undefined && /^[a-z]/i.test(pulse));
  const told = segments.filter(({ polarity }) => polarity !== undefined);
  const wrong = told.filter(({ values, polarity }) => polarity! * (values.at(-1)! - values[0]!) < 0);
  if (!first || wrong.length <= told.length / 2) return;
  const what = `pulses called ${first.pulse} ${first.polarity === 1 ? 'lower' : 'raise'} the conductance`;
  const remedy = 'exchange the words, or say --unit ohm where the values are resistances';
  throw new UsageError({ where: first.where, what, remedy });
}

/** Once a file: numbers without a unit are ampere, which is a factor of a million off where they are not. */
function noteAssumedUnit(
  { unit }: Series,
  numbers: readonly number[],
  file: string,
  options: ReadOptions,
  notes: string[],
): void {
  if (unit !== undefined || options.unit !== undefined) return;
  const start = `${file}: says no unit of its values`;
  if (notes.some((note) => note.startsWith(start))) return;
  const extent = `${Math.min(...numbers)} to ${Math.max(...numbers)}`;
  notes.push(`${start} (${extent}): taken to be in ampere; say --unit A if they are, or what they are in`);
}

/** Once a file: what the command line says instead of the file, or of what the values are not. */
function noteUnits({ unit: written }: Series, file: string, options: ReadOptions, notes: string[]): void {
  const note = (text: string): void => {
    if (!notes.includes(`${file}: ${text}`)) notes.push(`${file}: ${text}`);
  };
  const { unit: told, readVoltage } = options;
  if (told !== undefined && written !== undefined && !sameUnit(told, written))
    note(`says ${written}, and --unit ${told} is taken instead`);
  const unit = told ?? written;
  if (readVoltage !== undefined && unit !== undefined && unitDimension(unit) !== 'current')
    note(`holds values in ${unit}, which the read voltage does not change`);
}

function describe(segments: readonly Segment[]): string {
  const lengths = segments.map(({ values }) => values.length - 1).sort((a, b) => a - b);
  return `${segments.length} ramps of ${lengths[0]} to ${lengths.at(-1)} pulses`;
}

/** Blanks at the end of a ramp are pulses that it did not have. */
function withoutTail({ cells, name }: Series): readonly Cell[] {
  const last = cells.findLastIndex(({ text }) => text !== '');
  if (last >= 1) return cells.slice(0, last + 1);
  const where = cells[0]?.where ?? name;
  throw new UsageError({ where, what: `${name} has fewer than two values`, remedy: 'take it out, or say --skip-bad' });
}

const mendOrSkip = 'mend the value, or leave such ramps out with --skip-bad';

/** What meters write where a reading overflows: ± 9.9E+37, by the SCPI standard. */
const overflow = 9e37;

function isReading(text: string): boolean {
  return text !== '' && Math.abs(Number(text)) < overflow;
}

function numberOf({ text, where }: Cell): number {
  const value = Number(text);
  if (isReading(text)) return value;
  const what = text === '' ? 'is blank inside its ramp' : `got ${JSON.stringify(text)}`;
  const why = Number.isFinite(value) && text !== '' ? ', the overflow of a meter' : '';
  throw new UsageError({ where, what: `${what}${why}, expected a number`, remedy: mendOrSkip });
}

/** Ranges of all its other values that a value lies off both neighbours. */
const farOff = 3;

/** @throws UsageError where one value lies far off its neighbours, and at once comes back */
function assertSmooth(values: readonly number[], cells: readonly Cell[]): void {
  const k = extremeOf(values);
  const rest = values.filter((_, i) => i !== k);
  const range = Math.max(...rest) - Math.min(...rest);
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
function assertMoves(values: readonly number[], where: string, name: string): void {
  const range = Math.max(...values) - Math.min(...values);
  const squares = (list: readonly number[]): number => list.reduce((sum, x) => sum + x * x, 0) / list.length;
  const mean = values.reduce((sum, g) => sum + g, 0) / values.length;
  const steps = squares(values.slice(1).map((g, k) => g - values[k]!));
  const spread = squares(values.map((g) => g - mean));
  // White noise about a level has steps of twice its variance; a ramp's are far below it.
  const flickers = values.length >= 8 && steps > spread;
  if (range > 0 && !flickers) return;
  const what = `${name} is flat: its ${values.length} values ${range === 0 ? 'are equal' : 'move no more than their noise'}`;
  throw new UsageError({ where, what, remedy: 'take it out, or leave such ramps out with --skip-bad' });
}
