// Training by several threads over one memory. A wide layer is split by columns: each thread reads and writes its own,
// and its columns' random numbers are those that they have anyhow, so the bits are those of one thread. Layers that are
// not split are thread 0's. Threads meet where one needs the activations or errors of another's columns.
import { fold } from '../../../wasm/assembly/random';
import { outputError } from '../../../wasm/assembly/arithmetic';
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { sumColumns } from '../../../wasm/assembly/differences';
import { meet } from '../../../wasm/assembly/team';
import { beginActivations, finishActivations, takeActivations, takeSample, takeSomeActivations } from './input';
import { beginRead, finishRead, forwardLayer, layerAt, prepareErrors, readErrors, readRows } from './layer';
import { predict } from './index';
import { Layer, Samples, shareInput } from './memory';
import { Prediction, Task } from './task';
import { updateLayer } from './update';

export { setInputs, setShare, setTwin } from './share';
export { setPrediction, setTask, taskSize } from './task';

// @ts-ignore: decorator
@external("env", "now")
declare function now(): f64;

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

/** One thread's part of a call; returns the samples that were trained on or predicted, or −1 where a thread failed. */
export function workTogether(at: usize, me: i32): i32 {
  return changetype<Task>(at).prediction == 0 ? trainTogether(at, me) : predictTogether(changetype<Task>(at), me);
}

/** Samples that a thread takes at once: few, so that none waits long for another, and enough that they seldom meet. */
const SAMPLES_TAKEN: i32 = 25;

/** Threads take samples as they come to them: one that is kept from its core leaves them to the others. */
function predictTogether(task: Task, me: i32): i32 {
  const prediction = changetype<Prediction>(task.prediction);
  const layers = <usize>load<u32>(prediction.layers + ((<usize>me) << 2));
  const bytes = (<usize>changetype<Crossbar>(layerAt(layers, task.layerCount - 1).crossbar).cols) << 2;
  const taken = task.prediction + offsetof<Prediction>('taken');
  for (let from = atomic.add<i32>(taken, SAMPLES_TAKEN); from < task.count; from = atomic.add<i32>(taken, SAMPLES_TAKEN)) {
    const count = min<i32>(SAMPLES_TAKEN, task.count - from);
    const outputs = prediction.outputs + <usize>from * bytes;
    predict(layers, task.layerCount, task.samples, task.firstStep + from, count, outputs, prediction.stream);
  }
  return meet(task.team, me) ? task.count : -1;
}

function trainTogether(at: usize, me: i32): i32 {
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
