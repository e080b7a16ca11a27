import type { Dataset, Split } from '../../datasets/dataset.js';
import { crossbarSchema } from '../../src/crossbar/schema.js';
import { deviceSchema } from '../../src/device/registry.js';
import { bits, fold, keyOf } from '../../src/random.js';
import { inputSchema, networkSchema, trainingSchema } from '../../src/training/schema.js';
import type { TrainingSpec } from '../../src/training/training-spec.js';

const [features, classes, maxCode] = [16, 3, 16];

/** Images whose class is the third with the brightest pixels, half of them dark; enough to learn in one epoch. */
function split(count: number, stream: number): Split {
  const key = fold(keyOf(11, 'trainSubset'), stream);
  const labels = Uint8Array.from({ length: count }, (_, s) => bits(key, s) % classes);
  const codes = Uint8Array.from({ length: count * features }, (_, i) => {
    const [sample, pixel] = [Math.floor(i / features), i % features];
    const draw = bits(fold(key, 1), i) % 8;
    return pixel % classes === labels[sample] ? 8 + draw : Math.max(0, draw - 4);
  });
  return { codes, labels, count };
}

export const tinyDataset: Dataset = {
  name: 'tiny',
  ...{ features, classes, maxCode, shape: [4, 4] },
  train: split(400, 0),
  test: split(120, 1),
};

/** A network on {@link tinyDataset}, complete; each test changes what it is about. */
export function tinySpec(change: Partial<TrainingSpec> = {}): TrainingSpec {
  return {
    dataset: tinyDataset,
    inputs: inputSchema.parse({}),
    network: networkSchema.parse({
      layers: [
        { units: 8, weightLimit: 3 },
        { units: 3, weightLimit: 3 },
      ],
    }),
    crossbar: crossbarSchema.parse({}),
    device: deviceSchema.parse({
      ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 60, cycleToCycle: 0.01 },
      nonlinearity: { ltp: { label: 0.5 }, ltd: { label: 0.5 } },
      deviceToDevice: { ltp: 0.1, ltd: 0.1 },
    }),
    training: trainingSchema.parse({ learningRate: 0.1, epochs: 1 }),
    seed: 7,
    backend: 'wasm',
    ...change,
  };
}
