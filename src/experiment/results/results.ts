import { UsageError } from '../../errors.js';
import { parseExpression } from '../expression/expression.js';
import { collect, type Collected } from './collect.js';
import { DuckTable, findDuckDb, needsDuckDb } from './duckdb.js';
import { columnsOf, type Row } from './row.js';
import { select, type Selection } from './select.js';

/** Runs in a table. */
export interface Results extends Pick<Collected, 'unreadable'> {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface ResultsRequest extends Selection {
  readonly folders: readonly string[];
  /** Paths of values of the configuration that become columns. */
  readonly with: readonly string[];
  /** Whether times, hosts and versions are among the columns. */
  readonly circumstances: boolean;
}

/**
 * The table of the runs in some folders. Conditions that the plain reader understands mean the same whether DuckDB is
 * installed or not; of others DuckDB makes what SQL says.
 * @throws UsageError where a folder has no runs, or a condition cannot be read
 */
export async function results(request: ResultsRequest): Promise<Results> {
  const { rows, unreadable } = collect(request.folders, request.with);
  const columns = columnsOf(rows, request.circumstances);
  // Times can be asked for without being shown.
  const all = columnsOf(rows, true);
  try {
    return { columns, rows: select(rows, all, request), unreadable };
  } catch (error) {
    if (!(error instanceof UsageError) || isPlain(request)) throw error;
    const duckDb = await findDuckDb();
    if (!duckDb) {
      const { where, what, remedy } = error.parts;
      const said = remedy === undefined ? what : `${what}, ${remedy}`;
      throw needsDuckDb(where, `${said}; other SQL needs DuckDB`);
    }
    const table = await DuckTable.open(duckDb, all, rows);
    try {
      return { columns, rows: await table.rows(request), unreadable };
    } finally {
      table.close();
    }
  }
}

/** Whether the plain reader understands it, so that what is wrong is a name and not the language. */
function isPlain({ where, sort }: Selection): boolean {
  try {
    if (where !== undefined) parseExpression(where, '');
    return (
      sort === undefined ||
      sort.split(',').every((part) => /^\s*(?:"[^"]+"|[\w.[\]]+)(?:\s+(?:asc|desc))?\s*$/i.test(part))
    );
  } catch {
    return false;
  }
}

/**
 * Writes a table as a Parquet file.
 * @throws UsageError where DuckDB is not installed
 */
export async function writeParquet(file: string, { columns, rows }: Results): Promise<void> {
  const duckDb = await findDuckDb();
  if (!duckDb) throw needsDuckDb('--parquet', 'Parquet files are written by DuckDB, which is not installed');
  const table = await DuckTable.open(duckDb, columns, rows);
  try {
    await table.writeParquet(file);
  } finally {
    table.close();
  }
}
