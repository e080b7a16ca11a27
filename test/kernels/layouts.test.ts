import { describe, expect, it } from 'vitest';
import { hostKernels } from '../../kernels/register.js';
import { openOnGpu } from '../../kernels/online-sgd/webgpu/kernel.js';
import { layouts } from '../../kernels/online-sgd/webgpu/layout.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import {
  largeChoices,
  networkOf,
  pairwiseChoices,
  sampleChoiceOf,
  tableChoices,
  titleOf,
  type Choice,
} from '../helpers/kernels-cases.js';
import { arraysOf, everySample, expectSameBits, replicaOf, samplesOf } from '../helpers/kernels.js';

/** The layouts against the reference, but that of few samples, which the parity suite takes. */

const choices: Choice[] = [...pairwiseChoices(), ...tableChoices(), ...largeChoices()];

const others = layouts.filter((layout) => layout !== 'two-dispatch');

describe.skipIf(!hasGpu).each(others)(`OnlineSgd laid out %s (${gpuTitle})`, (layout) => {
  it.each(choices.map((choice) => [titleOf(choice), choice] as const))('%s', async (_, choice) => {
    const samples = samplesOf(sampleChoiceOf(choice));
    const replica = replicaOf(networkOf(choice), 11);
    const reference = hostKernels.cpu.OnlineSgd.open([replica]);
    reference.train(reference.load(samples), everySample(samples.count), 1023);
    const session = await openOnGpu([replica], layout);
    await session.train(await session.load(samples), everySample(samples.count), 1023);
    const trained = arraysOf(await session.states(0));
    session.dispose();
    expectSameBits(trained, arraysOf(reference.states(0)));
  });
});

it('there are cases of every pair of options', () => {
  expect(choices.length).toBeGreaterThan(100);
});
