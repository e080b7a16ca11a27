import { UsageError } from '../../../errors.js';
import { extentOf } from '../../../statistics/extent.js';
import { formatQuantity } from '../../../units.js';
import type { Ramp } from '../ramps.js';
import { attempted } from './attempted.js';
import { assertMoves, assertWords, withoutTail } from './checks.js';
import { sameUnit, unitDimension } from './column-units.js';
import { measuredOf, type Measured } from './faults.js';
import { lonePulses } from './lone-pulses.js';
import { Notices } from './notices.js';
import type { ReadOptions } from './options.js';
import { tellOutliers } from './outliers.js';
import { assertPlausible } from './plausible.js';
import { columnRoles, type Roles } from './roles.js';
import { seriesOf, type Cell, type Series } from './series.js';
import { freshStarts, splitByPolarity, splitByTurns, trendOf, unevenLengths, type Segment } from './split.js';
import { strideOf } from './strides.js';
import { parseRampTable, type RampTable } from './table.js';

/** Ramps of one file, and what was noticed on the way. */
export interface ReadRamps {
  readonly ramps: readonly Ramp[];
  /** What the file was taken for. */
  readonly notes: readonly string[];
  /** What may be a mistake. */
  readonly warnings: readonly string[];
  /** Units that its values were taken in. */
  readonly units: readonly string[];
  /** Ramps that were left out, and why; told among the warnings. */
  readonly leftOut: readonly string[];
}

/**
 * Reads ramps in the shapes that laboratories keep: a column or a row per ramp, a long table with a column that numbers
 * the ramps, or one trace whose polarity alternates.
 * @param device - number of the device that the file is of
 * @throws UsageError naming file, line and column
 */
export function readRamps(text: string, file: string, device: number, options: ReadOptions): ReadRamps {
  const table = parseRampTable(text, file, options.firstLine);
  const notices = new Notices();
  const reasons = new Map<string, string[]>();
  const leaveOut = ({ parts: { where, what } }: UsageError, name: string, more = 0): void => {
    const others = more === 0 ? '' : `, and ${more} more ${more === 1 ? 'mistake' : 'mistakes'}`;
    const reason = `${where}: ${what}${others}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  };
  tellCounting(table, notices);
  if (table.footer)
    notices.note(`${file}:${table.footer.line}: text from ${JSON.stringify(table.footer.cells[0])} on is passed over`);
  const all = seriesOf(table, options, notices);
  const ramps = all.flatMap((series) => {
    const made = attempted(options, () => rampsOf(series, { file, device, options, notices, leaveOut }));
    if (!(made instanceof UsageError)) return made;
    leaveOut(made, series.name);
    return [];
  });
  const leftOut = [...reasons].map(([reason, names]) => `${reason}; ${named(names)} left out`);
  for (const reason of leftOut) notices.warn(reason);
  if (ramps.length === 0) throw withLeftOut(new UsageError({ where: file, what: 'no ramp is left' }), leftOut);
  assertPlausible(ramps, table, options, notices);
  tellOutliers(ramps, file, notices);
  tellColumns(table, columnRoles(table, options), ramps, options, notices);
  const units = [...new Set(all.map(({ unit }) => options.unit ?? unit ?? 'A'))];
  return { ramps, notes: notices.notes, warnings: notices.warnings, units, leftOut };
}

/** What one mistake leaves out: a number in a column of pulses is one of every ramp beside it. */
function named(names: readonly string[]): string {
  const [first] = names;
  if (names.length === 1) return `${first} is`;
  return `${names.length} ramps (${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}) are`;
}

/** A line that counts columns is dropped, or kept though it looks like such a line. */
function tellCounting({ file, counting }: RampTable, notices: Notices): void {
  if (!counting) return;
  const { line, from, to, header, told } = counting;
  if (told) {
    notices.note(`${file}:${line}: is left out, as a header`);
    return;
  }
  const what = `${file}:${line}: counts ${from}${to === from ? '' : ` to ${to}`}`;
  if (header) notices.note(`${what} and is taken for a header; if it holds readings, say --first-line values`);
  else
    notices.warn(
      `${what} and is taken for a ramp, like the lines below it; say --first-line header if it is one, or --first-line values`,
    );
}

/** Reasons that an error lists at most. */
const mostReasons = 8;

/** An error that may come of what was left out, with what that was: warnings are not told beside errors. */
export function withLeftOut(error: UsageError, leftOut: readonly string[]): UsageError {
  if (leftOut.length === 0) return error;
  const more = leftOut.length - mostReasons;
  const list = [...leftOut.slice(0, mostReasons), ...(more > 0 ? [`and ${more} more`] : [])];
  const remedy = [error.parts.remedy, `mend what --skip-bad left out:\n  ${list.join('\n  ')}`].filter(Boolean);
  return new UsageError({ ...error.parts, remedy: remedy.join(', or ') }, { cause: error });
}

/** Columns that each hold several ramps are often devices, which nothing in a file says. */
function tellColumns(
  { file }: RampTable,
  { values, device }: Roles,
  ramps: readonly Ramp[],
  { columnsAre }: ReadOptions,
  notices: Notices,
): void {
  const parts = ramps.filter(({ name }) => / part [1-9]\d*$/.test(name)).length;
  const known = device !== undefined || columnsAre !== undefined || ramps.some(({ cell }) => cell !== undefined);
  if (known || values.length < 2 || parts < 2 * values.length) return;
  const remedy = 'say --columns-are devices if each is a device, or --columns-are ramps if not';
  notices.warn(`${file}: its ${values.length} columns of values are taken as ramps of one device; ${remedy}`);
}

interface Reading {
  readonly file: string;
  readonly device: number;
  readonly options: ReadOptions;
  readonly notices: Notices;
  /** Takes note of a ramp that is left out. */
  readonly leaveOut: (error: UsageError, name: string, more?: number) => void;
}

/** Values at least of a ramp of a trace that is asked to move: one or two pulses more at a trace's end may leave its last digit. */
const fewest = 4;

/** The ramps of one series, in siemens; of a trace, only those with mistakes are left out. */
function rampsOf(series: Series, { file, device, options, notices, leaveOut }: Reading): Ramp[] {
  const whole = withoutTail(series);
  const read = measuredOf(series, whole, options);
  const lone = lonePulses(whole);
  const [odd] = lone.values();
  if (odd && !options.skipBad) throw odd;
  // The ramp that holds it is left out, and is whole for that.
  const cells = whole.map((cell, k) => (lone.has(k) ? { ...cell, polarity: whole[k - 1]!.polarity } : cell));
  const measured = { ...read, faults: new Map([...lone, ...read.faults]) };
  const { values, faults } = measured;
  if (measured.turned)
    notices.note(
      `${file}: negative currents of ${series.name} are taken as read at ${formatQuantity(-options.readVoltage!, 'voltage')}`,
    );
  tellUnit(series, measured.numbers.filter(Number.isFinite), { file, options, notices });
  tellIdle(cells, notices);
  const segments = segmentsOf(measured, cells, series.name, { options, leaveOut });
  assertWords(cells, segments);
  tellSigns(segments, file, notices);
  const names = segments.map((_, i) => (segments.length === 1 ? series.name : `${series.name}, part ${i + 1}`));
  const strides = segments.map(({ start, values: { length } }) => {
    const counts = cells.slice(start, start + length).map(({ count }) => count);
    return attempted(options, () => strideOf(counts, series.countAt && ((k) => series.countAt!(start + k))));
  });
  const bad = segments.map((segment, i) => {
    const { start, values: own, polarity } = segment;
    const inside = [...faults].filter(([k]) => k >= start && k < start + own.length).map(([, fault]) => fault);
    const told = polarity !== undefined && own.length >= fewest;
    const flat =
      told &&
      attempted(options, () => {
        assertMoves(own, cells[start + 1]!.where, names[i]!);
      });
    return [...inside, ...[strides[i], flat].filter((odd) => odd instanceof UsageError)];
  });
  bad.forEach(([first, ...others], i) => {
    if (first) leaveOut(first, names[i]!, others.length);
  });
  const left = bad.filter(({ length }) => length > 0).length;
  const out = left === 0 ? '' : `, of which ${left} ${left === 1 ? 'is' : 'are'} left out`;
  if (segments.length > 1) notices.note(`${file}: ${series.name} splits into ${describe(segments)}${out}`);
  return segments.flatMap(({ start, values: { length } }, i) => {
    const stride = strides[i];
    if (bad[i]!.length > 0 || stride instanceof UsageError) return [];
    const places = cells.slice(start, start + length).map(({ where }) => where);
    const own = { values: values.slice(start, start + length), places, stride };
    return [{ name: names[i]!, file, device, cell: series.device, ...own }];
  });
}

/** The ramps of a trace: what its count of pulses tells apart, and in that what its polarities or its turns do. */
function segmentsOf(
  { values, faults }: Measured,
  cells: readonly Cell[],
  name: string,
  { options, leaveOut }: Pick<Reading, 'options' | 'leaveOut'>,
): readonly Segment[] {
  const polarity = cells.map((cell) => cell.polarity);
  const counts = cells.map((cell) => cell.count);
  const starts = counts.every((count) => count !== undefined) ? freshStarts(values, counts, polarity) : [0];
  return starts.flatMap((from, i) => {
    const to = starts[i + 1] ?? values.length;
    const part = values.slice(from, to);
    const signs = polarity.slice(from, to);
    const { where } = cells[from]!;
    const segments = attempted(options, () => {
      assertMoves(part, where, name);
      return signs.every((sign) => sign !== undefined)
        ? splitByPolarity(part, signs)
        : byTurns(part, { where, name, options });
    });
    if (!(segments instanceof UsageError)) return segments.map((own) => ({ ...own, start: from + own.start }));
    // What is wrong with its values comes first: it may be why they do not look like a ramp.
    const fault = [...faults].find(([k]) => k >= from && k < to)?.[1];
    leaveOut(fault ?? segments, starts.length === 1 ? name : `${name}, run ${i + 1}`);
    return [];
  });
}

/** A series that is said to be a ramp is one, however it flickers; another is cut where it turns. */
function byTurns(
  values: readonly number[],
  { where, name, options }: { readonly where: string; readonly name: string; readonly options: ReadOptions },
): readonly Segment[] {
  const told = options.oneWay === true || (options.ramps !== undefined && trendOf(values) !== 0);
  if (told) return [{ values, start: 0 }];
  const segments = splitByTurns(values);
  const uneven = unevenLengths(segments);
  if (!uneven) return segments;
  const what = `${name} turns after ${uneven.least} to ${uneven.most} pulses, too unevenly to tell turns from noise`;
  const remedy = "say each pulse's polarity in a column (--polarity-column), or count pulses from 0 in each ramp";
  throw new UsageError({ where, what, remedy });
}

/** A row without a pulse inside a ramp cuts it in two. */
function tellIdle(cells: readonly Cell[], notices: Notices): void {
  cells.forEach(({ polarity, pulse, where }, k) => {
    const [before, after] = [cells[k - 1]?.polarity, cells[k + 1]?.polarity];
    if (polarity !== 0 || before === undefined || before === 0 || before !== after) return;
    notices.warn(
      `${where}: its pulse is ${JSON.stringify(pulse)}, none, between two of one polarity, and cuts their ramp in two; mend it, or take the row out`,
    );
  });
}

/** Polarities may be wired either way: which way they were taken is told where it is not the usual one. */
function tellSigns(segments: readonly Segment[], file: string, notices: Notices): void {
  const told = segments.filter(({ polarity }) => polarity !== undefined && polarity !== 0);
  const wrong = told.filter(({ values, polarity }) => polarity! * (values.at(-1)! - values[0]!) < 0);
  if (wrong.length > told.length / 2)
    notices.note(`${file}: pulses of positive polarity lower the conductance, and are taken for RESET`);
}

/** Once a file: what the command line says instead of the file, or of what the values are not. */
function tellUnit(
  { unit: written }: Series,
  numbers: readonly number[],
  reading: Omit<Reading, 'device' | 'leaveOut'>,
): void {
  const { file, options, notices } = reading;
  const { unit: told, readVoltage } = options;
  if (told === undefined && written === undefined) {
    tellAssumed(numbers, file, notices);
    return;
  }
  if (told !== undefined && written !== undefined && !sameUnit(told, written)) {
    assertNoPrefix(told, written, file);
    notices.warn(`${file}: says ${written}, and --unit ${told} is taken instead`);
  }
  const unit = told ?? written!;
  if (readVoltage !== undefined && unitDimension(unit) !== 'current')
    notices.warn(`${file}: holds values in ${unit}, which the read voltage does not change`);
}

/** @throws UsageError where both are units of one quantity: one of them is a mistake of powers of ten */
function assertNoPrefix(told: string, written: string, file: string): void {
  if (unitDimension(told) !== unitDimension(written)) return;
  const what = `says ${written}, and --unit says ${told}`;
  throw new UsageError({ where: file, what, remedy: 'leave --unit out, or mend the unit in the file' });
}

/** Once a file: numbers without a unit are ampere, which is a factor of a million off where they are not. */
function tellAssumed(numbers: readonly number[], file: string, notices: Notices): void {
  const start = `${file}: says no unit of its values`;
  if (notices.warnings.some((warning) => warning.startsWith(start))) return;
  const extent = extentOf(numbers).join(' to ');
  notices.warn(`${start} (${extent}): taken to be in ampere; say --unit A if they are, or what they are in`);
}

function describe(segments: readonly Segment[]): string {
  const lengths = segments.map(({ values }) => values.length - 1).sort((a, b) => a - b);
  return `${segments.length} ramps of ${lengths[0]} to ${lengths.at(-1)} pulses`;
}
