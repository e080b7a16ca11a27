import { describe, expect, it } from 'vitest';
import { BistableCell } from '../../../src/device/conduction/bistable-cell.js';
import { branchSchema, compileBranch } from '../../../src/device/conduction/branch.js';
import { barrierOfDecay, decayConstant, directTunnelling } from '../../../src/device/conduction/direct-tunnelling.js';
import { sweepVoltages } from '../../../src/device/conduction/sweep.js';
import { drawThreshold } from '../../../src/device/conduction/threshold-draws.js';
import { logTransmission, occupation, trapAssistedCurrent } from '../../../src/device/conduction/trap-assisted.js';
import { keyOf } from '../../../src/random.js';

const electronvolt = 1.602176634e-19;
const trap = { depth: 1.32 * electronvolt, distance: 0.4e-9 };

describe('direct tunnelling', () => {
  it('falls by e^(−2·0.5123·√(φ·m)·L/Å), as textbooks write it', () => {
    expect(Math.log(directTunnelling(1e-9, electronvolt, 1))).toBeCloseTo(-2 * 5.123, 2);
  });

  it('is turned round by the barrier of its slope', () => {
    expect(barrierOfDecay(decayConstant(1.7 * electronvolt, 0.3), 0.3) / electronvolt).toBeCloseTo(1.7, 12);
  });
});

describe('trap-assisted tunnelling', () => {
  it('goes to −2d·√(2·mc·Et)/ħ where the field goes to 0', () => {
    const limit = (-2 * 0.4e-9 * Math.sqrt(2 * 9.1093837015e-31 * trap.depth)) / 1.054571817e-34;
    for (const field of [0, 1, 1e3, 1e5]) expect(logTransmission(field, trap, 1) / limit).toBeCloseTo(1, 4);
  });

  it('has no step where the series ends and the powers begin', () => {
    const edge = (1e-6 * trap.depth) / (electronvolt * trap.distance);
    const [below, above] = [0.999 * edge, 1.001 * edge].map((field) => logTransmission(field, trap, 1));
    expect(Math.abs(below! - above!)).toBeLessThan(1e-8);
  });

  it('is the integral of the barrier’s momentum', () => {
    // −(2/ħ)·∫₀^d √(2m·(Et − qFx)) dx, of which equation 3 is the closed form: by the midpoint rule.
    const [field, steps] = [1e9, 20_000];
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const x = ((i + 0.5) / steps) * trap.distance;
      sum += Math.sqrt(2 * 0.4 * 9.1093837015e-31 * (trap.depth - electronvolt * field * x)) * (trap.distance / steps);
    }
    expect(logTransmission(field, trap, 0.4)).toBeCloseTo((-2 / 1.054571817e-34) * sum, 6);
  });

  it('empties traps with the field, as printed', () => {
    const film = { barrier: 1.32 * electronvolt, mass: 1, prefactor: 1, temperature: 300 };
    expect(occupation(0, trap, film)).toBeCloseTo(0.5, 12);
    expect(occupation(1e8, trap, film)).toBeLessThan(0.5);
    expect(trapAssistedCurrent(0, trap, film)).toBeCloseTo(0.5 * Math.exp(logTransmission(0, trap, 1)), 12);
  });
});

describe('a branch', () => {
  const branch = branchSchema.parse({
    at: '0.1 V',
    current: '1 nA',
    segments: [
      { law: 'power', slope: 1, upTo: '2.5 V' },
      { law: 'hopping', slope: 2.5, upTo: '4 V' },
      { law: 'fowler-nordheim', scale: '10 V' },
    ],
  });
  const current = compileBranch(branch);

  it('has its current where it is stated, and is odd', () => {
    expect(current(0.1)).toBeCloseTo(1e-9, 18);
    expect(current(0)).toBe(0);
    expect(current(-3)).toBe(-current(3));
  });

  it.each([2.5, 4])('does not jump at %d V', (edge) => {
    expect(current(edge * 1.000001) / current(edge)).toBeCloseTo(1, 4);
  });

  it('follows each law in its range', () => {
    expect(current(2) / current(1)).toBeCloseTo(2, 12);
    expect(Math.log(current(3.6) / 3.6 / (current(3) / 3))).toBeCloseTo(2.5 * (Math.sqrt(3.6) - Math.sqrt(3)), 12);
    expect(Math.log(current(5) / 25 / (current(4.5) / 4.5 ** 2))).toBeCloseTo(-10 * (1 / 5 - 1 / 4.5), 12);
  });

  it('refuses segments out of order', () => {
    const segments = [
      { law: 'power', slope: 1 },
      { law: 'power', slope: 2 },
    ];
    expect(branchSchema.safeParse({ at: '1 V', current: '1 A', segments }).success).toBe(false);
  });
});

describe('a bistable cell', () => {
  const one = { at: 1, current: 1e-9, segments: [{ law: 'power' as const, slope: 1 }] };
  const cell = () => new BistableCell({ high: one, low: { ...one, current: 1e-6 }, switchingTime: 1e-3 });

  it('switches in time, beyond its thresholds alone', () => {
    const thresholds = { set: 0.5, reset: -0.2 };
    const held = cell();
    held.hold(0.49, 1, thresholds);
    expect(held.switched).toBe(0);
    held.hold(0.5, 1e-3, thresholds);
    expect(held.switched).toBeCloseTo(1 - Math.exp(-1), 12);
    held.hold(-0.19, 1, thresholds);
    expect(held.switched).toBeCloseTo(1 - Math.exp(-1), 12);
    held.hold(-0.2, 1e-3, thresholds);
    expect(held.switched).toBeCloseTo((1 - Math.exp(-1)) * Math.exp(-1), 12);
  });
});

describe('thresholds and sweeps', () => {
  it('stay within their range', () => {
    const key = keyOf(3, 'characterization');
    const config = { distribution: 'normal', mean: 0.5, sigma: 0.3, range: [0.3, 0.75] } as const;
    const drawn = Array.from({ length: 500 }, (_, n) => drawThreshold({ ...config, range: [0.3, 0.75] }, key, n));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.3);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(0.75);
    expect(new Set(drawn).size).toBeGreaterThan(150);
  });

  it('meet on the way back the voltages of the way there', () => {
    expect(sweepVoltages([0, 0.3, 0, -0.1], 0.1)).toEqual([0, 0.1, 0.2, 0.3, 0.2, 0.1, 0, -0.1]);
  });
});
