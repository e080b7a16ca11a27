import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hostKernels } from '../../kernels/register.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { deviceSchema } from '../../src/device/registry.js';
import { networkSchema, trainingSchema } from '../../src/training/schema.js';
import { Trainer, type EpochOptions } from '../../src/training/trainer.js';
import type { TrainingSpec } from '../../src/training/training-spec.js';
import { tinySpec } from './tiny.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Trains some epochs, and tells what came out. */
async function trained(change: Partial<TrainingSpec> = {}, epochs = 1, options: EpochOptions = {}) {
  const trainer = await Trainer.create(tinySpec(change));
  try {
    for (let epoch = 0; epoch < epochs; epoch++) await trainer.trainEpoch(options);
    return { evaluation: await trainer.evaluate(), layers: await trainer.snapshot(), counters: trainer.counters() };
  } finally {
    trainer.dispose();
  }
}

/** A clock on which every chunk takes as long as told: long chunks are cut shorter, short ones grow. */
function clockOf(millisecondsPerReading: number): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += millisecondsPerReading));
}

describe('a trainer', () => {
  it('learns', async () => {
    const trainer = await Trainer.create(tinySpec());
    const before = await trainer.evaluate();
    for (let epoch = 0; epoch < 3; epoch++) await trainer.trainEpoch();
    const after = await trainer.evaluate();
    trainer.dispose();
    expect(before.accuracy).toBeLessThan(0.7);
    expect(after.accuracy).toBeGreaterThan(0.9);
    expect(after.loss).toBeLessThan(before.loss);
  });

  it('comes to the same bits however an epoch is cut into chunks', async () => {
    const cuts: number[][] = [];
    const results = [];
    for (const milliseconds of [0, 3, 5000]) {
      clockOf(milliseconds);
      const ends: number[] = [];
      results.push(await trained({}, 2, { onProgress: (done) => ends.push(done) }));
      cuts.push(ends);
    }
    expect(cuts[0]!.slice(0, 2)).toEqual([1, 400]);
    expect(cuts[2]!.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(results[0]!.counters).toEqual({ epoch: 2, samples: 800 });
  });

  it('stops at the end of a chunk where it is told to, with the reason', async () => {
    const trainer = await Trainer.create(tinySpec());
    const stop = new AbortController();
    const reason = new Error('enough');
    const ends: number[] = [];
    const onProgress = (done: number): void => {
      ends.push(done);
      stop.abort(reason);
    };
    await expect(trainer.trainEpoch({ onProgress, signal: stop.signal })).rejects.toBe(reason);
    expect(ends).toEqual([1]);
    expect(trainer.counters()).toEqual({ epoch: 0, samples: 1 });
    await expect(trainer.trainEpoch({ signal: stop.signal })).rejects.toBe(reason);
    expect(trainer.counters().samples).toBe(1);
    trainer.dispose();
  });

  it('leaves the event loop free between chunks', async () => {
    clockOf(5000);
    const seen: number[] = [];
    let done = 0;
    const timer = setInterval(() => seen.push(done), 0);
    await trained({}, 1, { onProgress: (samples) => (done = samples) });
    clearInterval(timer);
    expect(seen.some((samples) => samples > 0 && samples < 400)).toBe(true);
  });

  it('gives another network for another seed, and the same for the same', async () => {
    const [first, again, other] = [await trained({ seed: 1 }), await trained({ seed: 1 }), await trained({ seed: 2 })];
    expect(again).toEqual(first);
    expect(other.layers[0]!.weights).not.toEqual(first.layers[0]!.weights);
  });

  it('has the bits of the reference on every backend', async () => {
    const [cpu, wasm] = [await trained({ backend: 'cpu' }, 2), await trained({ backend: 'wasm' }, 2)];
    expect(wasm.layers).toEqual(cpu.layers);
    expect(wasm.evaluation).toEqual(cpu.evaluation);
  });

  it('evaluates without training', async () => {
    const trainer = await Trainer.create(tinySpec());
    const [before, first] = [await trainer.snapshot(), await trainer.evaluate()];
    expect(await trainer.evaluate()).toEqual(first);
    expect(await trainer.snapshot()).toEqual(before);
    trainer.dispose();
  });

  it('draws read noise afresh in each evaluation, yet alike from run to run', async () => {
    const device = deviceSchema.parse({
      ...{ model: 'linear', gMin: '1 nS', gMax: '10 nS', states: 60, readNoise: 0.05 },
    });
    const losses = async (): Promise<number[]> => {
      const trainer = await Trainer.create(tinySpec({ device }));
      const found = [(await trainer.evaluate()).loss, (await trainer.evaluate()).loss];
      trainer.dispose();
      return found;
    };
    const [first, second] = await losses();
    expect(second).not.toBe(first);
    expect(await losses()).toEqual([first, second]);
  });

  it('is of no use once disposed, and leaves no tensors', async () => {
    const tensors = tf.memory().numTensors;
    const trainer = await Trainer.create(tinySpec());
    await trainer.trainEpoch();
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
    await expect(trainer.trainEpoch()).rejects.toThrow('OnlineSgd: the session was disposed');
    await expect(trainer.evaluate()).rejects.toThrow('OnlineSgd: the session was disposed');
  });
});

describe('the order of samples', () => {
  const shuffle = trainingSchema.parse({ learningRate: 0.1, epochs: 2, order: 'shuffle' });

  it('decides the result: shuffled differs from file order', async () => {
    const [file, shuffled] = [await trained(), await trained({ training: shuffle })];
    expect(shuffled.layers[0]!.weights).not.toEqual(file.layers[0]!.weights);
    expect((await trained({ training: shuffle })).layers).toEqual(shuffled.layers);
  });

  it('is another permutation of all samples in each epoch', async () => {
    const orders = await ordersOf({ training: shuffle }, 3);
    const all = Array.from({ length: 400 }, (_, i) => i);
    for (const order of orders) expect([...order].sort((a, b) => a - b)).toEqual(all);
    expect(new Set(orders.map((order) => order.join())).size).toBe(3);
    expect(await ordersOf({ training: shuffle }, 3)).toEqual(orders);
    expect(await ordersOf({ training: shuffle, seed: 8 }, 1)).not.toEqual(orders.slice(0, 1));
  });

  it('drawn at random is of as many images as are asked for, with repetitions, another in each epoch', async () => {
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 2, order: 'random', samplesPerEpoch: 1000 });
    const [first, second] = await ordersOf({ training }, 2);
    expect([first!.length, second!.length]).toEqual([1000, 1000]);
    expect(first).not.toEqual(second);
    expect(await ordersOf({ training }, 2)).toEqual([first, second]);
    // Of 400 images 400·(1 − e^{−2.5}) = 367 are expected among 1000 draws.
    expect(Math.abs(new Set(first).size - 367)).toBeLessThan(25);
    expect(Math.max(...first!)).toBeLessThan(400);
  });

  it('drawn at random counts its samples by the images drawn', async () => {
    const training = trainingSchema.parse({ learningRate: 0.1, epochs: 1, order: 'random', samplesPerEpoch: 30 });
    const inputs = { inputs: 'standardize', trainSubset: { count: 60 } } as const;
    const [order] = await ordersOf({ training, inputs }, 1);
    const [subset] = await ordersOf({ inputs }, 1);
    expect(order).toHaveLength(30);
    expect(order!.every((index) => subset!.includes(index))).toBe(true);
  });

  it('stays within the training subset', async () => {
    const inputs = { inputs: 'standardize', trainSubset: { count: 60 } } as const;
    const [file] = await ordersOf({ inputs }, 1);
    const [shuffled] = await ordersOf({ inputs, training: shuffle }, 1);
    expect(file).toHaveLength(60);
    expect([...shuffled!].sort((a, b) => a - b)).toEqual(file);
  });
});

/** The sample indices of each epoch, as the kernel is given them. */
async function ordersOf(change: Partial<TrainingSpec>, epochs: number): Promise<number[][]> {
  const trained: number[][] = [];
  const { OnlineSgd } = hostKernels.wasm;
  const open = vi.spyOn(OnlineSgd, 'open');
  const trainer = await Trainer.create(tinySpec(change));
  const session = open.mock.results[0]!.value as ReturnType<typeof OnlineSgd.open>;
  const train = vi.spyOn(session, 'train');
  for (let epoch = 0; epoch < epochs; epoch++) {
    train.mockClear();
    await trainer.trainEpoch();
    trained.push(train.mock.calls.flatMap(([, order]) => [...(order as Uint32Array)]));
  }
  trainer.dispose();
  vi.restoreAllMocks();
  return trained;
}

describe('a snapshot', () => {
  it('has both cells of a pair, in siemens within the range, and their weights', async () => {
    const { layers } = await trained();
    expect(layers.map(({ rows, cols }) => [rows, cols])).toEqual([
      [16, 8],
      [8, 3],
    ]);
    const { weights, conductances } = layers[0]!;
    const { gPlus, gMinus, g } = conductances;
    expect(g).toBeUndefined();
    expect(Math.min(...gPlus!, ...gMinus!)).toBeGreaterThanOrEqual(0.999e-9);
    expect(Math.max(...gPlus!, ...gMinus!)).toBeLessThanOrEqual(1.001e-8);
    // ±3 at the edges of half the range, 4.5 nS: 3 per 4.5 nS.
    weights.forEach((w, i) => {
      expect(w).toBeCloseTo((gPlus![i]! - gMinus![i]!) / 1.5e-9, 4);
    });
  });

  it('has one conductance with offset coding, and none of ideal weights', async () => {
    const offset = await trained({ crossbar: crossbarSchema.parse({ coding: 'offset' }) });
    const { g, gPlus } = offset.layers[0]!.conductances;
    expect([g?.length, gPlus]).toEqual([128, undefined]);
    const ideal = await trained({ device: deviceSchema.parse({ model: 'ideal' }) }, 3);
    expect(ideal.layers[0]!.conductances).toEqual({ gPlus: undefined, gMinus: undefined, g: undefined });
    expect(ideal.evaluation.accuracy).toBeGreaterThan(0.9);
  });

  it('has a row more with biases', async () => {
    const layers = [{ units: 3, weightLimit: 3 }];
    const { layers: snapshot } = await trained({ network: networkSchema.parse({ bias: true, layers }) });
    expect(snapshot.map(({ rows, cols }) => [rows, cols])).toEqual([[17, 3]]);
  });
});
