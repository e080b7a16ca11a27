import { isNumber } from './cells.js';
import { signOf } from './polarity.js';
import type { Line } from './table.js';
import { medianOf } from '../../../statistics/average.js';

/** What the command line may say of a first line of bare numbers. */
export const firstLines = ['header', 'values'] as const;
export type FirstLine = (typeof firstLines)[number];

/** A first line of numbers that counts its columns 0, 1, 2 … or 1, 2, 3 …, as tables without names have it. */
export interface CountingLine {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** Numbers of the columns, but for that below a corner. */
  readonly numbers: readonly number[];
  /** Whether its first cell is blank or a word, so that what stands below it is no ramp. */
  readonly corner: boolean;
  /** Whether it is a header; else it is so much like the values below it that it may be a ramp. */
  readonly header: boolean;
  /** Whether the command line said which. */
  readonly told: boolean;
}

/** Median deviation of a line's values from those of a count, both by size, below which it may be a ramp like others. */
const alike = 0.25;

/** Factor between the values and a count that leaves no doubt, though all of them are whole numbers. */
const apart = 10;

/** Numbers of a count that is kept as a ramp, from which on that is worth a word. */
const conspicuous = 5;

/**
 * @param below - the lines below it
 * @param firstLine - what it is, where that is told
 */
export function countingLine(
  { line, cells }: Line,
  below: readonly Line[],
  firstLine?: FirstLine,
): CountingLine | undefined {
  const corner = !isNumber(cells[0] ?? '');
  const last = cells.findLastIndex((cell) => cell !== '');
  const [start, end] = [corner ? 1 : 0, last + 1];
  const counts = cells.slice(start, end);
  if (counts.length === 0 || below.length === 0 || firstLine === 'values') return undefined;
  const numbers = counts.map(Number);
  const counted = { line, from: numbers[0]!, to: numbers.at(-1)!, numbers, corner };
  if (firstLine === 'header' && counts.every(isNumber)) return { ...counted, header: true, told: true };
  const texts = below.map((row) => row.cells.slice(start, end).filter(isNumber));
  if (!isCount(counts)) {
    if (counts.length < leastUneven || !grows(counts) || startsColumn(cells[0]!, below)) return undefined;
    const { header, doubtful } = ofUneven(numbers, texts);
    return header || doubtful ? { ...counted, header, told: false } : undefined;
  }
  const unlike = !startsColumn(cells[0]!, below) && isUnlike(numbers, texts);
  const few = counts.length === 1 || (counts.length === 2 && !corner);
  const { header, doubtful } = few && unlike ? ofFew(numbers, corner, below) : { header: unlike, doubtful: false };
  return header || doubtful || counts.length >= conspicuous ? { ...counted, header, told: false } : undefined;
}

/** Numbers of a line at least that may count otherwise than 0, 1 … or 1, 2 …: fewer grow by chance. */
const leastUneven = 4;

/** Whole numbers alone, each above the one before. */
function grows(cells: readonly string[]): boolean {
  return (
    cells.every((cell) => /^\d+(\.0*)?$/.test(cell)) &&
    cells.every((cell, i) => i === 0 || Number(cell) > Number(cells[i - 1]))
  );
}

/**
 * Whether numbers such as 5, 10, 20, 50 are a header, or may be one. Many ramps begin with whole numbers that grow; where all but
 * they are fractions they are none of the readings, and where each row below lies a factor of ten away.
 */
function ofUneven(counts: readonly number[], below: readonly (readonly string[])[]) {
  const no = { header: false, doubtful: false };
  const rows = below.map((texts) => texts.map(Number)).filter(({ length }) => length > 0);
  const all = below.flat();
  const whole = all.filter((text) => Number.isInteger(Number(text))).length;
  const middle = medianOf(counts);
  const farOff = (row: readonly number[]): boolean => {
    const factor = Math.abs(medianOf(row)) / middle;
    return factor > apart || factor < 1 / apart;
  };
  if (rows.length < 2) return no;
  if (counts[0] === 0 || rows.every(farOff)) return { header: true, doubtful: false };
  if (whole > all.length / 4) return no;
  return rows.some((row) => deviation(counts, row) < alike)
    ? { header: false, doubtful: true }
    : { header: true, doubtful: false };
}

/** Factor that the ramps of one cell hardly differ by, and that a count of two does. */
const likeOthers = Math.SQRT2;

function near(a: number, b: number): boolean {
  return Math.abs(Math.log(Math.abs(a / b))) < Math.log(likeOthers);
}

/** Factor by which values leave a count of two or of one that is none of them, where a ramp would go on from it. */
const leap = 3;

/**
 * Whether one or two numbers are a header, or may be one. A ramp may well begin with 1, and two with 1 and 2, where more are
 * hardly by chance a count: the values below must not go on from them, those below two be alike as ramps of one cell are, and those
 * below one a factor of ten away.
 */
function ofFew(counts: readonly number[], corner: boolean, below: readonly Line[]) {
  const no = { header: false, doubtful: false };
  const columns = counts.map((_, i) => numbersOf(below.map(({ cells }) => cells[i + (corner ? 1 : 0)] ?? '')));
  if (columns.some((values) => values.length < 2)) return no;
  const first = columns.map(([value]) => value!);
  const leaps =
    first.every((value, i) => value > leap * counts[i]!) || first.every((value, i) => leap * value < counts[i]!);
  if (counts.length === 2) {
    const alikeColumns = first.every((value) => near(value, first[0]!));
    return { header: alikeColumns && (leaps || turnsBack(counts, columns)), doubtful: alikeColumns };
  }
  // Where rows have names of their own, one number beside them is the value of a row.
  if (corner && !below.every(({ cells: [name = ''] }) => isNumber(name))) return no;
  const [values, count] = [columns[0]!, counts[0]!];
  const middle = medianOf(values.map(Math.abs));
  const doubtful = leaps && (middle >= apart || middle * apart <= 1);
  const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
  // No cell conducts nothing, and a first step is seldom twice as long as those after it.
  return { header: doubtful && (count === 0 || Math.abs(values[0]! - count) > 2 * medianOf(steps)), doubtful };
}

/** Whether a column goes further to its first value than on from it, and the other way. */
function turnsBack(counts: readonly number[], columns: readonly (readonly number[])[]): boolean {
  return counts.some((count, i) => {
    const [first, second] = columns[i] as [number, number];
    const [to, on] = [first - count, second - first];
    return to * on < 0 && Math.abs(to) > Math.abs(on);
  });
}

function numbersOf(cells: readonly string[]): number[] {
  return cells.filter(isNumber).map(Number);
}

/**
 * Whether the first column goes on as its first cell begins, with the same word or as numbers that lie equally far apart, of pulses or
 * times: it is then one of its rows.
 */
function startsColumn(first: string, below: readonly Line[]): boolean {
  const words = below.map(({ cells }) => cells[0] ?? '');
  if (!isNumber(first)) return first !== '' && (words.includes(first) || signOf(first) !== undefined);
  if (words.every((word, i) => Number(word) === Number(first) + i + 1)) return true;
  const stride = Number(words[0]) - Number(first);
  return (
    stride > 0 &&
    words.length > 2 &&
    words.every((word, i) => Math.abs(Number(word) - Number(first) - (i + 1) * stride) < 1e-3 * stride)
  );
}

/** From 0 in equal strides, since pulses may be read every ten, or from 1 one by one. */
function isCount(cells: readonly string[]): boolean {
  if (!cells.every((cell) => /^\d+(\.0*)?$/.test(cell))) return false;
  const [first, second] = [Number(cells[0]), Number(cells[1])];
  if (cells.length === 1) return first === 0 || first === 1;
  const stride = second - first;
  if (stride < 1 || !(first === 0 || (first === 1 && stride === 1))) return false;
  return cells.every((cell, i) => Number(cell) === first + i * stride);
}

function isUnlike(counts: readonly number[], below: readonly (readonly string[])[]): boolean {
  // No cell conducts nothing.
  if (counts[0] === 0) return true;
  const rows = below.map((texts) => texts.map(Number));
  if (rows.some((row) => row.length > 0 && deviation(counts, row) < alike)) return false;
  const all = below.flat();
  const fractions = all.filter((text) => !Number.isInteger(Number(text))).length;
  const factor = medianOf(all.map((text) => Math.abs(Number(text)))) / medianOf(counts);
  return fractions > all.length / 2 || factor > apart || factor < 1 / apart;
}

/** Of a row from a count, value by value of both in ascending order: a RESET ramp is a count that goes down. */
function deviation(counts: readonly number[], row: readonly number[]): number {
  const sorted = [...row].sort((a, b) => a - b);
  return medianOf(sorted.map((value, i) => Math.abs(value - counts[i]!) / Math.abs(value)));
}
