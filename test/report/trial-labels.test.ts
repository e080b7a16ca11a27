import { expect, it } from 'vitest';
import { trialLabels } from '../../src/report/tensorboard/trial-labels.js';
import type { TrialRead } from '../../src/report/results/sweep.js';

const trial = (hash: string, point: TrialRead['point'], seed = 1): TrialRead => ({
  ...{ hash, index: 0, point, seed, folder: hash, status: 'finished', error: null, accuracy: 0.5, seconds: 1 },
  ...{ code: null, started: null },
});
const labels = (...trials: TrialRead[]) => trials.map(trialLabels(trials));

it('name trials by point and seed, by the last step of a path', () => {
  expect(
    labels(
      trial('a', { 'device.states': 8, 'device.gMin': '10 uS' }),
      trial('b', { 'device.states': 16, 'device.gMin': '10 uS' }, 2),
    ),
  ).toEqual(['states=8,gMin=10uS,seed=1', 'states=16,gMin=10uS,seed=2']);
});

it('tell apart what ends alike, and what would have one name', () => {
  expect(
    labels(
      trial('a', { 'x.ltp.label': 1, 'x.ltd.label': 2, device: '../own/a b.yaml' }),
      trial('b', { 'x.ltp.label': 1, 'x.ltd.label': 2, device: '.._own_ab.yaml' }),
    ),
  ).toEqual(['a', 'b'].map((hash) => `x.ltp.label=1,x.ltd.label=2,device=.._own_ab.yaml,seed=1,${hash}`));
});

it('fit a file system, whatever their letters', () => {
  const point = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`device.p${i}`, 'σ漢'.repeat(20)]));
  for (const label of labels(trial('a'.repeat(16), point), trial('b'.repeat(16), point))) {
    expect(Buffer.byteLength(label)).toBeLessThanOrEqual(255);
  }
});
