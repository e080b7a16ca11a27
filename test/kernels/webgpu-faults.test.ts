import { afterAll, describe, expect, it } from 'vitest';
import { RunError } from '../../src/errors.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { createBuffer, finished, readBack, usage, withErrors } from '../../kernels/webgpu/buffers.js';
import { DeviceLostError, gpuDevice } from '../../kernels/webgpu/device.js';
import { compileShader } from '../../kernels/webgpu/shader.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { arraysOf, everySample, expectSameBits, replicaOf } from '../helpers/kernels.js';
import { count, expected, firstStep, network, samples } from '../helpers/small-training.js';

/** What goes wrong on a GPU. */

describe.skipIf(!hasGpu)(`faults (${gpuTitle})`, () => {
  it('a shader error says where it is', async () => {
    const gpu = await gpuDevice();
    const code = 'fn f() -> f32 {\n  return true;\n}\n';
    const error = await compileShader(gpu, 'wrong', code, []).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RunError);
    expect((error as RunError).message).toMatch(/^webgpu: shader wrong: line 2, column \d+: .* in "return true;"; /);
  });

  it('a buffer beyond the limit says its size and the limit', async () => {
    const gpu = await gpuDevice();
    const small = { ...gpu, largestBuffer: 1024 };
    expect(() => createBuffer(small, 'the samples', 4096, usage.storage)).toThrow(
      "webgpu: out of memory: the samples, 4096 bytes; the adapter's limit for a buffer is 1024 bytes; use a smaller " +
        'network, fewer replicas or samples at once, or --backend wasm',
    );
  });

  it('a refused command is told', async () => {
    const gpu = await gpuDevice();
    const refused = withErrors(gpu, 'a test', () => gpu.device.createBuffer({ size: 16, usage: 0 }));
    await expect(refused).rejects.toThrow(/^webgpu: the GPU refused a test: /);
    gpu.requireAlive();
  });

  it('memory that runs out is told with the size asked for and the limit, and the device goes on', async () => {
    const gpu = await gpuDevice();
    const bytes = gpu.largestBuffer;
    const made: GPUBuffer[] = [];
    // Each as large as the adapter says that a buffer may be: no driver has room for a hundred.
    const exhausted = withErrors(gpu, 'a test', () => {
      for (let k = 0; k < 100; k++) made.push(createBuffer(gpu, 'the samples', bytes, usage.storage));
    });
    await expect(exhausted).rejects.toThrow(
      `webgpu: out of memory: the samples, ${bytes} bytes, more than the GPU has left; the adapter's limit for a buffer ` +
        `is ${bytes} bytes; use a smaller network, fewer replicas or samples at once, or --backend wasm`,
    );
    for (const buffer of made) buffer.destroy();
    gpu.requireAlive();
    expect(await readBack(gpu, [])).toEqual([]);
    expect(await gpuDevice()).toBe(gpu);
  });

  it('memory that runs out where nobody waits is told by the next call', async () => {
    const gpu = await gpuDevice();
    const bytes = gpu.largestBuffer;
    for (let k = 0; k < 100; k++) createBuffer(gpu, 'a tensor', bytes, usage.storage);
    const next = finished(gpu);
    await expect(next).rejects.toThrow(`webgpu: out of memory: a tensor, ${bytes} bytes, more than the GPU has left; `);
    expect(() => {
      gpu.requireAlive();
    }).toThrow('out of memory');
    const other = await gpuDevice();
    expect(other).not.toBe(gpu);
    // What the old one still has to say is no concern of the one that took its place.
    gpu.fail(new RunError({ where: 'webgpu', what: 'something else' }));
    expect((await gpu.device.lost).reason).toBe('destroyed');
    other.requireAlive();
    expect(await gpuDevice()).toBe(other);
  });

  it('a device that is lost in mid-run is replaced, and the results are those of a run that was not disturbed', async () => {
    const replica = replicaOf(network('exponential with write noise'), 3);
    const session = await openOnGpu([replica]);
    const handle = await session.load(samples);
    await session.train(handle, everySample(count).slice(0, 40), firstStep);
    const gpu = await gpuDevice();
    gpu.device.destroy();
    await session.train(handle, everySample(count).slice(40), firstStep + 40);
    expect(await gpuDevice()).not.toBe(gpu);
    (await gpuDevice()).device.destroy();
    expectSameBits(arraysOf(await session.states(0)), expected(replica));
    session.dispose();
  });

  it('an operation on a lost device says so', async () => {
    const gpu = await gpuDevice();
    gpu.device.destroy();
    const run = readBack(gpu, []);
    await expect(run).rejects.toThrow(DeviceLostError);
    await expect(run).rejects.toThrow(/^webgpu: the GPU device was lost: destroyed.*; run again: the same seed gives/);
  });
});

afterAll(async () => {
  if (hasGpu) (await gpuDevice()).device.destroy();
});
