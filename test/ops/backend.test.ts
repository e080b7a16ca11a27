import { afterEach, describe, expect, it, vi } from 'vitest';
import * as adapter from '../../kernels/webgpu/adapter.js';
import * as device from '../../kernels/webgpu/device.js';
import { RunError } from '../../src/errors.js';
import { webgpuPackageIsThere } from '../../src/ops/webgpu-package.js';
import { chooseBackend, useBackend } from '../../src/ops/backend.js';
import { diagnoseBackends } from '../../src/ops/diagnosis.js';
import { hasGpu } from '../helpers/gpu.js';

/** Which backend is taken, and why. */

const nothing = { what: 'no Vulkan driver is installed, so there is no WebGPU', remedy: 'install one' };

afterEach(() => {
  vi.restoreAllMocks();
});

vi.mock(import('../../kernels/webgpu/adapter.js'), async (original) => {
  const real = await original();
  return { ...real, findAdapter: vi.fn(real.findAdapter) };
});

vi.mock(import('../../kernels/webgpu/device.js'), async (original) => {
  const real = await original();
  return { ...real, gpuDevice: vi.fn(real.gpuDevice) };
});
vi.mock(import('../../src/ops/webgpu-package.js'), async (original) => {
  const real = await original();
  return { ...real, webgpuPackageIsThere: vi.fn(real.webgpuPackageIsThere) };
});

// Whatever this machine has: another file runs on tensorflow.
vi.mock(import('../../kernels/composed/tensorflow.js'), async (original) => {
  const real = await original();
  return { ...real, findTensorflow: () => noTensorflow };
});

const noTensorflow = { what: 'it is not installed', remedy: 'install it' };

function pretend(found: adapter.AdapterSearch): void {
  vi.mocked(adapter.findAdapter).mockResolvedValue(found);
}

it('starts backends that are asked for at once', async () => {
  // tfjs by itself gives up the first start of a backend when it is asked for another time.
  await expect(Promise.all([useBackend('wasm'), useBackend('wasm'), useBackend('cpu')])).resolves.toBeDefined();
});

describe('without an adapter', () => {
  it('auto takes WASM and says why', async () => {
    pretend(nothing);
    expect(await chooseBackend('auto')).toEqual({ backend: 'wasm', reason: `auto: ${nothing.what}` });
  });

  it('webgpu is refused with what to do', async () => {
    pretend(nothing);
    await expect(chooseBackend('webgpu')).rejects.toThrow(`webgpu: ${nothing.what}; ${nothing.remedy}`);
    await expect(useBackend('webgpu')).rejects.toThrow(`webgpu: ${nothing.what}; ${nothing.remedy}`);
  });

  it('tensorflow is refused with what to do', async () => {
    await expect(chooseBackend('tensorflow')).rejects.toThrow('tensorflow: it is not installed; install it');
  });

  it('the diagnosis says what to install', async () => {
    pretend(nothing);
    const states = await diagnoseBackends();
    expect(states.map(({ name, ready }) => [name, ready])).toEqual([
      ['cpu', true],
      ['wasm', true],
      ['webgpu', false],
      ['tensorflow', false],
    ]);
    expect(states[2]).toMatchObject(nothing);
  });
});

describe('with a software adapter', () => {
  const facts = { vendor: 'x', architecture: '', device: '', description: 'Slow driver 1', software: true };

  it('auto takes WASM, and webgpu is taken as told', async () => {
    pretend({ gpu: {} as GPU, adapter: {} as GPUAdapter, facts });
    expect(await chooseBackend('auto')).toEqual({
      backend: 'wasm',
      reason: 'auto: Slow driver 1 is no hardware GPU',
    });
    expect(await chooseBackend('webgpu')).toEqual({
      backend: 'webgpu',
      reason: 'as told: Slow driver 1, computed on the processor',
    });
  });

  it('names an adapter by what it says of itself', () => {
    expect(adapter.adapterName(facts)).toBe('Slow driver 1');
    expect(adapter.adapterName({ ...facts, description: '', device: 'card' })).toBe('card');
    expect(adapter.adapterName({ ...facts, description: '', vendor: '' })).toBe('unnamed adapter');
  });
});

describe('with a hardware adapter that cannot be used', () => {
  const facts = { vendor: 'x', architecture: '', device: '', description: 'Card 1', software: false };

  it('auto takes WASM where its device cannot be had', async () => {
    pretend({ gpu: {} as GPU, adapter: {} as GPUAdapter, facts });
    const what = 'the adapter Card 1 gave no device: Error: limits';
    vi.mocked(device.gpuDevice).mockRejectedValueOnce(new RunError({ where: 'webgpu', what }));
    expect(await chooseBackend('auto')).toEqual({ backend: 'wasm', reason: `auto: Card 1 cannot be used: ${what}` });
  });

  it("auto takes WASM where tfjs's package is missing", async () => {
    pretend({ gpu: {} as GPU, adapter: {} as GPUAdapter, facts });
    vi.mocked(webgpuPackageIsThere).mockReturnValueOnce(false);
    const reason = 'auto: Card 1 needs the optional package @tensorflow/tfjs-backend-webgpu, which is missing';
    expect(await chooseBackend('auto')).toEqual({ backend: 'wasm', reason });
    vi.mocked(webgpuPackageIsThere).mockReturnValueOnce(false);
    expect((await diagnoseBackends())[2]).toMatchObject({
      ready: false,
      what: 'Card 1, but the optional package @tensorflow/tfjs-backend-webgpu is missing',
      remedy: 'run `npm install @tensorflow/tfjs-backend-webgpu`',
    });
  });

  it('auto does not hide a mistake of ours', async () => {
    pretend({ gpu: {} as GPU, adapter: {} as GPUAdapter, facts });
    vi.mocked(device.gpuDevice).mockRejectedValueOnce(new TypeError('a bug'));
    await expect(chooseBackend('auto')).rejects.toThrow('a bug');
  });
});

describe.skipIf(!hasGpu)('with the adapter that is here, taken for hardware', () => {
  it('auto takes it, as its arithmetic has the same bits', async () => {
    const { findAdapter } = await vi.importActual<typeof adapter>('../../kernels/webgpu/adapter.js');
    const found = await findAdapter();
    if (!adapter.wasFound(found)) throw new TypeError('the adapter went away');
    pretend({ ...found, facts: { ...found.facts, software: false } });
    expect(await chooseBackend('auto')).toEqual({
      backend: 'webgpu',
      reason: `auto: ${adapter.adapterName(found.facts)}`,
    });
  });
});
