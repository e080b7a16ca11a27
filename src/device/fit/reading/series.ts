import { UsageError } from '../../../errors.js';
import {
  assertAscending,
  assertEven,
  assertNoLogarithms,
  assertOneQuantity,
  assertUnits,
  isReading,
} from './checks.js';
import { attempted } from './attempted.js';
import { isMissing } from './cells.js';
import { namedDevices } from './named-devices.js';
import type { Notices } from './notices.js';
import type { ReadOptions } from './options.js';
import { polarityOf } from './polarity.js';
import { namesPulses, pulseHeadings } from './pulse-headings.js';
import { columnRoles, distinct, headsPulses, tellBlankPolarity, tellUnused, type Roles } from './roles.js';
import { tellStatistics } from './statistics-columns.js';
import type { RampTable, TableRow } from './table.js';
import { medianOf } from '../../../statistics/average.js';

/** One series of values as the file holds it. */
export interface Series {
  readonly name: string;
  /** Name of its column, or of its row. */
  readonly heading: string;
  readonly device?: string | undefined;
  readonly cells: readonly Cell[];
  readonly unit: string | undefined;
  /** Where the count of pulses of a cell stands. */
  readonly countAt?: ((k: number) => string) | undefined;
}

export interface Cell {
  readonly text: string;
  /** `file:line: column 3 (rmp3)`. */
  readonly where: string;
  /** Sign of the pulse, where the file says it, and how. */
  readonly polarity: number | undefined;
  readonly pulse?: string | undefined;
  /** Number of the pulse that it was read after, where the file counts them. */
  readonly count?: number | undefined;
  /** What is wrong with its row beside its value, where rows with mistakes are to be left out. */
  readonly fault?: UsageError | undefined;
}

/**
 * The series of a table: one a column, a row, or a value of its column of ramps or devices.
 * @throws UsageError naming file, line and column
 */
export function seriesOf(table: RampTable, options: ReadOptions, notices: Notices): Series[] {
  const columns = columnRoles(table, options);
  const groups = groupsOf(table, columns);
  const { pulse, polarity, ramp, device } = columns;
  const bothCount = countsBothWays(table, columns, options);
  const pulsesAcross = pulse === undefined && polarity === undefined && namesPulses(table, columns.values);
  const special = !bothCount && !pulsesAcross && [pulse, polarity, ramp, device].some((column) => column !== undefined);
  if (special || options.ramps === 'columns') assertEven(table);
  if (pulse !== undefined) for (const { rows } of groups) assertAscending(table, rows, pulse);
  tellBlankPolarity(table, polarity, notices);
  assertNoLogarithms(table, columns.values);
  if (options.values === undefined) assertOneQuantity(table, columns.values);
  tellStatistics(table, columns, notices);
  if (options.unit === undefined) assertUnits(table, columns.values);
  const found = (): boolean => !special && (pulsesAcross || columns.namesRows || rampsAreRows(table, columns.values));
  const rows = options.ramps === undefined ? found() : options.ramps === 'rows';
  if (rows) return withDevices(rowSeries(table, columns.values), table, options, notices);
  assertEven(table);
  tellUnused(table, columns, notices);
  for (const [column, what] of [[ramp, 'ramps'] as const, [device, 'devices'] as const]) {
    const count = column === undefined ? 0 : distinct(table, column).length;
    if (count > 1) notices.note(`${table.file}: ${count} ${what} by ${table.names[column!]}`);
  }
  const roles = pulse !== undefined && numbersRows(table, groups, pulse) ? { ...columns, pulse: undefined } : columns;
  const ofGroup = (group: Group): Series[] =>
    columns.values.map((column) => columnSeries(table, roles, column, group, options));
  if (device === undefined) return groups.flatMap((group) => withDevices(ofGroup(group), table, options, notices));
  assertOneSource(options);
  return groups.flatMap(ofGroup);
}

/** Whether both the headings and the first column count: either may number pulses, and the other ramps. */
function countsBothWays(table: RampTable, { values, pulse, polarity, ramp, device }: Roles, options: ReadOptions) {
  const alone = [polarity, ramp, device, options.pulseColumn].every((other) => other === undefined);
  return pulse === 0 && alone && headsPulses(table, values);
}

/** @throws UsageError where both a column and the columns' names are to tell devices apart */
function assertOneSource({ columnsAre }: ReadOptions): void {
  if (columnsAre !== 'devices') return;
  const what = 'got devices, but a column of the table already says the device of each row';
  throw new UsageError({ where: '--columns-are', what, remedy: 'leave it out' });
}

/** Series whose headings name devices, of those devices. */
function withDevices(series: readonly Series[], { file }: RampTable, options: ReadOptions, notices: Notices): Series[] {
  const headings = series.map(({ heading }) => heading);
  const devices = series.length < 2 ? undefined : namedDevices(headings, options.columnsAre);
  if (!devices) return [...series];
  const names = [...new Set(devices)];
  const shown = names.slice(0, 4).join(', ') + (names.length > 4 ? ', …' : '');
  const told = options.columnsAre ? '' : '; say --columns-are ramps if they are ramps of one device';
  notices.note(`${file}: ${names.length} devices by the names of its ramps (${shown})${told}`);
  return series.map((one, i) => ({ ...one, device: devices[i]! }));
}

/** Rows of one ramp column's and one device column's value: all rows where there is neither. */
interface Group {
  readonly ramp: string | undefined;
  readonly device: string | undefined;
  readonly rows: TableRow[];
}

function groupsOf({ rows }: RampTable, { ramp, device }: Roles): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const at = (column: number | undefined): string | undefined =>
      column === undefined ? undefined : row.cells[column];
    const key = JSON.stringify([at(ramp), at(device)]);
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { ramp: at(ramp), device: at(device), rows: [row] });
  }
  return [...groups.values()];
}

function columnSeries(
  table: RampTable,
  roles: Roles,
  column: number,
  { ramp, device, rows }: Group,
  options: ReadOptions,
): Series {
  const heading = table.names[column]!;
  const name = ramp === undefined ? heading : `${table.names[roles.ramp!]} ${ramp}`;
  const named = (i: number): string =>
    `column ${i + 1}${table.names[i]!.startsWith('column ') ? '' : ` (${table.names[i]!})`}`;
  const at = (line: number, i: number): string => `${table.file}:${line}: ${named(i)}`;
  let [before, early]: [number | undefined, boolean] = [undefined, true];
  const cells = rows.map(({ line, cells: all }): Cell => {
    const where = at(line, column);
    const count = roles.pulse === undefined ? undefined : Number(all[roles.pulse]);
    const pulse = roles.polarity === undefined ? undefined : all[roles.polarity]!;
    // What is read before any pulse has the polarity of none.
    const initial = pulse !== undefined && (pulse === '' || isMissing(pulse)) && (early || count === 0);
    early &&= initial;
    const read = (): number => (initial ? 0 : polarityOf(pulse!, at(line, roles.polarity!)));
    const sign = pulse === undefined ? undefined : attempted(options, read);
    const fault = sign instanceof UsageError ? sign : undefined;
    // Its ramp is left out, and is that of the pulse before: the others keep their ends.
    before = sign instanceof UsageError ? (before ?? 0) : sign;
    return { text: all[column]!, where, polarity: before, pulse, count, fault };
  });
  return {
    ...{ name: device === undefined ? name : `${name} of ${device}`, heading, device, cells },
    ...{ unit: table.units[column], countAt: (k) => at(rows[k]!.line, roles.pulse!) },
  };
}

/** Whether a column numbers all rows of a table of several ramps or devices: it says nothing of their pulses then. */
function numbersRows({ rows }: RampTable, groups: readonly Group[], column: number): boolean {
  const first = Number(rows[0]!.cells[column]);
  return groups.length > 1 && rows.every(({ cells }, i) => Number(cells[column]) === first + i);
}

function rowSeries(table: RampTable, columns: readonly number[]): Series[] {
  const counts = pulseHeadings(table, columns);
  return table.rows.map(({ line, cells }) => {
    const label = table.names.map((_, i) => i).find((i) => !columns.includes(i) && cells[i] !== '');
    const told = label === undefined ? `line ${line}` : cells[label]!;
    const name = /^\d+$/.test(told) ? `ramp ${told}` : told;
    const own = columns.map((i, k): Cell => {
      const where = `${table.file}:${line}: column ${i + 1}`;
      return { text: cells[i]!, where, polarity: undefined, count: counts?.numbers[k] };
    });
    const unit = table.units.find((each) => each !== undefined);
    return { name, heading: name, cells: own, unit, countAt: counts?.at };
  });
}

/**
 * Whether ramps run along rows: values climb or fall from one end of a ramp to the other, and differ little between
 * ramps.
 */
function rampsAreRows(table: RampTable, columns: readonly number[]): boolean {
  if (columns.length < 2) return false;
  if (table.rows.length < 2) return true;
  // Units of columns are those of quantities; where the columns are counted, of pulses too.
  if (table.counting?.header !== true && columns.every((i) => table.units[i] !== undefined)) return false;
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

/** Distance between the middle values of the first and the last third of a series, as most of the series have it. */
function trend(series: readonly (readonly number[])[]): number {
  const each = series.flatMap((all) => {
    const values = all.filter(Number.isFinite);
    const third = Math.max(1, Math.floor(values.length / 3));
    return values.length < 2 ? [] : [Math.abs(medianOf(values.slice(-third)) - medianOf(values.slice(0, third)))];
  });
  // A median, so that one ramp in another unit does not decide.
  return each.length === 0 ? 0 : medianOf(each);
}
