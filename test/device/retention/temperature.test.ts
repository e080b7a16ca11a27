import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boltzmann, exposures, retainedFraction, type Retention } from '../../../src/device/retention/law.js';
import { compileRetention, retentionSchema } from '../../../src/device/retention/registry.js';
import {
  extremes,
  staysOver,
  temperatureSchema,
  type Temperature,
  type TemperaturePoint,
} from '../../../src/device/retention/temperature.js';

function law(config: Record<string, unknown>): Retention {
  return compileRetention(retentionSchema.parse(config))!;
}

const gate = { gateRate: '1.05e-5 Hz', gateTemperature: '155 degC', gateWidth: '1.07 K', validUpTo: '170 degC' };
const laws = {
  arrhenius: law({ model: 'arrhenius', activationEnergy: '1.16 eV', spread: '0.04 eV' }),
  traps: law({ model: 'gaussian-traps', depth: '1.12 eV', width: '0.04 eV', spread: '0.02 eV' }),
  gated: law({ model: 'matrix-gated', activationEnergy: '1.60 eV', ...gate }),
  power: law({
    model: 'power-law',
    exponent: 0.1,
    exponentSpread: 0.2,
    referenceTime: '1 s',
    activationEnergy: '1 eV',
  }),
};

/** T(t) of a profile, on its own. */
function temperatureAt(points: readonly TemperaturePoint[], t: number): number {
  const after = points.findIndex(({ at }) => at > t);
  if (after < 0) return points.at(-1)!.value;
  const [a, b] = [points[after - 1]!, points[after]!];
  return a.value + ((b.value - a.value) * (t - a.at)) / (b.at - a.at);
}

/** ∫ rate dt of every class by Boole's rule on 4000 panels between each two corners of the profile. */
function quadrature(
  retention: Retention,
  points: readonly TemperaturePoint[],
  [from, to]: readonly [number, number],
  factor: (temperature: number, k: number) => number,
): number[] {
  const corners = [from, ...points.map(({ at }) => at).filter((at) => at > from && at < to), to];
  const sums = retention.weights.map(() => 0);
  const weights = [7, 32, 12, 32, 7].map((w) => w / 90);
  corners.slice(1).forEach((end, i) => {
    const begin = corners[i]!;
    const panel = (end - begin) / 4000;
    for (let n = 0; n < 4000; n++) {
      weights.forEach((weight, j) => {
        // The ends belong to this side of a step.
        const t = Math.min(Math.max(begin + (n + j / 4) * panel, begin), begin + (end - begin) * (1 - 1e-15));
        const temperature = temperatureAt(points, t);
        retention.rates(temperature).forEach((rate, k) => {
          sums[k]! += weight * panel * rate * factor(temperature, k);
        });
      });
    }
  });
  return sums;
}

const points = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 1e5, noNaN: true })),
      value: fc.double({ min: 273, max: 443, noNaN: true }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ gap, value }, i) => ({ at: (at += i === 0 ? 0 : Math.max(gap, i % 2)), value }));
  });
const anyLaw = fc.constantFrom(...Object.values(laws));

describe('a temperature profile', () => {
  it('as stays has the exposure that quadrature gives, in cells of any depth, for every law', () => {
    const cell = fc.record({
      offset: fc.double({ min: -3e-20, max: 3e-20, noNaN: true }),
      deviate: fc.double({ min: -2, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(anyLaw, points, cell, fc.double({ min: 1, max: 3e5, noNaN: true }), (retention, profile, own, to) => {
        const factors = retention.cellFactors?.(own.deviate);
        const expected = quadrature(
          retention,
          profile,
          [0, to],
          (temperature, k) => Math.exp(-own.offset / (boltzmann * temperature)) * (factors?.[k] ?? 1),
        );
        const stays = staysOver(retention, profile, 0, to);
        exposures(retention, stays, own).forEach((value, k) => {
          expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(1e-8 * expected[k]!);
        });
        expect(stays.reduce((sum, { time }) => sum + time, 0) / to).toBeCloseTo(1, 12);
      }),
      { numRuns: 40 },
    );
  });

  it('in two stretches is one, wherever it is cut', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const length = fc.double({ min: 1, max: 3e5, noNaN: true });
    fc.assert(
      fc.property(anyLaw, points, part, length, (retention, profile, cut, to) => {
        const whole = exposures(retention, staysOver(retention, profile, 0, to));
        const pieces = [
          ...staysOver(retention, profile, 0, cut * to),
          ...staysOver(retention, profile, cut * to, (1 - cut) * to),
        ];
        exposures(retention, pieces).forEach((value, k) => {
          expect(Math.abs(value - whole[k]!)).toBeLessThanOrEqual(1e-11 * whole[k]!);
        });
      }),
    );
  });

  it('leaves of an increment what the law says: in closed form of one depth on a step, of a power of time on a ramp', () => {
    const step: Temperature = [
      { at: 0, value: 300 },
      { at: 100, value: 300 },
      { at: 100, value: 373.15 },
    ];
    const [cold, hot] = [300, 373.15].map((temperature) => laws.arrhenius.rates(temperature)[0]!);
    const kept = retainedFraction(laws.arrhenius, staysOver(laws.arrhenius, step, 0, 1100));
    expect(kept).toBeCloseTo(Math.exp(-100 * cold! - 1000 * hot!), 12);
    const ramp: Temperature = [
      { at: 0, value: 300 },
      { at: 5000, value: 340 },
    ];
    // The reference temperature is 25 degC.
    const speed = (t: number) => {
      return Math.exp(((-1 * 1.602176634e-19) / boltzmann) * (1 / (300 + t / 125) - 1 / 298.15));
    };
    let time = 0;
    for (let i = 0; i < 50_000; i++) time += 0.1 * speed(0.1 * (i + 0.5));
    const left = retainedFraction(laws.power, staysOver(laws.power, ramp, 0, 5000));
    // The classes follow the power of time to 5e-4.
    expect(Math.abs(left - (1 + time) ** -0.1)).toBeLessThan(5e-4);
  });

  it('is refused where it comes to a temperature at which the law does not hold, also between two nodes', () => {
    const ramp: Temperature = [
      { at: 0, value: 440 },
      { at: 10, value: 443.2 },
    ];
    expect(() => staysOver(laws.gated, ramp, 0, 20)).toThrow(/holds up to 170 degC only/);
    expect(() => staysOver(laws.gated, ramp, 0, 9)).not.toThrow();
    expect(extremes(ramp)).toEqual({ lowest: 440, highest: 443.2 });
    expect(extremes(ramp, 0, 5)).toEqual({ lowest: 440, highest: 441.6 });
    expect(extremes(300)).toEqual({ lowest: 300, highest: 300 });
  });

  it('is written with units, from 0 s on, in order, with at most two points at a time', () => {
    const at = (...pairs: [string, string][]) =>
      temperatureSchema.safeParse(pairs.map(([t, value]) => ({ at: t, value })));
    expect(at(['0 s', '25 degC'], ['1 h', '100 degC']).data).toEqual([
      { at: 0, value: 298.15 },
      { at: 3600, value: 373.15 },
    ]);
    expect(temperatureSchema.parse('100 degC')).toBe(373.15);
    expect(at(['0 s', '25 degC'], ['1 s', '25 degC'], ['1 s', '99 degC']).success).toBe(true);
    expect(at(['1 s', '25 degC']).success).toBe(false);
    expect(at(['0 s', '25 degC'], ['2 s', '30 degC'], ['1 s', '30 degC']).success).toBe(false);
    expect(at(['0 s', '25 degC'], ['1 s', '3 K'], ['1 s', '4 K'], ['1 s', '5 K']).success).toBe(false);
  });
});
