import type { DriftLosses } from '../../src/crossbar/drift.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import { validateLosses } from '../drift/contract.js';
import type { LedgerEntry, LedgerState } from '../ledger.js';
import type { HostOnlineSgdKernel, Orders, HostOnlineSgdSession, Replica, Samples, SamplesHandle } from './contract.js';
import { disposedError, elementOf, ordersOf, requireLedger } from './calls.js';
import { validateOpening, validateSamples } from './validation.js';
import { ReferenceNetwork } from './reference-network.js';

/**
 * The specification of `OnlineSgd`: scalar TypeScript in float32. Every arithmetic operation and its order is part of
 * it; the WASM kernel gives the same bits.
 */
export const referenceOnlineSgd: HostOnlineSgdKernel = {
  name: 'OnlineSgd',
  backend: 'cpu',
  open(replicas, options = {}) {
    validateOpening(replicas, options);
    return new ReferenceSession(replicas, options.ledger === true);
  },
};

class ReferenceSession implements HostOnlineSgdSession {
  private readonly live: ReferenceNetwork[];
  private disposed = false;
  private readonly samples: Samples[] = [];

  constructor(
    replicas: readonly Replica[],
    private readonly records: boolean,
  ) {
    this.live = replicas.map((replica) => new ReferenceNetwork(replica));
    for (const [r, { layers }] of this.live.entries()) {
      for (const [l, { cells }] of layers.entries()) if (records) cells.keepLedger(replicas[r]!.ledgers?.[l]);
    }
  }

  private get networks(): readonly ReferenceNetwork[] {
    if (this.disposed) throw disposedError();
    return this.live;
  }

  load(samples: Samples): SamplesHandle {
    validateSamples(samples, this.networks[0]!.program);
    return this.samples.push(structuredClone(samples)) - 1;
  }

  train(handle: SamplesHandle, orders: Orders, firstStep: number): void {
    const { networks } = this;
    const samples = elementOf(this.samples, handle, 'samples handle');
    const each = ordersOf(orders, firstStep, { replicas: networks.length, samples: samples.count });
    for (const [r, network] of networks.entries()) {
      each[r]?.forEach((index, i) => {
        network.trainOn(samples, index, firstStep + i);
      });
    }
  }

  predict(handle: SamplesHandle, replica: number, stream: number): Float32Array {
    const samples = elementOf(this.samples, handle, 'samples handle');
    const network = elementOf(this.networks, replica, 'replica');
    const classes = network.classes;
    const outputs = new Float32Array(samples.count * classes);
    for (let s = 0; s < samples.count; s++) outputs.set(network.predict(samples, s, stream), s * classes);
    return outputs;
  }

  drift(replica: number, layer: number, losses: DriftLosses): void {
    const { layers } = elementOf(this.networks, replica, 'replica');
    const drifting = elementOf(layers, layer, 'layer');
    validateLosses(drifting.cells.program, losses, 'OnlineSgd: drift');
    drifting.drift(losses);
  }

  states(replica: number): CrossbarState[] {
    return elementOf(this.networks, replica, 'replica').layers.map((layer) => layer.state());
  }

  ledger(replica: number): LedgerEntry[] {
    requireLedger(this.records);
    return elementOf(this.networks, replica, 'replica').layers.map(({ cells }) => cells.ledger!.take());
  }

  ledgers(replica: number): LedgerState[] {
    requireLedger(this.records);
    return elementOf(this.networks, replica, 'replica').layers.map(({ cells }) => cells.ledger!.state());
  }

  dispose(): void {
    this.disposed = true;
    this.live.length = 0;
    this.samples.length = 0;
  }
}
