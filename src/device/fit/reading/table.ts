import { parse } from 'csv-parse/sync';
import { UsageError } from '../../../errors.js';
import { extentOf } from '../../../statistics/extent.js';
import { isMissing, isNumber } from './cells.js';
import { countingLine, type CountingLine, type FirstLine } from './counting-line.js';
import { delimiterOf } from './delimiter.js';
import { signOf } from './polarity.js';
import { bare, unitIn, unitPattern } from './unit-names.js';

/** Numbers of a text file, with what its lines above them say of the columns. */
export interface RampTable {
  readonly file: string;
  /** One per column; `column 3` where the file names none. */
  readonly names: readonly string[];
  /** Unit as written under or in the name of each column; undefined where none is. */
  readonly units: readonly (string | undefined)[];
  /** Line of the row of units, from 1; undefined where there is none. */
  readonly unitLine?: number | undefined;
  /** Whether the file itself names the columns. */
  readonly named: boolean;
  /** Its first line of numbers, where that counts the columns. */
  readonly counting?: CountingLine | undefined;
  /** The first of the lines of text at its end, which are passed over. */
  readonly footer?: Line | undefined;
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  /** Line in the file, from 1. */
  readonly line: number;
  /** Text of every column, trimmed; shorter rows are filled with blanks. */
  readonly cells: readonly string[];
  /** How many of the columns that hold anything the line itself has. */
  readonly given: number;
}

/**
 * Reads a table of numbers, separated by commas, semicolons, tabs or blanks, below any number of lines of text. Of those
 * lines the last may hold units and the one above it names.
 * @param firstLine - what a first line of bare numbers is, where that is told
 * @throws UsageError naming file and line
 */
export function parseRampTable(text: string, file: string, firstLine?: FirstLine): RampTable {
  const rows = records(text, file);
  const first = rows.findIndex((row) => !isComment(row) && isData(row));
  if (first < 0) {
    throw noNumbers(file, rows);
  }
  const filledLines = rows.slice(first).filter((row) => !isComment(row) && row.cells.some((cell) => cell !== ''));
  const below = withoutFooter(filledLines);
  const footer = filledLines[below.length];
  const { above, data, counting } = withoutCounts(rows.slice(0, first), below, firstLine);
  const stray = data.find((row) => !isBelow(row));
  if (stray) {
    const what = `got ${JSON.stringify(stray.cells.join(' ').slice(0, 40))} below the numbers, expected numbers`;
    throw new UsageError({ where: `${file}:${stray.line}`, what, remedy: 'take the line out' });
  }
  const [, width] = extentOf(data.map(({ cells }) => cells.length));
  refuseDecimalCommas(file, above, data, delimiterOf(text));
  const [, filled] = extentOf(data.map(({ cells }) => 1 + cells.findLastIndex((cell) => cell !== '')));
  const even = data.map(({ line, cells }) => ({
    ...{ line, cells: padded(cells, width) },
    given: Math.min(cells.length, filled),
  }));
  return { file, rows: even, counting, footer, ...headerOf(above, width) };
}

/**
 * The lines down to text that an instrument writes below its numbers: from a line with a word in its first cell alone on, where no
 * line begins with a number any more as all before it do.
 */
function withoutFooter(lines: readonly Line[]): readonly Line[] {
  const begins = ({ cells: [first = ''] }: Line): boolean => isNumber(first) || isMissing(first);
  const at = lines.findIndex((line) => !begins(line));
  const [title] = lines[at]?.cells ?? [];
  if (at < 0 || title === '' || lines[at]!.cells.slice(1).some((cell) => cell !== '')) return lines;
  return lines.slice(at).some(begins) || signOf(title!) !== undefined || lines[at]!.cells.length < 2
    ? lines
    : lines.slice(0, at);
}

/** The lines above the values, and the values, where the first line of numbers counts columns that have no names. */
function withoutCounts(above: readonly Line[], below: readonly Line[], firstLine: FirstLine | undefined) {
  const [first, second] = below;
  // A word alone above several columns is a title; above one it is its name.
  const width = first!.cells.length;
  const named = headerOf(above, width).names.some((name, i) => (i > 0 || width === 1) && !/^column \d+$/.test(name));
  const units = second?.cells.every((cell) => cell === '' || unitPattern.test(bare(cell))) === true ? [second] : [];
  const values = below.slice(1 + units.length);
  const counting = named ? undefined : countingLine(first!, values, firstLine);
  if (counting?.header !== true) return { above, data: below, counting };
  return { above: [...above, ...units], data: values, counting };
}

/** Whole numbers alone, and more of them than the header has names: what commas separate are numbers cut in two. */
function refuseDecimalCommas(
  file: string,
  above: readonly Line[],
  data: readonly Line[],
  delimiter: string | string[],
): void {
  const names = above.at(-1)?.cells.length ?? 0;
  const longer = data.find(({ cells }) => cells.length > names);
  if (delimiter !== ',' || names < 2 || !longer) return;
  const cutInTwo = ({ cells }: Line): boolean =>
    cells.length <= 2 * names && cells.every((cell) => /^[+-]?\d+$/.test(cell));
  if (!data.every(cutInTwo)) return;
  const what = `has ${longer.cells.length} whole numbers below ${names} names, as decimal commas in a file that commas separate`;
  const remedy = 'write decimal points, or separate columns by semicolons';
  throw new UsageError({ where: `${file}:${longer.line}`, what, remedy });
}

/** Where a line has digits, and cells that are no numbers all the same, it is shown. */
function noNumbers(file: string, rows: readonly Line[]): UsageError {
  const near = rows.find((row) => !isComment(row) && row.cells.some((cell) => /^[+-]?\d/.test(cell)));
  if (!near) {
    const remedy = 'give a table of numbers: one column or one row per ramp';
    return new UsageError({ where: file, what: 'holds no line of numbers', remedy });
  }
  const odd = near.cells.find((cell) => /^[+-]?\d/.test(cell) && !isNumber(cell)) ?? near.cells[0]!;
  const what = `holds no line of numbers: got ${JSON.stringify(odd.slice(0, 40))}, expected a number`;
  const remedy = 'write numbers alone, without units, percent or separators of thousands';
  return new UsageError({ where: `${file}:${near.line}`, what, remedy });
}

/** A line as it is written. */
export type Line = Omit<TableRow, 'given'>;

function records(text: string, file: string): Line[] {
  const delimiter = delimiterOf(text);
  try {
    const parsed = parse(text, {
      ...{ delimiter, bom: true, info: true, relax_column_count: true, relax_quotes: true, trim: true },
      ...{ skip_empty_lines: true },
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return ofAnalyzer(parsed.map(({ record, info }) => ({ line: info.lines, cells: cleaned(record, delimiter) })));
  } catch (error) {
    const what = `is not a table of text: ${error instanceof Error ? error.message : String(error)}`;
    throw new UsageError({ where: file, what, remedy: 'save it as CSV' }, { cause: error });
  }
}

/**
 * The table in a file of a semiconductor analyser (Keysight EasyEXPERT, B1500), where every line begins with what it is: settings of
 * numbers stand above the names, `DataName`, of the columns of `DataValue`.
 */
function ofAnalyzer(lines: Line[]): Line[] {
  const names = lines.find(({ cells }) => cells[0] === 'DataName');
  if (!names) return lines;
  const own = lines.filter((line) => line === names || line.cells[0] === 'DataValue');
  return own.map(({ line, cells }) => ({ line, cells: cells.slice(1) }));
}

/** Decimal commas as points where commas do not separate; no empty cell that a final separator leaves. */
function cleaned(record: readonly string[], delimiter: string | string[]): string[] {
  const point = (cell: string): string =>
    delimiter !== ',' && /^[+-]?\d*,\d+([eE][+-]?\d+)?$/.test(cell) ? cell.replace(',', '.') : cell;
  // Excel keeps a number as text by writing it as a formula, ="1"; word processors write a minus sign of their own.
  const plain = (cell: string): string =>
    cell
      .trim()
      .replace(/^="(.*)"$/, '$1')
      .replace(/\u2212(?=\d|\.)/g, '-')
      .trim();
  const cells = record.map((cell) => point(plain(cell)));
  return Array.isArray(delimiter) ? cells.filter((cell) => cell !== '') : cells;
}

/** Comments below the numbers are passed over; above them they may name the columns, as NumPy writes its headers. */
function isComment({ cells }: Line): boolean {
  return cells[0]?.startsWith('#') === true && !isMissing(cells[0]);
}

/** A line above the numbers without the # before it; a # that stands over a column is that column's name. */
function uncommented({ line, cells }: Line, width: number): Line {
  const [first, ...others] = cells;
  if (first?.startsWith('#') !== true || (first === '#' && cells.length === width && width > 1)) return { line, cells };
  const bare = first.replace(/^#+\s*/, '');
  return { line, cells: bare === '' ? others : [bare, ...others] };
}

/** Names that blanks have cut from their units, `G (uS)`, made whole. */
function rejoined({ line, cells }: Line, width: number): Line {
  if (cells.length <= width) return { line, cells };
  const whole: string[] = [];
  for (const cell of cells) {
    if (/^[[(].*[\])]$/.test(cell) && whole.length > 0) whole.push(`${whole.pop()!} ${cell}`);
    else whole.push(cell);
  }
  return { line, cells: whole };
}

/** A line whose cells are numbers, at least half of them. */
function isData({ cells }: Line): boolean {
  const filled = cells.filter((cell) => cell !== '');
  const numbers = filled.filter(isNumber).length;
  return numbers > 0 && numbers >= filled.length / 2;
}

/** A line below the first numbers: some values may be missing, and polarities are words. */
function isBelow({ cells }: Line): boolean {
  const filled = cells.filter((cell) => cell !== '');
  const known = filled.filter((cell) => isNumber(cell) || isMissing(cell) || signOf(cell) !== undefined).length;
  return known >= filled.length / 2;
}

function padded(cells: readonly string[], width: number): string[] {
  return Array.from({ length: width }, (_, i) => cells[i] ?? '');
}

/** Names and units from the lines above the numbers; earlier lines and sentences are a preamble, which is passed over. */
function headerOf(above: readonly Line[], width: number): Omit<RampTable, 'file' | 'rows'> {
  const lines = above.map((row) => rejoined(uncommented(row, width), width));
  const full = lines.filter(({ cells }) => {
    const words = cells.filter((cell) => cell !== '');
    if (width === 1) return words.length > 0;
    return words.length <= width && (words.length > 1 || words.some((word) => unitPattern.test(bare(word))));
  });
  const [over, last] = [full.at(-2)?.cells, full.at(-1)?.cells];
  const known = last?.every((cell) => /^#?$/.test(cell) || unitPattern.test(bare(cell))) === true;
  const below = known || isOddUnits(last, over) ? last : undefined;
  const names = below ? over : last;
  const columns = Array.from({ length: width }, (_, i) => i);
  return {
    named: names !== undefined,
    unitLine: below && full.at(-1)!.line,
    names: columns.map((i) => nameOf(names?.[i], i)),
    units: columns.map((i) => (below?.[i] ? bare(below[i]) : unitIn(names?.[i] ?? ''))),
  };
}

/** One short word over every column, below names that differ: units all the same, of nothing that ramps come in. */
function isOddUnits(last: readonly string[] | undefined, over: readonly string[] | undefined): boolean {
  const filled = (cells: readonly string[] | undefined): string[] => (cells ?? []).filter((cell) => !/^#?$/.test(cell));
  const [words, names] = [filled(last), filled(over)];
  const alike = words.length > 1 && words.every((word) => word === words[0]);
  return alike && /^[\p{L}°%/]{1,6}$/u.test(bare(words[0]!)) && new Set(names).size >= words.length;
}

function nameOf(cell: string | undefined, i: number): string {
  return cell === undefined || cell === '' ? `column ${i + 1}` : cell;
}
