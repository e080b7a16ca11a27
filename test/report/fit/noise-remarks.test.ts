import { describe, expect, it } from 'vitest';
import { fitRamps } from '../../../src/device/fit/estimate.js';
import { finish } from '../../../src/device/fit/work.js';
import { keyOf } from '../../../src/random.js';
import { deviceYaml } from '../../../src/report/fit/device-yaml.js';
import { noiseRemarks } from '../../../src/report/fit/fit-remarks.js';
import { options, uS } from '../../device/fit/intervals.js';
import { drawRampSet, exponentialTruth } from '../../device/fit/synthetic.js';

/** Ten ramps of reads with so many times the noise of a pulse, 0.4 uS. */
function fitOf(ratio: number) {
  const truth = exponentialTruth({
    ltp: { start: 12 * uS, end: 95 * uS, alpha: 2.5, pulses: 40 },
    ltd: { start: 100 * uS, end: 10 * uS, alpha: -4, pulses: 30 },
    ...{ startSpread: 0.8 * uS, programming: 0.4 * uS, read: ratio * 0.4 * uS },
  });
  return finish(fitRamps(drawRampSet(truth, 10, keyOf(2, 'cycleToCycle')), options));
}

const sources = {
  name: 'x',
  files: ['x.csv'],
  ramps: { ltp: 10, ltd: 10 },
  measured: [1e-5, 1e-4],
  reading: '',
} as const;

describe('read noise of ten times that of a pulse', () => {
  const fit = fitOf(10);

  it('is said to hide it, with what cycleToCycle is at most', () => {
    const { low, high } = fit.estimates.cycleToCycle!;
    expect(low).toBe(0);
    expect(high! * 83).toBeGreaterThan(0.4);
    const remarks = noiseRemarks(fit);
    expect(remarks.slice(0, 2)).toEqual(
      Array(2).fill(expect.stringMatching(/^LT[PD]: \d.* whether as √n over n pulses, read noise leaves open$/)),
    );
    const most = `${Number((100 * high!).toPrecision(3))} %`;
    expect(remarks[2]).toContain(`cycleToCycle is at most ${most} of the range (95 %)`);
    expect(deviceYaml(fit, sources)).toMatch(
      /cycleToCycle: '?fitted: .*; not told from zero beside read noise, at most 0\.\d+ with 95 %/,
    );
  });
});

describe('read noise of a half of that of a pulse', () => {
  it('hides nothing', () => {
    const fit = fitOf(0.5);
    expect(noiseRemarks(fit)).toEqual(Array(2).fill(expect.stringMatching(/grows as n\^0\.[456]\d/)));
    expect(deviceYaml(fit, sources)).not.toContain('not told from zero');
  });
});
