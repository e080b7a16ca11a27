import { describe, expect, it } from 'vitest';
import { readMeasurement } from '../../datasets/measurements.js';
import { withMeasurements } from '../../src/experiment/measured-tables.js';
import { ConfigError, type Mistake } from '../../src/experiment/place.js';

const place = { kind: 'file', file: 'd.yaml', line: 2, column: 3 } as const;
const absent: Mistake = { place, path: ['files', 'increasing'], what: 'is absent', measurement: 'enode' };
const other: Mistake = { place, path: ['seed'], what: 'got x' };
const here = 'text' in readMeasurement('data:enode/dG_increasing.txt');

/** A load that fails so many times, and counts. */
function failing(times: number, mistakes: readonly Mistake[]) {
  let calls = 0;
  const load = (): number => {
    calls++;
    if (calls <= times) throw new ConfigError(mistakes);
    return calls;
  };
  return { load, calls: () => calls };
}

describe('a configuration whose measured tables are not at hand', () => {
  it.skipIf(!here)('is loaded once more when they are (skipped without the tables)', async () => {
    await expect(withMeasurements(failing(1, [absent]).load, {})).resolves.toBe(2);
  });

  it.skipIf(!here)('is not loaded a third time (skipped without the tables)', async () => {
    const { load, calls } = failing(3, [absent]);
    await expect(withMeasurements(load, {})).rejects.toThrow('is absent');
    expect(calls()).toBe(2);
  });

  it.each([
    ['offline', [absent], { offline: true }],
    ['by MHO_OFFLINE', [absent], { env: { MHO_OFFLINE: '1' } }],
    ['with another mistake', [absent, other], {}],
    ['with mistakes of its own', [other], {}],
  ] as const)('%s is refused at once', async (_, mistakes, options) => {
    const { load, calls } = failing(1, mistakes);
    await expect(withMeasurements(load, options)).rejects.toThrow(ConfigError);
    expect(calls()).toBe(1);
  });

  it('passes on what is no mistake of a configuration', async () => {
    const load = (): never => {
      throw new TypeError('bug');
    };
    await expect(withMeasurements(load, {})).rejects.toThrow(TypeError);
  });
});
