import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../datasets/places.js';
import { shippedConfigs } from '../../src/experiment/files.js';
import { loadDevice } from '../../src/experiment/loader.js';
import { deviceCurves } from '../../src/report/device/curves.js';
import { deviceSvg } from '../../src/report/device/plot-device.js';

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
