import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadDataset } from '../../../datasets/registry.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { runExperiment } from '../../../src/experiment/run.js';
import { decodeSafetensors } from '../../../src/experiment/safetensors.js';
import { Scratch } from '../scratch.js';

const scratch = new Scratch();
beforeAll(async () => {
  const experiment = loadExperiment('configs/experiments/ws2-mnist.yaml');
  await runExperiment({ experiment, out: scratch.path('run'), commandLine: [], offline: true });
});
afterAll(() => {
  scratch.remove();
});

const lines = (name: string) =>
  readFileSync(scratch.path('run', 'figures', name), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);

it('tells the recognition rate from the untrained state to 60,000 learnings', () => {
  const points = lines('recognition-vs-learnings.csv').map((line) => line.split(',').map(Number));
  expect(points.map(([samples]) => samples)).toEqual([
    ...[0, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 40_000, 60_000],
  ]);
  expect(points.at(0)![1]).toBeLessThan(0.2);
  // From 100 to 5000 learnings it rises from point to point by more than the sampling of 10,000 images.
  for (let i = 1; i <= 6; i++) expect(points[i]![1]! - points[i - 1]![1]!).toBeGreaterThan(0.02);
  const { accuracy } = JSON.parse(readFileSync(scratch.path('run', 'run.json'), 'utf8')) as { accuracy: number };
  expect(points.at(-1)![1]).toBe(accuracy);
});

it('leaves maps of which each is most like the images of its own digit', async () => {
  const bytes = readFileSync(scratch.path('run', 'figures', 'weight-maps.safetensors'));
  const { weights } = decodeSafetensors(bytes, 'maps').tensors;
  expect(weights?.shape).toEqual([5, 10, 28, 28]);
  const digits = await meanDigits();
  const likest = (stage: number) =>
    digits.map((_, digit) => {
      const from = (stage * 10 + digit) * 784;
      const map = weights!.data.subarray(from, from + 784);
      const likeness = digits.map((mean) => correlation(map, mean));
      return likeness.indexOf(Math.max(...likeness));
    });
  expect(likest(4)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(likest(0)).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('leaves a confusion matrix at each stage, whose diagonal comes to be the strongest', () => {
  const cells = lines('confusion.csv').map((line) => line.split(',').map(Number));
  const stages = [0, 100, 1000, 10_000, 60_000];
  expect([...new Set(cells.map(([samples]) => samples))]).toEqual(stages);
  const diagonals = stages.map((stage) => {
    const own = cells.filter(([samples]) => samples === stage);
    expect(own.reduce((sum, [, , , count]) => sum + count!, 0)).toBe(10_000);
    return own.filter(([, actual, predicted, count]) => {
      const row = own.filter(([, other]) => other === actual).map(([, , , n]) => n!);
      return actual === predicted && count === Math.max(...row);
    }).length;
  });
  expect(diagonals.at(-1)).toBe(10);
  expect(diagonals.at(0)).toBeLessThan(5);
});

/** The mean image of each digit less the mean of all, at the pixels that are ever bright; NaN elsewhere. */
async function meanDigits(): Promise<Float64Array[]> {
  const { train, features } = await loadDataset('mnist', { offline: true });
  const sums = Array.from({ length: 10 }, () => new Float64Array(features));
  const counts = new Array<number>(10).fill(0);
  train.labels.forEach((label, s) => {
    counts[label]!++;
    const image = train.codes.subarray(s * features, (s + 1) * features);
    image.forEach((code, i) => (sums[label]![i]! += code));
  });
  const all = sums[0]!.map((_, i) => sums.reduce((sum, one) => sum + one[i]!, 0) / train.count);
  return sums.map((sum, digit) => sum.map((value, i) => (all[i]! > 1 ? value / counts[digit]! - all[i]! : NaN)));
}

/** Pearson's, over the pixels at which `image` is a number. */
function correlation(map: Float32Array, image: Float64Array): number {
  const pairs = [...image].flatMap((b, i) => (Number.isNaN(b) ? [] : [[map[i]!, b] as const]));
  const mean = (which: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[which], 0) / pairs.length;
  const [a, b] = [mean(0), mean(1)];
  const moment = (of: (x: number, y: number) => number) => pairs.reduce((sum, [x, y]) => sum + of(x - a, y - b), 0);
  return moment((x, y) => x * y) / Math.sqrt(moment((x) => x * x) * moment((_, y) => y * y));
}
