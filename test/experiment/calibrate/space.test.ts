import { describe, expect, it } from 'vitest';
import {
  assignmentsOf,
  overrideOf,
  placeOf,
  pointOf,
  valueAt,
  valuesAt,
} from '../../../src/experiment/calibrate/space.js';
import type { Parameter } from '../../../src/experiment/calibrate/schema.js';

function parameter(of: Partial<Parameter>): Parameter {
  return { name: 'p', range: [0, 1], scale: 'linear', integer: false, sets: [{ path: 'a.b', factor: 1 }], ...of };
}

describe('a parameter', () => {
  it.each([
    [{}, 0.25, 0.25],
    [{ range: [-2, 2] as [number, number] }, 0.25, -1],
    [{ range: [0.01, 1] as [number, number], scale: 'log' as const }, 0.5, 0.1],
  ])('%o has at %s the value %s, and back', (of, place, value) => {
    expect(valueAt(parameter(of), place)).toBe(value);
    expect(placeOf(parameter(of), value)).toBeCloseTo(place, 12);
  });

  it('of whole numbers gives each the same share, the ends too', () => {
    const whole = parameter({ range: [2, 5], integer: true });
    const values = Array.from({ length: 400 }, (_, i) => valueAt(whole, (i + 0.5) / 400));
    expect([2, 3, 4, 5].map((n) => values.filter((value) => value === n).length)).toEqual([100, 100, 100, 100]);
    expect([valueAt(whole, 0), valueAt(whole, 1)]).toEqual([2, 5]);
    expect(placeOf(whole, 2)).toBe(0.125);
  });

  it('goes to several places with a factor and a unit, some for one target alone', () => {
    const one = parameter({
      name: 'NL',
      sets: [
        { path: 'device.nonlinearity.ltp.label', factor: 1 },
        { path: 'device.nonlinearity.ltd.label', factor: -1 },
        { path: 'network.layers[0].weightLimit', factor: 0.3, target: 'orhd' },
        { path: 'device.gMax', factor: 2, unit: 'uS', target: 'mnist' },
      ],
    });
    const texts = (target: string): string[] => assignmentsOf([one], { NL: 0.1 }, target).map(overrideOf);
    const common = ['device.nonlinearity.ltp.label=0.1', 'device.nonlinearity.ltd.label=-0.1'];
    expect(texts('orhd')).toEqual([...common, 'network.layers[0].weightLimit=0.03']);
    expect(texts('mnist')).toEqual([...common, 'device.gMax=0.2 uS']);
  });

  it('is run at the value that is written: the point follows from it', () => {
    const all = [parameter({ name: 'a', range: [1, 9], integer: true }), parameter({ name: 'b', range: [1, 3] })];
    const values = valuesAt(all, Float64Array.of(0.4, 1 / 3));
    expect(values).toEqual({ a: 4, b: 1.66667 });
    expect(valuesAt(all, pointOf(all, values))).toEqual(values);
  });
});
