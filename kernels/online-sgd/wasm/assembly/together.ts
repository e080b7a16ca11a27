// Training by several threads over one memory. A wide layer is split by columns: each thread reads and writes its own,
// and its columns' random numbers are those that they have anyhow, so the bits are those of one thread. Layers that are
// not split are thread 0's. Threads meet where one needs the activations or errors of another's columns.
import { fold } from '../../../wasm/assembly/random';
import { outputError } from '../../../wasm/assembly/arithmetic';
import { Crossbar, crossbarSize } from '../../../wasm/assembly/crossbar';
import { sumColumns } from '../../../wasm/assembly/differences';
import { meet } from '../../../wasm/assembly/team';
import { beginActivations, finishActivations, takeActivations, takeSample, takeSomeActivations } from './input';
import { beginRead, finishRead, forwardLayer, layerAt, prepareErrors, readErrors, readRows } from './layer';
import { Layer, layerSize, Samples, shareInput } from './memory';
import { updateLayer } from './update';

// @ts-ignore: decorator
@external("env", "now")
declare function now(): f64;

/** One call of training, as the caller's thread hands it to the others. */
@unmanaged
class Task {
  team: usize;
  layerCount: i32;
  /** Whole layers, one behind the other. */
  layers: usize;
  /** Thread by thread and layer by layer, the address of what a thread has of a layer: 0 for nothing. */
  shares: usize;
  /**
   * Two layers whose inputs are those of samples in turn, which thread 1 lists while thread 0 has the last layer to itself;
   * 0 where each thread lists its own, since there is nothing to wait for then.
   */
  inputs: usize;
  samples: usize;
  order: usize;
  count: i32;
  firstStep: u32;
  loss: i32;
  updateFirst: bool;
  columnSumPeriod: u32;
  /** Samples after which this call ends: `count`, unless thread 0 finds that the others keep it waiting. */
  end: i32;
  /** Milliseconds of thread 0's clock after which it ends the call early. */
  deadline: f64;
}

export function taskSize(): usize {
  return (offsetof<Task>() + 15) & ~15;
}

export function setTask(
  at: usize,
  team: usize,
  layers: usize,
  layerCount: i32,
  shares: usize,
  inputs: usize,
  samples: usize,
  order: usize,
  count: i32,
  firstStep: u32,
  loss: i32,
  updateFirst: bool,
  columnSumPeriod: u32,
  deadline: f64,
): void {
  const task = changetype<Task>(at);
  task.team = team;
  task.layers = layers;
  task.layerCount = layerCount;
  task.shares = shares;
  task.inputs = inputs;
  task.samples = samples;
  task.order = order;
  task.count = count;
  task.end = count;
  task.firstStep = firstStep;
  task.loss = loss;
  task.updateFirst = updateFirst;
  task.columnSumPeriod = columnSumPeriod;
  task.deadline = deadline;
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

// @ts-ignore: decorator
@inline
function shareOf(task: Task, thread: i32, layer: i32): usize {
  return <usize>load<u32>(task.shares + ((<usize>(thread * task.layerCount + layer)) << 2));
}

/** Whether thread 1 has a part of a layer, as then all have. */
// @ts-ignore: decorator
@inline
function isSplit(task: Task, layer: i32): bool {
  return shareOf(task, 1, layer) != 0;
}

/** One thread's part of a call; returns the samples that were trained on, or −1 where a thread failed. */
export function trainTogether(at: usize, me: i32): i32 {
  const task = changetype<Task>(at);
  if (task.inputs != 0) {
    if (me == 1) listInput(task, 0);
    if (!meet(task.team, me)) return -1;
  }
  let n = 0;
  for (; n < atomic.load<i32>(at + offsetof<Task>('end')); n++) {
    if (!forwardTogether(task, me, n)) return -1;
    // The last layer is thread 0's, and whoever lists inputs waits for its errors.
    if (me == 1 && task.inputs != 0 && n + 1 < task.count) listInput(task, n + 1);
    if (!backwardTogether(task, me, task.firstStep + <u32>n)) return -1;
  }
  return meet(task.team, me) ? n : -1;
}

// @ts-ignore: decorator
@inline
function indexOf(task: Task, n: i32): u32 {
  return load<u32>(task.order + ((<usize>n) << 2));
}

/** Lists the input of a call's sample n, beside that of the one before it. */
function listInput(task: Task, n: i32): void {
  takeSample(layerAt(task.inputs, n & 1), changetype<Samples>(task.samples), indexOf(task, n));
}

/**
 * Whether threads convert their own columns' activations for a layer that is thread 0's, which reads its own while it waits for
 * the others'. Where that layer is updated after its errors are passed on, it may still need the last sample's by then.
 */
// @ts-ignore: decorator
@inline
function readsAhead(task: Task, layer: i32): bool {
  return task.updateFirst && layer > 0 && isSplit(task, layer - 1) && !isSplit(task, layer);
}

/** The column behind a thread's last one. */
// @ts-ignore: decorator
@inline
function endOf(task: Task, thread: i32, layer: i32): i32 {
  const c = changetype<Crossbar>(changetype<Layer>(shareOf(task, thread, layer)).crossbar);
  return c.firstCol + c.cols;
}

function beginAhead(task: Task, me: i32, layer: i32): void {
  const whole = layerAt(task.layers, layer);
  const below = layerAt(task.layers, layer - 1);
  const part = changetype<Crossbar>(changetype<Layer>(shareOf(task, me, layer - 1)).crossbar);
  const end = part.firstCol + part.cols;
  // Whoever has the last column takes the bias behind it too.
  const last = end == changetype<Crossbar>(below.crossbar).cols;
  if (last) beginActivations(whole, below);
  takeSomeActivations(whole, below, part.firstCol, last ? changetype<Crossbar>(whole.crossbar).rows : end);
  if (me != 0) return;
  whole.readBackground = 0;
  beginRead(whole);
  readRows(whole, 0, end);
}

function forwardTogether(task: Task, me: i32, n: i32): bool {
  const step = task.firstStep + <u32>n;
  const index = indexOf(task, n);
  const s = changetype<Samples>(task.samples);
  // The others read `end` after their next meeting, before which thread 0 may still lower it.
  if (me == 0 && task.deadline > 0 && now() > task.deadline) atomic.store<i32>(changetype<usize>(task) + offsetof<Task>('end'), n + 1);
  for (let i = 0; i < task.layerCount; i++) {
    const share = shareOf(task, me, i);
    const l = changetype<Layer>(share);
    const ahead = readsAhead(task, i);
    if (ahead) beginAhead(task, me, i);
    if (i > 0 && (isSplit(task, i) || isSplit(task, i - 1)) && !meet(task.team, me)) return false;
    if (share == 0) continue;
    if (step % task.columnSumPeriod == 0) sumColumns(l.crossbar);
    const noise = fold(changetype<Crossbar>(l.crossbar).readKey, step);
    if (ahead) {
      finishActivations(l);
      readRows(l, endOf(task, 0, i - 1), l.foregroundCount);
      finishRead(l, noise);
      continue;
    }
    if (i > 0) takeActivations(l, layerAt(task.layers, i - 1));
    else if (task.inputs != 0) shareInput(layerAt(task.inputs, n & 1), l);
    else takeSample(l, s, index);
    forwardLayer(l, noise);
  }
  if (me != 0) return true;
  const last = layerAt(task.layers, task.layerCount - 1);
  const classes = changetype<Crossbar>(last.crossbar).cols;
  outputError(last.z, <i32>load<u8>(s.labels + <usize>index), classes, last.activation, task.loss, last.delta);
  return true;
}

function backwardTogether(task: Task, me: i32, step: u32): bool {
  for (let i = task.layerCount - 1; i >= 0; i--) {
    const share = shareOf(task, me, i);
    if (share != 0 && task.updateFirst) updateLayer(changetype<Layer>(share), step);
    if (i > 0 && !passTogether(task, me, i, share, step)) return false;
    if (share != 0 && !task.updateFirst) updateLayer(changetype<Layer>(share), step);
  }
  return true;
}

/** The error of the layer below. Each thread that has columns there reads them through all columns of this layer. */
function passTogether(task: Task, me: i32, i: i32, share: usize, step: u32): bool {
  const whole = layerAt(task.layers, i);
  const below = changetype<Layer>(shareOf(task, me, i - 1));
  if (isSplit(task, i)) {
    if (!meet(task.team, me)) return false;
    if (changetype<usize>(below) != 0) {
      const errors = changetype<Layer>(share).backwardErrors;
      prepareErrors(whole, errors);
      readErrors(whole, errors, below, step);
    }
    // No one writes cells that another still reads; after an update of these they are not written in this step again.
    return task.updateFirst || meet(task.team, me);
  }
  if (me == 0) prepareErrors(whole, whole.backwardErrors);
  const together = isSplit(task, i - 1) && task.updateFirst;
  if (together) {
    if (!meet(task.team, me)) return false;
    readErrors(whole, whole.backwardErrors, below, step);
    return true;
  }
  // Thread 0 is about to write the cells that the error is read through: it alone reads them.
  if (me == 0) readErrors(whole, whole.backwardErrors, layerAt(task.layers, i - 1), step);
  return !isSplit(task, i - 1) || meet(task.team, me);
}
