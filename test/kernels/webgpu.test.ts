import { afterAll, describe, expect, it } from 'vitest';
import { lossesAfter } from '../../src/crossbar/drift.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import { type Replica } from '../../kernels/online-sgd/contract.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { layouts, type Layout } from '../../kernels/online-sgd/webgpu/layout.js';
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
import { count, expected, firstStep, network, samples, train } from '../helpers/small-training.js';

/** What only the GPU has: layouts, and replicas in one dispatch. */

async function trained(replicas: readonly Replica[], layout?: Layout, chunk?: number): Promise<CrossbarState[][]> {
  const session = await openOnGpu(replicas, layout);
  await train(session, chunk);
  const states = await Promise.all(replicas.map((_, r) => session.states(r)));
  session.dispose();
  return states;
}

const devices: DeviceName[] = [
  'ideal',
  'exponential with device-to-device spread and read noise',
  'lookup table',
  'lookup tables of three devices',
];

describe.skipIf(!hasGpu)(`OnlineSgd on webgpu (${gpuTitle})`, () => {
  describe.each(layouts)('laid out %s', (layout) => {
    it.each(devices)('has the bits of the reference: %s', async (device) => {
      const replica = replicaOf(network(device), 3);
      expectSameBits(arraysOf((await trained([replica], layout))[0]!), expected(replica));
    });

    it('gives the same bits in chunks of 7 samples', async () => {
      const replica = replicaOf(network('lookup table'), 3);
      expectSameBits(arraysOf((await trained([replica], layout, 7))[0]!), expected(replica));
    });

    it('gives each of several replicas, of different devices and rates, the bits that it has alone', async () => {
      const replicas = [
        ...devices.map((device) => replicaOf(network(device), 3)),
        replicaOf({ ...network('noisy exponential'), learningRate: 0.3, errorPath: 'before-update' }, 4),
        replicaOf({ ...network('noisy exponential'), loss: 'cross-entropy' }, 2 ** 40),
      ];
      const states = await trained(replicas, layout);
      states.forEach((ofReplica, r) => {
        expectSameBits(arraysOf(ofReplica), expected(replicas[r]!));
      });
    });

    it('gives each replica its own order, and leaves one that has none as it is', async () => {
      const replicas = [3, 4, 5].map((seed) => replicaOf(network('noisy exponential'), seed));
      const orders = [everySample(70), undefined, everySample(count).slice(30)];
      const session = await openOnGpu(replicas, layout);
      const reference = hostKernels.cpu.OnlineSgd.open(replicas);
      await session.train(await session.load(samples), orders, firstStep);
      reference.train(reference.load(samples), orders, firstStep);
      for (const r of replicas.keys()) {
        expectSameBits(arraysOf(await session.states(r)), arraysOf(reference.states(r)));
      }
      session.dispose();
    });

    it('has the bits of the reference where layers are wider than a workgroup, with softmax', async () => {
      const wide = replicaOf({ sizes: [9, 300, 70], device: 'soft bounds', activation: 'softmax' }, 5);
      const of = samplesOf({ kind: 'values', count: 3, features: 9, classes: 70, background: 0 });
      const session = await openOnGpu([wide], layout);
      await session.train(await session.load(of), everySample(3), 0);
      const reference = hostKernels.cpu.OnlineSgd.open([wide]);
      reference.train(reference.load(of), everySample(3), 0);
      expectSameBits(arraysOf(await session.states(0)), arraysOf(reference.states(0)));
      session.dispose();
    });
  });

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
