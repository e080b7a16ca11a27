import type { DriftLosses } from '../../src/crossbar/drift.js';
import type { CrossbarState } from '../../src/crossbar/program.js';
import { withBackend, type ComposedBackend } from '../composed/active.js';
import { ComposedNetwork } from '../composed/network.js';
import { validateLosses } from '../drift/contract.js';
import { disposedError, elementOf, ordersOf, refuseLedger, requireLedger } from './calls.js';
import { validateOpening, validateSamples } from './validation.js';
import type { HostOnlineSgdKernel, HostOnlineSgdSession, Orders, Replica, Samples, SamplesHandle } from './contract.js';

/** `OnlineSgd` out of tfjs's ops: cells are tensors that stay on the backend from sample to sample. */
export function composedOnlineSgd(backend: ComposedBackend): HostOnlineSgdKernel {
  return {
    name: 'OnlineSgd',
    backend,
    open(replicas, options = {}) {
      validateOpening(replicas, options);
      refuseLedger(backend, options);
      return new ComposedSession(backend, replicas);
    },
  };
}

class ComposedSession implements HostOnlineSgdSession {
  private readonly live: ComposedNetwork[];
  private disposed = false;
  private readonly samples: Samples[] = [];

  constructor(
    private readonly backend: ComposedBackend,
    replicas: readonly Replica[],
  ) {
    this.live = withBackend(backend, () => replicas.map((replica) => new ComposedNetwork(replica)));
  }

  private get networks(): readonly ComposedNetwork[] {
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
    withBackend(this.backend, () => {
      for (const [r, network] of networks.entries()) {
        each[r]?.forEach((index, i) => {
          network.trainOn(samples, index, firstStep + i);
        });
      }
    });
  }

  predict(handle: SamplesHandle, replica: number, stream: number): Float32Array {
    const samples = elementOf(this.samples, handle, 'samples handle');
    const network = elementOf(this.networks, replica, 'replica');
    return withBackend(this.backend, () => network.predict(samples, stream));
  }

  drift(replica: number, layer: number, losses: DriftLosses): void {
    const { layers } = elementOf(this.networks, replica, 'replica');
    const drifting = elementOf(layers, layer, 'layer');
    validateLosses(drifting.program, losses, 'OnlineSgd: drift');
    withBackend(this.backend, () => {
      drifting.drift(losses);
    });
  }

  states(replica: number): CrossbarState[] {
    const { layers } = elementOf(this.networks, replica, 'replica');
    return withBackend(this.backend, () => layers.map((layer) => layer.state()));
  }

  ledger(): never[] {
    requireLedger(false);
    return [];
  }

  ledgers(): never[] {
    return this.ledger();
  }

  dispose(): void {
    this.disposed = true;
    withBackend(this.backend, () => {
      for (const network of this.live) network.dispose();
    });
    this.live.length = 0;
    this.samples.length = 0;
  }
}
