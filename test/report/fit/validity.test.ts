import { describe, expect, it } from 'vitest';
import { fitRamps } from '../../../src/device/fit/estimate.js';
import type { FamilyName } from '../../../src/device/fit/family.js';
import { finish } from '../../../src/device/fit/work.js';
import { keyOf } from '../../../src/random.js';
import { deviceYaml, siemens } from '../../../src/report/fit/device-yaml.js';
import { parse } from 'yaml';
import { drawRampSet, exponentialTruth } from '../../device/fit/synthetic.js';

const uS = 1e-6;
const ramps = drawRampSet(
  exponentialTruth({
    ltp: { start: 40 * uS, end: 90 * uS, alpha: 2, pulses: 30 },
    ltd: { start: 90 * uS, end: 40 * uS, alpha: 2, pulses: 30 },
    ...{ startSpread: uS, programming: 0.5 * uS, read: 0.3 * uS },
  }),
  10,
  keyOf(3, 'cycleToCycle'),
);
const readings = [...ramps.ltp, ...ramps.ltd].flatMap(({ values }) => values);
const measured = [Math.min(...readings), Math.max(...readings)] as const;

function validityOf(model: FamilyName): readonly [validity: string, range: string] {
  const options = { range: 'overlap', resamplings: 0, seed: 1, confidence: 0.95 } as const;
  const fit = finish(fitRamps(ramps, { ...options, model }));
  const sources = { name: 'cell', files: ['r.csv'], ramps: { ltp: 10, ltd: 10 }, measured, reading: 'In uS' };
  const { validity } = parse(deviceYaml(fit, sources)) as { validity: string };
  return [validity, `${siemens(fit.device.gMin)} to ${siemens(fit.device.gMax)}`];
}

describe('the validity of a device file', () => {
  const whole = `${siemens(measured[0])} to ${siemens(measured[1])}`;

  it('is its own range where there are readings in all of it', () => {
    const [validity, range] = validityOf('exponential');
    expect(validity).toContain(`Over its whole range, ${range} (single readings lie from ${whole}), with the pulses`);
  });

  it('ends with the readings where bounds lie beyond them', () => {
    const [validity, range] = validityOf('soft-bounds');
    expect(validity).toContain(
      `From ${whole}, where there are readings; in the rest of its range, ${range}, by its model alone, with the pulses`,
    );
  });
});
