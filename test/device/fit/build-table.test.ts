import { describe, expect, it } from 'vitest';
import { buildTable, meanStepOf } from '../../../src/device/fit/build-table.js';
import { formatTableFile, parseTableFile } from '../../../src/device/table-file.js';
import { drawRamps, type Truth } from './synthetic.js';

const truth: Truth = {
  ...{ gMin: 1e-6, gMax: 11e-6, pulses: 100, alpha: { ltp: 0, ltd: 0 } },
  ...{ programming: 0.002, read: 0, ramps: 100 },
};
const grid = { gMin: 1e-6, gMax: 11e-6, bins: 20, cdfPoints: 41 };

describe('an inverse-CDF table', () => {
  const { ltp } = drawRamps(truth, 1);
  const built = buildTable(ltp, 'ltp', grid);

  it('holds the mean and the quartiles of the steps that were drawn', () => {
    const mean = meanStepOf(built.table);
    for (const g of [3e-6, 6e-6, 9e-6]) expect(Math.abs(mean(g) / 1e-7 - 1)).toBeLessThan(0.02);
    const quartile = (q: number) => built.table.delta[Math.round(q * 40)]![10]!;
    // Quartiles of a normal lie 0.6745 σ off its mean, here σ = 0.002 of 10 µS.
    expect((quartile(0.75) - quartile(0.25)) / (2 * 0.6745 * 2e-8)).toBeCloseTo(1, 0);
    expect(built).toMatchObject({ interpolated: 0, extrapolated: 0 });
  });

  it('ascends in probability', () => {
    const { delta } = built.table;
    expect(delta.slice(1).every((row, r) => row.every((step, k) => step >= delta[r]![k]!))).toBe(true);
  });

  it('is extrapolated by its nearest measured bin, and says so', () => {
    const wide = buildTable(ltp, 'ltp', { ...grid, gMax: 21e-6 });
    expect(wide.extrapolated).toBeGreaterThan(7);
    const column = (k: number) => wide.table.delta.map((row) => row[k]!);
    expect(column(19)).toEqual(column(18));
  });

  it('refuses steps that are too few', () => {
    expect(() => buildTable([{ ...ltp[0]!, values: [1e-6, 2e-6] }], 'ltp', grid)).toThrow(
      /no bin of LTP holds 5 steps/,
    );
  });

  it('reads back as written, bit for bit', () => {
    expect(parseTableFile(formatTableFile(built.table), 'x')).toEqual(built.table);
  });
});
