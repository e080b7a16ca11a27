import { describe, expect, it } from 'vitest';
import { labelOfAlpha } from '../../src/device/nonlinearity.js';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import {
  affineCellSize,
  cellNormals,
  drawCells,
  packCells,
  type AffineCell,
  type AffineResponse,
} from '../../src/device/response.js';
import { keyOf } from '../../src/random.js';
import { correlationOf, errorOfDeviation, errorOfMean, momentsOf, standardErrors } from './statistics.js';

const states = 30;
const cells = 20_000;
const key = keyOf(3, 'deviceToDevice');
const spread = { ltp: 0.3, ltd: 0.4, gMax: 0.05, gMin: 0.02 };

function device(deviceToDevice: Partial<typeof spread>): AffineResponse {
  const config = deviceSchema.parse({
    ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states, deviceToDevice },
    nonlinearity: { ltp: { label: 2 }, ltd: { label: -4 } },
  });
  const response = compileDevice(config, { window: [0.25, 0.75] });
  if (response.kind !== 'affine') throw new TypeError(`expected an affine response, got ${response.kind}`);
  return response;
}

function draw(response: AffineResponse, count: number, from = key): AffineCell[] {
  return Array.from({ length: count }, (_, i) => response.drawCell!(from, i));
}

/** The labels of a cell's curves, back from its steps: 1 − c1 = e^{∓α/N}. */
const ltpLabel = ({ up }: AffineCell): number => labelOfAlpha(-states * Math.log1p(-up.c1));
const ltdLabel = ({ down }: AffineCell): number => labelOfAlpha(states * Math.log1p(-down.c1));

describe('device-to-device spread', () => {
  const population = draw(device(spread), cells);

  it('gives every cell parameters of its own', () => {
    expect(new Set(population.map(({ up }) => up.c1)).size).toBeGreaterThan(100);
    expect(new Set(population.map((cell) => JSON.stringify(cell))).size).toBeGreaterThan(0.999 * cells);
  });

  it.each([
    ['LTP labels', ltpLabel, 2, spread.ltp],
    ['LTD labels', ltdLabel, -4, spread.ltd],
    ['gMax', ({ high }: AffineCell) => high, 1, spread.gMax],
    ['gMin', ({ low }: AffineCell) => low, 0, spread.gMin],
  ])('%s have the mean and σ of the config (5 standard errors)', (_, of, mean, sigma) => {
    const found = momentsOf(population.map(of));
    expect(Math.abs(found.mean - mean)).toBeLessThan(standardErrors * errorOfMean(sigma, cells));
    expect(Math.abs(found.deviation - sigma)).toBeLessThan(standardErrors * errorOfDeviation(sigma, cells));
  });

  it('draws LTP, LTD, gMax and gMin apart: no two are correlated (5 standard errors)', () => {
    const columns = [ltpLabel, ltdLabel, (c: AffineCell) => c.high, (c: AffineCell) => c.low];
    const values = columns.map((of) => population.map(of));
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < i; j++) {
        expect(Math.abs(correlationOf(values[i]!, values[j]!))).toBeLessThan(standardErrors / Math.sqrt(cells));
      }
    }
  });

  it("a cell's N pulses lead over its own range, up and down", () => {
    for (const { up, down, low, high } of population.slice(0, 50)) {
      let [climbing, falling] = [low, high];
      for (let p = 0; p < states; p++) {
        climbing += up.c0 - up.c1 * climbing;
        falling += down.c0 - down.c1 * falling;
      }
      expect(climbing).toBeCloseTo(high, 8);
      expect(falling).toBeCloseTo(low, 8);
    }
  });

  it('is the same for the same key, and another for another', () => {
    const response = device(spread);
    expect(drawCells(response, key, 100)).toEqual(drawCells(response, key, 100));
    // Cells do not depend on how many are drawn.
    expect(drawCells(response, key, 200).subarray(0, 100 * affineCellSize)).toEqual(drawCells(response, key, 100));
    const other = draw(response, 1000, keyOf(4, 'deviceToDevice')).map(ltpLabel);
    expect(Math.abs(correlationOf(population.slice(0, 1000).map(ltpLabel), other))).toBeLessThan(0.16);
  });

  it('leaves alone what has no spread', () => {
    const response = device({ ltd: 0.4 });
    const { up, low, high } = response.nominal;
    for (const cell of draw(response, 100)) {
      // The nominal curve comes from the bisection, the drawn one from the table: equal to 1e-5.
      expect(cell.up.c0 / up.c0).toBeCloseTo(1, 4);
      expect(cell.high - cell.low).toBe(high - low);
    }
    expect(device({ ltp: 0, ltd: 0 }).drawCell).toBeUndefined();
  });

  it('keeps labels within ±9 and a twentieth of the range, however wide the spread', () => {
    const wide = draw(device({ ltp: 5, ltd: 5, gMax: 0.5, gMin: 0.5 }), 5000);
    expect(Math.max(...wide.map((cell) => Math.abs(ltpLabel(cell))))).toBeLessThan(9.001);
    expect(Math.min(...wide.map(({ low, high }) => high - low))).toBeCloseTo(0.05, 12);
    expect(wide.every(({ up, down }) => [up.c0, up.c1, down.c0, down.c1].every(Number.isFinite))).toBe(true);
  });

  it('is packed as kernels read it: up, down, low, high', () => {
    const cell = { up: { c0: 1, c1: 2 }, down: { c0: 3, c1: 4 }, low: 5, high: 6 };
    expect([...packCells([cell, { ...cell, high: 7 }])]).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 7]);
    const response = device({});
    expect(drawCells(response, key, 2)).toEqual(packCells([response.nominal, response.nominal]));
  });

  it('takes four uncorrelated normals per cell', () => {
    const draws = Array.from({ length: cells }, (_, i) => cellNormals(key, i));
    for (let k = 0; k < 4; k++) {
      expect(Math.abs(momentsOf(draws.map((d) => d[k]!)).mean)).toBeLessThan(standardErrors / Math.sqrt(cells));
    }
  });
});
