import { devicesPerWeight, type CrossbarState } from '../../../src/crossbar/program.js';
import { activations, losses } from '../../arithmetic.js';
import { layerKeys } from '../../keys.js';
import { placeCrossbar, type PlacedCrossbar } from '../../wasm/crossbar.js';
import { KernelMemory } from '../../wasm/memory.js';
import {
  columnSumPeriod,
  validateOrder,
  validateReplicas,
  validateSamples,
  type OnlineSgdKernel,
  type OnlineSgdSession,
  type Replica,
  type Samples,
  type SamplesHandle,
} from '../contract.js';

/** `OnlineSgd` in WASM SIMD: weights and samples stay in the kernel's own memory. */
export const wasmOnlineSgd: OnlineSgdKernel = {
  name: 'OnlineSgd',
  backend: 'wasm',
  open(replicas) {
    validateReplicas(replicas);
    return new WasmSession(replicas);
  },
};

interface PlacedReplica {
  readonly layers: number;
  readonly crossbars: readonly PlacedCrossbar[];
}

interface PlacedSamples {
  readonly count: number;
  /** One address per replica: the tables behind the converters are the replica's own. */
  readonly addresses: readonly number[];
}

const polaritySize = 32;

class WasmSession implements OnlineSgdSession {
  private memory: KernelMemory | undefined = new KernelMemory();
  private readonly placed: PlacedReplica[];
  private readonly samples: PlacedSamples[] = [];
  private order = { address: 0, capacity: 0 };
  private outputs = { address: 0, capacity: 0 };

  constructor(private readonly replicas: readonly Replica[]) {
    this.placed = replicas.map((replica) => placeReplica(this.open, replica));
  }

  private get open(): KernelMemory {
    if (!this.memory) throw new TypeError('OnlineSgd: the session was disposed');
    return this.memory;
  }

  load(samples: Samples): SamplesHandle {
    validateSamples(samples, this.replicas[0]!.program);
    const memory = this.open;
    const labels = memory.copyIn(samples.labels);
    const data = samples.kind === 'codes' ? memory.copyIn(samples.codes) : 0;
    const values = memory.copyIn(samples.values);
    const background = samples.kind === 'codes' ? samples.values[samples.background]! : samples.background;
    const addresses = this.placed.map(({ layers }) => {
      const address = memory.allocate(memory.exports.samplesSize());
      const [read, written] = data === 0 ? [0, 0] : [memory.floats(256), memory.floats(256)];
      memory.exports.setSamples(address, samples.features, data, values, labels, read, written, background);
      if (data !== 0) memory.exports.convertCodes(address, layers);
      return address;
    });
    return this.samples.push({ count: samples.count, addresses }) - 1;
  }

  train(handle: SamplesHandle, order: Uint32Array, firstStep: number): void {
    const memory = this.open;
    const samples = this.samples[handle]!;
    validateOrder(order, firstStep, samples.count);
    if (order.length > this.order.capacity) {
      this.order = { address: memory.allocate(order.byteLength), capacity: order.length };
    }
    memory.write(this.order.address, order);
    for (const [r, { program }] of this.replicas.entries()) {
      memory.exports.train(
        this.placed[r]!.layers,
        program.layers.length,
        samples.addresses[r]!,
        this.order.address,
        order.length,
        firstStep,
        losses.indexOf(program.loss),
        program.errorPath === 'after-update',
        columnSumPeriod,
      );
    }
  }

  predict(handle: SamplesHandle, replica: number, stream: number): Float32Array {
    const memory = this.open;
    const { layers } = this.replicas[replica]!.program;
    const { count, addresses } = this.samples[handle]!;
    const size = count * layers.at(-1)!.crossbar.cols;
    if (size > this.outputs.capacity) this.outputs = { address: memory.floats(size), capacity: size };
    const { address } = this.outputs;
    memory.exports.predict(this.placed[replica]!.layers, layers.length, addresses[replica]!, 0, count, address, stream);
    return memory.readFloats(address, size);
  }

  states(replica: number): CrossbarState[] {
    return this.placed[replica]!.crossbars.map((crossbar) => crossbar.state());
  }

  dispose(): void {
    this.memory = undefined;
  }
}

function placeReplica(memory: KernelMemory, { program, states, seed }: Replica): PlacedReplica {
  const { exports } = memory;
  const layers = memory.allocate(exports.layerSize() * program.layers.length);
  const crossbars = program.layers.map(({ crossbar, activation }, l) => {
    const place = { seed, layer: l, learningRate: program.learningRate };
    const placed = placeCrossbar(memory, crossbar, states[l]!, place);
    const columns = (): number => memory.floats(placed.stride);
    // One slot more than rows: the list of foreground rows writes before it knows whether a row counts.
    const rows = (): number => memory.floats(crossbar.rows + 1);
    const address = layers + l * exports.layerSize();
    exports.setLayer(
      address,
      placed.address,
      activations.indexOf(activation),
      ...([columns(), columns(), columns(), columns(), columns()] as const),
      ...([rows(), rows(), rows(), rows(), rows(), rows()] as const),
      memory.allocate(polaritySize),
    );
    placeLayerKeys(memory, address, seed, l, devicesPerWeight(crossbar.coding));
    return placed;
  });
  return { layers, crossbars };
}

function placeLayerKeys(memory: KernelMemory, address: number, seed: number, layer: number, devices: number): void {
  const { gaps, thinning } = layerKeys(seed, layer);
  for (let device = 0; device < devices; device++) {
    for (const kind of [0, 1] as const) {
      const place = 2 * device + kind;
      memory.exports.setLayerKey(address, place, gaps[device]![kind].a, gaps[device]![kind].b);
      memory.exports.setLayerKey(address, 4 + place, thinning[device]![kind].a, thinning[device]![kind].b);
    }
  }
}
