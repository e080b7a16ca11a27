import { siUnit, type Dimension } from '../../units.js';
import { measureOf, numberOf } from '../expression/values.js';
import type { Row } from './row.js';

/**
 * A table for programs: a column of quantities alone, all of one dimension, holds numbers in SI units, and the unit stands
 * behind its name: `device.gMin (S)`. A column with anything else in it, such as `none` among quantities, stays as written.
 */
export function inSiUnits(
  columns: readonly string[],
  rows: readonly Row[],
): { readonly columns: readonly string[]; readonly rows: readonly Row[] } {
  const dimensions = new Map(
    columns.flatMap((column) => {
      const dimension = dimensionOf(column, rows);
      return dimension === undefined ? [] : [[column, dimension] as const];
    }),
  );
  if (dimensions.size === 0) return { columns, rows };
  const named = (column: string): string => {
    const dimension = dimensions.get(column);
    return dimension === undefined ? column : `${column} (${siUnit(dimension)})`;
  };
  return {
    columns: columns.map(named),
    rows: rows.map((row) => {
      const entries = columns.map((column) => {
        const value = row[column] ?? null;
        return [named(column), dimensions.has(column) ? (numberOf(value) ?? null) : value] as const;
      });
      return Object.fromEntries(entries);
    }),
  };
}

function dimensionOf(column: string, rows: readonly Row[]): Dimension | undefined {
  let common: Dimension | undefined;
  for (const row of rows) {
    const value = row[column] ?? null;
    if (value === null) continue;
    const dimension = typeof value === 'string' ? measureOf(value)?.dimension : undefined;
    if (dimension === undefined || dimension === 'none' || dimension === 'any') return undefined;
    if (common !== undefined && common !== dimension) return undefined;
    common = dimension;
  }
  return common;
}
