import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findAdapter, forgetAdapter, wasFound } from '../../kernels/webgpu/adapter.js';
import { gpuDevice } from '../../kernels/webgpu/device.js';
import { vulkanDriverListed } from '../../kernels/webgpu/vulkan.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';

/** How a driver is looked for. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'mho-drivers-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(name: string, content = '{}'): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

describe('drivers of the Vulkan loader', () => {
  /** Nothing that this machine has is found by default there. */
  const bare = () => ({ HOME: path.join(folder, 'home'), VK_DRIVER_FILES: path.join(folder, 'absent.json') });

  it.each([
    ['HOME', 'home', 'home/.config'],
    ['HOME', 'home', 'home/.local/share'],
    ['XDG_CONFIG_HOME', 'own', 'own'],
    ['XDG_CONFIG_DIRS', 'first:second', 'second'],
    ['XDG_DATA_HOME', 'own', 'own'],
    ['XDG_DATA_DIRS', 'first:second', 'second'],
  ])('are found by %s=%s', (variable, value, base) => {
    const env = {
      [variable]: value
        .split(':')
        .map((name) => path.join(folder, name))
        .join(':'),
    };
    // A system's own folders cannot be hidden: where one holds a driver, there is nothing to tell apart.
    const before = vulkanDriverListed(env);
    put(`${base}/vulkan/icd.d/notes.txt`);
    expect(vulkanDriverListed(env)).toBe(before);
    put(`${base}/vulkan/icd.d/card.json`);
    expect(vulkanDriverListed(env)).toBe(true);
  });

  it('are found where files name them, or folders, and only there where they stand instead of the search', () => {
    const file = put('card.json');
    expect(vulkanDriverListed({ VK_DRIVER_FILES: `${folder}/absent.json:${file}` })).toBe(true);
    expect(vulkanDriverListed({ VK_DRIVER_FILES: folder })).toBe(true);
    expect(vulkanDriverListed({ VK_ICD_FILENAMES: file })).toBe(true);
    expect(vulkanDriverListed({ VK_ADD_DRIVER_FILES: file })).toBe(true);
    put('home/.config/vulkan/icd.d/card.json');
    expect(vulkanDriverListed(bare())).toBe(false);
    expect(vulkanDriverListed({ ...bare(), VK_DRIVER_FILES: '' })).toBe(true);
    expect(vulkanDriverListed({ ...bare(), VK_ICD_FILENAMES: file })).toBe(false);
    expect(vulkanDriverListed({ ...bare(), VK_ADD_DRIVER_FILES: file })).toBe(false);
  });
});

describe.skipIf(!hasGpu)(`an adapter that comes back (${gpuTitle})`, () => {
  const driver = process.env.VK_DRIVER_FILES;
  afterEach(() => {
    process.env.VK_DRIVER_FILES = driver;
  });
  afterAll(async () => {
    (await gpuDevice()).device.destroy();
  });

  it('is looked for again by who opens a device', async () => {
    forgetAdapter();
    process.env.VK_DRIVER_FILES = path.join(folder, 'absent.json');
    await expect(gpuDevice()).rejects.toThrow(
      'webgpu: no Vulkan driver is installed, so there is no WebGPU; install the driver',
    );
    process.env.VK_DRIVER_FILES = driver;
    expect((await gpuDevice()).facts.software).toBe(true);
    expect(wasFound(await findAdapter())).toBe(true);
  });

  it('is found where its library was absent at first', async () => {
    const icd = { library_path: './absent.so', api_version: '1.1.0' };
    process.env.VK_DRIVER_FILES = put('broken.json', JSON.stringify({ file_format_version: '1.0.0', ICD: icd }));
    vi.resetModules();
    const fresh = await import('../../kernels/webgpu/device.js');
    await expect(fresh.gpuDevice()).rejects.toThrow('webgpu: no adapter was offered, so there is no WebGPU; install');
    process.env.VK_DRIVER_FILES = driver;
    const { device } = await fresh.gpuDevice();
    device.destroy();
  });
});
