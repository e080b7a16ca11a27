import { UsageError } from '../../errors.js';
import { parseExpression } from '../expression/expression.js';
import { orderOf as orderOfValues, type Operand, type Value } from '../expression/values.js';
import { nearestPath } from '../near-path.js';
import type { Row } from './row.js';

/** What is wanted of a table. */
export interface Selection {
  /** A condition of columns; all rows unless told. */
  readonly where?: string | undefined;
  /** `accuracy desc, seed`; as they are unless told. */
  readonly sort?: string | undefined;
}

/**
 * Rows that meet a condition, in an order.
 * @param columns - that there are; a name of none of them is a mistake
 * @throws UsageError for a condition or an order that cannot be read
 */
export function select(rows: readonly Row[], columns: readonly string[], { where, sort }: Selection): readonly Row[] {
  const kept = where === undefined ? rows : rows.filter(condition(where, columns));
  if (sort === undefined) return kept;
  const orders = sort.split(',').map((part) => orderOf(part, columns));
  return [...kept].sort((a, b) => {
    for (const { column, sign } of orders) {
      const order = sign * compareAbsent(a[column] ?? null, b[column] ?? null, sign);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function condition(text: string, columns: readonly string[]): (row: Row) => boolean {
  const expression = parseExpression(text, '--where');
  for (const name of expression.names) requireColumn(name, columns, '--where');
  return (row) => expression.holds((name) => operandOf(name, row[name] ?? null));
}

/** Times of a run are numbers of seconds. */
function operandOf(name: string, value: Value): Operand {
  return name === 'seconds' && typeof value === 'number' ? { number: value, dimension: 'time' } : value;
}

function orderOf(text: string, columns: readonly string[]): { readonly column: string; readonly sign: 1 | -1 } {
  const [, quoted, bare, direction = 'asc'] = /^\s*(?:"([^"]+)"|(\S+))(?:\s+(asc|desc))?\s*$/i.exec(text) ?? [];
  const column = quoted ?? bare;
  if (column === undefined) {
    const what = `got ${JSON.stringify(text)}, expected a column, and asc or desc behind it`;
    throw new UsageError({ where: '--sort', what, remedy: 'write for example --sort "accuracy desc, seed"' });
  }
  requireColumn(column, columns, '--sort');
  return { column, sign: direction.toLowerCase() === 'desc' ? -1 : 1 };
}

function requireColumn(name: string, columns: readonly string[], where: string): void {
  if (columns.includes(name)) return;
  const near = nearestPath(name, columns);
  const remedy =
    near === undefined
      ? `columns are ${columns.join(', ')}; add one of the configuration by --with`
      : `did you mean ${near}?`;
  throw new UsageError({ where, what: `there is no column ${name}`, remedy });
}

/** What is absent comes last, in either direction. */
function compareAbsent(a: Value, b: Value, sign: 1 | -1): number {
  if (a === null || b === null) return sign * (Number(a === null) - Number(b === null));
  return orderOfValues(a, b);
}
