import { RunError, type ErrorParts } from '../../src/errors.js';
import type { DriftLosses } from '../../src/crossbar/drift.js';
import type { CrossbarProgram, CrossbarState } from '../../src/crossbar/program.js';
import type { Activation, Loss } from '../arithmetic.js';
import type { Later } from '../later.js';
import type { LedgerEntry, LedgerState } from '../ledger.js';

/**
 * `OnlineSgd` trains a network sample by sample, wholly inside the kernel: read, activation, error, and the
 * outer-product update as pulses, for any number of crossbar layers and any number of replicas.
 *
 * One sample at global step t:
 * 1. forward: a = readScale · Σ x·d (d the conductance difference), through the converters; z = activation(a);
 * 2. error of the last layer, δ = −∂loss/∂a;
 * 3. layer by layer downwards: cells are given |lr·δ·x·conductancePerWeight|·pulsesPerRange pulses, and the error is
 *    read back through the layer, after its update or before it: backwardScale · Σ δ·(d + backwardShift);
 * 4. every draw is keyed by (seed, purpose, layer, polarity, t) and counted by cell, column or candidate, so the result
 *    does not depend on how samples are cut into calls.
 *
 * Rows whose input equals the background contribute through column sums, and columns whose quantised δ is zero are not
 * touched.
 */
export interface OnlineSgdLayer {
  readonly crossbar: CrossbarProgram;
  readonly activation: Activation;
  /** Instead of the program's. */
  readonly learningRate?: number | undefined;
}

export interface OnlineSgdProgram {
  readonly layers: readonly OnlineSgdLayer[];
  /** The last row of every crossbar reads a constant 1. */
  readonly bias: boolean;
  readonly loss: Loss;
  readonly learningRate: number;
  readonly errorPath: 'after-update' | 'before-update';
}

/** One network among those trained at once. Geometry is shared; devices, rates and seeds are its own. */
export interface Replica {
  readonly program: OnlineSgdProgram;
  /** One per layer. */
  readonly states: readonly CrossbarState[];
  /** One per layer, where a ledger is kept that goes on from another; it begins anew unless told. */
  readonly ledgers?: readonly LedgerState[] | undefined;
  /** Whole number, 0 … 2^53 − 1. */
  readonly seed: number;
}

/** Samples as byte codes with a table of 256 values, or as float values; shape [count, features]. */
export type Samples = {
  readonly labels: Uint8Array;
  readonly count: number;
  readonly features: number;
} & (
  | { readonly kind: 'codes'; readonly codes: Uint8Array; readonly values: Float32Array; readonly background: number }
  | { readonly kind: 'values'; readonly values: Float32Array; readonly background: number }
);

/** Samples held by a session. */
export type SamplesHandle = number;

/** How a session works; none of it changes a bit of what it computes. */
export interface OpenOptions {
  /** Threads that may work at once (1), where the backend has threads and they gain by it. */
  readonly threads?: number | undefined;
  /** `always` keeps all threads at work, whatever that costs; by default it is measured whether they are faster than one. */
  readonly pace?: 'measured' | 'always' | undefined;
  /** Records pulses and reads (false), on one thread; devices with cells only. */
  readonly ledger?: boolean | undefined;
}

/** The threads that a session has. */
export interface ThreadUse {
  readonly threads: number;
  /** Part of the training samples that several threads worked on together, 0 … 1. */
  readonly share: number;
}
/**
 * Which samples are trained on, in which order, shape [n]: one order for all replicas, or one each, all of the same length;
 * a replica that is given none stays as it is.
 */
export type Orders = Uint32Array | readonly (Uint32Array | undefined)[];

/** Replicas resident in a backend's own memory, on the host. */
export interface HostOnlineSgdSession {
  /** Copies samples into the session. */
  load(samples: Samples): SamplesHandle;
  /**
   * Trains every replica on the samples named, one after the other.
   * @param order - sample indices, shape [n], for all replicas or for each
   * @param firstStep - global step of the first of them; below 2^32
   */
  train(samples: SamplesHandle, order: Orders, firstStep: number): void;
  /**
   * Output activations of every sample, shape [count, classes]; trains nothing.
   * @param stream - separates the read noise of one evaluation from another's
   */
  predict(samples: SamplesHandle, replica: number, stream: number): Float32Array;
  /**
   * Moves one layer's cells as `Drift` does, where they are; column sums are summed afresh.
   * @param losses - [polarity][class of traps]: one value, or one a cell
   */
  drift(replica: number, layer: number, losses: DriftLosses): void;
  states(replica: number): CrossbarState[];
  /**
   * What was recorded of each layer since it was last asked for; there are no reads of predictions in it.
   * @throws UsageError where the session keeps no ledger
   */
  ledger(replica: number): LedgerEntry[];
  /**
   * Where the ledger of each layer stands, to be gone on with in another session beside its states.
   * @throws UsageError where the session keeps no ledger
   */
  ledgers(replica: number): LedgerState[];
  /** Backends that have one thread only do not tell. */
  threads?(): ThreadUse;
  dispose(): void;
}

/**
 * Replicas resident in a backend's own memory, wherever that is. Calls are worked off in the order in which they were
 * made; each rejects with what went wrong in it.
 */
export interface OnlineSgdSession extends Later<
  Omit<HostOnlineSgdSession, 'predict' | 'dispose' | 'threads' | 'ledger' | 'ledgers'>
> {
  /**
   * As on the host.
   * @param signal - ends a prediction that takes long, which then rejects with its reason; one that is done at once is done
   */
  predict(samples: SamplesHandle, replica: number, stream: number, signal?: AbortSignal): Promise<Float32Array>;
  /** The same of several replicas in one go; backends that gain nothing by it have none. */
  predictEach?(samples: SamplesHandle, asked: readonly Prediction[]): Promise<Float32Array[]>;
  threads?(): ThreadUse;
  /** Backends that keep no ledger have none, and say so when they are opened with one. */
  ledger?(replica: number): Promise<LedgerEntry[]>;
  ledgers?(replica: number): Promise<LedgerState[]>;
  dispose(): void;
}

/** What `predict` is asked for, by replica. */
export interface Prediction {
  readonly replica: number;
  readonly stream: number;
  readonly signal?: AbortSignal | undefined;
}

/** Cells of every replica as they were kept last. */
export interface Checkpoint {
  /** Global step that each replica would have been trained on next; undefined of one that this session has not trained yet. */
  readonly steps: readonly (number | undefined)[];
  /** By replica, then by layer. */
  readonly states: readonly (readonly CrossbarState[])[];
}

/** A session's device is gone for good; what was kept of its replicas is here. */
export class SessionLostError extends RunError {
  constructor(
    parts: ErrorParts,
    readonly checkpoint: Checkpoint,
    options?: ErrorOptions,
  ) {
    super(parts, options);
  }
}

export interface HostOnlineSgdKernel {
  readonly name: 'OnlineSgd';
  readonly backend: string;
  open(replicas: readonly Replica[], options?: OpenOptions): HostOnlineSgdSession;
}

export interface OnlineSgdKernel {
  readonly name: 'OnlineSgd';
  readonly backend: string;
  open(replicas: readonly Replica[], options?: OpenOptions): Promise<OnlineSgdSession>;
}

/** Column sums are summed afresh at every multiple of this step, so that their rounding errors cannot build up. */
export const columnSumPeriod = 1024;

/** Threads of one session at most. */
export const mostThreads = 64;
