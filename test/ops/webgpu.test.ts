import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lossesAfter } from '../../src/crossbar/drift.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import { useBackend } from '../../src/ops/backend.js';
import { crossbarRead } from '../../src/ops/crossbar-read.js';
import type { CrossbarTensors } from '../../src/ops/crossbar.js';
import { drift, type DriftedTensors } from '../../src/ops/drift.js';
import { onlineSgd, openOnlineSgd } from '../../src/ops/online-sgd.js';
import { pulseUpdate } from '../../src/ops/pulse-update.js';
import { hostKernels } from '../../kernels/register.js';
import { gpuDevice } from '../../kernels/webgpu/device.js';
import { gpuTitle, hasGpu } from '../helpers/gpu.js';
import {
  arraysOf,
  everySample,
  expectSameBits,
  forgetful,
  replicaOf,
  samplesOf,
  testKey,
  uniforms,
} from '../helpers/kernels.js';

/** Ops on tensors that stay on the GPU, against the reference's bits. */

const devices = ['noisy exponential', 'exponential with write noise', 'ideal'] as const;

function tensorsOf({ rows, cols }: CrossbarProgram, { plus, minus }: CrossbarState): CrossbarTensors {
  const matrix = (values: Float32Array): tf.Tensor2D => tf.tensor2d(values, [rows, cols]);
  return { plus: matrix(plus), minus: minus.length > 0 ? matrix(minus) : undefined };
}

async function valuesOf(tensor: tf.Tensor | undefined): Promise<Float32Array> {
  return tensor ? ((await tensor.data()) as Float32Array) : new Float32Array(0);
}

async function stateOf(tensors: DriftedTensors): Promise<CrossbarState> {
  const { plus, minus, columns, hiddenPlus, hiddenMinus, traps } = tensors;
  const both = async (a?: tf.Tensor, b?: tf.Tensor) => ({ plus: await valuesOf(a), minus: await valuesOf(b) });
  return {
    ...(await both(plus, minus)),
    columns: await valuesOf(columns),
    ...(hiddenPlus && { hidden: await both(hiddenPlus, hiddenMinus) }),
    traps: traps && (await both(traps.plus, traps.minus)),
  };
}

describe.skipIf(!hasGpu)(`ops on webgpu (${gpuTitle})`, () => {
  beforeAll(async () => {
    await useBackend('webgpu');
  });
  afterAll(async () => {
    (await gpuDevice()).device.destroy();
  });

  it("is tfjs's active backend, on the kernels' own device", async () => {
    expect(tf.getBackend()).toBe('webgpu');
    expect((tf.backend() as unknown as { device: GPUDevice }).device).toBe((await gpuDevice()).device);
    expect(Array.from(await tf.add(tf.tensor1d([1, 2]), 1).data())).toEqual([2, 3]);
  });

  it.each(devices)('pulseUpdate, twice, on what tfjs has just computed: %s', async (device) => {
    const replica = replicaOf({ sizes: [6, 5], device }, 4);
    const { crossbar } = replica.program.layers[0]!;
    const [state, delta] = [replica.states[0]!, uniforms(30, -0.3, 0.3, testKey(1))];
    // The request is the result of an op whose commands may still be pending.
    const request = tf.mul<tf.Tensor2D>(tf.tensor2d(delta, [6, 5]), 1);
    const first = pulseUpdate(crossbar, tensorsOf(crossbar, state), request, { seed: 3, layer: 1, step: 0 });
    const second = pulseUpdate(crossbar, first, request, { seed: 3, layer: 1, step: 1 });
    const { PulseUpdate } = hostKernels.cpu;
    const half = PulseUpdate.run({ crossbar, state, delta, seed: 3, layer: 1, step: 0 });
    const expected = PulseUpdate.run({ crossbar, state: half, delta, seed: 3, layer: 1, step: 1 });
    expectSameBits(arraysOf([await stateOf(second)]), arraysOf([expected]));
    // The cells that it was given stay as they were.
    expectSameBits(arraysOf([await stateOf(first)]), arraysOf([half]));
  });

  it.each([false, true])('crossbarRead, transposed %s', async (transposed) => {
    const replica = replicaOf({ sizes: [6, 5], device: 'lookup table', crossbar: { coding: 'offset' } }, 4);
    const { crossbar } = replica.program.layers[0]!;
    const state = replica.states[0]!;
    const inputs = uniforms(4 * (transposed ? 5 : 6), -1, 1, testKey(2));
    const call = { seed: 3, layer: 1, stream: 2, transposed };
    const tensor = tf.tensor2d(inputs, [4, transposed ? 5 : 6]);
    const result = crossbarRead(crossbar, tensorsOf(crossbar, state), tensor, call);
    const expected = hostKernels.cpu.CrossbarRead.run({ crossbar, state, inputs, batch: 4, ...call });
    expectSameBits({ y: await valuesOf(result) }, { y: expected });
  });

  it.each(['one class', 'several classes with spread'] as const)('drift, twice: %s', async (law) => {
    const replica = replicaOf({ sizes: [6, 5], device: 'noisy exponential' }, 4);
    const crossbar = forgetful(replica.program.layers[0]!.crossbar, law);
    const place = { seed: 3, layer: 1 };
    const profile = [{ temperature: 373.15, time: 100 }];
    const losses = lossesAfter(crossbar, profile, place)!;
    const run = (state: CrossbarState) => hostKernels.cpu.Drift.run({ crossbar, state, losses, ...place });
    const first = drift(crossbar, tensorsOf(crossbar, replica.states[0]!), { profile, ...place });
    const second = drift(crossbar, first, { profile, ...place });
    expectSameBits(arraysOf([await stateOf(second)]), arraysOf([run(run(replica.states[0]!))]));
  });

  it('is made anew after the device was lost', async () => {
    const { device } = await gpuDevice();
    device.destroy();
    await device.lost;
    await useBackend('webgpu');
    const used = (tf.backend() as unknown as { device: GPUDevice }).device;
    expect(used).not.toBe(device);
    expect(used).toBe((await gpuDevice()).device);
    expect(Array.from(await tf.add(tf.tensor1d([1, 2]), 1).data())).toEqual([2, 3]);
  });

  it('onlineSgd, twice, for replicas of different devices, on what tfjs has just computed', async () => {
    const replicas = devices.map((device, r) => replicaOf({ sizes: [40, 6, 3], device, bias: true }, r));
    const samples = samplesOf({ kind: 'values', count: 300, features: 40, classes: 3, background: 0.25 });
    // The inputs are the result of an op whose commands may still be pending.
    const { values } = samples;
    const x = tf.mul<tf.Tensor2D>(tf.tensor2d(values, [300, 40]), 1);
    const labels = tf.tensor1d(Array.from(samples.labels), 'int32');
    const start = replicas.map((replica) => ({
      ...replica,
      layers: replica.program.layers.map(({ crossbar }, l) => tensorsOf(crossbar, replica.states[l]!)),
    }));
    const first = onlineSgd(x, labels, start, { firstStep: 900, background: 0.25 });
    const half = start.map((replica, r) => ({ ...replica, layers: first[r]! }));
    const second = onlineSgd(x, labels, half, { firstStep: 1200, background: 0.25 });
    const reference = hostKernels.cpu.OnlineSgd.open(replicas);
    const handle = reference.load(samples);
    for (const [step, results] of [[900, first] as const, [1200, second] as const]) {
      reference.train(handle, everySample(300), step);
      for (const r of replicas.keys()) {
        const trained = await Promise.all(results[r]!.map((layer) => stateOf(layer)));
        const expected = reference.states(r).map((state) => ({ ...state, traps: undefined }));
        expectSameBits(arraysOf(trained), arraysOf(expected));
      }
    }
  });

  it("onlineSgd refuses what it can see, and takes a label that is no class for nobody's", async () => {
    const replica = replicaOf({ sizes: [6, 3], device: 'ideal' }, 4);
    const { crossbar } = replica.program.layers[0]!;
    const layers = [tensorsOf(crossbar, replica.states[0]!)];
    const call = (label: number, firstStep = 0) =>
      onlineSgd(tf.ones([1, 6]), tf.tensor1d([label], 'int32'), [{ ...replica, layers }], { firstStep });
    expect(() => call(0, -1)).toThrow('OnlineSgd: train: the steps -1 … 0 leave 0 … 2^32');
    expect(() =>
      onlineSgd(tf.ones([1, 5]), tf.zeros([1], 'int32'), [{ ...replica, layers }], { firstStep: 0 }),
    ).toThrow('OnlineSgd: x is float32 [1,5], expected float32 [1,6]');
    const cells = async (label: number) => valuesOf(call(label)[0]![0]!.plus);
    expectSameBits({ plus: await cells(-1) }, { plus: await cells(77) });
    expect(await cells(0)).not.toEqual(await cells(77));
  });

  it('sessions train beside tensors', async () => {
    const replica = replicaOf({ sizes: [6, 3], device: 'linear' }, 4);
    const samples = samplesOf({ kind: 'values', count: 9, features: 6, classes: 3, background: 0 });
    const session = await openOnlineSgd([replica]);
    await session.train(await session.load(samples), everySample(9), 0);
    const reference = hostKernels.cpu.OnlineSgd.open([replica]);
    reference.train(reference.load(samples), everySample(9), 0);
    expectSameBits(arraysOf(await session.states(0)), arraysOf(reference.states(0)));
    session.dispose();
  });
});
