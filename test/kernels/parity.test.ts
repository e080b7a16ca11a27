import { describe, expect, it } from 'vitest';
import { backends, kernels } from '../../kernels/register.js';
import { networkOf, pairwiseChoices, titleOf } from '../helpers/kernels-cases.js';
import { arraysOf, differs, replicaOf } from '../helpers/kernels.js';
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

describe('every backend', () => {
  it.each(backends)('%s has kernels that go by their own name', (backend) => {
    for (const name of kernelNames) {
      expect(kernels[backend][name]).toMatchObject({ name, backend });
    }
  });
});
