import type { OnlineSgdSession, Replica } from '../../kernels/online-sgd/contract.js';
import { hostKernels } from '../../kernels/register.js';
import { arraysOf, everySample, samplesOf, type DeviceName, type Network } from './kernels.js';

/** One small training, by which sessions are held against the reference. */

export const count = 100;
/** Column sums are summed afresh in the middle of every run here. */
export const firstStep = 1000;
export const samples = samplesOf({ kind: 'codes', count, features: 9, classes: 4, background: -0.4 });

export function network(device: DeviceName): Network {
  return { sizes: [9, 7, 4], device, bias: true, learningRate: device === 'ideal' ? 0.05 : 1 };
}

/** The reference's cells after training. */
export function expected(replica: Replica): Record<string, Float32Array> {
  const session = hostKernels.cpu.OnlineSgd.open([replica]);
  session.train(session.load(samples), everySample(count), firstStep);
  return arraysOf(session.states(0));
}

export async function train(session: OnlineSgdSession, chunk = count): Promise<void> {
  const handle = await session.load(samples);
  for (let from = 0; from < count; from += chunk) {
    await session.train(handle, everySample(count).slice(from, from + chunk), firstStep + from);
  }
}
