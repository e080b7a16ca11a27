import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lossesAfter } from '../../src/crossbar/drift.js';
import { RunError } from '../../src/errors.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { WebgpuSession } from '../../kernels/online-sgd/webgpu/session.js';
import { onlineSgdShader } from '../../kernels/online-sgd/webgpu/shader.js';
import { createBuffer, finished, readStaging, usage, withErrors } from '../../kernels/webgpu/buffers.js';
import { DeviceLostError, gpuDevice, type GpuDevice } from '../../kernels/webgpu/device.js';
import { compileShader } from '../../kernels/webgpu/shader.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import { arraysOf, everySample, expectSameBits, forgetful, replicaOf } from '../helpers/kernels.js';
import { count, expected, firstStep, network, samples } from '../helpers/small-training.js';

/** What is left where something fails half-way: no buffer that nobody has, and an error that says whether another device may help. */

describe.skipIf(!hasGpu)(`failures half-way (${gpuTitle})`, () => {
  let gpu: GpuDevice;
  const alive = new Set<GPUBuffer>();
  let made = 0;
  /** The buffer, counted from 1, of which the driver says that memory ran out; and the one that it refuses to make at all. */
  const failing = { shortage: 0, thrown: 0 };

  beforeEach(async () => {
    gpu = await gpuDevice();
    const { device } = gpu;
    const [create, pop] = [device.createBuffer.bind(device), device.popErrorScope.bind(device)];
    let short = false;
    vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
      made++;
      if (made === failing.thrown) throw new RunError({ where: 'webgpu', what: 'no such buffer' });
      short = made === failing.shortage;
      const buffer = create(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      alive.add(buffer);
      buffer.destroy = () => {
        alive.delete(buffer);
        destroy();
      };
      return buffer;
    });
    // A buffer asks for its scope's answer as soon as it is made.
    vi.spyOn(device, 'popErrorScope').mockImplementation(async () => {
      const ranOut = short;
      short = false;
      const error = await pop();
      return ranOut ? { message: 'ran out' } : error;
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
    Object.assign(failing, { shortage: 0, thrown: 0 });
  });

  afterAll(async () => {
    (await gpuDevice()).device.destroy();
  });

  /** Does work once for each buffer that it makes, which fails. @returns how many there are */
  async function failEach(work: () => Promise<unknown>): Promise<number> {
    for (const kind of ['shortage', 'thrown'] as const) {
      for (let k = 1; ; k++) {
        const before = new Set(alive);
        made = 0;
        failing[kind] = k;
        const error = await work().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        failing[kind] = 0;
        if (made < k) break;
        expect(error).toBeInstanceOf(RunError);
        expect((error as Error).message).toMatch(kind === 'shortage' ? /out of memory: .* bytes/ : /no such buffer/);
        expect(alive).toEqual(before);
      }
    }
    return made;
  }

  const device = 'exponential with device-to-device spread and read noise';
  const plain = [1, 2, 3].map((seed) => replicaOf(network(device), seed));
  const replicas = plain.map((replica) => {
    const layers = replica.program.layers.map((layer) => ({
      ...layer,
      crossbar: forgetful(layer.crossbar, 'several classes with spread'),
    }));
    return { ...replica, program: { ...replica.program, layers } };
  });

  it('leave no group of replicas behind where another cannot be made', async () => {
    const shader = await onlineSgdShader(plain[0]!.program).on(gpu);
    // Each replica in two buffers of its own.
    const narrow = { ...gpu, largestBuffer: 13_000 };
    const open = async () => {
      const session = await WebgpuSession.open(narrow, shader, plain);
      session.dispose();
      await new Promise((resolve) => setTimeout(resolve));
    };
    expect(await failEach(open)).toBe(6);
  });

  it('leave a session as it was', async () => {
    const shader = await onlineSgdShader(replicas[0]!.program).on(gpu);
    const session = await WebgpuSession.open(gpu, shader, replicas);
    const handle = await session.load(samples);
    expect(await session.predict(handle, 0, 0)).toHaveLength(4 * count);
    const { crossbar } = replicas[0]!.program.layers[0]!;
    const losses = lossesAfter(crossbar, [{ temperature: 373.15, time: 50 }], { seed: 1, layer: 0 })!;
    await session.drift(0, 0, losses);
    expect(await failEach(() => session.states(1))).toBe(1);
    expect(await failEach(() => session.predict(handle, 1, 0))).toBe(2);
    expect(await failEach(() => session.drift(1, 0, losses))).toBe(1);
    // A handle that failed is not counted: the next one is the one after the first.
    made = 0;
    failing.shortage = 1;
    await expect(session.load(samples)).rejects.toThrow('out of memory: the samples');
    failing.shortage = 0;
    expect(await session.load(samples)).toBe(handle + 1);
    session.dispose();
  });

  it('are no matter of training, which makes no buffers after its first call', async () => {
    const session = await openOnGpu([replicas[0]!]);
    const handle = await session.load(samples);
    await session.train(handle, everySample(1), 0);
    made = 0;
    for (let step = 1; step < 100; step++) await session.train(handle, everySample(1), step);
    expect(made).toBe(0);
    session.dispose();
  });

  it('of what a driver does not answer are losses, whether or not it tells them: the device is given up', async () => {
    const lost = new Error('a valid external Instance reference no longer exists');
    const fails: ((on: GpuDevice) => Promise<unknown>)[] = [
      (on) => {
        vi.spyOn(on.device, 'popErrorScope').mockRejectedValue(lost);
        return compileShader(on, 'a test', 'fn f() {}', []);
      },
      (on) => {
        vi.spyOn(on.device, 'popErrorScope').mockRejectedValue(lost);
        return withErrors(on, 'a test', () => createBuffer(on, 'a test', 16, usage.storage));
      },
      (on) => {
        vi.spyOn(on.device.queue, 'onSubmittedWorkDone').mockRejectedValue(lost);
        return finished(on);
      },
      (on) => {
        const staging = on.device.createBuffer({ size: 16, usage: usage.readBack });
        vi.spyOn(staging, 'mapAsync').mockRejectedValue(lost);
        return readStaging(on, staging);
      },
    ];
    for (const fail of fails) {
      const on = await gpuDevice();
      const error: unknown = await fail(on).catch((thrown: unknown) => thrown);
      vi.restoreAllMocks();
      expect(error).toBeInstanceOf(DeviceLostError);
      expect((error as Error).message).toMatch(/^webgpu: the GPU device was lost: .*external Instance/);
      expect(() => {
        on.requireAlive();
      }).toThrow(DeviceLostError);
      expect(await gpuDevice()).not.toBe(on);
    }
  });

  it('while a shader is compiled or a session opened are losses too, and another device takes its place', async () => {
    const compiling = compileShader(gpu, 'a test', '@compute @workgroup_size(1) fn f() {}', ['f']);
    gpu.device.destroy();
    await expect(compiling).rejects.toThrow(DeviceLostError);
    const replica = replicaOf(network('linear'), 3);
    const before = await gpuDevice();
    const opening = openOnGpu([replica]);
    before.device.destroy();
    const session = await opening;
    await session.train(await session.load(samples), everySample(count), firstStep);
    expectSameBits(arraysOf(await session.states(0)), expected(replica));
    expect(await gpuDevice()).not.toBe(before);
    session.dispose();
  });
});
