import { bare, unitIn, unitPattern } from './unit-names.js';

/** A number with a decimal comma that blanks or the ends of the line set off. */
const decimal = String.raw`[+-]?\d+,\d+(?:[eE][+-]?\d+)?`;

/** What separates the columns of a text, as csv-parse takes it: what most of the lines with numbers have. */
export function delimiterOf(text: string): string | string[] {
  const all = text.split(/\r?\n/);
  const lines = all.filter((line) => /\d/.test(line) && !line.startsWith('#'));
  const share = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length / lines.length;
  if (share(/;/) > 0.5) return ';';
  if (share(/\t/) > 0.5) return '\t';
  if (share(new RegExp(String.raw`^\s*${decimal}(?: +${decimal})+\s*$`)) > 0.5) return blanks;
  if (isDecimalColumn(all)) return ';';
  if (share(/,/) > 0.5) return ',';
  return share(/\S +\S/) > 0.5 ? blanks : ',';
}

const blanks = [' ', '  ', '   '];

/**
 * Whether lines such as `20,03788` are one column with decimal commas and not two of whole numbers: no whole number
 * begins with 0 as the 03788 does; or the line above them names one column and its unit.
 */
function isDecimalColumn(lines: readonly string[]): boolean {
  const first = lines.findIndex((line) => new RegExp(`^\\s*${decimal}\\s*$`).test(line));
  if (first < 0) return false;
  const numbers = lines.slice(first).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (!numbers.every((line) => /^\s*[+-]?\d+(?:,\d+(?:[eE][+-]?\d+)?)?\s*$/.test(line))) return false;
  const name = lines.slice(0, first).findLast((line) => line.trim() !== '');
  return numbers.some((line) => /,0\d/.test(line)) || (name !== undefined && namesOne(name));
}

function namesOne(line: string): boolean {
  const name = line.replace(/^#+/, '').trim();
  return !name.includes(',') && (unitIn(name) !== undefined || unitPattern.test(bare(name)));
}
