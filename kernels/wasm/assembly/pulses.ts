// Twin of kernels/cells.ts: pulses to one cell after the other, and what they do to its weight and its column's sum.
import { Crossbar, FRACTIONAL, ONE_SIDED_PAIR, TABLE } from './crossbar';
import { seen } from './differences';
import { Ledger } from './ledger';
import { recordErasure, recordMove, recordPart, recordPulses } from './ledger-records';
import { fold, normal } from './random';
import { move, snap, stepAt } from './steps';
import { tableMean } from './table';

/** What one pulse call needs of a step; one for each polarity. */
@unmanaged
export class Polarity {
  g: usize;
  parameters: usize;
  cycleToCycle: u64;
  programming: u64;
  writeNoise: u64;
  device: i32;
  /** The weight's other cells; 0 where they are the reference. */
  other: usize;
  /** Whether a pulse moves its cell and does nothing else: no levels, refresh, write noise or access resistance. */
  plain: bool;
}

export function preparePolarity(c: Crossbar, device: i32, step: u32, p: Polarity): void {
  p.device = device;
  p.g = device == 0 ? c.hiddenPlus : c.hiddenMinus;
  p.parameters = device == 0 ? c.parametersPlus : c.parametersMinus;
  p.other = device == 1 ? c.plus : c.devices == 2 ? c.minus : 0;
  p.plain = c.levelCount == 0 && c.coding != ONE_SIDED_PAIR && c.writeSigma == 0 && c.accessCurvature == 0;
  p.cycleToCycle = fold(device == 0 ? c.cycleToCyclePlus : c.cycleToCycleMinus, step);
  p.programming = fold(device == 0 ? c.programmingPlus : c.programmingMinus, step);
  if (c.writeSigma != 0) p.writeNoise = fold(c.writeKey, step);
}

/** Gives pulses to the cell at (row, column), and renews its weight and its column's sum. */
// @ts-ignore: decorator
@inline
export function pulse(c: Crossbar, p: Polarity, row: i32, column: i32, up: bool, pulses: f32): void {
  if (!p.plain) {
    pulseFully(c, p, row, column, up, pulses);
    return;
  }
  const cell = <u32>(row * c.allCols + c.firstCol + column);
  const place = (<usize>(row * c.stride + column)) << 2;
  const parameters = p.parameters + <usize>cell * c.parameterStride;
  const before = load<f32>(p.g + place);
  const moved = move(c, parameters, before, cell, up, pulses, p.cycleToCycle);
  let low: f32 = 0;
  let high: f32 = 1;
  if (c.response != TABLE) {
    low = load<f32>(parameters, 16);
    high = load<f32>(parameters, 20);
  }
  const g = min<f32>(max<f32>(moved, low), high);
  store<f32>(p.g + place, g);
  if (c.ledger != 0) {
    recordWrite(c, p.device, place, column, up, pulses, before, g);
    recordMove(changetype<Ledger>(c.ledger), (<usize>row) << 2, (<usize>column) << 2, g - before);
  }
  const other = p.other == 0 ? c.reference : load<f32>(p.other + place);
  renew(c, column, place, p.device == 0 ? g - other : other - g);
}

/** Enters the pulses of an update in the ledger. */
// @ts-ignore: decorator
@inline
function recordWrite(c: Crossbar, device: i32, place: usize, column: i32, up: bool, n: f32, from: f32, to: f32): void {
  const ledger = changetype<Ledger>(c.ledger);
  const at = (<usize>column) << 2;
  if (c.policy == FRACTIONAL) recordPart(ledger, device, place, n);
  else recordPulses(ledger, device, place, at, up, n, from, to);
}

/** Puts a weight at `difference`, and its column's sum with it. */
// @ts-ignore: decorator
@inline
function renew(c: Crossbar, column: i32, place: usize, difference: f32): void {
  const sum = c.columnSums + ((<usize>column) << 2);
  store<f32>(sum, load<f32>(sum) + (difference - load<f32>(c.difference + place)));
  store<f32>(c.difference + place, difference);
}

function pulseFully(c: Crossbar, p: Polarity, row: i32, column: i32, up: bool, pulses: f32): void {
  const cell = <u32>(row * c.allCols + c.firstCol + column);
  const place = (<usize>(row * c.stride + column)) << 2;
  const parameters = p.parameters + <usize>cell * c.parameterStride;
  const before = load<f32>(p.g + place);
  const moved = move(c, parameters, before, cell, up, pulses, p.cycleToCycle);
  let low: f32 = 0;
  let high: f32 = 1;
  if (c.response != TABLE) {
    low = load<f32>(parameters, 16);
    high = load<f32>(parameters, 20);
  }
  let g = min<f32>(max<f32>(moved, low), high);
  if (c.levelCount > 0) g = min<f32>(max<f32>(snap(c, g), low), high);
  if (c.ledger != 0) recordWrite(c, p.device, place, column, up, pulses, before, g);
  write(c, p, p.device, cell, place, row, column, g);
  if (c.coding == ONE_SIDED_PAIR && g >= low + c.refreshAt * (high - low)) refresh(c, p, cell, place, row, column);
  const other = c.devices == 2 ? seen(c, load<f32>(c.minus + place)) : c.reference;
  renew(c, column, place, seen(c, load<f32>(c.plus + place)) - other);
}

/** Puts a cell at g. What a read then sees is off by the noise of this write, and never below zero siemens. */
// @ts-ignore: decorator
@inline
function write(c: Crossbar, p: Polarity, device: i32, cell: u32, place: usize, row: i32, column: i32, g: f32): void {
  const at = (device == 0 ? c.plus : c.minus) + place;
  const before = load<f32>(at);
  store<f32>((device == 0 ? c.hiddenPlus : c.hiddenMinus) + place, g);
  if (c.writeSigma != 0) {
    const shown = g + c.writeSigma * normal(p.writeNoise, 2 * cell + <u32>device);
    store<f32>(at, max<f32>(shown, -c.conductanceFloor));
  }
  if (c.ledger == 0) return;
  recordMove(changetype<Ledger>(c.ledger), (<usize>row) << 2, (<usize>column) << 2, load<f32>(at) - before);
}

function refresh(c: Crossbar, p: Polarity, cell: u32, place: usize, row: i32, column: i32): void {
  const difference = load<f32>(c.plus + place) - load<f32>(c.minus + place);
  const offset = <usize>cell * c.parameterStride;
  const positive = difference >= 0;
  const target = c.reference + abs<f32>(difference);
  rewrite(c, p, 0, cell, place, row, column, c.parametersPlus + offset, positive ? target : 0);
  rewrite(c, p, 1, cell, place, row, column, c.parametersMinus + offset, positive ? 0 : target);
}

/** Erases one cell and potentiates it towards `target`; 0 leaves it erased. */
function rewrite(
  c: Crossbar,
  p: Polarity,
  device: i32,
  cell: u32,
  place: usize,
  row: i32,
  column: i32,
  parameters: usize,
  target: f32,
): void {
  const own = c.response != TABLE;
  const low = own ? load<f32>(parameters, 16) : <f32>0;
  const high = own ? load<f32>(parameters, 20) : <f32>1;
  const erased = min<f32>(max<f32>(c.reference, low), high);
  let g = erased;
  if (c.ledger != 0) {
    const from = load<f32>((device == 0 ? c.hiddenPlus : c.hiddenMinus) + place);
    recordErasure(changetype<Ledger>(c.ledger), device, place, (<usize>column) << 2, from, erased);
  }
  const pulses = target == 0 ? 0 : pulsesTo(c, parameters, g, target, high);
  if (pulses > 0) g = min<f32>(max<f32>(move(c, parameters, g, cell, true, <f32>pulses, p.programming), low), high);
  if (c.levelCount > 0) g = min<f32>(max<f32>(snap(c, g), low), high);
  if (c.ledger != 0 && pulses > 0) {
    recordPulses(changetype<Ledger>(c.ledger), device, place, (<usize>column) << 2, true, <f32>pulses, erased, g);
  }
  write(c, p, device, cell, place, row, column, g);
}

function pulsesTo(c: Crossbar, parameters: usize, erased: f32, target: f32, high: f32): i32 {
  let g = erased;
  for (let count = 0; count < 65536; count++) {
    const next =
      c.response == TABLE
        ? g + tableMean(c, parameters, g, true)
        : g + stepAt(c, parameters, g, true);
    if (next <= g || g >= high || next - target > target - g) return count;
    g = min<f32>(next, high);
  }
  return 65536;
}
