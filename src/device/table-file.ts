import { UsageError } from '../errors.js';

/** An inverse-CDF table as measured, in siemens. */
export interface MeasuredTable {
  readonly conductance: number[];
  readonly cdf: number[];
  readonly delta: number[][];
}

const layout = 'the file must hold the bins, the CDF points, then one row per CDF point';

interface Row {
  readonly line: number;
  readonly values: number[];
}

/**
 * Parses CrossSim's text format: a comment line, the conductance bins, the CDF points, then one row of ΔG per CDF
 * point, comma-separated, in siemens.
 * @throws UsageError naming file and line
 */
export function parseTableFile(text: string, file: string): MeasuredTable {
  const [bins, cdf, ...rows] = parseRows(text, file);
  if (!bins || rows.length !== cdf?.values.length) {
    const what = `got ${rows.length} rows of ΔG for ${cdf?.values.length ?? 0} CDF points`;
    throw new UsageError({ where: file, what, remedy: layout });
  }
  for (const { line, values } of rows) {
    if (values.length === bins.values.length) continue;
    const what = `got ${values.length} values of ΔG, expected one per conductance bin, ${bins.values.length}`;
    throw new UsageError({ where: `${file}:${line}`, what });
  }
  return { conductance: bins.values, cdf: cdf.values, delta: rows.map(({ values }) => values) };
}

/** Every line that is not blank; the first may be a comment, which is told by its words. */
function parseRows(text: string, file: string): Row[] {
  const lines = text.split(/\r?\n/).map((content, i) => ({ content: content.trim(), line: i + 1 }));
  const filled = lines.filter(({ content }) => content !== '');
  const rows = filled.filter(({ content }, i) => i > 0 || !/[A-Za-z]{3}/.test(content));
  return rows.map(({ content, line }) => ({ line, values: parseRow(content, `${file}:${line}`) }));
}

function parseRow(content: string, where: string): number[] {
  const cells = content.replace(/,$/, '').split(',');
  return cells.map((cell, column) => {
    const text = cell.trim();
    const value = Number(text);
    if (text !== '' && Number.isFinite(value)) return value;
    const got = text.length <= 40 ? text : `${text.slice(0, 39)}…`;
    const what = `column ${column + 1} is ${JSON.stringify(got)}, expected a number`;
    throw new UsageError({ where, what, remedy: layout });
  });
}

/** Writes a table as {@link parseTableFile} reads it, every number to the last bit. */
export function formatTableFile({ conductance, cdf, delta }: MeasuredTable, comment: string): string {
  const rows = [conductance, cdf, ...delta].map((row) => row.join(', '));
  return [comment.replace(/\s*\n\s*/g, ' '), ...rows, ''].join('\n');
}
