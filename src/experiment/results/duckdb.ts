import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../errors.js';
import type { Value } from '../expression/values.js';
import type { Row } from './row.js';
import type { Selection } from './select.js';

/** What is used of the package `@duckdb/node-api`. */
interface DuckDb {
  readonly DuckDBInstance: { create(file: string): Promise<{ connect(): Promise<Connection>; closeSync?(): void }> };
}

interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Record<string, Value>[] }>;
  closeSync?(): void;
}

const packageName = '@duckdb/node-api';

/** DuckDB, found beside Mho or from the current folder; undefined where it is not installed. */
export async function findDuckDb(): Promise<DuckDb | undefined> {
  for (const from of [import.meta.url, pathToFileURL(path.join(process.cwd(), 'package.json')).href]) {
    try {
      const found = createRequire(from).resolve(packageName);
      const loaded = (await import(pathToFileURL(found).href)) as Partial<DuckDb> & { readonly default?: DuckDb };
      return loaded.DuckDBInstance ? { DuckDBInstance: loaded.DuckDBInstance } : loaded.default;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** @throws UsageError that says what needs it */
export function needsDuckDb(where: string, what: string): UsageError {
  return new UsageError({ where, what, remedy: `install it: npm install ${packageName}` });
}

/** A table in DuckDB, for conditions and orders in all of SQL, and for Parquet. */
export class DuckTable {
  private constructor(
    private readonly connection: Connection,
    private readonly columns: readonly string[],
    private readonly all: readonly Row[],
    private readonly folder: string,
  ) {}

  static async open(duckDb: DuckDb, columns: readonly string[], rows: readonly Row[]): Promise<DuckTable> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'mho-results-'));
    const table = new DuckTable(
      await (await duckDb.DuckDBInstance.create(':memory:')).connect(),
      columns,
      rows,
      folder,
    );
    const file = path.join(folder, 'rows.jsonl');
    // By place, since a column's name may hold what a reader of JSON takes for a path.
    const lines = rows.map((row, r) => {
      return JSON.stringify({ r, ...Object.fromEntries(columns.map((column, c) => [`c${c}`, row[column] ?? null])) });
    });
    writeFileSync(file, lines.join('\n'));
    const types = columns.map((column, c) => `c${c}: '${typeOf(rows, column)}'`);
    const named = columns.map((column, c) => `c${c} AS ${quoted(column)}`);
    const read = `read_json('${literal(file)}', format = 'newline_delimited', columns = {${['r: BIGINT', ...types].join(', ')}})`;
    await table.connection.run(`CREATE TABLE results AS SELECT r AS ${rowNumber}, ${named.join(', ')} FROM ${read}`);
    return table;
  }

  /** @throws UsageError in DuckDB's words for what it cannot read */
  async rows(selection: Selection): Promise<Row[]> {
    const read = await told(() => this.connection.runAndReadAll(this.query(`${rowNumber} AS r`, selection)));
    // The rows that there were, whose values have not been through another system's types.
    return read.getRowObjectsJson().map(({ r }) => this.all[Number(r)]!);
  }

  async writeParquet(file: string): Promise<void> {
    const query = this.query(`* EXCLUDE (${rowNumber})`, {});
    await told(() =>
      this.connection.run(`COPY (${query} ORDER BY ${rowNumber}) TO '${literal(file)}' (FORMAT parquet)`),
    );
  }

  close(): void {
    this.connection.closeSync?.();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private query(wanted: string, { where, sort }: Selection): string {
    const condition = where === undefined ? '' : ` WHERE ${this.withQuotes(where)}`;
    return `SELECT ${wanted} FROM results${condition}${sort === undefined ? '' : ` ORDER BY ${this.withQuotes(sort)}`}`;
  }

  /** Columns whose names are no SQL words, such as `device.gMin`, are put in quotes. */
  private withQuotes(sql: string): string {
    const special = this.columns.filter((column) => !/^\w+$/.test(column)).sort((a, b) => b.length - a.length);
    if (special.length === 0) return sql;
    const names = special.map((column) => column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    const pattern = new RegExp(`("(?:[^"]|"")*"|'(?:[^']|'')*')|(?<![\\w.])(${names})(?![\\w.[])`, 'g');
    return sql.replace(pattern, (_, text: string | undefined, name: string) => text ?? quoted(name));
  }
}

/** A column for the row's number, which no run has. */
const rowNumber = '"#"';

function literal(text: string): string {
  return text.replaceAll("'", "''");
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function typeOf(rows: readonly Row[], column: string): string {
  const kinds = new Set(rows.flatMap((row) => (row[column] == null ? [] : typeof row[column])));
  if (kinds.size !== 1) return 'VARCHAR';
  if (kinds.has('boolean')) return 'BOOLEAN';
  if (!kinds.has('number')) return 'VARCHAR';
  return rows.every((row) => row[column] == null || Number.isSafeInteger(row[column])) ? 'BIGINT' : 'DOUBLE';
}

async function told<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const what = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
    throw new UsageError({ where: 'DuckDB', what }, { cause: error });
  }
}
