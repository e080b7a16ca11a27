// Layers that threads have of their own: over a network's cells a part of the columns, or all of them for a prediction; and copies of
// layers that are too small to be shared out.
import { Crossbar, crossbarSize, IDEAL } from '../../../wasm/assembly/crossbar';
import { Layer, layerSize } from './memory';

/**
 * Makes a layer that reads the same cells as another one, for a prediction beside it.
 * @param columns - two arrays of `columnsSize` bytes
 * @param rows - four arrays of `rowsSize` bytes: inputs to read and to write, and those of the foreground; a layer that has no
 *   background keeps its lists of rows
 * @param lists - foreground rows and their offsets, and a byte a row, `rowsSize` each; 0 to keep the whole layer's
 */
export function setTwin(at: usize, layer: usize, columns: usize, columnsSize: usize, rows: usize, lists: usize, rowsSize: usize): void {
  memory.copy(at, layer, layerSize());
  const l = changetype<Layer>(at);
  l.z = columns;
  l.scratch = columns + columnsSize;
  setInput(l, rows, lists, rowsSize);
}

/**
 * Makes a share of a whole layer: the columns first … first + cols − 1, which fill `width` floats of each row.
 * @param at - the share's layer, followed by its crossbar
 * @param cells - memory for {@link cellsSize} bytes: rows that end where the share does, so that no thread's core fetches ahead what
 *   another one writes; 0 for the layer's own cells
 * @param rows - two arrays of `rowsSize` bytes: inputs to read and to write, where they are not a sample's
 */
export function setShare(
  at: usize,
  layer: usize,
  first: i32,
  cols: i32,
  width: i32,
  cells: usize,
  rows: usize,
  rowsSize: usize,
  backwardErrors: usize,
  polarity: usize,
  fractional: usize,
): void {
  const l = beginPart(at, layer);
  const c = changetype<Crossbar>(l.crossbar);
  const offset = (<usize>first) << 2;
  c.cols = cols;
  c.width = width;
  c.firstCol = first;
  c.plus += offset;
  c.minus += offset;
  c.hiddenPlus += offset;
  c.hiddenMinus += offset;
  c.difference += offset;
  c.columnSums += offset;
  c.columnOffsets += offset;
  if (cells != 0) giveCells(c, cells);
  l.z += offset;
  l.delta += offset;
  l.updateErrors += offset;
  l.scratch += offset;
  giveWork(l, rows, rowsSize, backwardErrors, polarity, fractional);
}

/**
 * Makes a copy of a whole layer that one thread trains by itself.
 * @param at - the copy's layer, followed by its crossbar
 * @param cells - memory for {@link cellsSize} bytes of cells; 0 for the layer's own cells
 * @param columns - four arrays of `columnsSize` bytes, and @param rows as those of {@link setShare}
 */
export function setCopy(
  at: usize,
  layer: usize,
  cells: usize,
  columns: usize,
  columnsSize: usize,
  rows: usize,
  rowsSize: usize,
  backwardErrors: usize,
  polarity: usize,
  fractional: usize,
): void {
  const l = beginPart(at, layer);
  const c = changetype<Crossbar>(l.crossbar);
  if (cells != 0) giveCells(c, cells);
  l.z = columns;
  l.delta = columns + columnsSize;
  l.updateErrors = columns + 2 * columnsSize;
  l.scratch = columns + 3 * columnsSize;
  giveWork(l, rows, rowsSize, backwardErrors, polarity, fractional);
}

/** A thread's part of a layer, as yet all of it: the layer, and behind it its crossbar. */
function beginPart(at: usize, layer: usize): Layer {
  const l = changetype<Layer>(at);
  memory.copy(at, layer, layerSize());
  memory.copy(at + layerSize(), l.crossbar, crossbarSize());
  l.crossbar = at + layerSize();
  return l;
}

/** Gives a part working memory that no other thread writes. */
function giveWork(l: Layer, rows: usize, rowsSize: usize, backwardErrors: usize, polarity: usize, fractional: usize): void {
  setInput(l, rows, 0, rowsSize);
  l.foregroundSteps = rows;
  l.backwardErrors = backwardErrors;
  l.polarity = polarity;
  l.fractional = fractional;
}

/** Bytes of a matrix whose rows have `width` floats, with the spare rows that the transposed read may touch. */
// @ts-ignore: decorator
@inline
function matrixSize(c: Crossbar, width: i32): usize {
  return (<usize>((c.rows + 3) * width)) << 2;
}

// @ts-ignore: decorator
@inline
function hidesCells(c: Crossbar): bool {
  return c.hiddenPlus != c.plus;
}

/** Bytes of cells of their own for `width` columns of a layer, and of what belongs to these columns. */
export function cellsSize(layer: usize, width: i32): usize {
  const c = changetype<Crossbar>(changetype<Layer>(layer).crossbar);
  const matrices = c.coding == IDEAL ? 1 : (hidesCells(c) ? 2 * c.devices : c.devices) + 1;
  return <usize>matrices * matrixSize(c, width) + ((<usize>(2 * width)) << 2);
}

/** Gives some columns cells of their own, in rows of their own. */
function giveCells(c: Crossbar, cells: usize): void {
  const size = matrixSize(c, c.width);
  const hides = hidesCells(c);
  const pairs = c.devices == 2;
  let next = cells;
  c.stride = c.width;
  c.plus = next;
  next += size;
  if (pairs) {
    c.minus = next;
    next += size;
  }
  c.hiddenPlus = c.plus;
  c.hiddenMinus = c.minus;
  if (hides) {
    c.hiddenPlus = next;
    next += size;
  }
  if (hides && pairs) {
    c.hiddenMinus = next;
    next += size;
  }
  c.difference = c.plus;
  if (c.coding != IDEAL) {
    c.difference = next;
    next += size;
  }
  c.columnSums = next;
  c.columnOffsets = next + ((<usize>c.width) << 2);
}

/** Copies cells and what belongs to their columns from the whole layer to a part with cells of its own, or back to it. */
export function copyCells(whole: Layer, part: Layer, back: bool): void {
  const from = changetype<Crossbar>(whole.crossbar);
  const to = changetype<Crossbar>(part.crossbar);
  copyMatrix(from, from.plus, to, to.plus, back);
  if (from.devices == 2) copyMatrix(from, from.minus, to, to.minus, back);
  if (from.difference != from.plus) copyMatrix(from, from.difference, to, to.difference, back);
  if (from.hiddenPlus != from.plus) {
    copyMatrix(from, from.hiddenPlus, to, to.hiddenPlus, back);
    if (from.devices == 2) copyMatrix(from, from.hiddenMinus, to, to.hiddenMinus, back);
  }
  const first = (<usize>to.firstCol) << 2;
  copyFloats(from.columnSums + first, to.columnSums, to.width, back);
  copyFloats(from.columnOffsets + first, to.columnOffsets, to.width, back);
}

function copyMatrix(whole: Crossbar, wholeCells: usize, part: Crossbar, cells: usize, back: bool): void {
  let from = wholeCells + ((<usize>part.firstCol) << 2);
  let to = cells;
  for (let i = 0; i < whole.rows; i++) {
    copyFloats(from, to, part.width, back);
    from += (<usize>whole.stride) << 2;
    to += (<usize>part.stride) << 2;
  }
}

// @ts-ignore: decorator
@inline
function copyFloats(whole: usize, part: usize, count: i32, back: bool): void {
  memory.copy(back ? whole : part, back ? part : whole, (<usize>count) << 2);
}

function setInput(l: Layer, rows: usize, lists: usize, rowsSize: usize): void {
  l.foregroundRead = rows;
  l.foregroundWritten = rows + rowsSize;
  l.read = lists == 0 ? rows : rows + 2 * rowsSize;
  l.written = lists == 0 ? rows + rowsSize : rows + 3 * rowsSize;
  if (lists == 0) return;
  l.foreground = lists;
  l.foregroundOffsets = lists + rowsSize;
  l.isForeground = lists + 2 * rowsSize;
}

/** Makes a layer of nothing but the inputs of a part of the first layer, in the same arrays as those of {@link setTwin}. */
export function setInputs(at: usize, part: usize, rows: usize, lists: usize, rowsSize: usize): void {
  memory.copy(at, part, layerSize());
  setInput(changetype<Layer>(at), rows, lists, rowsSize);
}
