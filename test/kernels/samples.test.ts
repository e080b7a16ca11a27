import { describe, expect, it } from 'vitest';
import type { HostOnlineSgdKernel, Samples } from '../../kernels/online-sgd/contract.js';
import { hostKernels } from '../../kernels/register.js';
import { placeSamples } from '../../kernels/online-sgd/wasm/samples.js';
import { KernelMemory } from '../../kernels/wasm/memory.js';
import { arraysOf, everySample, expectSameBits, replicaOf, samplesOf, type DeviceName } from '../helpers/kernels.js';

type Coded = Samples & { readonly kind: 'codes' };

/** More than are listed at once, and a rest. */
const count = 130;

/** @param kept - which inputs of a sample stay; the others become the background */
function codedSamples(features: number, background: number, kept: (sample: number, row: number) => boolean): Coded {
  const samples = samplesOf({ kind: 'codes', count, features, classes: 4, background }) as Coded;
  const codes = Uint8Array.from({ length: count * features }, (_, i) => {
    const row = i % features;
    const code = samples.codes[i]!;
    // Of either sign, and never the background.
    if (kept((i - row) / features, row)) return code === samples.background ? 255 - code : code;
    return samples.background;
  });
  return { ...samples, codes };
}

function trained(kernel: HostOnlineSgdKernel, samples: Samples, device: DeviceName): Record<string, Float32Array> {
  // A bias would hide the largest input.
  const bias = samples.features % 2 === 0;
  const replica = replicaOf({ sizes: [samples.features, 5, 4], device, bias, learningRate: 1 }, 2);
  const session = kernel.open([replica]);
  const handle = session.load(samples);
  session.train(handle, everySample(count), 0);
  const outputs = { ...arraysOf(session.states(0)), predictions: session.predict(handle, 0, 5) };
  session.dispose();
  return outputs;
}

const widths = [1, 3, 4, 5, 15, 16, 17, 31, 48, 67];
/** One that reads its foreground only, and one whose reads of every row are noisy. */
const devices = ['linear', 'soft bounds'] as const;
const kinds: readonly (readonly [string, (sample: number, row: number) => boolean])[] = [
  ['all background', () => false],
  ['no background', () => true],
  ['one row each', (sample, row) => row === sample % 67],
  ['empty and full in turn', (sample) => sample % 2 === 0],
  ['the last row', (_, row) => row === 66 || row === 16 || row === 3],
];

describe('coded samples in the wasm kernel', () => {
  const cases = kinds.flatMap(([name, kept]) => widths.map((features) => ({ name, features, kept })));

  it.each(cases)('are read as they are: $features inputs, $name', ({ features, kept }) => {
    for (const background of [0, -0.375]) {
      const samples = codedSamples(features, background, kept);
      for (const device of devices) {
        expectSameBits(
          trained(hostKernels.wasm.OnlineSgd, samples, device),
          trained(hostKernels.cpu.OnlineSgd, samples, device),
        );
      }
    }
  });

  it('are listed in hardly more memory than a word for each input of the foreground', () => {
    const memory = new KernelMemory();
    const features = 784;
    const before = memory.allocate(0);
    placeSamples(
      memory,
      codedSamples(features, 0, (_, row) => row % 5 === 0),
    );
    const entries = Math.ceil(features / 5 / 4) * 4;
    const taken = memory.allocate(0) - before;
    expect(taken).toBeGreaterThan(4 * count * (1 + entries));
    // Beside them labels, lists' addresses and the codes' values.
    expect(taken).toBeLessThan(4 * count * (1 + entries) + 2048);
  });

  it('are listed beyond two gibibytes, where addresses come out of the kernels with a sign', () => {
    const memory = new KernelMemory();
    const marked = memory.copyIn(new Uint8Array(1 << 16).fill(7));
    memory.reserve(2 ** 31);
    const samples = codedSamples(20, 0, (sample, row) => row === sample % 20);
    const from = memory.allocate(0);
    placeSamples(memory, samples);
    expect(memory.allocate(0)).toBeGreaterThan(from);
    expect(memory.readBytes(marked, 1 << 16).every((byte) => byte === 7)).toBe(true);
    const labels = memory.readBytes(from, count);
    expect(labels).toEqual(samples.labels);
  });
});
