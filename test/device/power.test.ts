import { describe, expect, it } from 'vitest';
import { power, powerStep } from '../../src/device/power.js';
import { interpolate, type TableResponse } from '../../src/device/response.js';

const compiled = (ltp: number, ltd: number) =>
  power.compile(
    power.schema.parse({ model: 'power', gMin: '1 uS', gMax: '9 uS', states: 50, exponent: { ltp, ltd } }),
    { window: [0, 1] },
  ) as TableResponse;

/** The worst error of the tabulated step up, relative to the largest step. */
function worst(gamma: number): number {
  const { mean } = compiled(gamma, gamma);
  const places = Array.from({ length: 10_001 }, (_, i) => i / 10_000);
  const errors = places.map((g) => Math.abs(interpolate(mean.up, g) - powerStep(1 - g, gamma, 50)));
  return Math.max(...errors) / powerStep(1, gamma, 50);
}

describe('power', () => {
  it('is linear at γ = 0 and soft-bounds at γ = 1', () => {
    const { mean } = compiled(0, 1);
    for (const g of [0, 0.3, 0.7]) expect(interpolate(mean.up, g)).toBeCloseTo(1 / 50, 7);
    for (const g of [0, 0.3, 0.7]) expect(interpolate(mean.down, g)).toBeCloseTo((-2 * g) / 50, 7);
  });

  it('is tabulated as closely as docs/devices.md says', () => {
    expect(worst(2)).toBeLessThan(1e-4);
    expect(worst(5)).toBeLessThan(1e-4);
    expect(worst(0.5)).toBeGreaterThan(0.015);
    expect(worst(0.5)).toBeLessThan(0.0165);
  });

  it('goes down from the top as it goes up from the bottom', () => {
    const { mean } = compiled(1.7, 1.7);
    for (const g of [0.1, 0.5, 0.9]) expect(interpolate(mean.down, g)).toBeCloseTo(-interpolate(mean.up, 1 - g), 6);
  });
});
