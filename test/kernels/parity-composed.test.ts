import { expect, it } from 'vitest';
import { composedKernels } from '../../kernels/register.js';
import { useBackend } from '../../src/ops/backend.js';
import { arraysOf, differs, everySample, expectSameBits, replicaOf, samplesOf } from '../helpers/kernels.js';
import { describeComposed } from '../helpers/parity-composed.js';

describeComposed('wasm', 23);
describeComposed('cpu', 61);

it.each(['wasm', 'cpu'] as const)(
  'composed kernels on %s leave the cells that they are given as they are',
  async (backend) => {
    await useBackend(backend);
    const replica = replicaOf({ sizes: [9, 6], device: 'noisy exponential', learningRate: 2 }, 3);
    const before = structuredClone(replica.states);
    const session = composedKernels(backend).OnlineSgd.open([replica]);
    const samples = samplesOf({ kind: 'codes', count: 5, features: 9, classes: 6, background: 0 });
    session.train(session.load(samples), everySample(5), 0);
    expect(differs(arraysOf(session.states(0)), arraysOf(before))).toBe(true);
    session.dispose();
    expectSameBits(arraysOf(replica.states), arraysOf(before));
  },
);
