// Forward reads whose power is summed over all cells, Σx²·G of each column and polarity. They wait until cells are about to move or sums
// are asked for, since many an update moves none: of reads of the same cells each cell is then loaded once for two. An update sums them
// for some rows at a time, just before it loads the same cells.
import { Crossbar } from './crossbar';
import { addFour } from './lanes';
import { DIRECT, Ledger } from './ledger';

/** Reads that wait at most: a row's lie in one vector. */
const MOST: i32 = 4;

/** Floats that {@link setLedger} wants for them: x² of each row, rounded up to fours, and the columns' sums of each polarity and read. */
export function ledgerReadFloats(stride: i32, rows: i32): i32 {
  return MOST * (((rows + 3) & ~3) + 2 * stride);
}

/** Keeps a read; `read` has the input of each row. */
export function keepRead(c: Crossbar, l: Ledger, read: usize): void {
  if (l.readCount == MOST) addReads(c, l);
  let to = l.reads + ((<usize>l.readCount) << 2);
  let sum: f32 = 0;
  for (let i: usize = 0; i < l.rowBytes; i += 4, to += 16) {
    const x = load<f32>(read + i);
    store<f32>(to, x * x);
    sum += x * x;
  }
  l.power += sum;
  l.readCount++;
}

/** Adds what was kept to the columns' sums: before cells move, and before sums are read. */
export function addReads(c: Crossbar, l: Ledger): void {
  if (l.readCount == 0) return;
  beginReads(l);
  for (let i = 0; i < c.rows; i += 4) sumReads(c, l, i);
  endReads(c, l);
}

/** A polarity's sums of the first read; those of the next ones lie behind them. */
// @ts-ignore: decorator
@inline
function sumsOf(l: Ledger, device: i32): usize {
  return l.reads + (((l.rowBytes + 15) & ~15) << 2) + (device == 0 ? 0 : <usize>MOST * l.width);
}

export function beginReads(l: Ledger): void {
  memory.fill(sumsOf(l, 0), 0, 2 * <usize>MOST * l.width);
}

/** Sums the cells of four rows, of which those before them were summed. Matrices end in spare rows, of which no input is read. */
export function sumReads(c: Crossbar, l: Ledger, first: i32): void {
  const inputs = l.reads + ((<usize>first) << 4);
  for (let device = 0; device < c.devices; device++) {
    const cells = (device == 0 ? c.plus : c.minus) + <usize>first * l.width;
    const sums = sumsOf(l, device);
    let k = 0;
    for (; k + 2 <= l.readCount; k += 2) sumTwo(cells, l.width, inputs + ((<usize>k) << 2), sums + <usize>k * l.width);
    if (k < l.readCount) sumOne(cells, l.width, inputs + ((<usize>k) << 2), sums + <usize>k * l.width);
  }
}

/** Enters the sums: of a column one read after the other, and of each read one polarity after the other. */
export function endReads(c: Crossbar, l: Ledger): void {
  const direct = l.columns + DIRECT * l.width;
  for (let k: usize = 0; k < <usize>l.readCount * l.width; k += l.width) {
    for (let device = 0; device < c.devices; device++) {
      const sums = sumsOf(l, device) + k;
      for (let j: usize = 0; j < l.width; j += 16) addFour(direct + j, v128.load(sums + j));
    }
  }
  l.readCount = 0;
}

/** One read of four rows; `squares` are x² in the first one. */
function sumOne(cells: usize, width: usize, squares: usize, sums: usize): void {
  const a0 = v128.load_splat<f32>(squares);
  const a1 = v128.load_splat<f32>(squares, 16);
  const a2 = v128.load_splat<f32>(squares, 32);
  const a3 = v128.load_splat<f32>(squares, 48);
  const row1 = cells + width;
  const row2 = row1 + width;
  const row3 = row2 + width;
  let j: usize = 0;
  do {
    let a = f32x4.add(v128.load(sums + j), f32x4.mul(a0, v128.load(cells + j)));
    a = f32x4.add(a, f32x4.mul(a1, v128.load(row1 + j)));
    a = f32x4.add(a, f32x4.mul(a2, v128.load(row2 + j)));
    v128.store(sums + j, f32x4.add(a, f32x4.mul(a3, v128.load(row3 + j))));
    j += 16;
  } while (j < width);
}

/** Two reads of four rows. */
function sumTwo(cells: usize, width: usize, squares: usize, sums: usize): void {
  const a0 = v128.load_splat<f32>(squares);
  const b0 = v128.load_splat<f32>(squares, 4);
  const a1 = v128.load_splat<f32>(squares, 16);
  const b1 = v128.load_splat<f32>(squares, 20);
  const a2 = v128.load_splat<f32>(squares, 32);
  const b2 = v128.load_splat<f32>(squares, 36);
  const a3 = v128.load_splat<f32>(squares, 48);
  const b3 = v128.load_splat<f32>(squares, 52);
  const row1 = cells + width;
  const row2 = row1 + width;
  const row3 = row2 + width;
  const others = sums + width;
  let j: usize = 0;
  do {
    const g0 = v128.load(cells + j);
    let a = f32x4.add(v128.load(sums + j), f32x4.mul(a0, g0));
    let b = f32x4.add(v128.load(others + j), f32x4.mul(b0, g0));
    const g1 = v128.load(row1 + j);
    a = f32x4.add(a, f32x4.mul(a1, g1));
    b = f32x4.add(b, f32x4.mul(b1, g1));
    const g2 = v128.load(row2 + j);
    a = f32x4.add(a, f32x4.mul(a2, g2));
    b = f32x4.add(b, f32x4.mul(b2, g2));
    const g3 = v128.load(row3 + j);
    v128.store(sums + j, f32x4.add(a, f32x4.mul(a3, g3)));
    v128.store(others + j, f32x4.add(b, f32x4.mul(b3, g3)));
    j += 16;
  } while (j < width);
}
