import { describe, expect, it } from 'vitest';
import { alphaOfLabel } from '../../../src/device/nonlinearity.js';
import { deviceSchema } from '../../../src/device/registry.js';
import { crossbarSchema } from '../../../src/crossbar/schema.js';
import { derived } from '../../../src/experiment/calibrate/derived.js';

const crossbar = crossbarSchema.parse({});
const cell = (label: number) =>
  deviceSchema.parse({
    ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 30 },
    nonlinearity: { ltp: { label }, ltd: { label: -1 } },
  });

describe('the saturation of the LTP curve', () => {
  it('is the first step over the last, of the closed curve', () => {
    const alpha = alphaOfLabel(2);
    const curve = (pulses: number): number => -Math.expm1((-alpha * pulses) / 30) / -Math.expm1(-alpha);
    const expected = (curve(1) - curve(0)) / (curve(30) - curve(29));
    expect(derived['ltp-saturation']({ device: cell(2), crossbar })).toBeCloseTo(expected, 9);
    expect(expected).toBeGreaterThan(3);
  });

  it('is 1 of a straight curve, and grows with the label', () => {
    expect(derived['ltp-saturation']({ device: cell(0), crossbar })).toBeCloseTo(1, 9);
    const [small, large] = [0.06, 1].map((label) => derived['ltp-saturation']({ device: cell(label), crossbar }));
    expect(small).toBeLessThan(large!);
  });

  it('is not of a device without cells', () => {
    const device = deviceSchema.parse({ model: 'ideal' });
    expect(() => derived['ltp-saturation']({ device, crossbar })).toThrow(
      'prefer.value: got ltp-saturation, which the ideal device does not have; prefer a parameter',
    );
  });
});
