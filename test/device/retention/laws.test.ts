import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boltzmann,
  exposures,
  retainedFraction,
  type Retention,
  type Stay,
} from '../../../src/device/retention/law.js';
import { compileRetention, retentionLaws, retentionSchema } from '../../../src/device/retention/registry.js';
import { compileDevice, deviceSchema } from '../../../src/device/registry.js';
import { deviceNames, responseOf } from '../../helpers/kernels.js';

const celsius = (degrees: number): number => degrees + 273.15;

function law(config: Record<string, unknown>): Retention {
  return compileRetention(retentionSchema.parse(config))!;
}

const qdArrhenius = law({ model: 'arrhenius', activationEnergy: '1.536 eV' });
const nsArrhenius = law({ model: 'arrhenius', activationEnergy: '1.16 eV' });
const qdTraps = law({ model: 'gaussian-traps', depth: '1.60 eV', width: '0.06 eV' });
const nsTraps = law({ model: 'gaussian-traps', depth: '1.12 eV', width: '0.04 eV' });
const qdGated = law({
  ...{ model: 'matrix-gated', activationEnergy: '1.60 eV', gateRate: '1.05e-5 Hz' },
  ...{ gateTemperature: '155 degC', gateWidth: '1.07 K', validUpTo: '170 degC' },
});

const laws = { qdArrhenius, nsArrhenius, qdTraps, nsTraps, qdGated };

describe('what each law gives', () => {
  /**
   * To half of the last digit that is stated. Two figures are often given as 8.1 and 1.9 %; the parameters as they are
   * rounded here give 7.98 and 1.84 %, and the other figures lie within their last digits (below).
   */
  it.each([
    ['QD, one depth', qdArrhenius, 150, 1e5, 5.0, 0.05],
    ['QD, one depth', qdArrhenius, 155, 1e5, 7.98, 0.005],
    ['NS, one depth', nsArrhenius, 100, 5e3, 66, 0.5],
    ['QD, traps', qdTraps, 150, 1e5, 2.9, 0.05],
    ['NS, traps', nsTraps, 100, 1e3, 54, 0.5],
    ['NS, traps', nsTraps, 100, 5e3, 86, 0.5],
    ['NS, traps', nsTraps, 25, 1e4, 0.4, 0.05],
    ['QD, gated', qdGated, 150, 1e5, 1.84, 0.005],
    ['QD, gated', qdGated, 155, 1e4, 10, 0.5],
    ['QD, gated', qdGated, 155, 1e5, 66, 0.5],
  ])('%s, %#', (_, retention, degrees, time, lost, within) => {
    const percent = 100 * (1 - retainedFraction(retention, [{ temperature: celsius(degrees), time }]));
    expect(Math.abs(percent - lost)).toBeLessThan(within);
  });

  it('the last digits of the parameters leave room for 8.1 and for 1.9 %', () => {
    const lost = (config: Record<string, unknown>, degrees: number): number =>
      100 * (1 - retainedFraction(law(config), [{ temperature: celsius(degrees), time: 1e5 }]));
    const arrhenius = (energy: number) => lost({ model: 'arrhenius', activationEnergy: `${energy} eV` }, 155);
    expect(arrhenius(1.5355)).toBeGreaterThan(8.05);
    const gate = { gateTemperature: '155 degC', gateRate: '1.05e-5 Hz', gateWidth: '1.07 K', validUpTo: '170 degC' };
    const gated = (energy: number) => lost({ model: 'matrix-gated', activationEnergy: `${energy} eV`, ...gate }, 150);
    expect(gated(1.595)).toBeGreaterThan(1.9);
    expect(gated(1.605)).toBeLessThan(1.9);
  });

  it('what the paper says of its devices: kept at 100 and 150 degC, forgetting at 155, lost by nanosheets', () => {
    const lost = (retention: Retention, degrees: number, time: number): number =>
      1 - retainedFraction(retention, [{ temperature: celsius(degrees), time }]);
    expect(lost(qdGated, 100, 3e4)).toBeLessThan(0.05);
    expect(lost(qdGated, 150, 1e5)).toBeLessThan(0.05);
    expect(lost(qdGated, 155, 1e5) / lost(qdGated, 150, 1e5)).toBeGreaterThan(1.4);
    expect(lost(nsTraps, 100, 5e3)).toBeGreaterThan(0.63);
    // The presets: a chip's temperatures in between.
    const losses = [25, 75, 100, 150, 155].map((degrees) => lost(qdGated, degrees, 1e5));
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
  });

  it('forgets faster the hotter it is, never grows, and at no time has lost nothing', () => {
    for (const retention of Object.values(laws)) {
      const at = (degrees: number, time: number) =>
        retainedFraction(retention, [{ temperature: celsius(degrees), time }]);
      for (const degrees of [25, 100, 150]) {
        const times = [0, 1, 1e2, 1e4, 1e6].map((time) => at(degrees, time));
        expect(times[0]).toBeCloseTo(1, 12);
        expect(times).toEqual([...times].sort((a, b) => b - a));
        expect(at(degrees + 5, 1e4)).toBeLessThan(at(degrees, 1e4));
      }
    }
  });
});

const stay = fc.record({
  temperature: fc.double({ min: 250, max: 440, noNaN: true }),
  time: fc.double({ min: 0, max: 1e6, noNaN: true }),
});
const anyLaw = fc.constantFrom(...Object.values(laws));
const depth = fc.double({ min: -2e-20, max: 2e-20, noNaN: true });

describe('time passes in any pieces', () => {
  it('t1 and then t2 is t1 + t2, for every law, class by class', () => {
    fc.assert(
      fc.property(anyLaw, stay, fc.double({ min: 0, max: 1, noNaN: true }), depth, (retention, whole, part, offset) => {
        const { temperature, time } = whole;
        const pieces = [part, 1 - part].map((share) => ({ temperature, time: share * time }));
        const [once, twice] = [exposures(retention, [whole], { offset }), exposures(retention, pieces, { offset })];
        once.forEach((value, k) => {
          // Below the smallest normal number a double has fewer digits.
          expect(Math.abs(twice[k]! - value)).toBeLessThanOrEqual(1e-12 * Math.max(value, 2 ** -1022));
        });
        expect(retainedFraction(retention, pieces, { offset })).toBeCloseTo(
          retainedFraction(retention, [whole], { offset }),
          12,
        );
      }),
    );
  });

  it('also while the temperature changes: what is held after one part goes through the rest', () => {
    fc.assert(
      fc.property(
        anyLaw,
        fc.array(stay, { maxLength: 6 }),
        fc.array(stay, { maxLength: 6 }),
        (retention, first, then) => {
          const held = exposures(retention, first).map((x, k) => retention.weights[k]! * Math.exp(-x));
          const left = exposures(retention, then).map((x, k) => held[k]! * Math.exp(-x));
          const sum = left.reduce((total, value) => total + value, 0);
          expect(Math.abs(sum - retainedFraction(retention, [...first, ...then]))).toBeLessThan(1e-12);
        },
      ),
    );
  });

  it('a cell whose traps are deeper by ΔE is slower by exp(−ΔE/kT)', () => {
    const profile: Stay[] = [{ temperature: 373.15, time: 700 }];
    const [plain] = exposures(nsArrhenius, profile);
    const [deep] = exposures(nsArrhenius, profile, { offset: boltzmann * 373.15 * Math.log(2) });
    expect(deep! / plain!).toBeCloseTo(0.5, 12);
  });
});

describe('the classes of gaussian-traps', () => {
  /** ∫ g(E)·exp(−ν·t·e^{−E/kT}) dE on 4001 depths over ±8σ. */
  function integral(mean: number, width: number, temperature: number, time: number): number {
    const [electronvolt, count] = [1.602176634e-19, 4001];
    let [sum, total] = [0, 0];
    for (let i = 0; i < count; i++) {
      const x = (16 * i) / (count - 1) - 8;
      const density = Math.exp((-x * x) / 2);
      const energy = (mean + x * width) * electronvolt;
      total += density;
      sum += density * Math.exp(-1e12 * time * Math.exp(-energy / (boltzmann * temperature)));
    }
    return sum / total;
  }

  it.each([
    ['NS at 100 degC', 1.12, 0.04, 100, 3.3e-4],
    ['NS at 25 degC', 1.12, 0.04, 25, 8e-4],
    ['QD at 155 degC', 1.6, 0.06, 155, 1e-3],
    ['QD at 100 degC', 1.6, 0.06, 100, 1.8e-3],
    ['QD at 25 degC', 1.6, 0.06, 25, 4.6e-3],
  ])('%s follow the integral at every time', (_, mean, width, degrees, within) => {
    const retention = law({ model: 'gaussian-traps', depth: `${mean} eV`, width: `${width} eV` });
    const temperature = celsius(degrees);
    const characteristic = Math.exp((mean * 1.602176634e-19) / (boltzmann * temperature)) / 1e12;
    let worst = 0;
    for (let decade = -5; decade <= 5; decade += 0.05) {
      const time = characteristic * 10 ** decade;
      const error = retainedFraction(retention, [{ temperature, time }]) - integral(mean, width, temperature, time);
      worst = Math.max(worst, Math.abs(error));
    }
    expect(worst).toBeLessThan(within);
    // The bound is no looser than it has to be.
    expect(worst).toBeGreaterThan(0.9 * within);
  });

  it('have weights that sum to 1', () => {
    for (const { weights } of Object.values(laws)) expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
  });
});

describe('limits', () => {
  it('a law says where it does not hold', () => {
    expect(() => qdGated.rates(celsius(171))).toThrow(
      'retention matrix-gated: got 171 degC, but the law holds up to 170 degC only; choose a lower temperature, or another law',
    );
    expect(qdGated.rates(celsius(170))).toHaveLength(1);
    for (const temperature of [0, -5, NaN, Infinity]) expect(() => nsTraps.rates(temperature)).toThrow(/temperature/);
  });

  const refused = (config: Record<string, unknown>): string => {
    const { error } = retentionSchema.safeParse(config);
    return error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  };

  it.each([
    [{ model: 'arrhenius', activationEnergy: '20 eV' }, 'activationEnergy: must be from 0.1 to 10 eV'],
    [{ model: 'gaussian-traps', depth: '1.1 eV', width: '0.2 eV' }, 'width: must be from 1 meV to 0.1 eV'],
    [{ model: 'arrhenius', activationEnergy: '1 eV', spread: '1 eV' }, 'spread: must be from 0 to 0.2 eV'],
    [
      { model: 'arrhenius', activationEnergy: '1 eV', attemptFrequency: '0 Hz' },
      'attemptFrequency: must be above zero',
    ],
  ])('%j is refused', (config, message) => {
    expect(refused(config)).toBe(message);
  });

  it('a width of the gate in degC, which would be 274 K, is refused', () => {
    const gate = { gateRate: '1e-5 Hz', gateTemperature: '155 degC', gateWidth: '1.07 degC', validUpTo: '170 degC' };
    expect(refused({ model: 'matrix-gated', activationEnergy: '1.6 eV', ...gate })).toMatch(
      /^gateWidth: .*write it in K/,
    );
  });
});

describe('device.retention', () => {
  it('is a key of every model with cells, and forgets nothing unless told', () => {
    for (const name of deviceNames.filter((name) => name !== 'ideal')) {
      expect(responseOf(name)).toMatchObject({
        kind: expect.stringMatching(/affine|curve|table/) as string,
        retention: undefined,
      });
    }
    const config = { model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 30 };
    for (const { name } of retentionLaws)
      expect(
        deviceSchema
          .safeParse({ ...config, retention: { model: name } })
          .error?.issues.every(({ path }) => path[0] === 'retention') ?? true,
      ).toBe(true);
    const retention = { model: 'arrhenius', activationEnergy: '1 eV', unprogrammed: 0.25 };
    const response = compileDevice(deviceSchema.parse({ ...config, retention }), { window: [0, 1] });
    expect(response).toMatchObject({ retention: { weights: [1], unprogrammed: 0.25, spread: 0 } });
  });
});
