import { afterAll, describe, expect, it, vi } from 'vitest';
import { lossesAfter } from '../../src/crossbar/drift.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { WebgpuSession } from '../../kernels/online-sgd/webgpu/session.js';
import { onlineSgdShader } from '../../kernels/online-sgd/webgpu/shader.js';
import type { ReplicaGroup } from '../../kernels/online-sgd/webgpu/replica-group.js';
import { hostKernels, kernels } from '../../kernels/register.js';
import { gpuDevice } from '../../kernels/webgpu/device.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import {
  arraysOf,
  everySample,
  expectSameBits,
  forgetful,
  replicaOf,
  samplesOf,
  type DeviceName,
} from '../helpers/kernels.js';
import { count, expected, firstStep, network, samples } from '../helpers/small-training.js';

/** What only the GPU has: layouts, and replicas in one dispatch. */

describe.skipIf(!hasGpu)(`OnlineSgd on webgpu (${gpuTitle})`, () => {
  it('chooses a layout while it trains, which changes no bit', async () => {
    const replica = replicaOf(network('noisy exponential'), 3);
    const session = await openOnGpu([replica]);
    const handle = await session.load(samples);
    const order = Uint32Array.from({ length: 300 }, (_, i) => i % count);
    await session.train(handle, order, firstStep);
    const reference = hostKernels.cpu.OnlineSgd.open([replica]);
    reference.train(reference.load(samples), order, firstStep);
    expectSameBits(arraysOf(await session.states(0)), arraysOf(reference.states(0)));
    session.dispose();
  });

  it('drifts where the cells are, and predicts as the reference does', async () => {
    const plain = replicaOf(network('noisy exponential'), 3);
    const layers = plain.program.layers.map((layer) => ({
      ...layer,
      crossbar: forgetful(layer.crossbar, 'several classes with spread'),
    }));
    const replica = { ...plain, program: { ...plain.program, layers } };
    const losses = layers.map(({ crossbar }, l) =>
      lossesAfter(crossbar, [{ temperature: 373.15, time: 50 }], { seed: 3, layer: l }),
    );
    const session = await openOnGpu([plain, replica]);
    const reference = hostKernels.cpu.OnlineSgd.open([plain, replica]);
    const [handle, host] = [await session.load(samples), reference.load(samples)];
    for (const step of [0, count]) {
      await session.train(handle, everySample(count), step);
      reference.train(host, everySample(count), step);
      for (const [l, ofLayer] of losses.entries()) {
        await session.drift(1, l, ofLayer!);
        reference.drift(1, l, ofLayer!);
      }
    }
    for (const r of [0, 1]) {
      expectSameBits(arraysOf(await session.states(r)), arraysOf(reference.states(r)));
      expectSameBits({ z: await session.predict(handle, r, 5) }, { z: reference.predict(host, r, 5) });
    }
    session.dispose();
  });

  it('predicts several replicas in one go, each with a stream of its own, as the reference does', async () => {
    const replicas = [3, 4, 5].map((seed) =>
      replicaOf(network('exponential with device-to-device spread and read noise'), seed),
    );
    const few = samplesOf({ kind: 'codes', count: 50, features: 9, classes: 4, background: -0.4 });
    const reference = hostKernels.cpu.OnlineSgd.open(replicas);
    const session = await openOnGpu(replicas);
    const [handle, host] = [await session.load(few), reference.load(few)];
    const asked = [
      [2, 7],
      [0, 0],
      [1, 2 ** 32 - 1],
      [0, 5],
    ] as const;
    const submissions = vi.spyOn((await gpuDevice()).device.queue, 'submit');
    const outputs = await Promise.all(asked.map(([replica, stream]) => session.predict(handle, replica, stream)));
    // A dispatch, and the copy of what it leaves.
    expect(submissions).toHaveBeenCalledTimes(2);
    submissions.mockRestore();
    asked.forEach(([replica, stream], i) => {
      expectSameBits({ z: outputs[i]! }, { z: reference.predict(host, replica, stream) });
    });
    await expect(session.predict(handle, 3, 0)).rejects.toThrow('OnlineSgd: got the replica 3, expected 0 … 2');
    session.dispose();
  });

  it('cuts long predictions into several submissions, which changes no bit, and ends them with the signal', async () => {
    const many = samplesOf({ kind: 'codes', count: 700, features: 9, classes: 4, background: -0.4 });
    const replicas = [3, 4, 5].map((seed) => replicaOf(network('linear'), seed));
    const reference = hostKernels.cpu.OnlineSgd.open(replicas);
    const session = await openOnGpu(replicas);
    const [handle, host] = [await session.load(many), reference.load(many)];
    const { queue } = (await gpuDevice()).device;
    const controller = new AbortController();
    const submissions = vi.spyOn(queue, 'submit');
    const whole = await Promise.all(replicas.map((_, r) => session.predict(handle, r, 0, controller.signal)));
    expect(submissions.mock.calls.length).toBeGreaterThan(4);
    whole.forEach((z, r) => {
      expectSameBits({ z }, { z: reference.predict(host, r, 0) });
    });
    submissions.mockClear();
    const stopped = [0, 1].map((r) => session.predict(handle, r, 0, controller.signal));
    controller.abort();
    for (const prediction of stopped) await expect(prediction).rejects.toBe(controller.signal.reason);
    expect(submissions).not.toHaveBeenCalled();
    submissions.mockRestore();
    expectSameBits({ z: await session.predict(handle, 1, 0) }, { z: reference.predict(host, 1, 0) });
    session.dispose();
  });

  describe('where replicas do not fit in one buffer', () => {
    const replicas = [
      ...['noisy exponential', 'lookup table', 'exponential with device-to-device spread and read noise'],
      ...['exponential with device-to-device spread and read noise', 'linear'],
    ].map((device, r) => replicaOf(network(device as DeviceName), r));

    it.each([
      [13_000, [1, 1, 1, 1, 1]],
      [41_200, [2, 2, 1]],
      [44_000, [4, 1]],
      [46_000, [5]],
    ])('of %d bytes, they are put in several, with the same bits', async (largestBuffer, expectedGroups) => {
      const gpu = { ...(await gpuDevice()), largestBuffer };
      const shader = await onlineSgdShader(replicas[0]!.program).on(gpu);
      const session = await WebgpuSession.open(gpu, shader, replicas);
      const { groups } = session as unknown as { groups: readonly ReplicaGroup[] };
      expect(groups.map((group) => group.count)).toEqual(expectedGroups);
      for (const { placed } of groups) {
        expect(Math.max(placed.heap.size, placed.data.size)).toBeLessThanOrEqual(gpu.largestBuffer);
      }
      const reference = hostKernels.cpu.OnlineSgd.open(replicas);
      const [handle, host] = [await session.load(samples), reference.load(samples)];
      const orders = [everySample(30), undefined, everySample(30), everySample(40).slice(10), everySample(30)];
      await session.train(handle, orders, firstStep);
      reference.train(host, orders, firstStep);
      const predicted = await session.predictEach(
        handle,
        replicas.map((_, replica) => ({ replica, stream: 2 })),
      );
      for (const r of replicas.keys()) {
        expectSameBits(arraysOf(await session.states(r)), arraysOf(reference.states(r)));
        expectSameBits({ z: predicted[r]! }, { z: reference.predict(host, r, 2) });
      }
      session.dispose();
    });
  });

  it('works off calls in the order in which they were made, and rejects those after its end', async () => {
    const replica = replicaOf(network('linear'), 3);
    const session = await openOnGpu([replica]);
    const loaded = session.load(samples);
    const half = session.train(0, everySample(count).slice(0, 60), firstStep);
    const wrong = session.train(0, Uint32Array.of(count), 0);
    const rest = session.train(0, everySample(count).slice(60), firstStep + 60);
    const states = session.states(0);
    session.dispose();
    await expect(wrong).rejects.toThrow('OnlineSgd: train: order[0] is 100, expected a sample index 0 … 99');
    await Promise.all([loaded, half, rest]);
    expectSameBits(arraysOf(await states), expected(replica));
    await expect(session.states(0)).rejects.toThrow('OnlineSgd: the session was disposed; open another');
  });
});

afterAll(async () => {
  if (hasGpu) (await gpuDevice()).device.destroy();
});

it('is a backend of the register', () => {
  expect(kernels.webgpu.OnlineSgd.backend).toBe('webgpu');
});
