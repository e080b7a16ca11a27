import type { DriftLosses } from '../../../src/crossbar/drift.js';
import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../../../src/crossbar/program.js';
import { activations, losses } from '../../arithmetic.js';
import { layerKeys } from '../../keys.js';
import { placeCrossbar, strideOf, type PlacedCrossbar } from '../../wasm/crossbar.js';
import { KernelMemory } from '../../wasm/memory.js';
import { PlacedTraps } from '../../wasm/traps.js';
import { validateLosses } from '../../drift/contract.js';
import {
  columnSumPeriod,
  disposedError,
  elementOf,
  lengthOf,
  ordersOf,
  validateReplicas,
  validateSamples,
  type HostOnlineSgdKernel,
  type HostOnlineSgdSession,
  type Orders,
  type Replica,
  type Samples,
  type SamplesHandle,
} from '../contract.js';

/** `OnlineSgd` in WASM SIMD: weights and samples stay in the kernel's own memory. */
export const wasmOnlineSgd: HostOnlineSgdKernel = {
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
  /** By layer, from its first drift on. */
  readonly traps: (PlacedTraps | undefined)[];
}

interface PlacedSamples {
  readonly count: number;
  /** One address per replica: the tables behind the converters are the replica's own. */
  readonly addresses: readonly number[];
}

const polaritySize = 48;

/**
 * An engine replaces a function's first, slow compilation by the optimised one only when the function is called again:
 * a whole epoch in one call would run in slow code throughout.
 */
const samplesPerCall = 50;

class WasmSession implements HostOnlineSgdSession {
  private memory: KernelMemory | undefined = new KernelMemory();
  private readonly placed: PlacedReplica[];
  private readonly samples: PlacedSamples[] = [];
  private order = { address: 0, capacity: 0 };
  private outputs = { address: 0, capacity: 0 };

  constructor(private readonly replicas: readonly Replica[]) {
    this.placed = replicas.map((replica) => placeReplica(this.open, replica));
  }

  private get open(): KernelMemory {
    if (!this.memory) throw disposedError();
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
      const code = samples.kind === 'codes' ? samples.background : 0;
      memory.exports.setSamples(address, samples.features, data, values, labels, read, written, background, code);
      if (data !== 0) memory.exports.convertCodes(address, layers);
      return address;
    });
    return this.samples.push({ count: samples.count, addresses }) - 1;
  }

  train(handle: SamplesHandle, orders: Orders, firstStep: number): void {
    const memory = this.open;
    const samples = elementOf(this.samples, handle, 'samples handle');
    const each = ordersOf(orders, firstStep, { replicas: this.replicas.length, samples: samples.count });
    const length = lengthOf(orders);
    if (length > this.order.capacity) this.order = { address: memory.allocate(4 * length), capacity: length };
    for (const [r, { program }] of this.replicas.entries()) {
      const order = each[r];
      if (!order) continue;
      memory.write(this.order.address, order);
      for (let from = 0; from < order.length; from += samplesPerCall) {
        memory.exports.train(
          this.placed[r]!.layers,
          program.layers.length,
          samples.addresses[r]!,
          this.order.address + 4 * from,
          Math.min(samplesPerCall, order.length - from),
          firstStep + from,
          losses.indexOf(program.loss),
          program.errorPath === 'after-update',
          columnSumPeriod,
        );
      }
    }
  }

  predict(handle: SamplesHandle, replica: number, stream: number): Float32Array {
    const memory = this.open;
    const { layers } = elementOf(this.replicas, replica, 'replica').program;
    const { count, addresses } = elementOf(this.samples, handle, 'samples handle');
    const size = count * layers.at(-1)!.crossbar.cols;
    if (size > this.outputs.capacity) this.outputs = { address: memory.floats(size), capacity: size };
    const { address } = this.outputs;
    for (let from = 0; from < count; from += samplesPerCall) {
      const samples = Math.min(samplesPerCall, count - from);
      const to = address + 4 * from * layers.at(-1)!.crossbar.cols;
      memory.exports.predict(
        this.placed[replica]!.layers,
        layers.length,
        addresses[replica]!,
        from,
        samples,
        to,
        stream,
      );
    }
    return memory.readFloats(address, size);
  }

  drift(replica: number, layer: number, losses: DriftLosses): void {
    const memory = this.open;
    const { program, seed } = elementOf(this.replicas, replica, 'replica');
    const { crossbar } = elementOf(program.layers, layer, 'layer');
    validateLosses(crossbar, losses, 'OnlineSgd: drift');
    const { crossbars, traps } = this.placed[replica]!;
    const place = { seed, layer, traps: undefined };
    const drifting = (traps[layer] ??= new PlacedTraps(memory, crossbars[layer]!, crossbar, place));
    drifting.drift(losses);
  }

  states(replica: number): CrossbarState[] {
    const memory = this.open;
    const { crossbars, traps } = elementOf(this.placed, replica, 'replica');
    return crossbars.map((crossbar, l) => ({ ...crossbar.state(memory), traps: traps[l]?.state() }));
  }

  dispose(): void {
    this.memory = undefined;
  }
}

function placeReplica(memory: KernelMemory, { program, states, seed }: Replica): PlacedReplica {
  const { exports } = memory;
  const layers = memory.allocate(exports.layerSize() * program.layers.length);
  const crossbars = program.layers.map(({ crossbar, activation, learningRate = program.learningRate }, l) => {
    const place = { seed, layer: l, learningRate };
    const placed = placeCrossbar(memory, crossbar, states[l]!, place);
    // A vector more than columns: the bias of the next layer is written behind the activations.
    const columns = (): number => memory.floats(placed.stride + 16);
    const rows = (): number => memory.floats(strideOf(crossbar.rows));
    const [foregroundRead, foregroundWritten] = [rows(), rows()];
    // Only the first layer has a background; above it the lists of foreground rows hold every row.
    const [read, written] = l === 0 ? [rows(), rows()] : [foregroundRead, foregroundWritten];
    const [indices, offsets] = placeRowLists(memory, crossbar, placed.stride);
    const address = layers + l * exports.layerSize();
    exports.setLayer(
      address,
      placed.address,
      activations.indexOf(activation),
      ...([columns(), columns(), columns(), columns(), columns()] as const),
      read,
      written,
      indices,
      offsets,
      foregroundRead,
      foregroundWritten,
      rows(),
      memory.allocate(polaritySize),
      memory.floats(7 * placed.stride),
      needsDense(crossbar),
    );
    placeLayerKeys(memory, address, seed, l, devicesPerWeight(crossbar.coding));
    return placed;
  });
  const traps = crossbars.map((placed, l) => {
    const { crossbar } = program.layers[l]!;
    const held = states[l]!.traps;
    return held && new PlacedTraps(memory, placed, crossbar, { seed, layer: l, traps: held });
  });
  return { layers, crossbars, traps };
}

/** Lists of all rows and of their byte offsets: what a layer without a background always reads. */
function placeRowLists(memory: KernelMemory, { rows }: CrossbarProgram, stride: number): readonly [number, number] {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  return [memory.copyIn(all), memory.copyIn(all.map((i) => 4 * stride * i))];
}

/** Whether a layer visits every row: its cells one by one, or the noise of all of them. */
function needsDense({ pulsePolicy, response, coding }: CrossbarProgram): boolean {
  return coding !== 'ideal' && (pulsePolicy !== 'stochastic' || (response.kind !== 'ideal' && response.readNoise > 0));
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
