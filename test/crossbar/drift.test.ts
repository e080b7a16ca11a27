import { describe, expect, it } from 'vitest';
import { DriftClock, driftBounds, lossesAfter, smallestExposure } from '../../src/crossbar/drift.js';
import { boltzmann, exposures } from '../../src/device/retention/law.js';
import { retentionOf } from '../../src/crossbar/drift.js';
import { compileRetention, retentionSchema } from '../../src/device/retention/registry.js';
import { hostKernels } from '../../kernels/register.js';
import { crossbarOf, forgetful, responseOf } from '../helpers/kernels.js';
import { momentsOf } from '../device/statistics.js';

const hot = 373.15;
const [rows, cols] = [40, 25];
const alike = forgetful(crossbarOf(rows, cols, 'linear'), 'one class');
const several = forgetful(crossbarOf(rows, cols, 'linear'), 'several classes');
const spread = forgetful(crossbarOf(rows, cols, 'linear'), 'one class with spread');

describe('the time that cells have yet to feel', () => {
  it('is felt when it has come to something, whole', () => {
    const [rate] = retentionOf(alike)!.rates(hot) as [number];
    const clock = new DriftClock(alike, 1, 0);
    const step = smallestExposure / rate / 4.5;
    const due = Array.from({ length: 10 }, () => {
      clock.pass({ temperature: hot, time: step });
      return clock.due()?.[0]![0]![0];
    });
    const expected = Math.fround(-Math.expm1(-(5 / 4.5) * smallestExposure));
    expect(due.map((loss) => loss ?? 0)).toEqual([0, 0, 0, 0, expected, 0, 0, 0, 0, expected]);
  });

  it('is felt at the end of a hold, however little it is', () => {
    const [rate] = retentionOf(alike)!.rates(hot) as [number];
    const clock = new DriftClock(alike, 1, 0);
    clock.pass({ temperature: hot, time: 1e-9 / rate });
    expect(clock.due()).toBeUndefined();
    // Near 0 a float32 has nine digits, where 1 − 1e-9 would be 1.
    expect(clock.due(true)![0]![0]![0]! / 1e-9).toBeCloseTo(1, 6);
    expect(clock.due(true)).toBeUndefined();
  });

  it('is kept apart by class: fast traps feel it while slow ones wait', () => {
    const clock = new DriftClock(several, 1, 0);
    clock.pass({ temperature: hot, time: 2 });
    const [plus] = clock.due()!;
    const passed = exposures(retentionOf(several)!, [{ temperature: hot, time: 2 }]);
    passed.forEach((exposure, k) => {
      const expected = exposure >= smallestExposure ? Math.fround(-Math.expm1(-exposure)) : 0;
      expect(plus![k]).toEqual(Float32Array.of(expected));
    });
    expect(passed.some((exposure) => exposure < smallestExposure)).toBe(true);
    // What waited is not lost.
    clock.pass({ temperature: 300, time: 1e6 });
    const all = exposures(retentionOf(several)!, [
      { temperature: hot, time: 2 },
      { temperature: 300, time: 1e6 },
    ]);
    expect(clock.due(true)![0]![7]![0]).toBe(Math.fround(-Math.expm1(-all[7]!)));
  });

  it('gives the very same arrays at regular steps, so that nothing is computed or copied again', () => {
    const clock = new DriftClock(spread, 1, 0);
    const next = () => {
      clock.pass({ temperature: hot, time: 5 });
      return clock.due()![0]![0];
    };
    expect(next()).toBe(next());
  });

  it('a million tiny steps are one large one, in the conductances', () => {
    const [rate] = retentionOf(alike)!.rates(hot) as [number];
    const steps = 1_000_000;
    // In all e-fold once: a step takes a millionth, less than a float32 near 1 could lose sixty times over.
    const stay = { temperature: hot, time: 1 / rate / steps };
    const plus = Float32Array.from({ length: rows * cols }, (_, i) => (i + 1) / (rows * cols));
    const start = { plus, minus: plus.map((g) => 1 - g), columns: new Float32Array(0) };
    const place = { seed: 1, layer: 0 };
    const { Drift } = hostKernels.wasm;
    const clock = new DriftClock(alike, 1, 0);
    let state = start as ReturnType<typeof Drift.run>;
    for (let n = 0; n < steps; n++) {
      clock.pass(stay);
      const losses = clock.due();
      if (losses) state = Drift.run({ crossbar: alike, state, losses, ...place });
    }
    const whole = lossesAfter(alike, [{ temperature: hot, time: 1 / rate }], place)!;
    const once = Drift.run({ crossbar: alike, state: start, losses: whole, ...place });
    // Not felt yet: up to the smallest exposure. Rounded: 4096 steps, each by 2^-24 of the conductance at most.
    const within = smallestExposure + 4096 * 2 ** -24;
    state.plus.forEach((g, i) => {
      expect(Math.abs(g / once.plus[i]! - 1)).toBeLessThan(within);
    });
    expect(once.plus[999]).toBeCloseTo(Math.exp(-1), 6);
  });

  it('does not pass for cells that forget nothing', () => {
    const clock = new DriftClock(crossbarOf(3, 2, 'linear'), 1, 0);
    clock.pass({ temperature: hot, time: 1e9 });
    expect(clock.due(true)).toBeUndefined();
  });

  it('does not pass where the law does not hold', () => {
    const law = { model: 'matrix-gated', activationEnergy: '1.6 eV', gateRate: '1e-5 Hz', gateTemperature: '155 degC' };
    const retention = compileRetention(retentionSchema.parse({ ...law, gateWidth: '1 K', validUpTo: '170 degC' }));
    const response = responseOf('linear');
    if (response.kind === 'ideal') throw new TypeError('expected cells');
    const clock = new DriftClock(crossbarOf(3, 2, { ...response, retention }), 1, 0);
    expect(() => {
      clock.pass({ temperature: 450, time: 1 });
    }).toThrow(/holds up to 170 degC only/);
  });
});

describe('the spread of trap depths', () => {
  const profile = [{ temperature: hot, time: 300 }];
  const lossesOf = (seed: number, layer: number) => lossesAfter(spread, profile, { seed, layer })!;

  it('gives every cell a rate of its own: ln(rate) is normal with σ = spread/kT', () => {
    const [plus] = lossesOf(1, 0);
    const logs = Float64Array.from(plus![0]!, (loss) => Math.log(-Math.log1p(-loss)));
    const { mean, deviation } = momentsOf(logs);
    const [nominal] = exposures(retentionOf(spread)!, profile) as [number];
    const sigma = retentionOf(spread)!.spread / (boltzmann * hot);
    // 1000 cells know the mean to 3 % of σ and σ to 2.2 %; five of those are allowed.
    expect(Math.abs(mean - Math.log(nominal)) / sigma).toBeLessThan(0.16);
    expect(Math.abs(deviation / sigma - 1)).toBeLessThan(0.12);
  });

  it('is the same for the same seed, layer and polarity, and another for another', () => {
    expect(lossesOf(1, 0)).toEqual(lossesOf(1, 0));
    const [[plus], [minus]] = lossesOf(1, 0) as [Float32Array[], Float32Array[]];
    expect(minus).not.toEqual(plus);
    expect(lossesOf(1, 1)[0]![0]).not.toEqual(plus);
    expect(lossesOf(2, 0)[0]![0]).not.toEqual(plus);
  });

  it('of zero leaves one value for all cells', () => {
    expect(lossesAfter(alike, profile, { seed: 1, layer: 0 })![0]![0]).toHaveLength(1);
  });
});

describe('the unprogrammed conductance', () => {
  it("is a fraction of each cell's own range", () => {
    const device = 'exponential with device-to-device spread and read noise';
    const { low, high, rest } = driftBounds(forgetful(crossbarOf(rows, cols, device), 'several classes'), 1, 0, 0);
    expect(rest).toHaveLength(rows * cols);
    rest.forEach((value, i) => {
      expect((value - low[i]!) / (high[i]! - low[i]!)).toBeCloseTo(0.4, 5);
    });
    expect(driftBounds(spread, 1, 0, 0).rest).toEqual(Float32Array.of(0.4));
  });
});
