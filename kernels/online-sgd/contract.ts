import { RunError, UsageError, type ErrorParts } from '../../src/errors.js';
import type { DriftLosses } from '../../src/crossbar/drift.js';
import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import type { Activation, Loss } from '../arithmetic.js';
import type { Later } from '../later.js';
import { ledgerColumns, recentColumns, type LedgerEntry, type LedgerState } from '../ledger.js';
import { heldSize } from '../traps.js';

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

/** Checks what `open` is given. */
export function validateOpening(replicas: readonly Replica[], { threads = 1, ledger = false }: OpenOptions): void {
  validateReplicas(replicas);
  const ideal = replicas.some(({ program }) => program.layers.some(({ crossbar }) => crossbar.coding === 'ideal'));
  if (ledger && ideal) {
    const what = 'a ledger of the ideal device was asked for, which has no cells, pulses or currents';
    throw new UsageError({ where: 'OnlineSgd', what, remedy: 'leave the ledger out, or take a device with cells' });
  }
  replicas.forEach(({ program, ledgers }, r) => {
    if (ledgers) validateLedgers(program, ledgers, ledger, `OnlineSgd: replica ${r}`);
  });
  if (Number.isInteger(threads) && threads >= 1 && threads <= mostThreads) return;
  throw new UsageError({
    where: 'OnlineSgd',
    what: `threads is ${threads}, expected a whole number from 1 to ${mostThreads}`,
  });
}

function validateLedgers(
  { layers }: OnlineSgdProgram,
  states: readonly LedgerState[],
  isKept: boolean,
  where: string,
): void {
  if (!isKept) {
    const what = 'has ledgers to go on with, but none is kept';
    throw new UsageError({ where, what, remedy: 'open with ledger: true, or leave them out' });
  }
  if (states.length !== layers.length)
    throw new UsageError({ where, what: `has ${layers.length} layers but ${states.length} ledgers` });
  for (const [l, { crossbar }] of layers.entries()) validateLedger(crossbar, states[l]!, `${where}: layer ${l}`);
}

function validateLedger({ rows, cols, coding }: CrossbarProgram, state: LedgerState, where: string): void {
  const { columns, recent, excess, counts } = state;
  const polarities = devicesPerWeight(coding);
  if (counts.length !== polarities)
    throw new UsageError({ where, what: `ledger.counts has ${counts.length} polarities, expected ${polarities}` });
  const sized: [string, ArrayLike<number>, number][] = [
    ...ledgerColumns.map((name): [string, ArrayLike<number>, number] => [`columns.${name}`, columns[name], cols]),
    ...recentColumns.map((name): [string, ArrayLike<number>, number] => [`recent.${name}`, recent[name], cols]),
    ['excess', excess, rows],
    ...counts.flatMap(({ ones, others }, device): [string, ArrayLike<number>, number][] => [
      [`counts[${device}].ones`, ones, rows * cols],
      [`counts[${device}].others`, others, rows * cols],
    ]),
  ];
  for (const [name, { length }, expected] of sized) {
    if (length === expected) continue;
    throw new UsageError({ where, what: `ledger.${name} has ${length} values, expected ${expected}` });
  }
}

/** What all backends know of a replica, wherever its cells lie. */
type ReplicaProgram = Pick<Replica, 'program' | 'seed'>;

/** Checks replicas as every backend's `open` requires. */
export function validateReplicas(replicas: readonly Replica[]): void {
  validatePrograms(replicas);
  for (const [r, replica] of replicas.entries()) validateStates(replica, `OnlineSgd: replica ${r}`);
}

/** Checks all of replicas but their cells. */
export function validatePrograms(replicas: readonly ReplicaProgram[]): void {
  const where = 'OnlineSgd';
  const [first, ...others] = replicas;
  if (!first) throw new UsageError({ where, what: 'got an empty list of replicas, expected at least one' });
  for (const [r, replica] of replicas.entries()) validateProgram(replica, `${where}: replica ${r}`);
  for (const [r, other] of others.entries()) {
    if (geometry(other) === geometry(first)) continue;
    const what = `replica ${r + 1} has the layers ${geometry(other)}, replica 0 has ${geometry(first)}`;
    throw new UsageError({ where, what, remedy: 'give all replicas the same layers' });
  }
}

function geometry({ program }: ReplicaProgram): string {
  const layers = program.layers.map(({ crossbar, activation }) => `${crossbar.rows}x${crossbar.cols} ${activation}`);
  return layers.join(', ') + (program.bias ? ' with bias' : '');
}

function validateProgram({ program, seed }: ReplicaProgram, where: string): void {
  const { layers, bias } = program;
  if (layers.length === 0) throw new UsageError({ where, what: 'has no layers' });
  validateSeed(seed, where);
  for (const [l, { crossbar, activation }] of layers.entries()) {
    const { rows, cols } = crossbar;
    if (rows < 1 || cols < 1)
      throw new UsageError({ where, what: `layer ${l} is ${rows}x${cols}, expected at least 1x1` });
    const inputs = l === 0 ? rows : layers[l - 1]!.crossbar.cols + (bias ? 1 : 0);
    if (rows !== inputs)
      throw new UsageError({ where, what: `layer ${l} has ${rows} rows, but layer ${l - 1} gives ${inputs} inputs` });
    if (activation === 'softmax' && l < layers.length - 1)
      throw new UsageError({
        where,
        what: `layer ${l} is softmax`,
        remedy: 'softmax can only stand in the last layer',
      });
  }
}

function validateStates({ program: { layers }, states }: Replica, where: string): void {
  if (states.length !== layers.length)
    throw new UsageError({ where, what: `has ${layers.length} layers but ${states.length} states` });
  for (const [l, { crossbar }] of layers.entries()) validateState(crossbar, states[l]!, `${where}: layer ${l}`);
}

export function validateSeed(seed: number, where: string): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new UsageError({ where, what: `seed is ${seed}, expected a whole number from 0 to 2^53 − 1` });
}

export function validateState(crossbar: CrossbarProgram, state: CrossbarState, where: string): void {
  const cells = crossbar.rows * crossbar.cols;
  const minus = crossbar.coding === 'differential-pair' || crossbar.coding === 'one-sided-pair' ? cells : 0;
  const expected = { plus: cells, minus, columns: state.columns.length === 0 ? 0 : 2 * crossbar.cols };
  for (const name of ['plus', 'minus', 'columns'] as const) {
    if (state[name].length === expected[name]) continue;
    const what = `${name} has ${state[name].length} values, expected ${expected[name]} for ${crossbar.rows}x${crossbar.cols} ${crossbar.coding}`;
    throw new UsageError({ where, what });
  }
  for (const name of ['plus', 'minus', 'columns'] as const) {
    requireFinite(name, state[name], where);
  }
  validateTraps(crossbar, state, where);
  validateHidden(state, where);
}

function validateHidden({ plus, minus, hidden }: CrossbarState, where: string): void {
  if (!hidden) return;
  for (const [name, shown] of [['plus', plus] as const, ['minus', minus] as const]) {
    if (hidden[name].length !== shown.length) {
      const what = `hidden.${name} has ${hidden[name].length} values, expected ${shown.length}, as ${name}`;
      throw new UsageError({ where, what });
    }
    requireFinite(`hidden.${name}`, hidden[name], where);
  }
}

function requireFinite(name: string, values: Float32Array, where: string): void {
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new UsageError({ where, what: `${name}[${wrong}] is ${values[wrong]}, expected a finite number` });
}

/** What classes of traps hold goes with the device's law and the crossbar's cells. */
function validateTraps(crossbar: CrossbarProgram, { traps }: CrossbarState, where: string): void {
  if (!traps) return;
  const size = heldSize(crossbar);
  const expected = { plus: size, minus: devicesPerWeight(crossbar.coding) === 2 ? size : 0 };
  for (const name of ['plus', 'minus'] as const) {
    if (traps[name].length !== expected[name]) {
      const what = `traps.${name} has ${traps[name].length} values, expected ${expected[name]}`;
      throw new UsageError({ where, what });
    }
    requireFinite(`traps.${name}`, traps[name], where);
  }
}

/** Checks samples against the network's first layer. */
export function validateSamples(samples: Samples, program: OnlineSgdProgram): void {
  const where = 'OnlineSgd: samples';
  const rows = program.layers[0]!.crossbar.rows - (program.bias ? 1 : 0);
  const { features, count, labels } = samples;
  if (features !== rows)
    throw new UsageError({ where, what: `have ${features} features, expected ${rows}, the first layer's inputs` });
  const values = samples.kind === 'codes' ? samples.codes : samples.values;
  if (values.length !== count * features)
    throw new UsageError({ where, what: `hold ${values.length} values, expected ${count} x ${features}` });
  if (samples.kind === 'codes' && samples.values.length !== 256)
    throw new UsageError({
      where,
      what: `have a table of ${samples.values.length} values, expected one per code, 256`,
    });
  const { background } = samples;
  if (samples.kind === 'codes' && !(Number.isInteger(background) && background >= 0 && background < 256))
    throw new UsageError({ where, what: `have the background ${background}, expected a code, 0 … 255` });
  if (labels.length !== count)
    throw new UsageError({ where, what: `have ${labels.length} labels, expected one each, ${count}` });
  const classes = program.layers.at(-1)!.crossbar.cols;
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0)
    throw new UsageError({
      where,
      what: `sample ${wrong} has the label ${labels[wrong]}, expected 0 … ${classes - 1}`,
    });
}

/** What a call of `train` is checked against. */
interface Trained {
  readonly replicas: number;
  readonly samples: number;
}

/**
 * Checks a call's orders and steps.
 * @returns an order for each replica; undefined for those that are left as they are
 */
export function ordersOf(orders: Orders, firstStep: number, of: Trained): readonly (Uint32Array | undefined)[] {
  const where = 'OnlineSgd: train';
  if (!(orders instanceof Uint32Array) && orders.length !== of.replicas)
    throw new UsageError({ where, what: `got ${orders.length} orders for ${of.replicas} replicas` });
  const each = orders instanceof Uint32Array ? new Array<Uint32Array>(of.replicas).fill(orders) : orders;
  const distinct = [...new Set(each.filter((order) => order !== undefined))];
  const length = lengthOf(each);
  const other = distinct.find((order) => order.length !== length);
  if (other) throw new UsageError({ where, what: `got orders of ${length} and of ${other.length} samples` });
  for (const order of distinct) validateOrder(order, of.samples);
  if (!Number.isInteger(firstStep) || firstStep < 0 || firstStep + length > 2 ** 32)
    throw new UsageError({ where, what: `the steps ${firstStep} … ${firstStep + length} leave 0 … 2^32` });
  return each;
}

function validateOrder(order: Uint32Array, count: number): void {
  const wrong = order.findIndex((index) => index >= count);
  if (wrong < 0) return;
  const what = `order[${wrong}] is ${order[wrong]}, expected a sample index 0 … ${count - 1}`;
  throw new UsageError({ where: 'OnlineSgd: train', what });
}

/** Samples that a call trains each of its replicas on. */
export function lengthOf(orders: Orders): number {
  return (orders instanceof Uint32Array ? orders : orders.find((order) => order !== undefined))?.length ?? 0;
}

/** The element of a session's list that a handle or index names. */
export function elementOf<T>(list: readonly T[], index: number, what: 'samples handle' | 'replica' | 'layer'): T {
  const element = list[index];
  if (element !== undefined) return element;
  const expected = list.length === 0 ? 'but the session has none' : `expected 0 … ${list.length - 1}`;
  throw new UsageError({ where: 'OnlineSgd', what: `got the ${what} ${index}, ${expected}` });
}

/** @throws UsageError where a session that keeps no ledger is asked for it */
export function requireLedger(kept: boolean): void {
  if (kept) return;
  throw new UsageError({
    where: 'OnlineSgd',
    what: 'the session keeps no ledger',
    remedy: 'open it with ledger: true',
  });
}

/** @throws UsageError on a backend that cannot keep the ledger that is asked for */
export function refuseLedger(backend: string, { ledger = false }: OpenOptions): void {
  if (!ledger) return;
  const what = `pulses and reads are not recorded on ${backend}`;
  throw new UsageError({ where: 'OnlineSgd', what, remedy: 'take --backend wasm, or leave the ledger out' });
}

/** What a session says when it is used after its end. */
export function disposedError(): UsageError {
  return new UsageError({ where: 'OnlineSgd', what: 'the session was disposed', remedy: 'open another' });
}
