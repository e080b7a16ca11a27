import type { DriftLosses } from '../../../src/crossbar/drift.js';
import type { CrossbarState } from '../../../src/crossbar/program.js';
import { losses } from '../../arithmetic.js';
import { validateLosses } from '../../drift/contract.js';
import type { LedgerEntry, LedgerState } from '../../ledger.js';
import { KernelMemory } from '../../wasm/memory.js';
import { sharedKernels } from '../../wasm/team.js';
import { PlacedLedger } from '../../wasm/ledger.js';
import { PlacedTraps } from '../../wasm/traps.js';
import {
  columnSumPeriod,
  type HostOnlineSgdKernel,
  type HostOnlineSgdSession,
  type OpenOptions,
  type Orders,
  type Replica,
  type Samples,
  type SamplesHandle,
  type ThreadUse,
} from '../contract.js';
import { disposedError, elementOf, lengthOf, ordersOf, requireLedger } from '../calls.js';
import { validateOpening, validateSamples } from '../validation.js';
import { Crew, predictAlone, trainAlone } from './crew.js';
import { placeReplica, type PlacedReplica } from './placement.js';
import { samplesPerCall } from './pace.js';
import { placeSamples } from './samples.js';
import { gainsByThreads } from './shares.js';

/** `OnlineSgd` in WASM SIMD: weights and samples stay in the kernel's own memory. */
export const wasmOnlineSgd: HostOnlineSgdKernel = {
  name: 'OnlineSgd',
  backend: 'wasm',
  open(replicas, options = {}) {
    validateOpening(replicas, options);
    return new WasmSession(replicas, options);
  },
};

interface PlacedSamples {
  readonly count: number;
  /** One address per replica: the tables behind the converters are the replica's own. */
  readonly addresses: readonly number[];
}

class WasmSession implements HostOnlineSgdSession {
  private memory: KernelMemory | undefined;
  private readonly crew: Crew | undefined;
  private readonly placed: PlacedReplica[];
  /** By replica and layer. */
  private readonly records: readonly (readonly PlacedLedger[])[] | undefined;
  private readonly samples: PlacedSamples[] = [];
  private order = { address: 0, capacity: 0 };
  private outputs = { address: 0, capacity: 0 };

  constructor(
    private readonly replicas: readonly Replica[],
    options: OpenOptions,
  ) {
    const shared = gainsByThreads(replicas, options) ? sharedKernels() : undefined;
    const memory = shared?.memory ?? new KernelMemory();
    this.memory = memory;
    this.placed = replicas.map((replica) => placeReplica(memory, replica));
    this.records = options.ledger
      ? this.placed.map(({ crossbars }, r) => placeLedgers(memory, replicas[r]!, crossbars))
      : undefined;
    this.crew = shared && Crew.gather(shared, replicas, this.placed, options);
  }

  private get open(): KernelMemory {
    if (!this.memory) throw disposedError();
    return this.memory;
  }

  load(samples: Samples): SamplesHandle {
    validateSamples(samples, this.replicas[0]!.program);
    const memory = this.open;
    const place = placeSamples(memory, samples);
    const addresses = this.placed.map(({ layers }) => place(layers));
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
      const { layers } = this.placed[r]!;
      const network = { layers, layerCount: program.layers.length, samples: samples.addresses[r]! };
      const rule = { loss: losses.indexOf(program.loss), updateFirst: program.errorPath === 'after-update' };
      for (let from = 0; from < order.length;) {
        const count = Math.min(this.crew?.piece ?? samplesPerCall, order.length - from);
        const piece = { order: this.order.address + 4 * from, count, firstStep: firstStep + from };
        const call = { ...network, ...rule, ...piece, columnSumPeriod };
        from += this.crew ? this.crew.train(call, r) : trainAlone(memory, call);
      }
    }
  }

  threads(): ThreadUse {
    return this.crew?.use() ?? { threads: 1, share: 0 };
  }

  predict(handle: SamplesHandle, replica: number, stream: number): Float32Array {
    const memory = this.open;
    const { layers } = elementOf(this.replicas, replica, 'replica').program;
    const { count, addresses } = elementOf(this.samples, handle, 'samples handle');
    const size = count * layers.at(-1)!.crossbar.cols;
    if (size > this.outputs.capacity) this.outputs = { address: memory.floats(size), capacity: size };
    const { address } = this.outputs;
    const network = { layers: this.placed[replica]!.layers, layerCount: layers.length, samples: addresses[replica]! };
    const piece = this.crew?.predictedPiece ?? samplesPerCall;
    for (let first = 0; first < count; first += piece) {
      const outputs = address + 4 * first * layers.at(-1)!.crossbar.cols;
      const call = { ...network, first, count: Math.min(piece, count - first), outputs, stream };
      if (this.crew) this.crew.predict(call, replica);
      else predictAlone(memory, call);
    }
    return memory.readFloats(address, size);
  }

  drift(replica: number, layer: number, losses: DriftLosses): void {
    const memory = this.open;
    const { program, seed } = elementOf(this.replicas, replica, 'replica');
    const { crossbar } = elementOf(program.layers, layer, 'layer');
    validateLosses(crossbar, losses, 'OnlineSgd: drift');
    const { crossbars, traps } = this.placed[replica]!;
    this.crew?.bringHome(replica);
    const place = { seed, layer, traps: undefined };
    const drifting = (traps[layer] ??= new PlacedTraps(memory, crossbars[layer]!, crossbar, place));
    memory.exports.settleLedger(crossbars[layer]!.address);
    drifting.drift(losses);
    this.crew?.outdate(replica);
    memory.exports.settleLedger(crossbars[layer]!.address);
  }

  states(replica: number): CrossbarState[] {
    const memory = this.open;
    const { crossbars, traps } = elementOf(this.placed, replica, 'replica');
    this.crew?.bringHome(replica);
    return crossbars.map((crossbar, l) => ({ ...crossbar.state(memory), traps: traps[l]?.state() }));
  }

  ledger(replica: number): LedgerEntry[] {
    return this.recordsOf(replica).map((ledger) => ledger.take());
  }

  ledgers(replica: number): LedgerState[] {
    return this.recordsOf(replica).map((ledger) => ledger.state());
  }

  private recordsOf(replica: number): readonly PlacedLedger[] {
    if (!this.memory) throw disposedError();
    requireLedger(this.records !== undefined);
    return elementOf(this.records!, replica, 'replica');
  }

  dispose(): void {
    this.memory = undefined;
    this.crew?.dismiss();
  }
}

function placeLedgers(
  memory: KernelMemory,
  { program, ledgers }: Replica,
  crossbars: PlacedReplica['crossbars'],
): readonly PlacedLedger[] {
  return crossbars.map((placed, l) => {
    const ledger = new PlacedLedger(memory, placed, program.layers[l]!.crossbar, l);
    if (ledgers) ledger.takeUp(ledgers[l]!);
    return ledger;
  });
}
