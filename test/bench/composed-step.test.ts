import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ComposedNetwork } from '../../bench/composed-step.js';
import { hostKernels, hostBackends } from '../../kernels/register.js';
import type { Replica } from '../../kernels/online-sgd/contract.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import { deviceSchema } from '../../src/device/registry.js';
import { useBackend } from '../../src/ops/backend.js';
import { createReplica } from '../../src/training/network.js';
import { networkSchema, trainingSchema } from '../../src/training/schema.js';

const sizes = { inputs: 12, hidden: 9, classes: 4, samples: 25 };
const converters = {
  forwardInput: { bits: 7, max: 1 },
  forwardOutput: { bits: 7, max: 6 },
  backwardInput: { bits: 7, max: 1 },
  backwardOutput: { bits: 7, max: 4 },
  updateInput: { bits: 4, max: 1 },
  updateError: { bits: 6, max: 0.1 },
};

interface Variant {
  readonly crossbar?: object;
  readonly device?: object;
  readonly ideal?: boolean;
  readonly units?: readonly number[];
  readonly learningRate?: number;
}

const cell = {
  model: 'exponential',
  ...{ gMin: '1 nS', gMax: '1 uS', states: 30, cycleToCycle: 0 },
  nonlinearity: { ltp: { label: 2 }, ltd: { label: 1 } },
};

function replicaOf(variant: Variant): Replica {
  const { crossbar, device, ideal = false, units = [sizes.hidden, sizes.classes], learningRate = 0.1 } = variant;
  const spec = {
    inputs: sizes.inputs,
    network: networkSchema.parse({ layers: units.map((n) => ({ units: n, weightLimit: 2 })) }),
    crossbar: crossbarSchema.parse({ pulsePolicy: 'fractional', ...crossbar }),
    device: deviceSchema.parse(ideal ? { model: 'ideal' } : { ...cell, ...device }),
    training: trainingSchema.parse({ learningRate, epochs: 1 }),
  };
  return createReplica(spec, 3);
}

/** Samples without chance: every pixel takes each sign, and classes take turns. */
const values = Float32Array.from({ length: sizes.samples * sizes.inputs }, (_, i) => Math.sin(1 + 1.7 * i));
const labels = Uint8Array.from({ length: sizes.samples }, (_, s) => s % sizes.classes);

function trainReference(replica: Replica): CrossbarState[] {
  const session = hostKernels.cpu.OnlineSgd.open([replica]);
  const samples = session.load({
    ...{ kind: 'values', values, labels, background: 0, count: sizes.samples, features: sizes.inputs },
  });
  session.train(
    samples,
    Uint32Array.from(labels, (_, s) => s),
    0,
  );
  return session.states(0);
}

function oneHot(label: number): Float32Array {
  return Float32Array.from({ length: sizes.classes }, (_, j) => (j === label ? 1 : 0));
}

function trainComposed(replica: Replica): CrossbarState[] {
  const network = new ComposedNetwork(replica);
  for (let s = 0; s < sizes.samples; s++) {
    const x = tf.tensor2d(values.slice(s * sizes.inputs, (s + 1) * sizes.inputs), [1, sizes.inputs]);
    const target = tf.tensor2d(oneHot(labels[s]!), [1, sizes.classes]);
    network.train(x, target);
    tf.dispose([x, target]);
  }
  const states = network.states();
  network.dispose();
  return states;
}

function expectClose(got: readonly CrossbarState[], expected: readonly CrossbarState[], tolerance: number): void {
  for (const [l, layer] of expected.entries()) {
    for (const polarity of ['plus', 'minus'] as const) {
      expect(got[l]![polarity].length).toBe(layer[polarity].length);
      const worst = layer[polarity].reduce((w, g, i) => Math.max(w, Math.abs(g - got[l]![polarity][i]!)), 0);
      expect(worst, `layer ${l}, ${polarity}`).toBeLessThan(tolerance);
    }
  }
}

/** By how much each cell of a polarity moved, over all layers. */
function changes(replica: Replica, states: readonly CrossbarState[]): number[] {
  return replica.states.flatMap(({ plus }, l) => [...plus].map((g, i) => states[l]!.plus[i]! - g));
}

function largestChange(replica: Replica, states: readonly CrossbarState[]): number {
  return Math.max(...changes(replica, states).map(Math.abs));
}

/** How many cells moved at all, and their mean squared move. */
function changesOf(replica: Replica, states: readonly CrossbarState[]): { moved: number; squares: number } {
  const moves = changes(replica, states).filter((change) => change !== 0);
  return { moved: moves.length, squares: moves.reduce((sum, change) => sum + change ** 2, 0) / moves.length };
}

describe.each(hostBackends)('the composed step on tfjs %s', (backend) => {
  it.each([
    ['a device with fractional pulses', {}],
    ['one layer', { units: [sizes.classes] }],
    ['a device behind converters', { crossbar: { converters } }],
    ['ideal weights', { ideal: true }],
  ] as [string, Variant][])('equals the reference kernel to 1e-5: %s', async (_, variant) => {
    await useBackend(backend);
    const replica = replicaOf(variant);
    const expected = trainReference(replica);
    expect(largestChange(replica, expected)).toBeGreaterThan(1e-3);
    expectClose(trainComposed(replica), expected, 1e-5);
  });

  it('gives as many stochastic pulses, with as much noise, as the reference kernel', async () => {
    await useBackend(backend);
    // Wide enough that the moments of one write are sharp.
    const replica = replicaOf({
      units: [2000, sizes.classes],
      crossbar: { pulsePolicy: 'stochastic', converters },
      device: { cycleToCycle: 0.02 },
      learningRate: 0.5,
    });
    const expected = changesOf(replica, trainReference(replica));
    const got = changesOf(replica, trainComposed(replica));
    expect(expected.moved).toBeGreaterThan(1000);
    expect(Math.abs(got.moved / expected.moved - 1)).toBeLessThan(0.1);
    expect(Math.abs(got.squares / expected.squares - 1)).toBeLessThan(0.1);
  });

  it('keeps no tensor but its cells', async () => {
    await useBackend(backend);
    const before = tf.memory().numTensors;
    const network = new ComposedNetwork(replicaOf({ crossbar: { converters } }));
    const [x, target] = [tf.ones<tf.Rank.R2>([1, sizes.inputs]), tf.zeros<tf.Rank.R2>([1, sizes.classes])];
    const held = tf.memory().numTensors;
    network.train(x, target);
    network.train(x, target);
    expect(tf.memory().numTensors).toBe(held);
    network.dispose();
    tf.dispose([x, target]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the composed step', () => {
  it.each([
    ['offset coding', { crossbar: { coding: 'offset' } }],
    ['rounded pulses', { crossbar: { pulsePolicy: 'round' } }],
    ['read noise', { device: { readNoise: 0.1 } }],
    ['cells that differ', { device: { deviceToDevice: { ltp: 0.1, ltd: 0, gMax: 0, gMin: 0 } } }],
  ] as [string, Variant][])('refuses what it does not know: %s', (_, variant) => {
    expect(() => new ComposedNetwork(replicaOf(variant))).toThrow('bench: the composed step knows');
  });

  it('refuses stochastic requests beyond one pulse, which a comparison could not draw', () => {
    const unlimited = replicaOf({ crossbar: { pulsePolicy: 'stochastic' } });
    expect(() => new ComposedNetwork(unlimited)).toThrow('up to Infinity pulses are asked of a cell');
    const strong = replicaOf({ crossbar: { pulsePolicy: 'stochastic', converters }, learningRate: 10 });
    expect(() => new ComposedNetwork(strong)).toThrow('expected one at most; lower learningRate');
  });
});
