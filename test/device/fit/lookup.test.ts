import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../datasets/places.js';
import type { Ramp } from '../../../src/device/fit/ramps.js';
import { fitLookup, type LookupFit } from '../../../src/device/fit/lookup.js';
import { compileDevice, deviceSchema } from '../../../src/device/registry.js';
import { meanStep, normalQuantile, type TableResponse } from '../../../src/device/response.js';
import { formatTableFile, parseTableFile } from '../../../src/device/table-file.js';
import { fold, keyOf, normal } from '../../../src/random.js';
import { drawRampSet, exponentialTruth } from './synthetic.js';

const uS = 1e-6;
const ltp = { start: 10 * uS, end: 90 * uS, alpha: 2, pulses: 60 };
const ltd = { start: 90 * uS, end: 10 * uS, alpha: -2, pulses: 60 };
const truth = exponentialTruth({ ltp, ltd, startSpread: uS, programming: 0.5 * uS, read: 0.3 * uS });
const fit = fitLookup(drawRampSet(truth, 200, keyOf(9, 'cycleToCycle')), { bins: 17, removeReadNoise: true });
const inner = fit.increasing.conductance.map((_, i) => i).slice(2, -2);

describe('lookup tables of known ramps', () => {
  // 12,000 steps, 700 a bin: the mean of 0.66 µS steps is good to 0.025 µS, four of which are 0.1; the median alike.
  it('have the mean step of the device in every bin', () => {
    const table = compileDevice(deviceSchema.parse({ model: 'lookup-table', tables: fitTables() }), {
      window: [0, 1],
    }) as TableResponse;
    const range = table.gMax - table.gMin;
    for (const i of inner) {
      const g = fit.increasing.conductance[i]!;
      const up = meanStep(table, (g - table.gMin) / range, 'up') * range;
      const down = meanStep(table, (g - table.gMin) / range, 'down') * range;
      expect(Math.abs(up - truth.step('ltp', g)) / uS).toBeLessThan(0.1);
      expect(Math.abs(down - truth.step('ltd', g)) / uS).toBeLessThan(0.1);
    }
  });

  it('have the programming noise as their spread, and the read noise apart', () => {
    for (const i of inner) {
      const at = (q: number): number => fit.increasing.delta[fit.increasing.cdf.indexOf(q)]![i]!;
      const sigma = (at(0.9) - at(0.1)) / (2 * normalQuantile(0.9));
      expect(sigma / uS).toBeGreaterThan(0.42);
      expect(sigma / uS).toBeLessThan(0.58);
    }
    expect(fit.readShare.ltp).toBeGreaterThan(0.34);
    expect(fit.readShare.ltp).toBeLessThan(0.5);
  });

  it('rise with the probability in every bin', () => {
    for (const { delta } of [fit.increasing, fit.decreasing])
      for (let r = 1; r < delta.length; r++)
        for (let i = 0; i < delta[r]!.length; i++) expect(delta[r]![i]).toBeGreaterThanOrEqual(delta[r - 1]![i]!);
  });
});

describe('few ramps of a steep curve', () => {
  it('have tables that spread walks as the ramps spread, and not by the slope of the curve', () => {
    const steep = {
      ltp: { start: 20 * uS, end: 100 * uS, alpha: 2.5, pulses: 30 },
      ltd: { start: 100 * uS, end: 20 * uS, alpha: -5, pulses: 20 },
    };
    const few = drawRampSet(
      exponentialTruth({ ...steep, startSpread: 0, programming: 0.08 * uS, read: 0 }),
      10,
      keyOf(4, 'cycleToCycle'),
    );
    const { walks, noise } = fitLookup(few, { bins: 40, removeReadNoise: true });
    for (const branch of ['ltp', 'ltd'] as const) {
      const ratio = walks[branch].spread.at(-1)!.deviation / noise[branch].spread.at(-1)!.deviation;
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThan(1.4);
    }
  });
});

describe('ramps that step over the same conductances', () => {
  // Every 2 µS a cluster of states, read with 0.3 µS: a reading above its state is followed by a smaller step as read. With
  // bins by the reading itself the medians of 71 bins are off by 0.21 µS, with its mean over five pulses by 0.06.
  it('have steps that do not follow how high they happened to be read', () => {
    const even = {
      ...{ pulses: { ltp: 40, ltd: 40 }, start: { ltp: 10 * uS, ltd: 90 * uS }, startSpread: 0 },
      ...{ programming: 0.02 * uS, read: 0.3 * uS },
      step: (branch: 'ltp' | 'ltd') => (branch === 'ltp' ? 2 : -2) * uS,
    };
    const tables = fitLookup(drawRampSet(even, 100, keyOf(1, 'cycleToCycle')), { bins: 81, removeReadNoise: true });
    for (const [{ delta, cdf }, step] of [[tables.increasing, 2] as const, [tables.decreasing, -2] as const]) {
      const off = delta[cdf.indexOf(0.5)]!.slice(5, -5).map((median) => median / uS - step);
      expect(Math.sqrt(off.reduce((sum, x) => sum + x * x, 0) / off.length)).toBeLessThan(0.1);
    }
  });
});

describe('read noise in proportion to the conductance', () => {
  it('is taken out of every bin by as much as it is there, up and down', () => {
    // σ of a read is 0.4 % of G, 0.04 to 0.36 µS: two reads are 0.3 % of a step's variance at the bottom, half at the top.
    const quiet = exponentialTruth({ ltp, ltd, startSpread: uS, programming: 0.5 * uS, read: 0 });
    const key = keyOf(10, 'readNoise');
    const noisy = drawRampSet(quiet, 200, keyOf(9, 'cycleToCycle'));
    const read = (ramp: Ramp, r: number, word: number): Ramp => ({
      ...ramp,
      values: ramp.values.map((g, k) => g * (1 + 0.004 * normal(fold(fold(key, word), r), k))),
    });
    const ramps = {
      ltp: noisy.ltp.map((ramp, r) => read(ramp, r, 0)),
      ltd: noisy.ltd.map((ramp, r) => read(ramp, r, 1)),
    };
    const tables = fitLookup(ramps, { bins: 17, removeReadNoise: true });
    for (const { delta, cdf, conductance } of [tables.increasing, tables.decreasing]) {
      const sigmas = conductance.slice(2, -2).map((_, i) => {
        const at = (q: number): number => delta[cdf.indexOf(q)]![i + 2]!;
        return (at(0.9) - at(0.1)) / (2 * normalQuantile(0.9)) / uS;
      });
      const half = (part: readonly number[]): number => part.reduce((sum, x) => sum + x, 0) / part.length;
      // One factor for all bins is 12 % off; some 4,000 steps are in each half.
      expect(Math.abs(half(sigmas.slice(0, 6)) / 0.5 - 1)).toBeLessThan(0.07);
      expect(Math.abs(half(sigmas.slice(-6)) / 0.5 - 1)).toBeLessThan(0.07);
    }
  });
});

function fitTables() {
  return { increasing: fit.increasing, decreasing: fit.decreasing };
}

describe('the table format', () => {
  it('holds what was written, to the last bit', () => {
    expect(parseTableFile(formatTableFile(fit.increasing, 'steps of\nmine'), 'f')).toEqual(fit.increasing);
  });

  const enode = path.join(projectRoot(), '..', 'shared', 'measurements', 'enode-lut');
  it.skipIf(!existsSync(enode)).each(['dG_increasing.txt', 'dG_decreasing.txt'])('reads and writes %s', (name) => {
    const table = parseTableFile(readFileSync(path.join(enode, name), 'utf8'), name);
    expect([table.conductance.length, table.cdf.length, table.delta.length]).toEqual([48, 122, 122]);
    expect(parseTableFile(formatTableFile(table, 'dG of a redox transistor'), name)).toEqual(table);
  });
});

describe('walks along tables', () => {
  it('spread as ramps do whose pulses are independent, and less than ramps that differ as a whole', () => {
    const at = ({ spread }: { spread: LookupFit['noise']['ltp']['spread'] }, n: number): number =>
      spread.find(({ pulses }) => pulses === n)!.deviation;
    // Eight pulses of 0.5 µS: 1.41 µS, less what the curve pulls back; 200 walks are good to some 3 %.
    const independent = Math.sqrt(at(fit.noise.ltp, 8) ** 2 - 2 * fit.noise.ltp.read ** 2);
    expect(Math.abs(at(fit.walks.ltp, 8) / independent - 1)).toBeLessThan(0.12);
    const set = drawRampSet(truth, 60, keyOf(9, 'cycleToCycle'));
    const apart = (ramps: readonly Ramp[]) =>
      ramps.map((ramp, r) => {
        const [first] = ramp.values as [number];
        const faster = 1 + 0.1 * normal(keyOf(12, 'deviceToDevice'), r);
        return { ...ramp, values: ramp.values.map((g) => first + faster * (g - first)) };
      });
    const different = fitLookup({ ltp: apart(set.ltp), ltd: apart(set.ltd) }, { bins: 17, removeReadNoise: true });
    expect(different.noise.ltp.growth).toBeGreaterThan(0.6);
    expect(at(different.walks.ltp, 8) / at(different.noise.ltp, 8)).toBeLessThan(0.8);
  });
});
