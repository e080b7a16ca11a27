import type { Value } from '../expression/values.js';
import type { Row } from './row.js';

/** The table as CSV (RFC 4180, lines ended by \n): a line of names, a line a run, an empty field where it has no value. */
export function csvOf(columns: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map((column) => field(row[column] ?? null)).join(','));
  return `${[columns.map(field).join(','), ...lines].join('\n')}\n`;
}

function field(value: Value): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
