import { expect, it, describe } from 'vitest';
import { fitLookup } from '../../../src/device/fit/lookup.js';
import { lookupCurves } from '../../../src/device/fit/lookup-curves.js';
import type { Ramp, RampSet } from '../../../src/device/fit/ramps.js';
import { keyOf } from '../../../src/random.js';
import { readNoiseOf, tablesOfDevices, type LookupResult } from '../../../src/report/fit/device-tables.js';
import { lookupRemarks } from '../../../src/report/fit/lookup-remarks.js';
import { lookupTables } from '../../../src/report/fit/lookup-summary.js';
import { percent, siemens } from '../../../src/report/fit/numbers.js';
import { drawRampSet, exponentialTruth } from '../../device/fit/synthetic.js';

const uS = 1e-6;
const options = { bins: 20, removeReadNoise: true };
const filesOf = (number: number) => ({ increasing: `${number}.up`, decreasing: `${number}.down` });

/** Ten ramps of a device whose range ends at `top`. */
function rampsOf(device: number, top: number): RampSet {
  const truth = exponentialTruth({
    ltp: { start: 10 * uS, end: top * uS, alpha: 2, pulses: 40 },
    ltd: { start: top * uS, end: 11 * uS, alpha: 2, pulses: 40 },
    ...{ startSpread: 0.5 * uS, programming: 0.5 * uS, read: (0.2 + 0.2 * device) * uS },
  });
  const named = (ramp: Ramp): Ramp => ({ ...ramp, file: 'set.csv', device, cell: 'ABC'[device] });
  const { ltp, ltd } = drawRampSet(truth, 10, keyOf(17, 'cycleToCycle'), device);
  return { ltp: ltp.map(named), ltd: ltd.map(named) };
}

const own = [80, 95, 110].map((top, device) => rampsOf(device, top));
const all = { ltp: own.flatMap(({ ltp }) => ltp), ltd: own.flatMap(({ ltd }) => ltd) };
const { devices, warnings } = tablesOfDevices(all, options, filesOf);
const pooled = fitLookup(all, options);
const result: LookupResult = {
  ...pooled,
  error: lookupCurves(all, pooled.increasing.conductance).error,
  devices,
};

describe('lookup tables of several devices', () => {
  it('are each what a fit of that device alone gives', () => {
    expect(warnings).toEqual([]);
    expect(devices.map(({ name, ramps }) => [name, ramps])).toEqual(
      ['A', 'B', 'C'].map((cell) => [`set.csv: device ${cell}`, { ltp: 10, ltd: 10 }]),
    );
    for (const [i, { fit, error }] of devices.entries()) {
      const alone = fitLookup(own[i]!, options);
      expect(fit).toEqual(alone);
      expect(error).toEqual(lookupCurves(own[i]!, alone.increasing.conductance).error);
    }
  });

  it('have a row for each file that is written, apart from those of all together', () => {
    const [foretelling, files, together] = lookupTables(result);
    expect(files!.rows.map((row) => row[0])).toEqual(['1.up', '1.down', '2.up', '2.down', '3.up', '3.down']);
    const noise = files!.head.indexOf('σ of one read');
    expect(files!.rows.map((row) => row[noise])).toEqual(
      devices.flatMap(({ fit }) => [siemens(fit.noise.ltp.read), siemens(fit.noise.ltd.read)]),
    );
    expect(foretelling!.rows.map((row) => row.slice(0, 2))).toEqual([
      ...devices.map(({ name, error }) => [name, percent(error.table!)]),
      ['all together', percent(result.error.table!)],
    ]);
    expect(together!.title).toContain('All devices together, for comparison: in no file');
    const remarks = lookupRemarks(result, true).join('\n');
    expect(remarks).toContain('Each of the 3 devices has tables of its own');
    expect(remarks).toContain('describe none of the files');
  });

  it('stand beside the read noise of their cells, the devices alike', () => {
    const mean = devices.reduce((sum, { fit }) => sum + fit.readNoise ** 2, 0) / 3;
    expect(readNoiseOf(devices.map(({ fit }) => fit))).toBeCloseTo(Math.sqrt(mean), 12);
    expect(devices[2]!.fit.readNoise).toBeGreaterThan(1.5 * devices[0]!.fit.readNoise);
  });
});

describe('a table of one device', () => {
  it('is told without rows of devices', () => {
    const fit = fitLookup(own[0]!, options);
    const [foretelling, table] = lookupTables({ ...fit, error: { table: 0.01, exponential: 0.02 } });
    expect(foretelling!.rows.map(([name]) => name)).toEqual(['lookup tables (chosen)', 'exponential']);
    expect(table!.title).toMatch(/^Lookup tables: 20 bins/);
    expect(tablesOfDevices(own[0]!, options, filesOf)).toEqual({ devices: [], warnings: [] });
  });
});
