import type { DriftLosses } from '../../../src/crossbar/drift.js';
import type { CrossbarState } from '../../../src/crossbar/program.js';
import { RunError } from '../../../src/errors.js';
import { DeviceLostError } from '../../webgpu/device.js';
import { disposedError, elementOf, lengthOf } from '../calls.js';
import {
  SessionLostError,
  type OnlineSgdSession,
  type Orders,
  type Prediction,
  type Replica,
  type Samples,
  type SamplesHandle,
} from '../contract.js';

/** Predictions of the same samples that are asked for one behind the other. */
interface Gathered {
  readonly handle: SamplesHandle;
  readonly asked: Prediction[];
  /** As asked. */
  readonly outputs: Promise<Float32Array[]>;
}

/** Opens a session on a device that is alive. */
export type Opener = (replicas: readonly Replica[]) => Promise<OnlineSgdSession>;

/** Samples after which the cells are kept on the host again: a fraction of a second's reading, a second's training. */
const checkpointSamples = 20_000;
/** Milliseconds before another device is asked for: a driver that was reset is back within about a second. */
const pauses = [250, 1000];
/** Devices that are tried one after the other for one call. */
const attempts = pauses.length + 1;
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
  /** Each replica's step that comes next, and the one that came next at the checkpoint; none before it was trained. */
  private steps: (number | undefined)[] = [];
  private keptSteps: (number | undefined)[] = [];
  /** Why no device could be had any more: what was asked of the session afterwards ends with it too. */
  private lost: SessionLostError | undefined;
  private gathered: Gathered | undefined;
  private disposed = false;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly open: Opener,
    private checkpoint: readonly Replica[],
    private session: OnlineSgdSession,
  ) {}

  static async open(replicas: readonly Replica[], opener: Opener): Promise<RecoveringSession> {
    const own = structuredStates(replicas);
    const session = await onSomeDevice((loss) => (loss ? onOther(loss, () => opener(own)) : opener(own))).catch(
      (error: unknown) => {
        if (!(error instanceof DeviceLostError)) throw error;
        throw lostForGood(error, { steps: own.map(() => undefined), states: own.map(statesOf) });
      },
    );
    return new RecoveringSession(opener, own, session);
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
      const taught = this.checkpoint.flatMap((_, r) => (own instanceof Uint32Array || own[r] ? [r] : []));
      for (const r of taught) this.keptSteps[r] ??= firstStep;
      await this.change((session) => session.train(handle, own, firstStep));
      this.trained += lengthOf(own);
      for (const r of taught) this.steps[r] = firstStep + lengthOf(own);
      if (this.trained >= checkpointSamples) await this.keep();
    });
  }

  drift(replica: number, layer: number, losses: DriftLosses): Promise<void> {
    return this.inTurn(() => this.change((session) => session.drift(replica, layer, losses)));
  }

  /** What is asked for in one turn of the event loop, as by runs that train together, is predicted in one go. */
  async predict(handle: SamplesHandle, replica: number, stream: number, signal?: AbortSignal): Promise<Float32Array> {
    if (this.disposed) throw disposedError();
    // Told here, so that it is no concern of those who ask beside it.
    elementOf(this.checkpoint, replica, 'replica');
    const { gathered } = this;
    const batch = gathered?.handle === handle ? gathered : this.gather(handle);
    const place = batch.asked.push({ replica, stream, signal }) - 1;
    return (await batch.outputs)[place]!;
  }

  private gather(handle: SamplesHandle): Gathered {
    const asked: Prediction[] = [];
    const outputs = this.inTurn(async () => {
      await new Promise((resolve) => setTimeout(resolve));
      if (this.gathered === batch) this.gathered = undefined;
      return this.attempt((session) => predictEach(session, handle, asked));
    });
    const batch = { handle, asked, outputs };
    this.gathered = batch;
    return batch;
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
    if (this.lost) throw this.lost;
    try {
      return await onSomeDevice(async (loss) => {
        if (loss) await onOther(loss, () => this.recover());
        return call(this.session);
      });
    } catch (error) {
      if (!(error instanceof DeviceLostError)) throw error;
      const [steps, states] = [this.checkpoint.map((_, r) => this.keptSteps[r]), this.checkpoint.map(statesOf)];
      throw (this.lost = lostForGood(error, { steps, states }));
    }
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
    this.keptSteps = [...this.steps];
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.disposed) return Promise.reject(disposedError());
    // What is asked for after this call has its turn after it.
    this.gathered = undefined;
    const call = this.last.then(work);
    this.last = call.catch(() => undefined);
    return call;
  }
}

/** Another device could not be had, or does not do what the lost one did. */
class NoDeviceError extends DeviceLostError {}

/**
 * Does work, and again on another device where one is lost, up to {@link attempts} times.
 * @param work - given the loss of the first device, once that is lost
 * @throws DeviceLostError the last one
 */
async function onSomeDevice<T>(work: (loss: DeviceLostError | undefined) => Promise<T>): Promise<T> {
  let first: DeviceLostError | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(first);
    } catch (error) {
      if (!(error instanceof DeviceLostError) || attempt === attempts) throw error;
      first ??= error;
      await new Promise((resolve) => setTimeout(resolve, pauses[attempt - 1]));
    }
  }
}

/** Makes what a lost device had on another one: where none is to be had, the loss is the reason. */
async function onOther<T>(loss: DeviceLostError, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof RunError) || error instanceof DeviceLostError) throw error;
    const what = `${loss.parts.what}; in ${attempts - 1} tries no other took its place: ${error.parts.what}`;
    throw new NoDeviceError({ ...loss.parts, what }, { cause: error });
  }
}

function lostForGood(cause: DeviceLostError, checkpoint: SessionLostError['checkpoint']): SessionLostError {
  const { where, what } = cause.parts;
  const came = cause instanceof NoDeviceError ? what : `${what}; ${attempts} devices were lost one after the other`;
  return new SessionLostError({ where, what: came, remedy: lossRemedy }, checkpoint, { cause });
}

function predictEach(
  session: OnlineSgdSession,
  handle: SamplesHandle,
  asked: readonly Prediction[],
): Promise<Float32Array[]> {
  if (session.predictEach) return session.predictEach(handle, asked);
  return Promise.all(asked.map(({ replica, stream, signal }) => session.predict(handle, replica, stream, signal)));
}

const statesOf = ({ states }: Replica): readonly CrossbarState[] => states;

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
