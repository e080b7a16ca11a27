import { UsageError } from '../../src/errors.js';
import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import { ledgerColumns, recentColumns, type LedgerState } from '../ledger.js';
import { heldSize } from '../traps.js';
import { mostThreads, type OnlineSgdProgram, type OpenOptions, type Replica, type Samples } from './contract.js';

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
