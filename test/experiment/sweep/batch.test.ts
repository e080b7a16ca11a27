import { describe, expect, it } from 'vitest';
import { batchesOf, halvesOf, kindOf } from '../../../src/experiment/sweep/batch.js';
import type { Point } from '../../../src/experiment/sweep/points.js';
import type { Trial } from '../../../src/experiment/sweep/trial.js';

const trials = (...points: Point[]): Trial[] =>
  points.map((point, index) => ({ hash: `h${index}`, index, point, seed: index }));
const many = (count: number): Trial[] => trials(...Array.from({ length: count }, () => ({})));
const indices = (batches: readonly { readonly trials: readonly Trial[] }[]): number[][] =>
  batches.map((batch) => batch.trials.map(({ index }) => index));

describe('trials that a process runs at once', () => {
  it('differ in seeds and in numbers that replicas may differ in, and in nothing else', () => {
    const alike = trials(
      { 'device.cycleToCycle': 0, 'device.gMax': '10 nS', 'training.learningRate': 0.1, 'network.init.scale': 1 },
      { 'device.cycleToCycle': 1, 'device.gMax': '2 uS', 'training.learningRate': -1, 'network.init.scale': 2 },
    );
    expect(kindOf(alike[0]!)).toBe(kindOf(alike[1]!));
    const others: [Point, Point][] = [
      [{ 'crossbar.coding': 'offset' }, { 'crossbar.coding': 'differential-pair' }],
      [{ 'device.writeNoise': 'none' }, { 'device.writeNoise': 0.1 }],
      [{ 'device.nonlinearity.ltp': { label: 1 } }, { 'device.nonlinearity.ltp': { label: 2 } }],
      [{ device: 'a.yaml' }, { device: 'b.yaml' }],
      [{ 'network.layers[0].units': 3 }, { 'network.layers[0].units': 4 }],
      [{ 'training.epochs': 1 }, { 'training.epochs': 2 }],
      [{ 'dataset.trainSubset.count': 10 }, { 'dataset.trainSubset.count': 20 }],
      [{ backend: 'webgpu' }, { backend: 'wasm' }],
    ];
    for (const [a, b] of others) expect(kindOf({ point: a }), JSON.stringify(a)).not.toBe(kindOf({ point: b }));
    expect(kindOf({ point: { 'record.energy': true } })).toBeUndefined();
  });

  it('are equal parts of those of a kind, in the order of their first ones', () => {
    const coding = (name: string): Point => ({ 'crossbar.coding': name });
    const mixed = trials(coding('a'), coding('b'), coding('a'), coding('a'), coding('b'));
    expect(indices(batchesOf(mixed, kindOf, 64))).toEqual([
      [0, 2, 3],
      [1, 4],
    ]);
    expect(indices(batchesOf(mixed, kindOf, 2))).toEqual([[0, 2], [3], [1, 4]]);
    expect(batchesOf(many(130), kindOf, 64).map((batch) => batch.trials.length)).toEqual([43, 44, 43]);
    expect(indices(batchesOf(many(130), kindOf, 64)).flat()).toEqual(Array.from({ length: 130 }, (_, i) => i));
    expect(indices(batchesOf(many(3), () => undefined, 64))).toEqual([[0], [1], [2]]);
    expect(batchesOf([], kindOf, 64)).toEqual([]);
  });

  it('fall into halves until each is alone', () => {
    expect(indices(halvesOf(many(5)))).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(indices(halvesOf(many(2)))).toEqual([[0], [1]]);
    expect(indices(halvesOf(many(1)))).toEqual([[0]]);
  });
});
