import {
  SessionLostError,
  type OnlineSgdSession,
  type Orders,
  type Replica,
  type Samples,
  type SamplesHandle,
} from '../../kernels/online-sgd/contract.js';
import { disposedError } from '../../kernels/online-sgd/calls.js';
import { UsageError } from '../errors.js';
import { openOnlineSgd } from '../ops/online-sgd.js';
import { Pace, type PacedSession } from './pace.js';

/** Opens a session of one replica. */
export type OpenSession = (replica: Replica) => Promise<PacedSession>;

export type OpenSessions = (replicas: readonly Replica[]) => Promise<OnlineSgdSession>;

/**
 * Gives each of several runs, which know nothing of one another, a session that looks like its own. Behind them stands
 * one session of all their replicas, so that what they train is one call of the kernel and the samples are there once:
 * a call waits until every run that still goes on has made its own. Runs may go out of step; those that are ahead are
 * left as they are meanwhile, so that each has the bits that it has alone.
 */
export class SharedSessions {
  private readonly present: Set<number>;
  private readonly opening = new Map<number, Waiting<Replica, PacedSession>>();
  private readonly opened = new Map<number, PacedSession[]>();
  private hasFailed = false;

  constructor(
    runs: number,
    private readonly openAll: OpenSessions = openOnlineSgd,
  ) {
    this.present = new Set(Array.from({ length: runs }, (_, run) => run));
  }

  /** Whether something went wrong in what the runs share: what ended one of them may then be no fault of its own. */
  get failed(): boolean {
    return this.hasFailed;
  }

  /** Opens a run's session together with those of all runs that have not left. */
  open(run: number, replica: Replica): Promise<OnlineSgdSession> {
    return new Promise((resolve, reject) => {
      this.opening.set(run, { given: replica, resolve, reject });
      this.openWhenComplete();
    });
  }

  /** A run that has ended, however it did: nobody waits for it any more. */
  leave(run: number): void {
    this.present.delete(run);
    this.opening.delete(run);
    for (const session of this.opened.get(run) ?? []) session.dispose();
    this.openWhenComplete();
  }

  private openWhenComplete(): void {
    if (this.opening.size === 0 || this.opening.size < this.present.size) return;
    const members = [...this.opening].sort(([a], [b]) => a - b);
    this.opening.clear();
    this.openAll(members.map(([, { given }]) => given)).then(
      (session) => {
        const failed = (): void => void (this.hasFailed = true);
        this.handOut(new Ensemble(session, members.length, failed), members);
      },
      (error: unknown) => {
        this.hasFailed = true;
        for (const [, { reject }] of members) reject(error);
      },
    );
  }

  private handOut(ensemble: Ensemble, members: readonly [number, Waiting<Replica, PacedSession>][]): void {
    members.forEach(([run, { resolve }], place) => {
      const session = ensemble.memberAt(place);
      this.opened.set(run, [...(this.opened.get(run) ?? []), session]);
      if (this.present.has(run)) resolve(session);
      else session.dispose();
    });
  }
}

/** What a run asked for, and whom to tell. */
interface Waiting<Given, Result> {
  given: Given;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

interface Training {
  readonly samples: SamplesHandle;
  readonly order: Uint32Array;
  readonly firstStep: number;
}

/** One session and the runs that share it. */
class Ensemble {
  private readonly alive: Set<number>;
  private readonly waiting = new Map<number, Waiting<Training, void>>();
  private readonly pace = new Pace();
  private readonly loaded: { readonly samples: Samples; readonly handle: Promise<SamplesHandle> }[] = [];
  private busy = false;

  constructor(
    private readonly session: OnlineSgdSession,
    private readonly members: number,
    private readonly failed: () => void,
  ) {
    this.alive = new Set(Array.from({ length: members }, (_, place) => place));
  }

  memberAt(place: number): PacedSession {
    let loads = 0;
    const living = async <T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
      if (!this.alive.has(place)) throw disposedError();
      return call().catch((error: unknown) => {
        // What a run broke off itself is nobody else's failure.
        if (signal?.aborted !== true) this.failed();
        throw ownPart(error, place);
      });
    };
    return {
      pace: this.pace,
      load: (samples) => living(() => this.load(loads++, samples)),
      train: (samples, order, firstStep) => living(() => this.train(place, samples, order, firstStep)),
      predict: (samples, replica, stream, signal) =>
        living(() => this.session.predict(samples, this.placeOf(place, replica), stream, signal), signal),
      drift: (replica, layer, losses) =>
        living(() => this.pace.timed(() => this.session.drift(this.placeOf(place, replica), layer, losses))),
      states: (replica) => living(() => this.session.states(this.placeOf(place, replica))),
      dispose: () => {
        this.dispose(place);
      },
    };
  }

  /** Every member has one replica, whose number is 0 to it. */
  private placeOf(place: number, replica: number): number {
    if (replica === 0) return place;
    throw new UsageError({ where: 'OnlineSgd', what: `got the replica ${replica}, expected 0 … 0` });
  }

  /** The first member to load its n-th samples loads them for all. */
  private load(n: number, samples: Samples): Promise<SamplesHandle> {
    const known = this.loaded[n];
    if (!known) {
      const handle = this.session.load(samples);
      this.loaded[n] = { samples, handle };
      return handle;
    }
    if (areSame(known.samples, samples)) return known.handle;
    const what = 'runs that train together were given different samples, expected the same for all';
    return Promise.reject(new UsageError({ where: 'OnlineSgd', what }));
  }

  private train(place: number, samples: SamplesHandle, orders: Orders, firstStep: number): Promise<void> {
    const order = orders instanceof Uint32Array ? orders : orders[0];
    if (!order || order.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.waiting.set(place, { given: { samples, order, firstStep }, resolve, reject });
      void this.trainWhenComplete();
    });
  }

  /**
   * Trains those that are furthest behind by as much as all of them asked for, but no further than the next of the
   * others, which stay as they are and are then trained with them.
   */
  private async trainWhenComplete(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.size > 0 && this.waiting.size === this.alive.size) await this.trainTogether();
    this.busy = false;
  }

  private async trainTogether(): Promise<void> {
    const all = [...this.waiting];
    const steps = all.map(([, { given }]) => given.firstStep);
    const firstStep = Math.min(...steps);
    const next = Math.min(...steps.filter((step) => step > firstStep));
    const behind = all.filter(([, { given }]) => given.firstStep === firstStep);
    const { samples } = behind[0]![1].given;
    const taken = behind.filter(([, { given }]) => given.samples === samples);
    const count = Math.min(next - firstStep, ...taken.map(([, { given }]) => given.order.length));
    const orders = new Array<Uint32Array | undefined>(this.members).fill(undefined);
    for (const [place, { given }] of taken) orders[place] = given.order.subarray(0, count);
    try {
      await this.pace.timed(() => this.session.train(samples, sharedWhereEqual(orders), firstStep), count);
      for (const [place, waiting] of taken) this.advance(place, waiting, count);
    } catch (error) {
      for (const [place, { reject }] of taken) {
        this.waiting.delete(place);
        reject(error);
      }
    }
  }

  private advance(place: number, waiting: Waiting<Training, void>, count: number): void {
    const { samples, order, firstStep } = waiting.given;
    waiting.given = { samples, order: order.subarray(count), firstStep: firstStep + count };
    if (waiting.given.order.length > 0) return;
    this.waiting.delete(place);
    waiting.resolve();
  }

  private dispose(place: number): void {
    if (!this.alive.delete(place)) return;
    this.waiting.delete(place);
    if (this.alive.size === 0) this.session.dispose();
    else void this.trainWhenComplete();
  }
}

/** Of what was kept of all members when their session was lost, one member's. */
function ownPart(error: unknown, place: number): unknown {
  if (!(error instanceof SessionLostError)) return error;
  const { steps, states } = error.checkpoint;
  return new SessionLostError(error.parts, { steps: [steps[place]], states: [states[place]!] }, { cause: error });
}

/** Samples of the same data set, from which every run makes its own view. */
function areSame(a: Samples, b: Samples): boolean {
  const inputs = (samples: Samples) => (samples.kind === 'codes' ? samples.codes : samples.values);
  const sameTable = a.values.length === b.values.length && a.values.every((value, i) => value === b.values[i]);
  const sameInputs = inputs(a) === inputs(b) || a.kind === 'values';
  return a.kind === b.kind && a.background === b.background && a.labels === b.labels && sameTable && sameInputs;
}

/** Orders of equal content as one, which is handed over once. */
function sharedWhereEqual(orders: readonly (Uint32Array | undefined)[]): (Uint32Array | undefined)[] {
  const first = orders.find((order) => order !== undefined);
  const equal = (order: Uint32Array): boolean => order.every((index, i) => index === first![i]);
  return orders.map((order) => (order && equal(order) ? first : order));
}
