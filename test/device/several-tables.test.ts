import { describe, expect, it } from 'vitest';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import { compileCrossbar, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { tableOfCells } from '../../src/crossbar/table-draws.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import type { TableResponse } from '../../src/device/response.js';
import type { MeasuredTable } from '../../src/device/table-file.js';
import { messageOf } from '../experiment/scratch.js';
import { errorOfDeviation, errorOfMean, momentsOf, standardErrors } from './statistics.js';

/**
 * Cells that are of several measured devices. Each device has steps that are uniform between its own two ends, at bins,
 * probabilities and over a range of its own; the numbers that are expected are those of the uniform distribution.
 */
interface Uniform {
  readonly from: number;
  readonly to: number;
}

interface Measured {
  readonly up: Uniform;
  readonly down: Uniform;
  readonly conductance: readonly number[];
  readonly cdf: readonly number[];
}

const devices: readonly Measured[] = [
  { up: { from: 1e-8, to: 3e-8 }, down: { from: -5e-8, to: -1e-8 }, conductance: [1e-6, 3e-6], cdf: [0, 1] },
  { up: { from: 4e-8, to: 6e-8 }, down: { from: -2e-8, to: -2e-8 }, conductance: [1e-6, 2e-6, 3e-6], cdf: [0, 0.3, 1] },
  {
    ...{ up: { from: -1e-8, to: 9e-8 }, down: { from: -9e-8, to: -3e-8 } },
    ...{ conductance: [0.5e-6, 1e-6, 1.5e-6, 2.5e-6, 3.5e-6], cdf: [0, 0.01, 0.02, 0.5, 1] },
  },
];

function tableOf({ conductance, cdf }: Measured, { from, to }: Uniform): MeasuredTable {
  const delta = cdf.map((q) => conductance.map(() => from + q * (to - from)));
  return { conductance: [...conductance], cdf: [...cdf], delta };
}

function pairOf(device: Measured): { increasing: MeasuredTable; decreasing: MeasuredTable } {
  return { increasing: tableOf(device, device.up), decreasing: tableOf(device, device.down) };
}

function compiled(tables: unknown): TableResponse {
  const response = compileDevice(deviceSchema.parse({ model: 'lookup-table', tables }), { window: [0.25, 0.75] });
  if (response.kind !== 'table') throw new TypeError(`expected a table response, got ${response.kind}`);
  return response;
}

const response = compiled(devices.map(pairOf));
const range = 2e-6;

function crossbarOf(rows: number, cols: number, coding: 'offset' | 'differential-pair' = 'offset'): CrossbarProgram {
  const config = crossbarSchema.parse({ coding, pulsePolicy: 'fractional' });
  return compileCrossbar(config, response, { rows, cols, weightLimit: 1 });
}

describe('a response of several measured devices', () => {
  it('has the range that all of them cover, the bins of the finest and the probabilities of all', () => {
    const { gMin, gMax, bins, cdf } = response;
    expect({ gMin, gMax, bins }).toEqual({ gMin: 1e-6, gMax: 3e-6, bins: 5 });
    expect([...cdf]).toEqual([0, 0.01, 0.02, 0.3, 0.5, 1].map(Math.fround));
  });

  it('has the steps of each, in fractions of the common range', () => {
    devices.forEach(({ up, down }, i) => {
      const { mean, quantiles } = response.devices![i]!;
      for (let k = 0; k < response.bins; k++) {
        expect(mean.up[k]).toBeCloseTo((up.from + up.to) / 2 / range, 7);
        expect(mean.down[k]).toBeCloseTo((down.from + down.to) / 2 / range, 7);
        response.cdf.forEach((q, r) => {
          expect(quantiles.up[r * response.bins + k]).toBeCloseTo((up.from + q * (up.to - up.from)) / range, 7);
        });
      }
    });
  });

  it('has as its nominal cell the mean over the devices, at each probability', () => {
    const means = devices.map(({ up }) => (up.from + up.to) / 2 / range);
    const mean = means.reduce((sum, one) => sum + one, 0) / means.length;
    expect(response.mean.up[2]).toBeCloseTo(mean, 7);
    expect(response.pulsesPerRange.up).toBeCloseTo(1 / mean, 2);
    const tops = devices.map(({ up }) => up.to / range);
    expect(response.quantiles.up.at(-1)).toBeCloseTo(tops.reduce((sum, one) => sum + one, 0) / tops.length, 7);
  });

  it('is that of a single device where the list has one pair', () => {
    const [only] = devices;
    expect(compiled([pairOf(only!)])).toEqual(compiled(pairOf(only!)));
    expect(compiled(pairOf(only!)).devices).toBeUndefined();
  });
});

describe('which device a cell is', () => {
  const rows = 300;
  const cols = 200;
  const crossbar = crossbarOf(rows, cols);
  const drawn = tableOfCells(crossbar, 3, 1, 0);

  it('is drawn with equal chances: χ² over devices, and over those of neighbours (5 standard deviations)', () => {
    const scoreOf = (numbers: Uint32Array, kinds: number): number => {
      const counts = new Uint32Array(kinds);
      numbers.forEach((kind) => counts[kind]!++);
      const expected = numbers.length / kinds;
      const chiSquare = counts.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
      return (chiSquare - (kinds - 1)) / Math.sqrt(2 * (kinds - 1));
    };
    expect(drawn).toHaveLength(rows * cols);
    expect(Math.abs(scoreOf(drawn, 3))).toBeLessThan(standardErrors);
    for (const lag of [1, cols]) {
      const pairs = drawn.subarray(0, -lag).map((one, i) => 3 * one + drawn[i + lag]!);
      expect(Math.abs(scoreOf(pairs, 9))).toBeLessThan(standardErrors);
    }
  });

  it.each([
    ['seed', tableOfCells(crossbar, 4, 1, 0)],
    ['layer', tableOfCells(crossbar, 3, 2, 0)],
    ['polarity', tableOfCells(crossbar, 3, 1, 1)],
  ])('is drawn anew for another %s: a third are the same (5 standard errors)', (_, other) => {
    const same = drawn.filter((one, i) => one === other[i]).length / drawn.length;
    const error = Math.sqrt((1 / 3) * (2 / 3)) / Math.sqrt(drawn.length);
    expect(Math.abs(same - 1 / 3)).toBeLessThan(standardErrors * error);
    expect(tableOfCells(crossbar, 3, 1, 0)).toEqual(drawn);
  });

  it('goes by the cell alone, not by how many there are', () => {
    expect(tableOfCells(crossbarOf(7, cols), 3, 1, 0)).toEqual(drawn.subarray(0, 7 * cols));
  });
});

describe.each(hostBackends)('a pulse on %s', (backend) => {
  const [rows, cols] = [40, 300];
  const start = 0.5;
  const crossbar = crossbarOf(rows, cols, 'differential-pair');
  const cells = new Float32Array(rows * cols).fill(start);

  function written(pulses: number, direction: 1 | -1, writes: number): CrossbarState {
    const perRange = response.pulsesPerRange[direction > 0 ? 'up' : 'down'];
    const delta = new Float32Array(rows * cols).fill((direction * pulses) / (perRange * crossbar.conductancePerWeight));
    let state: CrossbarState = { plus: cells, minus: cells, columns: new Float32Array(0) };
    for (let step = 0; step < writes; step++)
      state = hostKernels[backend].PulseUpdate.run({ crossbar, state, delta, seed: 3, layer: 1, step });
    return state;
  }

  it.each([
    { pulses: 1, writes: 1 },
    { pulses: 0.25, writes: 1 },
    { pulses: 1, writes: 5 },
  ])("moves each cell by its own device's mean and spread: $writes × $pulses (5 standard errors)", (given) => {
    const { pulses, writes } = given;
    const state = written(pulses, 1, writes);
    // What raises a plus cell lowers its minus cell; requests are turned into pulses by each direction's own mean.
    const ratio = response.pulsesPerRange.down / response.pulsesPerRange.up;
    const polarities = [
      { g: state.plus, of: tableOfCells(crossbar, 3, 1, 0), branch: 'up', given: pulses },
      { g: state.minus, of: tableOfCells(crossbar, 3, 1, 1), branch: 'down', given: pulses * ratio },
    ] as const;
    for (const { g, of, branch, given: each } of polarities) {
      devices.forEach((device, i) => {
        const { from, to } = device[branch];
        const moved = Float64Array.from(
          g.filter((_, cell) => of[cell] === i),
          (value) => (value - start) * range,
        );
        const sigma = ((to - from) / Math.sqrt(12)) * Math.sqrt(writes * each);
        const { mean, deviation } = momentsOf(moved);
        const rounding = writes * 2 ** -23 * range;
        const expected = (writes * each * (from + to)) / 2;
        expect(Math.abs(mean - expected)).toBeLessThan(standardErrors * errorOfMean(sigma, moved.length) + rounding);
        const error = errorOfDeviation(sigma, moved.length);
        expect(Math.abs(deviation - Math.abs(sigma))).toBeLessThan(standardErrors * error + rounding);
      });
    }
  });
});

describe('devices that cannot be in one array', () => {
  const far = { ...devices[0]!, conductance: [5e-6, 6e-6] };

  it('where a range meets none that the others share', () => {
    const tables = [devices[0]!, devices[1]!, far].map(pairOf);
    const { error } = deviceSchema.safeParse({ model: 'lookup-table', tables });
    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      'tables.2.increasing.conductance: got 5 uS to 6 uS, expected some of what the pairs before it share, 1 uS to 3 uS',
    ]);
  });

  it('where there are none', () => {
    expect(deviceSchema.safeParse({ model: 'lookup-table', tables: [] }).success).toBe(false);
  });

  it('where one of them has its tables swapped', () => {
    const { increasing, decreasing } = pairOf(devices[1]!);
    const tables = [pairOf(devices[0]!), { increasing: decreasing, decreasing: increasing }];
    expect(messageOf(() => compiled(tables))).toBe(
      "lookup-table, pair 2 of 2: the increasing table's mean ΔG over the crossbar's window has the wrong sign or is " +
        'zero; swap the two tables, or choose another window',
    );
  });
});
