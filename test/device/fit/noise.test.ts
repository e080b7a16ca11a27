import { describe, expect, it } from 'vitest';
import { noiseOf } from '../../../src/device/fit/noise.js';
import { keyOf } from '../../../src/random.js';
import { drawRampSet, exponentialTruth } from './synthetic.js';

const uS = 1e-6;

function measured(programming: number, read: number) {
  const branch = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 100 };
  const truth = exponentialTruth({
    ...{ ltp: branch, ltd: { ...branch, start: 90 * uS, end: 10 * uS, alpha: -2 } },
    ...{ startSpread: 0, programming, read },
  });
  return noiseOf(drawRampSet(truth, 50, keyOf(3, 'cycleToCycle')), truth.step).ltp;
}

// 5000 steps: σ² from autocovariances has a relative error of about √(2·3/5000) = 3.5 %, σ of half of it; 4 of them.
describe('steps tell programming noise from read noise', () => {
  it.each([
    [1, 0],
    [0, 1],
    [0.5, 0.5],
    [0.3, 1],
  ])('σp %s, σr %s', (programming, read) => {
    const noise = measured(programming * uS, read * uS);
    const total = Math.hypot(programming, Math.SQRT2 * read);
    expect(Math.abs(noise.programming ** 2 / uS ** 2 - programming ** 2)).toBeLessThan(0.14 * total ** 2);
    expect(Math.abs(noise.read ** 2 / uS ** 2 - read ** 2)).toBeLessThan(0.07 * total ** 2);
  });

  it('by the correlation of consecutive steps: 0 of a walk, −½ of reads', () => {
    expect(measured(uS, 0).lagOne).toBeCloseTo(0, 1);
    expect(measured(0, uS).lagOne).toBeCloseTo(-0.5, 1);
  });

  it('and the spread of n pulses grows as √n where they are independent', () => {
    const { growth, spread } = measured(uS, 0.3 * uS);
    expect(growth).toBeGreaterThan(0.45);
    expect(growth).toBeLessThan(0.55);
    expect(spread.map(({ pulses }) => pulses)).toEqual([1, 2, 4, 8, 16]);
  });

  // Variances of n pulses are n + 2·1.5² = 5.5 … 20.5 times σp²; as read they grow as n^0.24.
  it('also where reads are noisier than pulses', () => {
    const { growth, spread, read } = measured(0.5 * uS, 0.75 * uS);
    expect(growth).toBeGreaterThan(0.44);
    expect(growth).toBeLessThan(0.56);
    for (const { pulses, kept, deviation } of spread) {
      expect(kept / (pulses * 0.25 * uS ** 2)).toBeGreaterThan(0.8);
      expect(kept / (pulses * 0.25 * uS ** 2)).toBeLessThan(1.2);
      expect(deviation ** 2 - kept).toBeCloseTo(2 * read ** 2, 13);
    }
  });

  it('and is nothing beyond reads where a pulse adds none, however steep the curve', () => {
    // κ = 0.82: of each read between the first and the last, 0.18 stays in the sum of residuals, half a read of 16.
    const branch = { start: 10 * uS, end: 90 * uS, alpha: 20, pulses: 100 };
    const truth = exponentialTruth({
      ...{ ltp: branch, ltd: { ...branch, start: 90 * uS, end: 10 * uS, alpha: -20 } },
      ...{ startSpread: 0, programming: 0, read: uS },
    });
    const { spread } = noiseOf(drawRampSet(truth, 200, keyOf(3, 'cycleToCycle')), truth.step).ltp;
    for (const { kept, deviation, error } of spread) expect(Math.abs(kept)).toBeLessThan(4 * 2 * deviation * error!);
  });

  it('and faster where whole ramps differ', () => {
    const branch = { start: 10 * uS, end: 90 * uS, alpha: 0.001, pulses: 100 };
    const truth = exponentialTruth({
      ...{ ltp: branch, ltd: { ...branch, start: 90 * uS, end: 10 * uS } },
      ...{ startSpread: 0, programming: 0.1 * uS, read: 0 },
    });
    const set = drawRampSet(truth, 20, keyOf(4, 'cycleToCycle'));
    const faster = set.ltp.map((ramp, r) => ({
      ...ramp,
      values: ramp.values.map((g, k) => g + (r % 5) * 0.1 * uS * k),
    }));
    const noise = noiseOf({ ...set, ltp: faster }, truth.step);
    expect(noise.ltp.growth).toBeGreaterThan(0.7);
    // σ of 0, 0.1 … 0.4 µS, five alike: √(0.02·20/19) µS.
    expect(noise.ltp.rampToRamp / uS).toBeCloseTo(Math.sqrt((0.02 * 20) / 19), 1);
    expect(noise.ltp.programming / uS).toBeCloseTo(0.1, 1);
  });

  // σ over 200 sets is good to 1/√400 = 5 %; four of them.
  it('and its standard error is what σ differs by from one set of ramps to the next', () => {
    const branch = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 64 };
    const truth = exponentialTruth({
      ...{ ltp: branch, ltd: { ...branch, start: 90 * uS, end: 10 * uS, alpha: -2 } },
      ...{ startSpread: 0, programming: uS, read: 0.3 * uS },
    });
    const sets = Array.from({ length: 200 }, (_, i) => {
      return noiseOf(drawRampSet(truth, 20, keyOf(100 + i, 'cycleToCycle')), truth.step).ltp.spread;
    });
    for (const which of [0, 4]) {
      const all = sets.map((spread) => spread[which]!);
      const mean = all.reduce((sum, { deviation }) => sum + deviation, 0) / all.length;
      const sd = Math.sqrt(all.reduce((sum, { deviation }) => sum + (deviation - mean) ** 2, 0) / (all.length - 1));
      const told = Math.sqrt(all.reduce((sum, { error }) => sum + error! ** 2, 0) / all.length);
      expect(Math.abs(told / sd - 1)).toBeLessThan(0.2);
    }
  });

  it('over devices where there are several, and without one of a single ramp', () => {
    const branch = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 64 };
    const truthOf = (programming: number) =>
      exponentialTruth({
        ...{ ltp: branch, ltd: { ...branch, start: 90 * uS, end: 10 * uS, alpha: -2 } },
        ...{ startSpread: 0, programming, read: 0 },
      });
    const truth = truthOf(uS);
    const single = noiseOf(drawRampSet(truth, 1, keyOf(5, 'cycleToCycle')), truth.step);
    expect(single.ltp.spread[0]).toMatchObject({ pulses: 1, error: null });
    // Two devices, one thrice as noisy: variances of 1 and 9, mean 5 ± 4 µS², σ = √5 ± 4/(2√5) µS.
    const [calm, noisy] = [1, 3].map((factor, device) =>
      drawRampSet(truthOf(factor * uS), 200, keyOf(6, 'cycleToCycle'), device),
    );
    const both = { ltp: [...calm!.ltp, ...noisy!.ltp], ltd: [...calm!.ltd, ...noisy!.ltd] };
    const { deviation, error } = noiseOf(both, truth.step).ltp.spread[0]!;
    expect(deviation / uS).toBeCloseTo(Math.sqrt(5), 1);
    expect(error! / uS).toBeCloseTo(2 / Math.sqrt(5), 1);
  });
});
