import { Cholesky, zeros } from '../statistics/linear-algebra.js';

/** What a line's terminal is connected to: a voltage [V] through one more segment of wire, or nothing. */
export type Terminal = number | 'floating';

export interface Lines {
  /** Terminal of each row, beside the first column. */
  readonly rows: readonly Terminal[];
  /** Terminal of each column, below the last row. */
  readonly columns: readonly Terminal[];
}

/**
 * Currents that leave the columns of a passive crossbar, by Kirchhoff's law at both ends of every cell: each line is a
 * chain of wire segments, one between neighbouring cells and one to its terminal.
 * @param conductances - of the cells [S], shape [rows, columns]
 * @param wire - resistance of a segment [ohm], above 0; below 1e-9 of a cell's resistance, rounding costs digits
 * @returns current into each column's terminal [A]; 0 where it floats
 */
export function columnCurrents(conductances: readonly (readonly number[])[], lines: Lines, wire: number): number[] {
  const [rows, columns] = [conductances.length, conductances[0]!.length];
  const [segment, count] = [1 / wire, rows * columns];
  const above = (i: number, j: number): number => i * columns + j;
  const below = (i: number, j: number): number => count + above(i, j);
  const [matrix, injected] = [zeros(2 * count, 2 * count), new Float64Array(2 * count)];
  const join = (a: number, b: number, conductance: number): void => {
    matrix[a]![a]! += conductance;
    matrix[b]![b]! += conductance;
    matrix[a]![b]! -= conductance;
    matrix[b]![a]! -= conductance;
  };
  const feed = (node: number, terminal: Terminal): void => {
    if (terminal === 'floating') return;
    matrix[node]![node]! += segment;
    injected[node]! += segment * terminal;
  };
  for (let i = 0; i < rows; i++) {
    feed(above(i, 0), lines.rows[i]!);
    for (let j = 0; j < columns; j++) {
      join(above(i, j), below(i, j), conductances[i]![j]!);
      if (j > 0) join(above(i, j - 1), above(i, j), segment);
      if (i > 0) join(below(i - 1, j), below(i, j), segment);
    }
  }
  lines.columns.forEach((terminal, j) => {
    feed(below(rows - 1, j), terminal);
  });
  const voltages = new Cholesky(matrix).solve(injected);
  // Summed over the cells: the drop over a segment of wire is too small a difference of two voltages.
  return lines.columns.map((terminal, j) => {
    if (terminal === 'floating') return 0;
    return conductances.reduce((sum, row, i) => sum + row[j]! * (voltages[above(i, j)]! - voltages[below(i, j)]!), 0);
  });
}

/** How the lines that do not lead to the cell are held while it is read. */
export type ReadOut = 'grounded' | 'floating';

/**
 * The conductance that one cell appears to have [S]: the current of its column over the voltage of its row.
 * @param readOut - `grounded`: all other lines at 0 V, so that no current goes astray but by the wires' own drops;
 * `floating`: all others open, so that current goes astray through other cells
 */
export function apparentConductance(
  conductances: readonly (readonly number[])[],
  [row, column]: readonly [number, number],
  readOut: ReadOut,
  { voltage, wire }: { readonly voltage: number; readonly wire: number },
): number {
  const other: Terminal = readOut === 'grounded' ? 0 : 'floating';
  const rows = conductances.map((_, i) => (i === row ? voltage : other));
  const columns = conductances[0]!.map((_, j) => (j === column ? 0 : other));
  return columnCurrents(conductances, { rows, columns }, wire)[column]! / voltage;
}
