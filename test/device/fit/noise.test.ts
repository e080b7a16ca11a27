import { describe, expect, it } from 'vitest';
import { noiseOf } from '../../../src/device/fit/noise.js';
import { drawRamps, type Truth } from './synthetic.js';

const straight: Truth = {
  ...{ gMin: 1e-6, gMax: 11e-6, pulses: 100, alpha: { ltp: 0, ltd: 0 }, ramps: 40 },
  ...{ programming: 0, read: 0 },
};
const noise = (own: Partial<Truth>) => {
  return noiseOf(drawRamps({ ...straight, ...own }, 7), (branch) => (branch === 'ltp' ? 1e-7 : -1e-7)).ltp;
};

describe('noise of steps', () => {
  it('of reads alone correlates by −1/2, and is no programming noise', () => {
    const { programming, read, lagOne } = noise({ read: 0.01 });
    expect(lagOne).toBeCloseTo(-0.5, 1);
    expect(Math.abs(read / 1e-7 - 1)).toBeLessThan(0.05);
    expect(programming).toBeLessThan(0.3e-7);
  });

  it('of pulses alone does not correlate, and spreads as √n', () => {
    const { programming, read, lagOne, growth } = noise({ programming: 0.01 });
    expect(Math.abs(lagOne)).toBeLessThan(0.05);
    expect(Math.abs(programming / 1e-7 - 1)).toBeLessThan(0.05);
    expect(read).toBeLessThan(0.25e-7);
    expect(Math.abs(growth! - 0.5)).toBeLessThan(0.06);
  });

  it('of both is told apart', () => {
    const { programming, read } = noise({ programming: 0.01, read: 0.02 });
    expect(Math.abs(programming / 1e-7 - 1)).toBeLessThan(0.15);
    expect(Math.abs(read / 2e-7 - 1)).toBeLessThan(0.05);
  });
});
