import type { DriftLosses } from '../../../src/crossbar/drift.js';
import type { CrossbarState } from '../../../src/crossbar/program.js';
import { DeviceLostError } from '../../webgpu/device.js';
import {
  disposedError,
  SessionLostError,
  lengthOf,
  type OnlineSgdSession,
  type Orders,
  type Replica,
  type Samples,
  type SamplesHandle,
} from '../contract.js';

/** Opens a session on a device that is alive. */
export type Opener = (replicas: readonly Replica[]) => Promise<OnlineSgdSession>;

/** Samples after which the cells are kept on the host again: a fraction of a second's reading, a second's training. */
const checkpointSamples = 20_000;
/** Devices that are tried one after the other for one call. */
const attempts = 3;
const lossRemedy = 'update the driver, or use --backend wasm, which gives the same network of the same seed';

/**
 * A session that outlives its device: where that is lost, it opens another from the last checkpoint of the cells and
 * does again what came after it. Draws are keyed by step, so the results are those of a run that was not disturbed.
 */
export class RecoveringSession implements OnlineSgdSession {
  private readonly samples: Samples[] = [];
  /** What changed the cells since the checkpoint. */
  private journal: ((session: OnlineSgdSession) => Promise<void>)[] = [];
  private trained = 0;
  /** Step that comes next, and the one that came next at the checkpoint; undefined before anything was trained. */
  private step: number | undefined;
  private keptStep: number | undefined;
  private disposed = false;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly open: Opener,
    private checkpoint: readonly Replica[],
    private session: OnlineSgdSession,
  ) {}

  static async open(replicas: readonly Replica[], opener: Opener): Promise<RecoveringSession> {
    return new RecoveringSession(opener, structuredStates(replicas), await opener(replicas));
  }

  load(samples: Samples): Promise<SamplesHandle> {
    const own = structuredClone(samples);
    return this.inTurn(async () => {
      const handle = await this.attempt((session) => session.load(own));
      this.samples.push(own);
      return handle;
    });
  }

  train(handle: SamplesHandle, orders: Orders, firstStep: number): Promise<void> {
    const own = copied(orders);
    return this.inTurn(async () => {
      this.keptStep ??= firstStep;
      await this.change((session) => session.train(handle, own, firstStep));
      this.trained += lengthOf(own);
      this.step = firstStep + lengthOf(own);
      if (this.trained >= checkpointSamples) await this.keep();
    });
  }

  drift(replica: number, layer: number, losses: DriftLosses): Promise<void> {
    return this.inTurn(() => this.change((session) => session.drift(replica, layer, losses)));
  }

  predict(handle: SamplesHandle, replica: number, stream: number): Promise<Float32Array> {
    return this.inTurn(() => this.attempt((session) => session.predict(handle, replica, stream)));
  }

  states(replica: number): Promise<CrossbarState[]> {
    return this.inTurn(() => this.attempt((session) => session.states(replica)));
  }

  dispose(): void {
    this.disposed = true;
    void this.last.finally(() => {
      this.session.dispose();
    });
  }

  private async change(call: (session: OnlineSgdSession) => Promise<void>): Promise<void> {
    await this.attempt(call);
    this.journal.push(call);
  }

  private async attempt<T>(call: (session: OnlineSgdSession) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) await this.recover();
        return await call(this.session);
      } catch (error) {
        if (!(error instanceof DeviceLostError)) throw error;
        if (attempt === attempts) throw this.lostForGood(error);
      }
    }
  }

  private lostForGood(cause: DeviceLostError): SessionLostError {
    const { where, what } = cause.parts;
    const states = this.checkpoint.map((replica) => replica.states);
    const parts = { where, what: `${what}; ${attempts} devices were lost one after the other`, remedy: lossRemedy };
    return new SessionLostError(parts, { step: this.keptStep ?? 0, states }, { cause });
  }

  private async recover(): Promise<void> {
    this.session.dispose();
    this.session = await this.open(this.checkpoint);
    for (const samples of this.samples) await this.session.load(samples);
    for (const call of this.journal) await call(this.session);
  }

  /** Keeps the cells as they are on the host. */
  private async keep(): Promise<void> {
    const states = await this.attempt((session) =>
      Promise.all(this.checkpoint.map((_, replica) => session.states(replica))),
    );
    this.checkpoint = this.checkpoint.map((replica, r) => ({ ...replica, states: states[r]! }));
    this.journal = [];
    this.trained = 0;
    this.keptStep = this.step;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.disposed) return Promise.reject(disposedError());
    const call = this.last.then(work);
    this.last = call.catch(() => undefined);
    return call;
  }
}

/** Of orders that are parts of longer ones the parts alone; one that several replicas share stays one. */
function copied(orders: Orders): Orders {
  if (orders instanceof Uint32Array) return orders.slice();
  const copies = new Map(orders.map((order) => [order, order?.slice()]));
  return orders.map((order) => copies.get(order));
}

/** The caller may do with its arrays what it likes. */
function structuredStates(replicas: readonly Replica[]): Replica[] {
  return replicas.map((replica) => ({ ...replica, states: structuredClone(replica.states) }));
}
