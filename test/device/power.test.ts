import { describe, expect, it } from 'vitest';
import { compileDevice, deviceSchema } from '../../src/device/registry.js';
import { meanStep, tableQuantile, type TableResponse } from '../../src/device/response.js';
import { keyOf } from '../../src/random.js';
import { pulseOnce } from '../../src/device/response.js';
import { momentsOf } from './statistics.js';

function compiled(values: object = {}): TableResponse {
  const device = { model: 'power', gMin: '1 uS', gMax: '10 uS', states: 40, exponent: { ltp: 1.5, ltd: 0.6 } };
  const response = compileDevice(deviceSchema.parse({ ...device, ...values }), { window: [0, 1] });
  if (response.kind !== 'table') throw new TypeError('expected a table');
  return response;
}

const nodes = Array.from({ length: 1001 }, (_, i) => i / 1000);

describe('a power-law device', () => {
  it('takes the steps of its law, within the interpolation error', () => {
    const table = compiled();
    const worst = (direction: 'up' | 'down', gamma: number): number =>
      Math.max(
        ...nodes.map((g) => {
          const room = direction === 'up' ? 1 - g : g;
          const size = ((gamma + 1) / 40) * room ** gamma;
          return Math.abs(Math.abs(meanStep(table, g, direction)) - size);
        }),
      );
    // Half of the curvature times the square of half a bin for γ ≥ 1; at the bound h^γ·(γ^{γ/(1−γ)} − γ^{1/(1−γ)}) for γ < 1.
    expect(worst('up', 1.5)).toBeLessThan(1e-5);
    expect(worst('down', 0.6)).toBeLessThan(1e-3);
    expect(worst('down', 0.6)).toBeGreaterThan(1e-4);
  });

  it('is linear at γ = 0 and has soft bounds at γ = 1', () => {
    const even = compiled({ exponent: { ltp: 0, ltd: 0 } });
    const soft = compiled({ exponent: { ltp: 1, ltd: 1 } });
    for (const g of nodes.slice(1, -1)) {
      expect(meanStep(even, g, 'up')).toBeCloseTo(1 / 40, 7);
      expect(meanStep(soft, g, 'up')).toBeCloseTo((2 / 40) * (1 - g), 7);
      expect(meanStep(soft, g, 'down')).toBeCloseTo((-2 / 40) * g, 7);
    }
  });

  it('has a mean step of 1/states, of its own for each branch', () => {
    const table = compiled({ states: { ltp: 40, ltd: 25 } });
    const mean = (direction: 'up' | 'down'): number =>
      nodes.reduce((sum, g) => sum + Math.abs(meanStep(table, g, direction)), 0) / nodes.length;
    expect(mean('up') * 40).toBeCloseTo(1, 2);
    expect(mean('down') * 25).toBeCloseTo(1, 2);
    expect(table.pulsesPerRange).toEqual({ up: 40, down: 25 });
  });

  it('spreads by its cycle-to-cycle noise', () => {
    const table = compiled({ cycleToCycle: 0.02 });
    const key = keyOf(2, 'cycleToCycle');
    const moved = Array.from({ length: 20_000 }, (_, cell) => pulseOnce(table, 0.5, 'up', key, cell) - 0.5);
    const { mean, deviation } = momentsOf(moved);
    // 20,000 draws: 5 standard errors are 0.0007 of the mean, 2.5 % of σ; its CDF ends at ±3.5σ.
    expect(Math.abs(mean - meanStep(table, 0.5, 'up'))).toBeLessThan(7.1e-4);
    expect(deviation / 0.02).toBeGreaterThan(0.965);
    expect(deviation / 0.02).toBeLessThan(1.035);
    expect(tableQuantile(table, 0.5, 'up', 0.5)).toBeCloseTo(meanStep(table, 0.5, 'up'), 6);
  });

  it('climbs its levels towards the top', () => {
    const { levels } = compiled();
    expect(levels[0]).toBe(0);
    expect([...levels].every((g, i) => i === 0 || g >= levels[i - 1]!)).toBe(true);
    expect(levels.at(-1)).toBeLessThanOrEqual(1);
  });
});
