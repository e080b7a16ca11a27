import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apparentConductance, columnCurrents } from '../../src/crossbar/network.js';

const ideal = { voltage: 0.1, wire: 1 };

describe('columnCurrents', () => {
  it('is Ohm’s law of one cell between two segments of wire', () => {
    const [current] = columnCurrents([[1e-3]], { rows: [1], columns: [0] }, 100);
    expect(current).toBeCloseTo(1 / (1000 + 200), 12);
  });

  it('sums the currents of a column where wires resist nothing', () => {
    const cells = [
      [1e-6, 2e-6],
      [3e-6, 4e-6],
    ];
    const currents = columnCurrents(cells, { rows: [0.1, 0.2], columns: [0, 0] }, 1e-3);
    expect(currents[0]).toBeCloseTo(0.1e-6 + 0.6e-6, 12);
    expect(currents[1]).toBeCloseTo(0.2e-6 + 0.8e-6, 12);
  });

  it('agrees with relaxation of Kirchhoff’s law, node by node', () => {
    const cells = [
      [2e-4, 5e-4, 1e-4],
      [4e-4, 3e-4, 6e-4],
    ];
    const currents = columnCurrents(cells, { rows: [1, 'floating'], columns: [0, 0, 'floating'] }, 500);
    const expected = relaxed(cells, [1, undefined], [0, 0, undefined], 500);
    currents.forEach((current, j) => {
      expect(current).toBeCloseTo(expected[j]!, 12);
    });
  });
});

/** Gauss and Seidel's iteration: each node takes the mean of its neighbours, weighted by what joins them. */
function relaxed(
  cells: readonly (readonly number[])[],
  rows: readonly (number | undefined)[],
  columns: readonly (number | undefined)[],
  wire: number,
): number[] {
  const [m, n, s] = [cells.length, cells[0]!.length, 1 / wire];
  const top = cells.map((row) => row.map(() => 0));
  const low = cells.map((row) => row.map(() => 0));
  const settle = (links: readonly (readonly [conductance: number, voltage: number])[]): number =>
    links.reduce((sum, [g, v]) => sum + g * v, 0) / links.reduce((sum, [g]) => sum + g, 0);
  for (let round = 0; round < 50_000; round++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const g = cells[i]![j]!;
        const along: [number, number][] = [[g, low[i]![j]!]];
        if (j > 0) along.push([s, top[i]![j - 1]!]);
        else if (rows[i] !== undefined) along.push([s, rows[i]!]);
        if (j < n - 1) along.push([s, top[i]![j + 1]!]);
        top[i]![j] = settle(along);
        const down: [number, number][] = [[g, top[i]![j]!]];
        if (i > 0) down.push([s, low[i - 1]![j]!]);
        if (i < m - 1) down.push([s, low[i + 1]![j]!]);
        else if (columns[j] !== undefined) down.push([s, columns[j]!]);
        low[i]![j] = settle(down);
      }
    }
  }
  return columns.map((terminal, j) => (terminal === undefined ? 0 : s * (low[m - 1]![j]! - terminal)));
}

describe('apparentConductance', () => {
  it('is the cell’s own where the other lines are grounded and wires resist nothing', () => {
    const grid = fc.array(fc.array(fc.double({ min: 1e-9, max: 1e-8, noNaN: true }), { minLength: 3, maxLength: 3 }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(grid, (cells) => {
        expect(apparentConductance(cells, [1, 2], 'grounded', ideal) / cells[1]![2]!).toBeCloseTo(1, 6);
      }),
      { numRuns: 25 },
    );
  });

  it('has the sneak path of three cells in series where the others float', () => {
    const cells = [
      [1e-9, 4e-9],
      [6e-9, 12e-9],
    ];
    // Past the cell of 1 nS, current goes through 4, 12 and 6 nS one after another: 2 nS.
    expect(apparentConductance(cells, [0, 0], 'floating', ideal)).toBeCloseTo(3e-9, 14);
  });
});
