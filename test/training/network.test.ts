import { describe, expect, it } from 'vitest';
import { decodeWeights } from '../../src/crossbar/weights.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { deviceSchema } from '../../src/device/registry.js';
import { compileNetwork, createReplica } from '../../src/training/network.js';
import { networkSchema, trainingSchema } from '../../src/training/schema.js';
import { errorOfMean, momentsOf, standardErrors } from '../device/statistics.js';

const layers = [{ units: 36 }, { units: 10 }];

function spec(network: object = {}) {
  return {
    inputs: 64,
    network: networkSchema.parse({ layers, ...network }),
    crossbar: crossbarSchema.parse({}),
    device: deviceSchema.parse({ model: 'ideal' }),
    training: trainingSchema.parse({ learningRate: 0.1, epochs: 1 }),
  };
}

function initialWeights(network: object = {}, seed = 1): Float32Array[] {
  const { program, states } = createReplica(spec(network), seed);
  return program.layers.map(({ crossbar }, l) => decodeWeights(crossbar, states[l]!));
}

const largestOf = (weights: Float32Array): number => weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);

describe('initial weights', () => {
  it.each([
    [0, 64 * 36, 0.9798],
    [1, 36 * 10, 1.4446],
  ])('of layer %s of 64-36-10 are %s draws from U(±%s)', (layer, count, width) => {
    const weights = initialWeights()[layer]!;
    expect(weights).toHaveLength(count);
    const largest = largestOf(weights);
    expect(largest).toBeLessThanOrEqual(width + 1e-4);
    expect(largest).toBeGreaterThan(0.98 * width);
    const { mean, deviation } = momentsOf(weights);
    const sigma = width / Math.sqrt(3);
    expect(Math.abs(mean)).toBeLessThan(standardErrors * errorOfMean(sigma, count));
    expect(Math.abs(deviation / sigma - 1)).toBeLessThan(standardErrors * errorOfMean(Math.sqrt(0.2), count));
  });

  it('are those of MNIST at its sizes: U(±0.298) and U(±0.556)', () => {
    const mnist = { ...spec({ layers: [{ units: 300 }, { units: 10 }] }), inputs: 784 };
    const { program, states } = createReplica(mnist, 1);
    const [first, second] = program.layers.map(({ crossbar }, l) => largestOf(decodeWeights(crossbar, states[l]!)));
    expect(first).toBeCloseTo(0.2976, 3);
    expect(second).toBeCloseTo(0.5565, 2);
  });

  it('follow from the seed, layer by layer', () => {
    expect(initialWeights({}, 1)).toEqual(initialWeights({}, 1));
    expect(initialWeights({}, 2)[0]).not.toEqual(initialWeights({}, 1)[0]);
    const [first, second] = initialWeights({ layers: [{ units: 64 }, { units: 64 }] });
    expect(first).not.toEqual(second);
  });

  it('are scaled, or zeros, as the config says', () => {
    const [full, half] = [initialWeights()[0]!, initialWeights({ init: { generator: 'uniform', scale: 0.5 } })[0]!];
    expect(half.every((w, i) => Math.abs(w - full[i]! / 2) < 1e-7)).toBe(true);
    expect(initialWeights({ init: { generator: 'zeros' } }).flatMap((w) => [...new Set(w)])).toEqual([0, 0]);
  });
});

describe('weights of levels', () => {
  const init = { generator: 'levels', count: 7, max: 1 } as const;

  it('are 0, 1/3, 2/3 and 1 of either sign for seven of them up to 1, alike in number', () => {
    const counts = new Map<number, number>();
    for (const w of initialWeights({ init })[0]!) counts.set(w, (counts.get(w) ?? 0) + 1);
    const third = Math.fround(1 / 3);
    const values = [...counts.keys()].sort((a, b) => a - b);
    const expected = [-1, -2 / 3, -third, 0, third, 2 / 3, 1];
    expect(values).toHaveLength(7);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
    // 2304 weights, 329 of each: five standard deviations are 84.
    for (const count of counts.values()) expect(Math.abs(count - 2304 / 7)).toBeLessThan(84);
  });
});

describe('a compiled network', () => {
  it('has the learning rates that its layers state, and elsewhere that of the training', () => {
    const layers = [
      { units: 36, weightLimit: 1 },
      { units: 10, weightLimit: 1, learningRate: 0.05 },
    ];
    const program = compileNetwork(spec({ layers }));
    expect([program.learningRate, ...program.layers.map((layer) => layer.learningRate)]).toEqual([
      0.1,
      undefined,
      0.05,
    ]);
  });

  it('has one crossbar per layer, each as tall as what feeds it', () => {
    const shapes = (network: object) =>
      compileNetwork(spec(network)).layers.map(({ crossbar }) => [crossbar.rows, crossbar.cols]);
    expect(shapes({})).toEqual([
      [64, 36],
      [36, 10],
    ]);
    expect(shapes({ bias: true })).toEqual([
      [65, 36],
      [37, 10],
    ]);
  });

  it('carries the training protocol', () => {
    const { loss, learningRate, errorPath, bias } = compileNetwork(spec());
    expect({ loss, learningRate, errorPath, bias }).toEqual({
      ...{ loss: 'squared-error', learningRate: 0.1, errorPath: 'after-update', bias: false },
    });
  });
});
