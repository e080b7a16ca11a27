import { crossbarSchema } from '../../src/crossbar/schema.js';
import { deviceSchema } from '../../src/device/registry.js';
import { bits, fold, keyOf } from '../../src/random.js';
import { createReplica } from '../../src/training/network.js';
import { networkSchema, trainingSchema } from '../../src/training/schema.js';
import type { Replica, Samples } from '../../kernels/online-sgd/contract.js';

/** A small network and its data, made alike in Node and in a page. */

const [features, classes] = [9, 3];
export const count = 60;

/** Cells that forget nothing, with every noise that the kernels draw. */
export function networkOf(seed: number): Replica {
  const spec = {
    inputs: features,
    network: networkSchema.parse({
      bias: true,
      layers: [
        { units: 7, weightLimit: 3 },
        { units: classes, weightLimit: 3 },
      ],
    }),
    crossbar: crossbarSchema.parse({}),
    device: deviceSchema.parse({
      ...{ model: 'exponential', gMin: '1 nS', gMax: '10 nS', states: 60, cycleToCycle: 0.02, readNoise: 0.02 },
      nonlinearity: { ltp: { label: 1.5 }, ltd: { label: -2 } },
      deviceToDevice: { ltp: 0.1, ltd: 0.1, gMax: 0.1 },
    }),
    training: trainingSchema.parse({ learningRate: 0.5, epochs: 1 }),
  };
  return createReplica(spec, seed);
}

/** Images whose class is the third with the brightest pixels. */
export function samples(): Samples {
  const key = keyOf(5, 'trainSubset');
  const labels = Uint8Array.from({ length: count }, (_, s) => bits(key, s) % classes);
  const codes = Uint8Array.from({ length: count * features }, (_, i) => {
    const draw = bits(fold(key, 1), i) % 8;
    return (i % features) % classes === labels[Math.floor(i / features)] ? 8 + draw : Math.max(0, draw - 5);
  });
  const values = Float32Array.from({ length: 256 }, (_, code) => code / 8 - 0.5);
  return { kind: 'codes', codes, labels, count, features, values, background: 0 };
}

export const order = (): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

/** Begins in front of a step at which column sums are summed afresh, and crosses it. */
export const firstStep = 1000;
