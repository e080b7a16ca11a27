// Where a ledger lies in memory: what is recorded of a crossbar's pulses and reads, beside its training.

/** Arrays of `width` bytes, in the order of the numbers below. */
@unmanaged
export class Ledger {
  columns: usize;
  width: usize;
  /** What was settled: doubles, a column each, in the order of the host's `ledgerColumns`. */
  settled: usize;
  /** X of each row beyond `base`. */
  excess: usize;
  base: f32;
  /** Σx² of all rows in reads that are summed at every sample. */
  power: f32;
  floor: f32;
  /**
   * Writes of one pulse to each cell since the last fold, a byte each, so that they stay in the caches; and such writes
   * before it, and pulses of other writes, floats laid out as the conductances. Of the second polarity 0 where there is one
   * cell a weight.
   */
  onesPlus: usize;
  onesMinus: usize;
  wholePlus: usize;
  wholeMinus: usize;
  othersPlus: usize;
  othersMinus: usize;
  /** Bytes of a polarity's `ones`. */
  cells: usize;
  /** Updates by fractions of a pulse that wait to be added, how many they are, and bytes of an array of rows. */
  parts: usize;
  partCount: i32;
  rowBytes: usize;
  /** Reads that wait to be added, and how many they are. */
  reads: usize;
  readCount: i32;
  /** Σ|x| of the update that is entered, over rows with positive inputs and over those with negative ones. */
  above: f32;
  below: f32;
  /** Whether errors are read back: only then are totals wanted between two folds. */
  backward: bool;
}

export const UP: usize = 0;
export const DOWN: usize = 1;

/** Work of a kind of pulses lies so many arrays behind their number. */
export const WORK: usize = 2;
export const ERASURES: usize = 4;
export const ERASED_WORK: usize = 5;

/** Settled the forward reads; before that, what pulses took of them. */
export const FORWARD: usize = 6;
const LOST: usize = 6;
export const BACKWARD: usize = 7;

/** Forward reads that were summed at every sample, without gMin. */
export const DIRECT: usize = 8;
export const TOTALS: usize = 9;

/** Working memory of a fold. */
export const SUMS: usize = 10;

/** Of an update by fractions of a pulse, in one polarity: Σ|x|·G of rows with positive inputs, and of those with negative ones. */
export const WEIGHED: usize = 11;
const ledgerArrays: usize = 13;

export function ledgerSize(): usize {
  return (offsetof<Ledger>() + 15) & ~15;
}

/** Arrays of a crossbar's columns that {@link setLedger} wants. */
export function ledgerArrayCount(): usize {
  return ledgerArrays;
}

export function setLedger(
  at: usize,
  columns: usize,
  width: usize,
  settled: usize,
  excess: usize,
  floor: f32,
  backward: bool,
  cells: usize,
  onesPlus: usize,
  wholePlus: usize,
  othersPlus: usize,
  onesMinus: usize,
  wholeMinus: usize,
  othersMinus: usize,
  parts: usize,
  reads: usize,
  rows: i32,
): void {
  const l = changetype<Ledger>(at);
  l.columns = columns;
  l.width = width;
  l.settled = settled;
  l.excess = excess;
  l.base = 0;
  l.power = 0;
  l.floor = floor;
  l.cells = cells;
  l.backward = backward;
  l.onesPlus = onesPlus;
  l.wholePlus = wholePlus;
  l.othersPlus = othersPlus;
  l.onesMinus = onesMinus;
  l.wholeMinus = wholeMinus;
  l.othersMinus = othersMinus;
  l.parts = parts;
  l.partCount = 0;
  l.reads = reads;
  l.readCount = 0;
  l.rowBytes = (<usize>rows) << 2;
}

/** X of all rows since the last fold, and Σx² of reads that were weighed: what of a ledger's state is no array. */
export function ledgerBase(at: usize): f32 {
  return changetype<Ledger>(at).base;
}

export function ledgerPower(at: usize): f32 {
  return changetype<Ledger>(at).power;
}

export function takeUpLedger(at: usize, base: f32, power: f32): void {
  const l = changetype<Ledger>(at);
  l.base = base;
  l.power = power;
}

/** Pulses of writes other than of one, laid out as the conductances of a polarity. */
// @ts-ignore: decorator
@inline
export function othersOf(l: Ledger, device: i32): usize {
  return device == 0 ? l.othersPlus : l.othersMinus;
}

// @ts-ignore: decorator
@inline
export function lostOf(l: Ledger): usize {
  return l.columns + LOST * l.width;
}

// @ts-ignore: decorator
@inline
export function totalsOf(l: Ledger): usize {
  return l.columns + TOTALS * l.width;
}

/** Σ|x|·G of the rows whose inputs have a sign, in columns. */
// @ts-ignore: decorator
@inline
export function weighedOf(l: Ledger, positive: bool): usize {
  return l.columns + (positive ? WEIGHED : WEIGHED + 1) * l.width;
}

/** X of a row. */
// @ts-ignore: decorator
@inline
export function inputsOf(l: Ledger, row: usize): f32 {
  return l.base + load<f32>(l.excess + row);
}
