// Fractions of a pulse, cell by cell. An update's are the outer product of its columns' rates and its rows' inputs, which is kept until
// some can be added at once, so that the cells' counts go through the caches once for all of them; each is added in its turn, cell by cell.
import { Ledger, othersOf } from './ledger';

/** Updates that are kept. */
const KEPT: i32 = 16;

/** Floats that {@link setLedger} wants for them. */
export function ledgerPartFloats(stride: i32, rows: i32): i32 {
  return KEPT * (2 * stride + ((rows + 3) & ~3));
}

/** Bytes of an update: rates above and below, and inputs. */
// @ts-ignore: decorator
@inline
function partSize(l: Ledger): usize {
  return 2 * l.width + ((l.rowBytes + 15) & ~15);
}

/**
 * Begins an update with rates of zero, and returns where they go as the columns lie: pulses for a unit of |x| of plus cells in rows with
 * positive inputs, which are those of minus cells in rows with negative ones; and `width` behind them the other way round.
 */
export function beginPart(l: Ledger): usize {
  const at = l.parts + <usize>l.partCount * partSize(l);
  memory.fill(at, 0, 2 * l.width);
  return at;
}

/** Keeps the update that was begun. */
export function keepPart(l: Ledger, inputs: usize): void {
  memory.copy(l.parts + <usize>l.partCount * partSize(l) + 2 * l.width, inputs, l.rowBytes);
  l.partCount++;
  if (l.partCount == KEPT) addParts(l);
}

/** Adds what was kept: before other pulses are counted, and before counts are read. */
export function addParts(l: Ledger): void {
  if (l.partCount == 0) return;
  addPartsOf(l, 0);
  if (l.othersMinus != 0) addPartsOf(l, 1);
  l.partCount = 0;
}

function addPartsOf(l: Ledger, device: i32): void {
  const size = partSize(l);
  let row = othersOf(l, device);
  for (let i: usize = 0; i < l.rowBytes; i += 4) {
    let k = 0;
    for (; k + 4 <= l.partCount; k += 4) addFourRows(l, l.parts + <usize>k * size, size, device, row, i);
    for (; k < l.partCount; k++) addRow(l, l.parts + <usize>k * size, device, row, i);
    row += l.width;
  }
}

/** Of an update, the input of a row, and the rates of a polarity's cells there. */
// @ts-ignore: decorator
@inline
function inputOf(l: Ledger, part: usize, i: usize): f32 {
  return load<f32>(part + 2 * l.width + i);
}

// @ts-ignore: decorator
@inline
function ratesOf(l: Ledger, part: usize, device: i32, x: f32): usize {
  return x > 0 == (device == 0) ? part : part + l.width;
}

function addRow(l: Ledger, part: usize, device: i32, row: usize, i: usize): void {
  const x = inputOf(l, part, i);
  const rates = ratesOf(l, part, device, x);
  const size = f32x4.splat(abs<f32>(x));
  const end = l.width;
  let j: usize = 0;
  do {
    v128.store(row + j, f32x4.add(v128.load(row + j), f32x4.mul(v128.load(rates + j), size)));
    j += 16;
  } while (j < end);
}

function addFourRows(l: Ledger, part: usize, size: usize, device: i32, row: usize, i: usize): void {
  const x0 = inputOf(l, part, i);
  const x1 = inputOf(l, part + size, i);
  const x2 = inputOf(l, part + 2 * size, i);
  const x3 = inputOf(l, part + 3 * size, i);
  const r0 = ratesOf(l, part, device, x0);
  const r1 = ratesOf(l, part + size, device, x1);
  const r2 = ratesOf(l, part + 2 * size, device, x2);
  const r3 = ratesOf(l, part + 3 * size, device, x3);
  const s0 = f32x4.splat(abs<f32>(x0));
  const s1 = f32x4.splat(abs<f32>(x1));
  const s2 = f32x4.splat(abs<f32>(x2));
  const s3 = f32x4.splat(abs<f32>(x3));
  const end = l.width;
  let j: usize = 0;
  do {
    let count = f32x4.add(v128.load(row + j), f32x4.mul(v128.load(r0 + j), s0));
    count = f32x4.add(count, f32x4.mul(v128.load(r1 + j), s1));
    count = f32x4.add(count, f32x4.mul(v128.load(r2 + j), s2));
    v128.store(row + j, f32x4.add(count, f32x4.mul(v128.load(r3 + j), s3)));
    j += 16;
  } while (j < end);
}
