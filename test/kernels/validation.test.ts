import { describe, expect, it } from 'vitest';
import type { CrossbarState } from '../../src/crossbar/program.js';
import type { HostOnlineSgdSession, Orders, Replica, Samples } from '../../kernels/online-sgd/contract.js';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import { UsageError } from '../../src/errors.js';
import { crossbarOf, everySample, expectUsageError, replicaOf, samplesOf, type Network } from '../helpers/kernels.js';

const base: Network = { sizes: [4, 3, 2], device: 'linear', activation: 'sigmoid' };
const replica = replicaOf(base, 1);
const samples = samplesOf({ kind: 'values', count: 5, features: 4, classes: 2, background: 0 });
const codes = samplesOf({ kind: 'codes', count: 5, features: 4, classes: 2, background: 0 });

function withState(change: Partial<CrossbarState>, of = replica): Replica {
  return { ...of, states: [{ ...of.states[0]!, ...change }, ...of.states.slice(1)] };
}

function withLayers(layers: Replica['program']['layers'], states = replica.states): Replica {
  return { ...replica, program: { ...replica.program, layers }, states };
}

const [first, last] = replica.program.layers as [Replica['program']['layers'][0], Replica['program']['layers'][0]];
const narrow = crossbarOf(4, 2, 'linear');
const empty = crossbarOf(0, 3, 'linear');
const floats = (count: number): Float32Array => new Float32Array(count);

const badReplicas: [what: string, replicas: Replica[], message: string][] = [
  ['an empty list', [], 'OnlineSgd: got an empty list of replicas, expected at least one'],
  ['no layers', [withLayers([])], 'OnlineSgd: replica 0: has no layers'],
  [
    'a negative seed',
    [{ ...replica, seed: -1 }],
    'OnlineSgd: replica 0: seed is -1, expected a whole number from 0 to 2^53 − 1',
  ],
  [
    'a broken seed',
    [{ ...replica, seed: 1.5 }],
    'OnlineSgd: replica 0: seed is 1.5, expected a whole number from 0 to 2^53 − 1',
  ],
  [
    'a seed that a double cannot hold',
    [replica, { ...replica, seed: 2 ** 53 }],
    'OnlineSgd: replica 1: seed is 9007199254740992, expected a whole number from 0 to 2^53 − 1',
  ],
  [
    'a state too few',
    [{ ...replica, states: replica.states.slice(1) }],
    'OnlineSgd: replica 0: has 2 layers but 1 states',
  ],
  [
    'a layer without rows',
    [withLayers([{ ...first, crossbar: empty }, last])],
    'OnlineSgd: replica 0: layer 0 is 0x3, expected at least 1x1',
  ],
  [
    'plus of another size',
    [withState({ plus: floats(11) })],
    'OnlineSgd: replica 0: layer 0: plus has 11 values, expected 12 for 4x3 differential-pair',
  ],
  [
    'a missing minus',
    [withState({ minus: floats(0) })],
    'OnlineSgd: replica 0: layer 0: minus has 0 values, expected 12 for 4x3 differential-pair',
  ],
  [
    'a minus that the coding has not',
    [withState({ minus: floats(12) }, replicaOf({ ...base, crossbar: { coding: 'offset' } }, 1))],
    'OnlineSgd: replica 0: layer 0: minus has 12 values, expected 0 for 4x3 offset',
  ],
  [
    'columns of another size',
    [withState({ columns: floats(3) })],
    'OnlineSgd: replica 0: layer 0: columns has 3 values, expected 6 for 4x3 differential-pair',
  ],
  [
    'layers that do not fit together',
    [
      withLayers(
        [{ ...first, crossbar: narrow }, last],
        [{ plus: floats(8), minus: floats(8), columns: floats(0) }, replica.states[1]!],
      ),
    ],
    'OnlineSgd: replica 0: layer 1 has 3 rows, but layer 0 gives 2 inputs',
  ],
  [
    'a bias without its row',
    [{ ...replica, program: { ...replica.program, bias: true } }],
    'OnlineSgd: replica 0: layer 1 has 3 rows, but layer 0 gives 4 inputs',
  ],
  [
    'softmax below the last layer',
    [withLayers([{ ...first, activation: 'softmax' }, last])],
    'OnlineSgd: replica 0: layer 0 is softmax; softmax can only stand in the last layer',
  ],
  [
    'replicas of different layers',
    [replica, replicaOf({ ...base, sizes: [4, 3, 3] }, 1)],
    'OnlineSgd: replica 1 has the layers 4x3 sigmoid, 3x3 sigmoid, replica 0 has 4x3 sigmoid, 3x2 sigmoid; give all replicas the same layers',
  ],
  [
    'replicas of different activations',
    [replica, replicaOf({ ...base, activation: 'tanh' }, 1)],
    'OnlineSgd: replica 1 has the layers 4x3 sigmoid, 3x2 tanh, replica 0 has 4x3 sigmoid, 3x2 sigmoid; give all replicas the same layers',
  ],
];

const badSamples: [what: string, samples: Samples, message: string][] = [
  [
    'another number of features',
    { ...samples, features: 3 },
    "OnlineSgd: samples: have 3 features, expected 4, the first layer's inputs",
  ],
  ['too few values', { ...samples, count: 6 }, 'OnlineSgd: samples: hold 20 values, expected 6 x 4'],
  ['too few codes', { ...codes, count: 6 }, 'OnlineSgd: samples: hold 20 values, expected 6 x 4'],
  [
    'too few labels',
    { ...samples, labels: Uint8Array.of(0) },
    'OnlineSgd: samples: have 1 labels, expected one each, 5',
  ],
  [
    'a label without a class',
    { ...samples, labels: Uint8Array.of(0, 1, 0, 2, 0) },
    'OnlineSgd: samples: sample 3 has the label 2, expected 0 … 1',
  ],
];

const badOrders: [what: string, order: Orders, firstStep: number, message: string][] = [
  ['an order too many', [everySample(2), everySample(2)], 0, 'OnlineSgd: train: got 2 orders for 1 replicas'],
  [
    'an index beyond the samples in an order of its own',
    [Uint32Array.of(7)],
    0,
    'OnlineSgd: train: order[0] is 7, expected a sample index 0 … 4',
  ],
  [
    'an index beyond the samples',
    Uint32Array.of(4, 5),
    0,
    'OnlineSgd: train: order[1] is 5, expected a sample index 0 … 4',
  ],
  ['a negative step', everySample(2), -1, 'OnlineSgd: train: the steps -1 … 1 leave 0 … 2^32'],
  ['a broken step', everySample(2), 0.5, 'OnlineSgd: train: the steps 0.5 … 2.5 leave 0 … 2^32'],
  [
    'a step beyond 32 bits',
    everySample(2),
    2 ** 32 - 1,
    'OnlineSgd: train: the steps 4294967295 … 4294967297 leave 0 … 2^32',
  ],
];

describe.each(hostBackends)('OnlineSgd on %s', (backend) => {
  const { OnlineSgd } = hostKernels[backend];

  it.each(badReplicas)('refuses replicas: %s', (_, replicas, message) => {
    expectUsageError(() => OnlineSgd.open(replicas), message);
  });

  it.each(badSamples)('refuses samples: %s', (_, wrong, message) => {
    expectUsageError(() => OnlineSgd.open([replica]).load(wrong), message);
  });

  it.each(badOrders)('refuses an order: %s, and trains nothing', (_, order, firstStep, message) => {
    const session = OnlineSgd.open([replica]);
    const handle = session.load(samples);
    expectUsageError(() => {
      session.train(handle, order, firstStep);
    }, message);
    expect(session.states(0)[0]!.plus).toEqual(replica.states[0]!.plus);
  });

  it('refuses orders of different lengths', () => {
    const session = OnlineSgd.open([replica, replica]);
    const handle = session.load(samples);
    expectUsageError(() => {
      session.train(handle, [everySample(2), everySample(3)], 0);
    }, 'OnlineSgd: train: got orders of 2 and of 3 samples');
  });

  it('takes the last step that 32 bits hold', () => {
    const session = OnlineSgd.open([replica]);
    expect(() => {
      session.train(session.load(samples), everySample(5), 2 ** 32 - 5);
    }).not.toThrow();
  });

  it('takes labels beside a bias row', () => {
    const session: HostOnlineSgdSession = OnlineSgd.open([replicaOf({ ...base, bias: true }, 1)]);
    expect(session.load(samples)).toBe(0);
  });
});

const crossbar = crossbarOf(3, 2, 'linear');
const state: CrossbarState = { plus: floats(6).fill(0.5), minus: floats(6).fill(0.5), columns: floats(0) };
const delta = floats(6).fill(0.1);
const bad = (i: number, value: number): Float32Array => delta.map((v, k) => (k === i ? value : v));

describe.each(hostBackends)('PulseUpdate on %s', (backend) => {
  const call = { crossbar, state, delta, seed: 1, layer: 0, step: 0 };

  it.each([
    [
      'cells that do not fit',
      { state: { ...state, plus: floats(5) } },
      'PulseUpdate: plus has 5 values, expected 6 for 3x2 differential-pair',
    ],
    ['a delta of another size', { delta: floats(7) }, 'PulseUpdate: delta has 7 values, expected 3 x 2'],
    ['NaN', { delta: bad(3, NaN) }, 'PulseUpdate: delta[1, 1] is NaN, expected a finite number'],
    ['infinity', { delta: bad(4, -Infinity) }, 'PulseUpdate: delta[2, 0] is -Infinity, expected a finite number'],
    ['a negative step', { step: -1 }, 'PulseUpdate: step is -1, expected a whole number below 2^32'],
    ['a step beyond 32 bits', { step: 2 ** 32 }, 'PulseUpdate: step is 4294967296, expected a whole number below 2^32'],
  ])('refuses %s', (_, change, message) => {
    expectUsageError(() => hostKernels[backend].PulseUpdate.run({ ...call, ...change }), message);
  });
});

describe.each(hostBackends)('CrossbarRead on %s', (backend) => {
  const call = { crossbar, state, inputs: floats(6), batch: 2, transposed: false, seed: 1, layer: 0, stream: 0 };

  it.each([
    [
      'cells that do not fit',
      { state: { ...state, minus: floats(0) } },
      'CrossbarRead: minus has 0 values, expected 6 for 3x2 differential-pair',
    ],
    ['an empty batch', { batch: 0 }, 'CrossbarRead: batch is 0, expected at least 1'],
    ['a broken batch', { batch: 1.5 }, 'CrossbarRead: batch is 1.5, expected at least 1'],
    ['inputs of another width', { inputs: floats(4) }, 'CrossbarRead: inputs hold 4 values, expected 2 x 3 for 3 rows'],
    [
      'forward inputs sent backward',
      { transposed: true },
      'CrossbarRead: inputs hold 6 values, expected 2 x 2 for 2 columns (the read is transposed)',
    ],
    [
      'a stream beyond 32 bits',
      { stream: 2 ** 32 },
      'CrossbarRead: stream is 4294967296, expected a whole number below 2^32',
    ],
  ])('refuses %s', (_, change, message) => {
    expectUsageError(() => hostKernels[backend].CrossbarRead.run({ ...call, ...change }), message);
  });
});

/**
 * What could only go wrong far from its cause.
 */
describe.each(hostBackends)('far-reaching mistakes on %s', (backend) => {
  const { OnlineSgd, CrossbarRead, PulseUpdate } = hostKernels[backend];

  it('codes need a table of 256 values', () => {
    if (codes.kind !== 'codes') throw new TypeError('these are codes');
    const short = { ...codes, values: codes.values.slice(0, 10) };
    expect(() => OnlineSgd.open([replica]).load(short)).toThrow(UsageError);
  });

  it('the background of codes is a code', () => {
    expect(() => OnlineSgd.open([replica]).load({ ...codes, background: 256 })).toThrow(UsageError);
  });

  it('a handle that no load returned is refused', () => {
    const session = OnlineSgd.open([replica]);
    expect(() => {
      session.train(3, everySample(1), 0);
    }).toThrow(UsageError);
  });

  it('a replica that is not there is refused', () => {
    expect(() => OnlineSgd.open([replica]).states(1)).toThrow(UsageError);
  });

  it('conductances are finite', () => {
    const plus = new Float32Array(6).fill(NaN);
    const call = { crossbar, state: { ...state, plus }, inputs: floats(3), batch: 1, transposed: false };
    expect(() => CrossbarRead.run({ ...call, seed: 1, layer: 0, stream: 0 })).toThrow(UsageError);
  });

  it('PulseUpdate checks its seed as OnlineSgd does', () => {
    expect(() => PulseUpdate.run({ crossbar, state, delta, seed: -1, layer: 0, step: 0 })).toThrow(UsageError);
  });
});
