import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { decodeWeights } from '../../src/crossbar/weights.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import { registerOps, useBackend } from '../../src/ops/backend.js';
import { crossbarRead } from '../../src/ops/crossbar-read.js';
import type { CrossbarTensors } from '../../src/ops/crossbar.js';
import { drift, type DriftedTensors } from '../../src/ops/drift.js';
import { lossesAfter } from '../../src/crossbar/drift.js';
import { onlineSgd, openOnlineSgd, type ReplicaTensors } from '../../src/ops/online-sgd.js';
import { pulseUpdate } from '../../src/ops/pulse-update.js';
import type { Replica, Samples } from '../../kernels/online-sgd/contract.js';
import { hostBackends, hostKernels } from '../../kernels/register.js';
import {
  allConverters,
  arraysOf,
  everySample,
  expectSameBits,
  expectUsageError,
  forgetful,
  replicaOf,
  samplesOf,
  testKey,
  uniforms,
} from '../helpers/kernels.js';

const converters = allConverters;
const pair = replicaOf({ sizes: [6, 5, 3], device: 'noisy exponential', bias: true, crossbar: { converters } }, 4);
const offset = replicaOf({ sizes: [6, 5, 3], device: 'soft bounds', bias: true, crossbar: { coding: 'offset' } }, 5);
const samples = samplesOf({ kind: 'values', count: 12, features: 6, classes: 3, background: -0.4 });
const background = Math.fround(-0.4);

function tensorsOf({ rows, cols }: CrossbarProgram, state: CrossbarState): CrossbarTensors {
  const { plus, minus, columns } = state;
  return {
    plus: tf.tensor2d(plus, [rows, cols]),
    minus: minus.length > 0 ? tf.tensor2d(minus, [rows, cols]) : undefined,
    columns: columns.length > 0 ? tf.tensor2d(columns, [2, cols]) : undefined,
  };
}

function replicaTensors({ program, states, seed }: Replica): ReplicaTensors {
  return { program, seed, layers: states.map((state, l) => tensorsOf(program.layers[l]!.crossbar, state)) };
}

function stateOf({ plus, minus, columns }: CrossbarTensors): CrossbarState {
  const values = (tensor: tf.Tensor | undefined): Float32Array =>
    tensor ? (tensor.dataSync() as Float32Array).slice() : new Float32Array(0);
  return { plus: values(plus), minus: values(minus), columns: values(columns) };
}

function driftedState({ traps, ...cells }: DriftedTensors): CrossbarState {
  if (!traps) return stateOf(cells);
  const minus = traps.minus ? (traps.minus.dataSync() as Float32Array) : new Float32Array(0);
  return { ...stateOf(cells), traps: { plus: traps.plus.dataSync() as Float32Array, minus } };
}

/** Samples `from` … `to` − 1 as the tensors of an op. */
function batchOf(all: Samples, from = 0, to = all.count): { x: tf.Tensor2D; labels: tf.Tensor1D } {
  const x = tf.tensor2d(all.values.slice(from * 6, to * 6), [to - from, 6]);
  return { x, labels: tf.tensor1d(Int32Array.from(all.labels.slice(from, to)), 'int32') };
}

/** What a kernel gives without tensors. */
function direct(backend: (typeof hostBackends)[number], replicas: readonly Replica[]): CrossbarState[][] {
  const session = hostKernels[backend].OnlineSgd.open(replicas);
  session.train(session.load({ ...samples, background }), everySample(samples.count), 7);
  const states = replicas.map((_, r) => session.states(r));
  session.dispose();
  return states;
}

const crossbar = pair.program.layers[0]!.crossbar;
const state = pair.states[0]!;
const { rows, cols } = crossbar;
const delta = uniforms(rows * cols, -0.3, 0.3, testKey(1));
const inputs = uniforms(4 * rows, -1, 1, testKey(2));
const errors = uniforms(4 * cols, -1, 1, testKey(3));

describe('before a backend is chosen', () => {
  it('an active backend without the kernels is named, with what to do', async () => {
    class Strange extends tf.KernelBackend {
      override dispose(): void {
        // Holds nothing.
      }
    }
    tf.registerBackend('strange', () => new Strange());
    await tf.setBackend('strange');
    await expect(openOnlineSgd([pair])).rejects.toThrow(
      new UsageError({
        where: 'OnlineSgd',
        what: 'tfjs\'s active backend is "strange", expected cpu, wasm, webgpu, tensorflow',
        remedy: "call `await useBackend('wasm')` first",
      }),
    );
    tf.removeBackend('strange');
  });
});

describe.each(hostBackends)('ops on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });
  beforeEach(() => {
    tf.engine().startScope();
    return () => {
      tf.engine().endScope();
    };
  });

  it.each(['OnlineSgd', 'PulseUpdate', 'CrossbarRead', 'Drift'])('%s is a registered kernel', (name) => {
    expect(tf.getBackend()).toBe(backend);
    expect(tf.getKernel(name, backend)).toMatchObject({ kernelName: name, backendName: backend });
  });

  it('stay the same kernels when they are registered again', () => {
    const before = tf.getKernel('OnlineSgd', backend);
    registerOps();
    expect(tf.getKernel('OnlineSgd', backend)).toBe(before);
  });

  it('onlineSgd gives the bits of the kernel, for several replicas of different codings', () => {
    const { x, labels } = batchOf(samples);
    const results = onlineSgd(x, labels, [pair, offset].map(replicaTensors), { firstStep: 7, background });
    direct(backend, [pair, offset]).forEach((states, r) => {
      expectSameBits(arraysOf(results[r]!.map(stateOf)), arraysOf(states));
    });
  });

  it('onlineSgd in two calls gives the bits of one', () => {
    const first = batchOf(samples, 0, 5);
    const second = batchOf(samples, 5);
    const half = onlineSgd(first.x, first.labels, [replicaTensors(pair)], { firstStep: 7, background });
    const cells = [{ ...replicaTensors(pair), layers: half[0]! }];
    const results = onlineSgd(second.x, second.labels, cells, { firstStep: 12, background });
    expectSameBits(arraysOf(results[0]!.map(stateOf)), arraysOf(direct(backend, [pair])[0]!));
  });

  it('openOnlineSgd opens the kernel of the active backend', async () => {
    const session = await openOnlineSgd([pair]);
    await session.train(await session.load({ ...samples, background }), everySample(samples.count), 7);
    expectSameBits(arraysOf(await session.states(0)), arraysOf(direct(backend, [pair])[0]!));
    session.dispose();
  });

  it('pulseUpdate gives the bits of the kernel', () => {
    const call = { seed: 3, layer: 1, step: 2 };
    const result = pulseUpdate(crossbar, tensorsOf(crossbar, state), tf.tensor2d(delta, [rows, cols]), call);
    const expected = hostKernels[backend].PulseUpdate.run({ crossbar, state, delta, ...call });
    expectSameBits(arraysOf([stateOf(result)]), arraysOf([expected]));
  });

  it.each([
    ['a pair', forgetful(crossbar, 'several classes with spread'), state],
    ['offset coding', forgetful(offset.program.layers[0]!.crossbar, 'several classes'), offset.states[0]!],
    ['one class of traps', forgetful(crossbar, 'one class'), state],
  ])('drift gives the bits of the kernel, twice, for %s', (_, forgets, start) => {
    const [place, profile] = [{ seed: 3, layer: 1 }, [{ temperature: 373.15, time: 100 }]];
    const losses = lossesAfter(forgets, profile, place)!;
    const run = (from: CrossbarState) =>
      hostKernels[backend].Drift.run({ crossbar: forgets, state: from, losses, ...place });
    const first = drift(forgets, tensorsOf(forgets, start), { profile, ...place });
    expectSameBits(arraysOf([driftedState(first)]), arraysOf([run(start)]));
    const second = drift(forgets, first, { profile, ...place });
    expectSameBits(arraysOf([driftedState(second)]), arraysOf([run(run(start))]));
  });

  it('drift over no time at all, or too little to be felt, leaves the conductances as they are', () => {
    const forgets = forgetful(crossbar, 'one class');
    const { plus } = drift(forgets, tensorsOf(forgets, state), { profile: [], seed: 1 });
    expectSameBits({ plus: plus.dataSync() as Float32Array }, { plus: state.plus });
  });

  it('drift refuses what cannot drift, times that are none, and traps of another crossbar', () => {
    const cells = tensorsOf(crossbar, state);
    const options = { profile: [{ temperature: 373.15, time: 1 }], seed: 1 };
    expectUsageError(
      () => drift(crossbar, cells, options),
      'Drift: the device forgets nothing; give the device a retention law, or leave drift out',
    );
    const forgets = forgetful(crossbar, 'several classes');
    expectUsageError(
      () => drift(forgets, cells, { ...options, profile: [{ temperature: 300, time: -1 }] }),
      'Drift: profile[0].time is -1 s, expected 0 or more',
    );
    const traps = { plus: tf.zeros<tf.Rank.R3>([7, rows, cols]) };
    expectUsageError(
      () => drift(forgets, { ...cells, traps }, options),
      `Drift: traps.plus is float32 [7,${rows},${cols}], expected float32 [8,${rows},${cols}]`,
    );
    const whole = { plus: tf.zeros<tf.Rank.R3>([8, rows, cols]) };
    expectUsageError(
      () => drift(forgets, { ...cells, traps: whole }, options),
      'Drift: traps.minus is missing, but differential-pair has two cells a weight',
    );
  });

  it.each([false, true])('crossbarRead gives the bits of the kernel, transposed %s', (transposed) => {
    const values = transposed ? errors : inputs;
    const shape: [number, number] = [4, transposed ? cols : rows];
    const call = { seed: 3, layer: 1, stream: 2, transposed };
    const result = crossbarRead(crossbar, tensorsOf(crossbar, state), tf.tensor2d(values, shape), call);
    expect(result.shape).toEqual([4, transposed ? rows : cols]);
    const expected = hostKernels[backend].CrossbarRead.run({ crossbar, state, inputs: values, batch: 4, ...call });
    expectSameBits({ y: result.dataSync() as Float32Array }, { y: expected });
  });

  it.each([
    ['a differential pair', replicaOf({ sizes: [6, 5], device: 'linear' }, 4)],
    ['offset coding', replicaOf({ sizes: [6, 5], device: 'linear', crossbar: { coding: 'offset' } }, 4)],
    ['ideal weights', replicaOf({ sizes: [6, 5], device: 'ideal' }, 4)],
  ])('crossbarRead of %s without converters or noise is tf.matMul within 1e-5', (_, { program, states }) => {
    const plain = program.layers[0]!.crossbar;
    const weights = tf.tensor2d(decodeWeights(plain, states[0]!), [6, 5]);
    const cells = tensorsOf(plain, states[0]!);
    const forward = tf.tensor2d(uniforms(18, -1, 1, testKey(4)), [3, 6]);
    const backward = tf.tensor2d(uniforms(15, -1, 1, testKey(5)), [3, 5]);
    const distance = (a: tf.Tensor, b: tf.Tensor): number => a.sub(b).abs().max().dataSync()[0]!;
    expect(distance(crossbarRead(plain, cells, forward, { seed: 1 }), tf.matMul(forward, weights))).toBeLessThan(1e-5);
    const transposed = crossbarRead(plain, cells, backward, { seed: 1, transposed: true });
    expect(distance(transposed, tf.matMul(backward, weights, false, true))).toBeLessThan(1e-5);
  });

  it('leave no tensor and no buffer behind once their results are disposed, and the inputs as they were', () => {
    const { x, labels } = batchOf(samples);
    const replica = replicaTensors(pair);
    const [request, vector] = [tf.tensor2d(delta, [rows, cols]), tf.tensor2d(inputs, [4, rows])];
    const counts = (): number[] => [tf.memory().numTensors, tf.memory().numDataBuffers];
    const before = counts();
    const cells = replica.layers[0]!;
    const trained = onlineSgd(x, labels, [replica], { firstStep: 7, background });
    const written = pulseUpdate(crossbar, cells, request, { seed: 1, step: 0 });
    const read = crossbarRead(crossbar, cells, vector, { seed: 1 });
    const profile = [{ temperature: 373.15, time: 1 }];
    const drifted = drift(forgetful(crossbar, 'several classes'), cells, { profile, seed: 1 });
    expect(counts()).toEqual(before.map((n) => n + 2 * 3 + 3 + 1 + 5));
    expectSameBits(arraysOf(replica.layers.map(stateOf)), arraysOf(pair.states));
    tf.dispose([drifted.traps!.plus, drifted.traps!.minus!]);
    for (const { plus, minus, columns } of [...trained.flat(), written, drifted]) tf.dispose([plus, minus!, columns!]);
    read.dispose();
    expect(counts()).toEqual(before);
  });

  it('leave nothing behind when they refuse a call', () => {
    const { x } = batchOf(samples);
    const replica = replicaTensors(pair);
    const wrong = tf.fill<tf.Rank.R1>([12], 3, 'int32');
    const before = [tf.memory().numTensors, tf.memory().numDataBuffers];
    expectUsageError(
      () => onlineSgd(x, wrong, [replica], { firstStep: 0 }),
      'OnlineSgd: samples: sample 0 has the label 3, expected 0 … 2',
    );
    expect([tf.memory().numTensors, tf.memory().numDataBuffers]).toEqual(before);
  });

  describe('refuse', () => {
    const good = (): CrossbarTensors => tensorsOf(crossbar, state);
    const train = (change: Partial<ReturnType<typeof batchOf>>, replicas = [replicaTensors(pair)]) => {
      const { x, labels } = { ...batchOf(samples), ...change };
      return onlineSgd(x, labels, replicas, { firstStep: 0 });
    };
    const layersOf = (first: CrossbarTensors): ReplicaTensors[] => {
      const replica = replicaTensors(pair);
      return [{ ...replica, layers: [first, replica.layers[1]!] }];
    };
    const write = (cells: CrossbarTensors, request = tf.tensor2d(delta, [rows, cols])) =>
      pulseUpdate(crossbar, cells, request, { seed: 1, step: 0 });
    const read = (vector: tf.Tensor2D, transposed = false) =>
      crossbarRead(crossbar, good(), vector, { seed: 1, transposed });
    const disposed = <T extends tf.Tensor>(tensor: T): T => {
      tensor.dispose();
      return tensor;
    };

    const cases: [what: string, call: () => unknown, message: string][] = [
      ['no replicas', () => train({}, []), 'OnlineSgd: got an empty list of replicas, expected at least one'],
      [
        'inputs of another width',
        () => train({ x: tf.zeros([12, 7]) }),
        'OnlineSgd: x is float32 [12,7], expected float32 [12,6]',
      ],
      [
        'inputs of another dtype',
        () => train({ x: tf.zeros([12, 6], 'int32') }),
        'OnlineSgd: x is int32 [12,6], expected float32 [12,6]',
      ],
      [
        'labels of another length',
        () => train({ labels: tf.zeros([11], 'int32') }),
        'OnlineSgd: labels is int32 [11], expected int32 [12]',
      ],
      [
        'float labels',
        () => train({ labels: tf.zeros([12]) }),
        'OnlineSgd: labels is float32 [12], expected int32 [12]',
      ],
      [
        'negative labels',
        () => train({ labels: tf.fill([12], -1, 'int32') }),
        'OnlineSgd: labels[0] is -1, expected 0 … 255',
      ],
      [
        'a layer too few',
        () => train({}, [{ ...replicaTensors(pair), layers: replicaTensors(pair).layers.slice(0, 1) }]),
        'OnlineSgd: the cells of layer 1 are missing, got 1 layers',
      ],
      [
        'a pair without minus',
        () => train({}, layersOf({ ...good(), minus: undefined })),
        'OnlineSgd: minus_0_0 is missing, but differential-pair has two cells a weight',
      ],
      [
        'columns of another shape',
        () => train({}, layersOf({ ...good(), columns: tf.zeros([1, 5]) })),
        'OnlineSgd: columns_0_0 is float32 [1,5], expected float32 [2,5]',
      ],
      ['disposed inputs', () => train({ x: disposed(tf.zeros([12, 6])) }), 'OnlineSgd: x was disposed'],
      [
        'a negative first step',
        () => {
          const { x, labels } = batchOf(samples);
          onlineSgd(x, labels, [replicaTensors(pair)], { firstStep: -1 });
        },
        'OnlineSgd: train: the steps -1 … 11 leave 0 … 2^32',
      ],
      [
        'cells of another shape',
        () => write({ ...good(), plus: tf.zeros([5, 7]) }),
        'PulseUpdate: plus is float32 [5,7], expected float32 [7,5]',
      ],
      [
        'a pair without minus for PulseUpdate',
        () => write({ ...good(), minus: undefined }),
        'PulseUpdate: minus is missing, but differential-pair has two cells a weight',
      ],
      [
        'a disposed cell tensor',
        () => write({ ...good(), minus: disposed(tf.zeros<tf.Rank.R2>([7, 5])) }),
        'PulseUpdate: minus was disposed',
      ],
      [
        'a transposed delta',
        () => write(good(), tf.zeros([5, 7])),
        'PulseUpdate: delta is float32 [5,7], expected float32 [7,5]',
      ],
      [
        'a delta that is not finite',
        () => write(good(), tf.fill([7, 5], NaN)),
        'PulseUpdate: delta[0, 0] is NaN, expected a finite number',
      ],
      [
        'a minus that offset coding has not',
        () => {
          const { program, states } = offset;
          const own = program.layers[0]!.crossbar;
          const cells = { ...tensorsOf(own, states[0]!), minus: tf.zeros<tf.Rank.R2>([7, 5]) };
          pulseUpdate(own, cells, tf.zeros([7, 5]), { seed: 1, step: 0 });
        },
        'PulseUpdate: got minus, but offset has one cell a weight',
      ],
      [
        'an empty batch',
        () => read(tf.zeros([0, 7])),
        'CrossbarRead: inputs is an empty batch, expected at least one row',
      ],
      [
        'inputs of columns',
        () => read(tf.zeros([2, 5])),
        'CrossbarRead: inputs is float32 [2,5], expected float32 [2,7]',
      ],
      [
        'errors of rows',
        () => read(tf.zeros([2, 7]), true),
        'CrossbarRead: inputs is float32 [2,7], expected float32 [2,5]',
      ],
    ];

    it.each(cases)('%s', (_, call, message) => {
      expectUsageError(call, message);
    });
  });
});

describe('tensors of another backend', () => {
  it('move to the active one by themselves', async () => {
    await useBackend('cpu');
    const cells = tensorsOf(crossbar, state);
    const request = tf.tensor2d(delta, [rows, cols]);
    await useBackend('wasm');
    const result = pulseUpdate(crossbar, cells, request, { seed: 3, step: 2 });
    const expected = hostKernels.wasm.PulseUpdate.run({ crossbar, state, delta, seed: 3, layer: 0, step: 2 });
    expectSameBits(arraysOf([stateOf(result)]), arraysOf([expected]));
  });
});
