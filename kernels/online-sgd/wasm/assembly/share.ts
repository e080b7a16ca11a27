// Layers that threads have of their own over a network's cells: a part of the columns, or all of them for a prediction.
import { Crossbar, crossbarSize } from '../../../wasm/assembly/crossbar';
import { Layer, layerSize } from './memory';

/**
 * Makes a layer that reads the same cells as another one, for a prediction beside it.
 * @param columns - two arrays, of `columnsSize` bytes, and @param rows and @param lists as those of {@link setShare}
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
 * @param rows - four arrays of `rowsSize` bytes: inputs to read and to write, and those of the foreground; a layer that
 *   has no background keeps its lists of rows
 * @param lists - foreground rows and their offsets, and a byte a row, `rowsSize` each; 0 to keep the whole layer's
 */
export function setShare(
  at: usize,
  layer: usize,
  first: i32,
  cols: i32,
  width: i32,
  rows: usize,
  lists: usize,
  rowsSize: usize,
  backwardErrors: usize,
  polarity: usize,
  fractional: usize,
): void {
  const l = changetype<Layer>(at);
  const c = changetype<Crossbar>(at + layerSize());
  memory.copy(at, layer, layerSize());
  memory.copy(changetype<usize>(c), l.crossbar, crossbarSize());
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
  l.crossbar = changetype<usize>(c);
  l.z += offset;
  l.delta += offset;
  l.updateErrors += offset;
  l.scratch += offset;
  setInput(l, rows, lists, rowsSize);
  l.foregroundSteps = rows;
  l.backwardErrors = backwardErrors;
  l.polarity = polarity;
  l.fractional = fractional;
}

/** Makes a layer of nothing but the whole first layer's inputs, in the same arrays as those of {@link setShare}. */
export function setInputs(at: usize, layer: usize, rows: usize, lists: usize, rowsSize: usize): void {
  memory.copy(at, layer, layerSize());
  setInput(changetype<Layer>(at), rows, lists, rowsSize);
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
