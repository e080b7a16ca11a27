import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../datasets/places.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import {
  interpolate,
  meanStep,
  normalQuantile,
  pulseOnce,
  tableQuantile,
  tabulate,
  type AffineResponse,
  type Response,
  type TableResponse,
} from '../../src/device/response.js';
import { parseTableFile, type MeasuredTable } from '../../src/device/table-file.js';
import { UsageError } from '../../src/errors.js';
import { keyOf } from '../../src/random.js';
import { messageOf } from '../experiment/scratch.js';
import { errorOfMean, momentsOf, standardErrors } from './statistics.js';

/** Steps of 2, 4 and 6 at three probabilities and two conductances, in a tenth of the range and less. */
const increasing: MeasuredTable = {
  conductance: [1e-6, 2e-6],
  cdf: [0, 0.5, 1],
  delta: [
    [0.02e-6, 0.01e-6],
    [0.06e-6, 0.03e-6],
    [0.1e-6, 0.08e-6],
  ],
};
const decreasing: MeasuredTable = { ...increasing, delta: increasing.delta.map((row) => row.map((step) => -step)) };

const full = [0, 1] as const;

function compiled(tables: object, window: readonly [number, number] = full): TableResponse {
  const response = compileDevice(deviceSchema.parse({ model: 'lookup-table', tables }), { window });
  return requireTable(response);
}

function requireTable(response: Response): TableResponse {
  if (response.kind !== 'table') throw new TypeError(`expected a table response, got ${response.kind}`);
  return response;
}

describe('a measured table', () => {
  it('has its steps in fractions of the range, bin by bin', () => {
    const { quantiles, bins, cdf, gMin, gMax } = compiled({ increasing, decreasing });
    expect({ bins, gMin, gMax, cdf: [...cdf] }).toEqual({ bins: 2, gMin: 1e-6, gMax: 2e-6, cdf: [0, 0.5, 1] });
    const expected = [0.02, 0.01, 0.06, 0.03, 0.1, 0.08];
    [...quantiles.up].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
    expect([...quantiles.down].map((value) => -value)).toEqual([...quantiles.up]);
  });

  it('has as its mean the integral over the CDF, trapezium by trapezium', () => {
    const { mean } = compiled({ increasing, decreasing });
    expect(mean.up[0]).toBeCloseTo((0.02 + 0.06) / 4 + (0.06 + 0.1) / 4, 6);
    expect(mean.up[1]).toBeCloseTo((0.01 + 0.03) / 4 + (0.03 + 0.08) / 4, 6);
    expect(mean.down[1]).toBeCloseTo(-mean.up[1]!, 7);
  });

  it('turns requests into pulses by the mean step over the window', () => {
    const [atLow, atHigh] = [0.06, 0.0375];
    const { pulsesPerRange } = compiled({ increasing, decreasing });
    expect(pulsesPerRange.up).toBeCloseTo(2 / (atLow + atHigh), 4);
    expect(pulsesPerRange.down).toBeCloseTo(2 / (atLow + atHigh), 4);
    const upperHalf = compiled({ increasing, decreasing }, [0.5, 1]).pulsesPerRange.up;
    expect(upperHalf).toBeCloseTo(1 / (0.25 * atLow + 0.75 * atHigh), 4);
  });

  it('climbs its levels by the mean step', () => {
    const { levels, mean } = compiled({ increasing, decreasing });
    expect([levels[0], levels[1], levels.at(-1)]).toEqual([0, mean.up[0], 1]);
    for (let p = 1; p < levels.length - 1; p++) {
      expect(levels[p]).toBeCloseTo(levels[p - 1]! + interpolate(mean.up, levels[p - 1]!), 6);
    }
  });

  it('is bilinear in probability and conductance', () => {
    const table = compiled({ increasing, decreasing });
    expect(tableQuantile(table, 0, 'up', 0.25)).toBeCloseTo(0.04, 6);
    expect(tableQuantile(table, 0.5, 'up', 0.5)).toBeCloseTo(0.045, 6);
    expect(tableQuantile(table, 0.5, 'up', 0.75)).toBeCloseTo((0.045 + 0.09) / 2, 6);
    expect(tableQuantile(table, 1, 'down', 1)).toBeCloseTo(-0.08, 6);
  });

  it('gives pulses its own mean and spread', () => {
    const table = compiled({ increasing, decreasing });
    const cells = 20_000;
    const key = keyOf(1, 'cycleToCycle');
    const changes = Float64Array.from({ length: cells }, (_, i) => pulseOnce(table, 0.5, 'up', key, i) - 0.5);
    // Uniform on two halves: 0.015 … 0.045 and 0.045 … 0.09.
    const sigma = Math.sqrt(0.5 * (0.03 ** 2 / 12 + 0.045 ** 2 / 12) + 0.25 * (0.0675 - 0.03) ** 2);
    const { mean, deviation } = momentsOf(changes);
    expect(Math.abs(mean - meanStep(table, 0.5, 'up'))).toBeLessThan(standardErrors * errorOfMean(sigma, cells));
    expect(deviation / sigma).toBeCloseTo(1, 2);
  });

  it('brings tables of different bins and probabilities onto one grid, over the range they share', () => {
    const finer: MeasuredTable = {
      conductance: [1.5e-6, 2e-6, 2.5e-6],
      cdf: [0, 0.25, 1],
      delta: [0.02, 0.03, 0.06].map((step) => [-step * 1e-6, -step * 1e-6, -step * 1e-6]),
    };
    const { gMin, gMax, bins, cdf, quantiles } = compiled({ increasing, decreasing: finer });
    expect({ gMin, gMax, bins, cdf: [...cdf] }).toEqual({ gMin: 1.5e-6, gMax: 2e-6, bins: 3, cdf: [0, 0.25, 0.5, 1] });
    // The increasing table at 1.5 µS and q = 0.25, halfway both ways; in fractions of half a microsiemens.
    expect(quantiles.up[3]).toBeCloseTo((0.02 + 0.01 + 0.06 + 0.03) / 4 / 0.5, 6);
    expect(quantiles.down[3]).toBeCloseTo(-0.03 / 0.5, 6);
  });
});

describe('what a table cannot be', () => {
  const mistakes: [string, object, string][] = [
    ['ragged rows', { ...increasing, delta: [[1e-8, 1e-8], [1e-8], [1e-8, 1e-8]] }, 'row 1 has 1 values, expected 2'],
    [
      'a row too few',
      { ...increasing, delta: increasing.delta.slice(1) },
      'has 2 rows, expected one per probability, 3',
    ],
    ['a CDF that ends early', { ...increasing, cdf: [0, 0.5, 0.9] }, 'must run from 0 to 1'],
    ['a CDF that turns back', { ...increasing, cdf: [0, 0, 1] }, 'must ascend'],
    ['bins that descend', { ...increasing, conductance: [2e-6, 1e-6] }, 'must ascend'],
  ];

  it.each(mistakes)('%s', (_, table, message) => {
    const { error } = deviceSchema.safeParse({ model: 'lookup-table', tables: { increasing: table, decreasing } });
    expect(error?.issues.map((issue) => issue.message)).toContain(message);
  });

  it('two tables of ranges that do not meet', () => {
    const tables = { increasing, decreasing: { ...decreasing, conductance: [3e-6, 4e-6] } };
    const { error } = deviceSchema.safeParse({ model: 'lookup-table', tables });
    expect(error?.issues).toMatchObject([
      {
        path: ['tables', 'decreasing', 'conductance'],
        message: expect.stringMatching(/^shares no conductances/) as string,
      },
    ]);
  });

  it('swapped', () => {
    const message = messageOf(() => compiled({ increasing: decreasing, decreasing: increasing }));
    expect(message).toBe(
      "lookup-table: the increasing table's mean ΔG over the crossbar's window has the wrong sign or is zero; " +
        'swap the two tables, or choose another window',
    );
  });
});

describe('a table file', () => {
  const text = '# bins, cdf, dG rows\n1e-6, 2e-6\n0, 1\n\n1e-8, 2e-8,\r\n3e-8, -4e-8\n';

  it('is parsed with its comment, blank lines, spaces and closing commas', () => {
    expect(parseTableFile(text, 'up.txt')).toEqual({
      conductance: [1e-6, 2e-6],
      cdf: [0, 1],
      delta: [
        [1e-8, 2e-8],
        [3e-8, -4e-8],
      ],
    });
    expect(parseTableFile(text.split('\n').slice(1).join('\n'), 'up.txt').cdf).toEqual([0, 1]);
  });

  it.each([
    [
      '1e-8, 2e-8',
      'oops, 2e-8',
      'up.txt:5: column 1 is "oops", expected a number; the file must hold the bins, the CDF points, then one row per CDF point',
    ],
    [
      '3e-8, -4e-8',
      '3e-8, nan',
      'up.txt:6: column 2 is "nan", expected a number; the file must hold the bins, the CDF points, then one row per CDF point',
    ],
    [
      '1e-8, 2e-8',
      '1e-8,, 2e-8',
      'up.txt:5: column 2 is "", expected a number; the file must hold the bins, the CDF points, then one row per CDF point',
    ],
    ['3e-8, -4e-8', '3e-8', 'up.txt:6: got 1 values of ΔG, expected one per conductance bin, 2'],
    [
      '3e-8, -4e-8',
      '',
      'up.txt: got 1 rows of ΔG for 2 CDF points; the file must hold the bins, the CDF points, then one row per CDF point',
    ],
  ])('%j written as %j', (from, to, expected) => {
    const parse = () => parseTableFile(text.replace(from, to), 'up.txt');
    expect(messageOf(parse)).toBe(expected);
    expect(parse).toThrow(UsageError);
  });

  it('that is empty', () => {
    expect(messageOf(() => parseTableFile('\n', 'up.txt'))).toMatch(/^up.txt: got 0 rows of ΔG for 0 CDF points; /);
  });
});

const measurements = path.join(projectRoot(), '..', 'shared', 'measurements', 'enode-lut');

describe.skipIf(!existsSync(measurements))('the measured tables of a redox transistor (ENODe)', () => {
  const read = (name: string) => parseTableFile(readFileSync(path.join(measurements, name), 'utf8'), name);
  const [up, down] = existsSync(measurements)
    ? [read('dG_increasing.txt'), read('dG_decreasing.txt')]
    : [increasing, decreasing];

  it('are read whole', () => {
    for (const { conductance, cdf, delta } of [up, down]) {
      expect([conductance.length, cdf.length, delta.length]).toEqual([48, 122, 122]);
      expect([cdf[0], cdf.at(-1), conductance[0]]).toEqual([0, 1, 0.00029772]);
      expect(delta.every((row) => row.length === conductance.length)).toBe(true);
    }
  });

  it('move up and down by steps in balance, with ascending quantiles', () => {
    const table = compiled({ increasing: up, decreasing: down }, [0.25, 0.75]);
    expect(Math.min(...table.mean.up)).toBeGreaterThan(0);
    expect(Math.max(...table.mean.down)).toBeLessThan(0);
    expect(table.pulsesPerRange.up / table.pulsesPerRange.down).toBeGreaterThan(0.5);
    expect(table.pulsesPerRange.up / table.pulsesPerRange.down).toBeLessThan(2);
    for (let k = 0; k < table.bins; k++) {
      const column = Array.from(table.cdf, (_, r) => table.quantiles.up[r * table.bins + k]!);
      expect(column.every((value, r) => r === 0 || value >= column[r - 1]! - 1e-7)).toBe(true);
    }
  });

  it('keep the mean of what was measured, at every bin (1e-6 of the range)', () => {
    const { mean, gMin, gMax } = compiled({ increasing: up, decreasing: down });
    up.conductance.forEach((_, k) => {
      let integral = 0;
      for (let r = 1; r < up.cdf.length; r++) {
        integral += ((up.cdf[r]! - up.cdf[r - 1]!) * (up.delta[r]![k]! + up.delta[r - 1]![k]!)) / 2;
      }
      expect(Math.abs(mean.up[k]! - integral / (gMax - gMin))).toBeLessThan(1e-6);
    });
  });
});

describe('a closed form as a table', () => {
  const nonlinearity = { ltp: { label: 2 }, ltd: { label: -4 } };
  const cell = { model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 30, nonlinearity, cycleToCycle: 0.02 };
  const affine = compileDevice(deviceSchema.parse(cell), { window: full }) as AffineResponse;
  const table = tabulate(affine);

  it('has the same mean steps (1e-7)', () => {
    for (const direction of ['up', 'down'] as const) {
      for (let g = 0; g <= 1; g += 0.0137) {
        const difference = meanStep(table, g, direction) - meanStep(affine, g, direction);
        expect(Math.abs(difference)).toBeLessThan(1e-7);
      }
    }
  });

  it('has the quantiles of its noise at every probability (1e-6)', () => {
    for (const row of [1, 20, 64, 100, 127]) {
      const expected = meanStep(affine, 0.3, 'up') + 0.02 * normalQuantile(row / 128);
      expect(Math.abs(tableQuantile(table, 0.3, 'up', row / 128) - expected)).toBeLessThan(1e-6);
    }
  });

  it('has the same spread (2 %, what the straight ends between 2.4σ and 3.5σ add)', () => {
    const key = keyOf(2, 'cycleToCycle');
    const changes = Float64Array.from({ length: 50_000 }, (_, i) => pulseOnce(table, 0.5, 'down', key, i) - 0.5);
    expect(Math.abs(momentsOf(changes).deviation / 0.02 - 1)).toBeLessThan(0.02);
  });

  it('keeps what is not in the table', () => {
    const { levels, pulsesPerRange, gMin, gMax, readNoise } = affine;
    expect(table).toMatchObject({ levels, pulsesPerRange, gMin, gMax, readNoise, kind: 'table', bins: 101 });
  });
});

describe('normal quantiles', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.001, -3.090232306167813],
    [0.9986501019683699, 3],
    [0, -3.5],
    [1, 3.5],
  ])('of %s is %s', (q, expected) => {
    expect(normalQuantile(q)).toBeCloseTo(expected, 9);
  });
});
