import type { KernelMemory } from '../../wasm/memory.js';
import type { Samples } from '../contract.js';

/** Samples that are listed at once: of MNIST, their codes and the longest lists of such take some 250 kB. */
const piece = 64;

/**
 * Places samples for all replicas of a session, codes as lists of what differs from the background.
 * @returns places what a replica has of its own, the tables behind its converters; takes the address of its first layer
 */
export function placeSamples(memory: KernelMemory, samples: Samples): (layers: number) => number {
  const { exports } = memory;
  const coded = samples.kind === 'codes';
  const labels = memory.copyIn(samples.labels);
  const values = memory.copyIn(samples.values);
  const lists = coded ? listSamples(memory, samples) : 0;
  const background = coded ? samples.values[samples.background]! : samples.background;
  return (layers) => {
    const address = memory.allocate(exports.samplesSize());
    const tables = coded ? [memory.floats(256), memory.floats(256), memory.floats(512)] : [0, 0, 0];
    const [read, written, inputs] = tables as [number, number, number];
    exports.setSamples(address, samples.features, lists, values, labels, read, written, inputs, background);
    if (coded) exports.convertCodes(address, layers);
    return address;
  };
}

/** Address of the addresses of all samples' lists. */
function listSamples(
  memory: KernelMemory,
  { codes, count, features, background }: Samples & { kind: 'codes' },
): number {
  const { exports } = memory;
  const starts = memory.allocate(4 * count);
  for (let first = 0; first < count; first += piece) {
    const listed = Math.min(piece, count - first);
    const lists = memory.reserve(exports.listsSize(listed, features));
    const scratch = memory.reserve(listed * features);
    memory.write(scratch, codes.subarray(first * features, (first + listed) * features));
    // Addresses come out of the kernels with a sign; what the lists left, the codes among it, is free again.
    memory.free(exports.listCodes(scratch, listed, features, background, starts + 4 * first, lists) >>> 0);
  }
  return starts;
}
