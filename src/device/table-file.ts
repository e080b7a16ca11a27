import { UsageError } from '../errors.js';

/** An inverse-CDF table as measured, in siemens. */
export interface MeasuredTable {
  readonly conductance: number[];
  readonly cdf: number[];
  readonly delta: number[][];
}

/**
 * Parses CrossSim's text format: a comment line, the conductance bins, the CDF points, then one row of ΔG per CDF
 * point, comma-separated, in siemens.
 * @throws UsageError naming file and line
 */
export function parseTableFile(text: string, file: string): MeasuredTable {
  const rows = text
    .split(/\r?\n/)
    .flatMap((line, i) => (line.trim() === '' || /[A-Za-z]{3}/.test(line) ? [] : [parseRow(line, file, i + 1)]));
  const [conductance, cdf, ...delta] = rows;
  if (!conductance || !cdf || delta.length !== cdf.length) {
    const what = `got ${delta.length} rows of ΔG for ${cdf?.length ?? 0} CDF points`;
    throw new UsageError({
      where: file,
      what,
      remedy: 'the file must hold the bins, the CDF points, then one row per CDF point',
    });
  }
  return { conductance, cdf, delta };
}

function parseRow(line: string, file: string, number: number): number[] {
  return line
    .split(',')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .map((cell, column) => {
      const value = Number(cell);
      if (Number.isFinite(value)) return value;
      const what = `column ${column + 1} is ${JSON.stringify(cell)}, expected a number`;
      throw new UsageError({ where: `${file}:${number}`, what });
    });
}
