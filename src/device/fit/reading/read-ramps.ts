import { UsageError } from '../../../errors.js';
import { extentOf } from '../../../statistics/extent.js';
import type { Ramp } from '../ramps.js';
import { assertMoves, assertSmooth, assertWords, readingOf, withoutTail } from './checks.js';
import { sameUnit, siemensOf, unitDimension } from './column-units.js';
import { Notices } from './notices.js';
import type { ReadOptions } from './options.js';
import { assertPlausible } from './plausible.js';
import { columnRoles, type Roles } from './roles.js';
import { seriesOf, type Cell, type Series } from './series.js';
import { freshStarts, splitByPolarity, splitByTurns, trendOf, unevenLengths, type Segment } from './split.js';
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
}

/**
 * Reads ramps in the shapes that laboratories keep: a column or a row per ramp, a long table with a column that numbers
 * the ramps, or one trace whose polarity alternates.
 * @param device - number of the device that the file is of
 * @throws UsageError naming file, line and column
 */
export function readRamps(text: string, file: string, device: number, options: ReadOptions): ReadRamps {
  const table = parseRampTable(text, file);
  const notices = new Notices();
  const all = seriesOf(table, options, notices);
  const ramps = all.flatMap((series) => {
    try {
      return rampsOf(series, { file, device, options, notices });
    } catch (error) {
      if (!options.skipBad || !(error instanceof UsageError)) throw error;
      notices.warn(`${error.parts.where}: ${error.parts.what}; ${series.name} is left out`);
      return [];
    }
  });
  assertPlausible(ramps, table, options, notices);
  tellColumns(table, columnRoles(table, options), ramps, options, notices);
  const units = [...new Set(all.map(({ unit }) => options.unit ?? unit ?? 'A'))];
  if (ramps.length > 0) return { ramps, notes: notices.notes, warnings: notices.warnings, units };
  throw new UsageError({ where: file, what: 'no ramp is left', remedy: 'see what was left out, and mend the file' });
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
}

/** The ramps of one series, in siemens. */
function rampsOf(series: Series, { file, device, options, notices }: Reading): Ramp[] {
  const cells = withoutTail(series);
  const numbers = cells.map(readingOf);
  const values = numbers.map((value, k) => siemensOf(value, series.unit, cells[k]!.where, options));
  tellUnit(series, numbers, { file, options, notices });
  assertSmooth(values, cells);
  const segments = segmentsOf(values, cells, series.name, options);
  assertWords(cells, segments);
  tellSigns(segments, file, notices);
  if (segments.length > 1) notices.note(`${file}: ${series.name} splits into ${describe(segments)}`);
  return segments.map((segment, i) => ({
    name: segments.length === 1 ? series.name : `${series.name}, part ${i + 1}`,
    file,
    device,
    cell: series.device,
    values: segment.values,
    places: cells.slice(segment.start, segment.start + segment.values.length).map(({ where }) => where),
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
    const segments = signs.every((sign) => sign !== undefined)
      ? splitByPolarity(part, signs)
      : byTurns(part, { where, name, options });
    return segments.map((segment) => ({ ...segment, start: from + segment.start }));
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

/** Polarities may be wired either way: which way they were taken is told where it is not the usual one. */
function tellSigns(segments: readonly Segment[], file: string, notices: Notices): void {
  const told = segments.filter(({ polarity }) => polarity !== undefined && polarity !== 0);
  const wrong = told.filter(({ values, polarity }) => polarity! * (values.at(-1)! - values[0]!) < 0);
  if (wrong.length > told.length / 2)
    notices.note(`${file}: pulses of positive polarity lower the conductance, and are taken for RESET`);
}

/** Once a file: what the command line says instead of the file, or of what the values are not. */
function tellUnit({ unit: written }: Series, numbers: readonly number[], reading: Omit<Reading, 'device'>): void {
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
