import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../datasets/places.js';
import { fitRamps } from '../../../src/device/fit/estimate.js';
import { finish } from '../../../src/device/fit/work.js';
import { loadDevice } from '../../../src/experiment/loader.js';
import { deviceYaml, readingWords } from '../../../src/report/fit/device-yaml.js';
import { loadRamps } from '../../../src/report/fit/load-ramps.js';
import { parse } from 'yaml';

const measured = path.join(projectRoot(), '..', 'shared', 'measurements', 'taox-ramps');
const ramps = ['set.csv', 'reset.csv'].map((name) => path.join(measured, name));
const shipped = loadDevice(path.join(projectRoot(), 'configs/devices/taox.yaml'));

describe('configs/devices/taox.yaml', () => {
  it('says of every value by which command it was fitted', () => {
    const { retention, ...origin } = shipped.config.origin!;
    expect(retention).toMatch(/^defined: none/);
    expect(Object.keys(origin).sort()).toEqual(
      ['cycleToCycle', 'gMax', 'gMin', 'nonlinearity', 'readNoise', 'states'].sort(),
    );
    for (const text of Object.values(origin))
      expect(text).toMatch(/^fitted: mho fit set\.csv --reset reset\.csv --read-voltage 0\.1V/);
  });

  it.skipIf(!ramps.every((file) => existsSync(file)))(
    'holds what a fit of the measured ramps gives',
    async () => {
      const files = { files: [ramps[0]!], reset: [ramps[1]!] };
      const { ramps: set } = await loadRamps({ ...files, read: { readVoltage: 0.1, skipBad: false } });
      const options = { range: 'overlap', resamplings: 50, seed: 1, confidence: 0.95 } as const;
      const fit = finish(fitRamps(set, { ...options, model: 'auto' }));
      const counts = { ltp: set.ltp.length, ltd: set.ltd.length };
      const reading = readingWords(['uA', 'mA'], 0.1);
      expect(reading).toBe('Values taken in uA, mA, read at 100 mV');
      const measured = [1.6e-3, 2.5e-3] as const;
      const sources = { name: 'TaOx', files: ['set.csv', 'reset.csv'], ramps: counts, measured, reading };
      const written = parse(deviceYaml(fit, sources)) as object;
      const { model, gMin, gMax, states, nonlinearity, cycleToCycle, readNoise } = shipped.resolved as Record<
        string,
        unknown
      >;
      expect(written).toMatchObject({ model, gMin, gMax, states, nonlinearity, cycleToCycle, readNoise });
      // The intervals that the file states, by 400 resamplings; 50 of them have standard errors good to a tenth.
      expect(fit.estimates['device.label.ltp']!.low).toBeCloseTo(-1.39, 1);
      expect(fit.estimates['device.label.ltd']!.high).toBeCloseTo(-0.222, 1);
    },
    120_000,
  );
});
