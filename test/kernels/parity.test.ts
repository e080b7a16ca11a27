import { describe, expect, it } from 'vitest';
import { backends, hostKernels, kernels } from '../../kernels/register.js';
import { networkOf, pairwiseChoices, titleOf } from '../helpers/kernels-cases.js';
import { arraysOf, differs, everySample, expectSameBits, replicaOf, samplesOf } from '../helpers/kernels.js';
import { describeParity, groups, kernelNames, lastOf, outputsOf } from '../helpers/parity.js';

describeParity('wasm');

describe('the cases', () => {
  it('move cells, so that equality says something', async () => {
    const choices = groups['every device, coding, policy and converters'];
    const idle: string[] = [];
    for (const choice of choices) {
      const before = arraysOf([lastOf(replicaOf(networkOf(choice), 11)).state]);
      const { 'layer 0: plus': plus, 'layer 0: minus': minus } = await outputsOf('PulseUpdate', kernels.cpu, choice);
      if (!differs({ 'layer 0: plus': plus!, 'layer 0: minus': minus! }, before)) idle.push(titleOf(choice));
    }
    expect(idle).toEqual([]);
  });

  it('are the same in every run', () => {
    expect(pairwiseChoices()).toEqual(groups['shapes, samples, losses and paths pairwise']);
  });
});

describe('cells of a measured table that begin below zero', () => {
  const codings = ['differential-pair', 'offset'] as const;
  const policies = ['fractional', 'stochastic', 'round'] as const;
  it.each(codings.flatMap((coding) => policies.map((pulsePolicy) => ({ coding, pulsePolicy }))))(
    'are pulsed from the first bin in WASM as in the reference, $coding $pulsePolicy',
    ({ coding, pulsePolicy }) => {
      const crossbar = { coding, pulsePolicy };
      const replica = replicaOf({ sizes: [20, 24], device: 'lookup table', activation: 'identity', crossbar }, 5);
      const [state] = replica.states;
      const below = { ...state!, plus: state!.plus.map(() => -0.001), minus: state!.minus.map(() => -0.001) };
      const samples = samplesOf({ kind: 'codes', count: 1, features: 20, classes: 24, background: -0.4 });
      const [expected, got] = (['cpu', 'wasm'] as const).map((backend) => {
        const session = hostKernels[backend].OnlineSgd.open([{ ...replica, states: [below] }]);
        session.train(session.load(samples), everySample(1), 0);
        return arraysOf(session.states(0));
      });
      const before = arraysOf([below])['layer 0: plus']!;
      const pulsed = expected!['layer 0: plus']!.filter((g, i) => g !== before[i]).length;
      expect(pulsed).toBeGreaterThan(10);
      expectSameBits(got!, expected!);
    },
  );
});

describe('every backend', () => {
  it.each(backends)('%s has kernels that go by their own name', (backend) => {
    for (const name of kernelNames) {
      expect(kernels[backend][name]).toMatchObject({ name, backend });
    }
  });
});
