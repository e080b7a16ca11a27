/** A column of a table: its name and unit go to the index, its values to the file. */
export interface Column<Row> {
  readonly name: string;
  /** `1` for a fraction, otherwise what is counted, or an SI unit. */
  readonly unit: string;
  readonly means: string;
  /** Undefined where the row has no such value. */
  value(row: Row): number | undefined;
}

/** What the index says of a column. */
export type ColumnSheet = Pick<Column<never>, 'name' | 'unit' | 'means'>;

/** A table as its file and the index hold it. */
export interface Table {
  readonly columns: readonly ColumnSheet[];
  /** Comma-separated: a line of names, a line a row, an empty field where there is no value. */
  readonly csv: string;
}

export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Table {
  const lines = rows.map((row) => columns.map((column) => column.value(row) ?? '').join(','));
  const csv = [columns.map(({ name }) => name).join(','), ...lines].join('\n');
  return { columns: columns.map(({ name, unit, means }) => ({ name, unit, means })), csv: `${csv}\n` };
}
