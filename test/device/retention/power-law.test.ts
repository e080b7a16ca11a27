import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposures, retainedFraction, type Retention } from '../../../src/device/retention/law.js';
import { compileRetention, retentionSchema } from '../../../src/device/retention/registry.js';

function law(config: Record<string, unknown>): Retention {
  return compileRetention(retentionSchema.parse({ model: 'power-law', referenceTime: '20 s', ...config }))!;
}

const room = 298.15;

/** Times from a hundredth of t0 to 1e8 of it. */
const times = Array.from({ length: 101 }, (_, i) => 20 * 10 ** (-2 + i / 10));

function worstOf(retention: Retention, exponent: number, deviate = 0): number {
  const errors = times.map((time) => {
    const kept = retainedFraction(retention, [{ temperature: room, time }], { deviate });
    return Math.abs(kept - (1 + time / 20) ** -exponent);
  });
  return Math.max(...errors);
}

describe('power-law', () => {
  it.each([
    [0.001, 6e-6],
    [0.02, 1.1e-4],
    [0.05, 2.7e-4],
    [0.1, 5e-4],
    [0.3, 1.5e-3],
    [0.5, 4e-3],
  ])('of exponent %f follows (1 + t/t0)^−ν', (exponent, within) => {
    const worst = worstOf(law({ exponent }), exponent);
    expect(worst).toBeLessThan(within);
    expect(worst).toBeGreaterThan(within / 3);
  });

  it.each([
    [-2, 0.6, 3.5e-3],
    [-1, 0.8, 1.1e-3],
    [1, 1.2, 5e-4],
    [2, 1.4, 5e-4],
    // Half more, and no more.
    [5, 1.5, 5e-4],
  ])('of a cell %fσ from the mean follows its own exponent', (deviate, factor, within) => {
    const exponent = 0.1;
    const retention = law({ exponent, exponentSpread: factor === 1.5 ? 0.25 : 0.2 });
    const worst = worstOf(retention, exponent * factor, deviate);
    expect(worst).toBeLessThan(within);
    expect(worst).toBeGreaterThan(within / 10);
  });

  it('goes faster when it is hot by Arrhenius, and not at all without an activation energy', () => {
    const [cold, hot] = [298.15, 373.15];
    const speed = Math.exp(((0.5 * 1.602176634e-19) / 1.380649e-23) * (1 / cold - 1 / hot));
    const retention = law({ exponent: 0.1, activationEnergy: '0.5 eV' });
    const [slow] = [retainedFraction(retention, [{ temperature: cold, time: 1000 * speed }])];
    expect(retainedFraction(retention, [{ temperature: hot, time: 1000 }])).toBeCloseTo(slow, 12);
    const plain = law({ exponent: 0.1 });
    expect(plain.rates(cold)).toEqual(plain.rates(hot));
  });

  it('t1 and then t2 is t1 + t2, class by class, over any temperatures', () => {
    const retention = law({ exponent: 0.07, exponentSpread: 0.2, activationEnergy: '0.4 eV' });
    const stay = fc.record({
      temperature: fc.double({ min: 250, max: 440, noNaN: true }),
      time: fc.double({ min: 0, max: 1e6, noNaN: true }),
    });
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(stay, { maxLength: 5 }),
        fc.array(stay, { maxLength: 5 }),
        number,
        (first, then, deviate) => {
          const held = exposures(retention, first, { deviate }).map((x, k) => retention.weights[k]! * Math.exp(-x));
          const left = exposures(retention, then, { deviate }).map((x, k) => held[k]! * Math.exp(-x));
          const sum = left.reduce((total, value) => total + value, 0);
          expect(Math.abs(sum - retainedFraction(retention, [...first, ...then], { deviate }))).toBeLessThan(1e-12);
        },
      ),
    );
  });

  it('is refused beyond its limit, and with parameters beyond theirs', () => {
    expect(() => law({ exponent: 0.1, validUpTo: '120 degC' }).rates(400)).toThrow(/holds up to 120 degC only/);
    for (const wrong of [
      { exponent: 2 },
      { exponent: 0.1, exponentSpread: 0.5 },
      { exponent: 0.1, spread: '0.1 eV' },
    ]) {
      expect(() => law(wrong)).toThrow();
    }
  });
});
