// The columns that an update of measured tables visits: those with an error, in vectors of four that lie one behind the other in
// `fractional`, so that whatever a row needs of them has one address.
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { Ledger, lostOf, totalsOf, weighedOf } from '../../../wasm/assembly/ledger';
import { beginPart, keepPart } from '../../../wasm/assembly/ledger-parts';
import { beginWeighing } from '../../../wasm/assembly/ledger-records';
import { spread } from '../../../wasm/assembly/random';
import { SHIFT } from '../../../wasm/assembly/lanes';
import { Layer } from './memory';
import { recordRequests } from './requests';

// Of four columns: their byte offsets in a row, their part of a cell's counter as the hash takes it, their sums, and what inputs
// do to plus cells whose product with the error is positive, and to minus cells whose product is negative; and the other way round.
export const COUNTERS: usize = 16;
export const SUM: usize = 32;
export const ABOVE: usize = 48;
export const BELOW: usize = 80;
/** Within these: pulses per unit of |x|, and behind them the blocks of the direction, less SHIFT. */
export const BLOCKS: usize = 16;
/** One entry of a row's list of what has to be searched for. */
export const SEARCHED: usize = 112;
// Of a row's plus cells, and of its minus cells behind them: probabilities that were drawn, in units of 2^-24; addresses of their
// entries in the guide, and then of their rows' nodes; conductances before the pulses, the parts of the way to the next bin; and
// addresses of their bins' means and, one table row before them, of the deviations that they lie between.
export const DRAWN: usize = 128;
export const ENTRIES: usize = 144;
export const NODES: usize = 144;
export const GIVEN: usize = 160;
export const PART: usize = 176;
export const MOVED: usize = 176;
export const MEANS: usize = 192;
export const DEVIATIONS: usize = 208;
export const POLARITY: usize = 96;
// With a ledger: what pulses take of reads, totals of G; and of each polarity Σ|x|·G of rows above and below.
export const LOST: usize = 320;
export const TOTAL: usize = 336;
const WEIGHED: usize = 352;
export const COLUMNS: usize = 416;

/** Σ|x|·G of a polarity's cells in rows whose inputs have a sign. */
// @ts-ignore: decorator
@inline
export function weighedBy(device: i32, positive: bool): usize {
  return WEIGHED + (device == 0 ? 0 : 32) + (positive ? 0 : 16);
}

/** Memory behind the columns: a float for each cell. */
// @ts-ignore: decorator
@inline
export function behindColumns(l: Layer, c: Crossbar): usize {
  return l.fractional + <usize>(c.width >> 2) * COLUMNS;
}

/** Where the k-th of the listed columns has its share. */
// @ts-ignore: decorator
@inline
function placeOf(l: Layer, k: i32): usize {
  return l.fractional + <usize>(k >> 2) * COLUMNS + ((<usize>(k & 3)) << 2);
}

/**
 * Lists the columns whose error is not zero, and returns how many they are. The last vector is filled up with its own first
 * column: the lanes of one column do the same thing twice, and write the same values.
 */
export function listColumns(l: Layer, c: Crossbar): i32 {
  let count = 0;
  for (let j = 0; j < c.cols; j++) {
    // A NaN has no sign and moves nothing.
    if (abs<f32>(load<f32>(l.updateErrors + ((<usize>j) << 2))) > 0) listColumn(l, c, count++, j);
  }
  for (let k = count; (k & 3) != 0; k++) listColumn(l, c, k, <i32>(load<u32>(placeOf(l, k & ~3)) >> 2));
  return count;
}

function listColumn(l: Layer, c: Crossbar, k: i32, j: i32): void {
  const at = placeOf(l, k);
  const offset = (<usize>j) << 2;
  const error = load<f32>(l.updateErrors + offset);
  store<u32>(at, <u32>offset);
  store<u32>(at, spread(<u32>(c.firstCol + j)), COUNTERS);
  store<f32>(at, load<f32>(c.columnSums + offset), SUM);
  // A wish of a positive product raises the plus cell and lowers the minus cell.
  prepareSign(c, at + ABOVE, abs<f32>(error), error > 0);
  prepareSign(c, at + BELOW, abs<f32>(error), error < 0);
}

function prepareSign(c: Crossbar, at: usize, error: f32, up: bool): void {
  store<f32>(at, (up ? c.rateUp : c.rateDown) * error);
  store<u32>(at, <u32>(up ? c.blocksUp : c.blocksDown) - SHIFT, BLOCKS);
}

export function returnSums(l: Layer, c: Crossbar, count: i32): void {
  for (let k = 0; k < count; k++) {
    const at = placeOf(l, k);
    store<f32>(c.columnSums + <usize>load<u32>(at), load<f32>(at, SUM));
  }
}

/** Lays out the ledger's part: plus cells' pulses for a unit of |x| as the columns lie, above and below, and what pulses move. */
export function beginRecords(l: Layer, c: Crossbar, count: i32): void {
  const ledger = changetype<Ledger>(c.ledger);
  const width = ledger.width;
  const rates = beginPart(ledger);
  for (let k = 0; k < ((count + 3) & ~3); k++) {
    const at = placeOf(l, k);
    const j = <usize>load<u32>(at);
    store<f32>(rates + j, load<f32>(at + ABOVE));
    store<f32>(rates + width + j, load<f32>(at + BELOW));
    store<f32>(at, load<f32>(lostOf(ledger) + j), LOST);
    store<f32>(at, load<f32>(totalsOf(ledger) + j), TOTAL);
    for (let sum = WEIGHED; sum < COLUMNS; sum += 16) store<f32>(at + sum, 0);
  }
  keepPart(ledger, l.written);
}

export function endRecords(l: Layer, c: Crossbar, count: i32): void {
  const ledger = changetype<Ledger>(c.ledger);
  for (let k = 0; k < count; k++) {
    const at = placeOf(l, k);
    const j = <usize>load<u32>(at);
    store<f32>(lostOf(ledger) + j, load<f32>(at, LOST));
    if (ledger.backward) store<f32>(totalsOf(ledger) + j, load<f32>(at, TOTAL));
  }
  for (let device = 0; device < c.devices; device++) {
    beginWeighing(ledger);
    for (let k = 0; k < count; k++) {
      const at = placeOf(l, k);
      const j = <usize>load<u32>(at);
      store<f32>(weighedOf(ledger, true) + j, load<f32>(at + weighedBy(device, true)));
      store<f32>(weighedOf(ledger, false) + j, load<f32>(at + weighedBy(device, false)));
    }
    recordRequests(l, c, device);
  }
}
