import { describe, expect, it } from 'vitest';
import type { HostOnlineSgdKernel } from '../../kernels/online-sgd/contract.js';
import { hostKernels } from '../../kernels/register.js';
import { arraysOf, everySample, expectSameBits, replicaOf, samplesOf, type Network } from '../helpers/kernels.js';

/** Far more rows than columns: what a kernel lists of a step's candidates is then many times what it has room for. */
const features = 400;
const count = 4;

describe('candidates by the hundred in a column', () => {
  const devices = [
    'noisy exponential',
    'exponential with device-to-device spread and read noise',
    'lookup table',
  ] as const;
  const rates = [0.3, 3, 30, 1000];
  it.each(devices.flatMap((device) => rates.map((rate) => [device, rate] as const)))(
    'are pulsed as the reference pulses them: %s, learning rate %d',
    (device, learningRate) => {
      const network: Network = { sizes: [features, 3], device, bias: true, learningRate };
      const replica = replicaOf(network, 5);
      const samples = samplesOf({ kind: 'codes', count, features, classes: 3, background: -0.4 });
      const trained = (kernel: HostOnlineSgdKernel) => {
        const session = kernel.open([replica]);
        session.train(session.load(samples), everySample(count), 7);
        return arraysOf(session.states(0));
      };
      const expected = trained(hostKernels.cpu.OnlineSgd);
      expectSameBits(trained(hostKernels.wasm.OnlineSgd), expected);
      const before = replica.states[0]!.plus;
      const pulsed = expected['layer 0: plus']!.filter((g, i) => g !== before[i]).length;
      expect(pulsed).toBeGreaterThan(learningRate < 3 ? 10 : features);
    },
  );
});
