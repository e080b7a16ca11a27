import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMeasurement } from '../../datasets/measurements.js';
import { projectRoot } from '../../datasets/places.js';
import { deviceModels } from '../../src/device/registry.js';
import { shippedConfigs } from '../../src/experiment/files.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { deviceCurves } from '../../src/report/device/curves.js';
import { documentedDevices } from '../../src/report/device/documented.js';
import { labelSignsChart } from '../../src/report/device/label-signs.js';
import { deviceSvg } from '../../src/report/device/plot-device.js';
import { documentedFit, documentedRamps } from '../../src/report/fit/documented.js';
import { renderSvg } from '../../src/report/render.js';

const folder = path.join(projectRoot(), 'docs/pictures/devices');

/** `node scripts/device-pictures.mjs` draws what these tests miss. */
describe('docs/pictures/devices', () => {
  const devices = [...shippedConfigs('devices')];

  it('has a picture of every shipped device and no others', () => {
    expect(readdirSync(folder).sort()).toEqual(devices.map(([name]) => `${name}.svg`).sort());
  });

  it.each(devices)('%s is current', async (name, file) => {
    const { config } = loadDevice(file);
    const svg = await deviceSvg(deviceCurves(config), config.name ?? name, config.model);
    const picture = path.join(folder, `${name}.svg`);
    expect(existsSync(picture) && readFileSync(picture, 'utf8') === `${svg}\n`).toBe(true);
  });

  it('are shown in the documents', () => {
    const text = ['devices.md', 'neurosim.md']
      .map((name) => path.join(projectRoot(), 'docs', name))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    expect(devices.map(([name]) => name).filter((name) => !text.includes(`pictures/devices/${name}.svg`))).toEqual([]);
  });
});

describe('docs/pictures/fit', () => {
  const of = (name: string): string => readFileSync(path.join(projectRoot(), 'docs', name), 'utf8');
  const { files, reset } = documentedRamps;
  const measured = [...files, ...reset].every((file) => 'text' in readMeasurement(file));

  it('has the pictures that docs/fit.md shows and no others', () => {
    const shown = [...of('fit.md').matchAll(/\(pictures\/fit\/([^)]+)\)/g)].map(([, name]) => name!);
    expect(shown.sort()).toEqual(readdirSync(path.join(projectRoot(), 'docs/pictures/fit')).sort());
  });

  it('label-signs.svg is current', async () => {
    expect(of('pictures/fit/label-signs.svg') === `${await renderSvg(labelSignsChart())}\n`).toBe(true);
  });

  it.skipIf(!measured)('taox.svg and taox-noise.svg are what a fit of the measured ramps draws', async () => {
    const drawn = await documentedFit();
    expect([...drawn.keys()]).toEqual(['fit/taox.svg', 'fit/taox-noise.svg']);
    for (const [name, svg] of drawn) expect(of(`pictures/${name}`) === svg).toBe(true);
  });
});

describe('docs/pictures/models', () => {
  const models = path.join(projectRoot(), 'docs/pictures/models');
  const documented = documentedDevices(readFileSync(path.join(projectRoot(), 'docs/devices.md'), 'utf8'));

  it('has a picture of every model with cells, of write noise, and no others', () => {
    const named = deviceModels.map(({ name }) => name).filter((name) => name !== 'ideal');
    expect([...documented.keys()].sort()).toEqual([...named, 'write-noise'].sort());
    expect(readdirSync(models).sort()).toEqual([...documented.keys()].map((name) => `${name}.svg`).sort());
    for (const name of named) expect(documented.get(name)!.model).toBe(name);
  });

  it.each([...documented])('%s is current', async (name, config) => {
    const svg = await deviceSvg(deviceCurves(config), config.name ?? name, config.model);
    expect(readFileSync(path.join(models, `${name}.svg`), 'utf8') === `${svg}\n`).toBe(true);
  });
});
