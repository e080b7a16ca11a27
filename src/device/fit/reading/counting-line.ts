import { isNumber } from './cells.js';
import { signOf } from './polarity.js';
import type { Line } from './table.js';

/** A first line of numbers that counts its columns 0, 1, 2 … or 1, 2, 3 …, as tables without names have it. */
export interface CountingLine {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** Whether its first cell is blank or a word, so that what stands below it is no ramp. */
  readonly corner: boolean;
  /** Whether it is a header; else it is so much like the values below it that it may be a ramp. */
  readonly header: boolean;
}

/** Median deviation of a line's values from those of a count, both by size, below which it may be a ramp like others. */
const alike = 0.25;

/** Factor between the values and a count that leaves no doubt, though all of them are whole numbers. */
const apart = 10;

/** Numbers of a count that is kept as a ramp, from which on that is worth a word. */
const conspicuous = 5;

/** @param below - the lines below it */
export function countingLine({ line, cells }: Line, below: readonly Line[]): CountingLine | undefined {
  const corner = !isNumber(cells[0] ?? '');
  const last = cells.findLastIndex((cell) => cell !== '');
  const [start, end] = [corner ? 1 : 0, last + 1];
  const counts = cells.slice(start, end);
  if (counts.length < (corner ? 2 : 3) || below.length === 0 || !isCount(counts)) return undefined;
  const [from, to] = [Number(counts[0]), Number(counts.at(-1))];
  const texts = below.map((row) => row.cells.slice(start, end).filter(isNumber));
  const header = !startsColumn(cells[0]!, below) && isUnlike(counts.map(Number), texts);
  return header || counts.length >= conspicuous ? { line, from, to, corner, header } : undefined;
}

/** Whether the first column goes on as its first cell begins, with the same word or the next number: it is then one of its rows. */
function startsColumn(first: string, below: readonly Line[]): boolean {
  const words = below.map(({ cells }) => cells[0] ?? '');
  if (!isNumber(first)) return first !== '' && (words.includes(first) || signOf(first) !== undefined);
  return words.every((word, i) => Number(word) === Number(first) + i + 1);
}

/** From 0 in equal strides, since pulses may be read every ten, or from 1 one by one. */
function isCount(cells: readonly string[]): boolean {
  if (!cells.every((cell) => /^\d+(\.0*)?$/.test(cell))) return false;
  const [first, second] = [Number(cells[0]), Number(cells[1])];
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
  const factor = median(all.map((text) => Math.abs(Number(text)))) / median(counts);
  return fractions > all.length / 2 || factor > apart || factor < 1 / apart;
}

/** Of a row from a count, value by value of both in ascending order: a RESET ramp is a count that goes down. */
function deviation(counts: readonly number[], row: readonly number[]): number {
  const sorted = [...row].sort((a, b) => a - b);
  return median(sorted.map((value, i) => Math.abs(value - counts[i]!) / Math.abs(value)));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
