import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { CompiledCommand, finished } from './compiled.js';

let mho: CompiledCommand;
beforeAll(() => {
  mho = new CompiledCommand();
});
afterAll(() => {
  mho.remove();
});

/** No driver at all, whatever this machine has: the loader is pointed to a file that is not there. */
const noDriver = { VK_DRIVER_FILES: '/nonexistent/driver.json', VK_LOADER_DEBUG: '' };

/** As the packages say of themselves; null of one that is not installed, as with npm's --omit=optional. */
function versionsOf(...names: string[]): Record<string, unknown> {
  const version = (name: string): unknown => {
    const file = `node_modules/${name}/package.json`;
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : null;
  };
  return Object.fromEntries(names.map((name) => [name, version(name)]));
}

describe('mho doctor', () => {
  it('lists backends, what auto takes, and data sets', async () => {
    const { code, stdout } = await finished(mho.start(['doctor'], undefined, noDriver));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mho \d+\.\d+\.\d+, commit .*, node \d+.*, tfjs 4.*\n/);
    expect(stdout).toMatch(
      /\nbackends\n {2}cpu +ready: .*\n {2}wasm +ready: .*\n {2}webgpu +absent: .*\n +to get it: .*\n +packages: webgpu \S+, @tensorflow\/tfjs-backend-webgpu \S+/,
    );
    expect(stdout).toMatch(
      /\n {2}taken +wasm \(auto: .*\)\n {2}threads +\d for a run on wasm.*\n\ndata sets\n {2}mnist +ready: /,
    );
  });

  it('prints one JSON object', async () => {
    const { code, stdout } = await finished(mho.start(['doctor', '--json'], undefined, noDriver));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      versions: { node: process.versions.node, optional: versionsOf('webgpu', '@tensorflow/tfjs-backend-webgpu') },
      backends: [
        { name: 'cpu' },
        { name: 'wasm', ready: true },
        { name: 'webgpu', ready: false },
        { name: 'tensorflow' },
      ],
      auto: { backend: 'wasm' },
      threads: { auto: Math.min(os.availableParallelism(), 4) },
    });
  });

  it('refuses what it does not know', async () => {
    const { code, stderr } = await mho.run(['doctor', '--jsn']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'mho: unknown option --jsn; did you mean --json?\n' });
  });

  it.skipIf(!hasGpu)(`shows the adapter, its limits and its arithmetic (${gpuTitle})`, async () => {
    const driver = { VK_DRIVER_FILES: process.env.VK_DRIVER_FILES ?? '' };
    const { stdout } = await finished(mho.start(['doctor', '--json'], undefined, driver));
    const { backends } = JSON.parse(stdout) as { backends: { ready: boolean; gpu?: Record<string, unknown> }[] };
    expect(backends[2]).toMatchObject({ ready: true, gpu: { deviations: [] } });
    const limits = backends[2]?.gpu?.limits as Record<string, number>;
    expect(limits).toMatchObject({ maxStorageBuffersPerShaderStage: 8 });
    expect(limits.maxComputeWorkgroupStorageSize).toBeGreaterThanOrEqual(16_384);
  });
});
