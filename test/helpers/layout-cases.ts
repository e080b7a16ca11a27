import { afterAll, describe, it } from 'vitest';
import type { CrossbarState } from '../../src/crossbar/program.js';
import type { Replica } from '../../kernels/online-sgd/contract.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import type { Layout } from '../../kernels/online-sgd/webgpu/layout.js';
import { hostKernels } from '../../kernels/register.js';
import { gpuDevice } from '../../kernels/webgpu/device.js';
import { gpuTitle, hasGpu } from './gpu.js';
import { arraysOf, everySample, expectSameBits, replicaOf, samplesOf, type DeviceName } from './kernels.js';
import { count, expected, firstStep, network, samples, train } from './small-training.js';

/** What every layout must do: the bits of the reference, whatever the replicas, orders and chunks. */

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

export function describeLayout(layout: Layout): void {
  describe.skipIf(!hasGpu)(`OnlineSgd laid out ${layout} (${gpuTitle})`, () => {
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

  afterAll(async () => {
    if (hasGpu) (await gpuDevice()).device.destroy();
  });
}
