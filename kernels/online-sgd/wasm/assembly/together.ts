// Training by several threads over one memory. A wide layer is shared out by columns: each thread reads and writes its own,
// and its columns' random numbers are those that they have anyhow, so the bits are those of one thread. Of a narrow layer each thread
// trains a copy: all do the same with it, so that none waits for another's errors. Threads meet where one needs the activations or
// errors of another's columns.
import { fold } from '../../../wasm/assembly/random';
import { outputError } from '../../../wasm/assembly/arithmetic';
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { sumColumns } from '../../../wasm/assembly/differences';
import { arrive, awaitOthers, awaitThread, meet, teamCount } from '../../../wasm/assembly/team';
import { handOver, handOverHead, headRows, takeBias, takeOver, takeOverHead } from './exchange';
import { finishActivations, takeActivations, takeSample } from './input';
import {
  finishForward,
  forwardLayer,
  clearRead,
  layerAt,
  passError,
  prepareErrors,
  readErrors,
  readRows,
} from './layer';
import { predict } from './index';
import { Layer, Samples, shareInput } from './memory';
import { copyCells } from './share';
import { Prediction, Task } from './task';
import { updateLayer } from './update';

export { cellsSize, setCopy, setInputs, setShare, setTwin } from './share';
export { setPrediction, setTask, taskSize } from './task';

// @ts-ignore: decorator
@external("env", "now")
declare function now(): f64;

/** What a thread has of a layer. */
// @ts-ignore: decorator
@inline
function partOf(task: Task, thread: i32, layer: i32): Layer {
  return changetype<Layer>(<usize>load<u32>(task.parts + ((<usize>(thread * task.layerCount + layer)) << 2)));
}

/** Where a layer's inputs come from columns that are several threads', what they hand them over by; 0 elsewhere. */
// @ts-ignore: decorator
@inline
function exchangeOf(task: Task, layer: i32): usize {
  return <usize>load<u32>(task.exchanges + ((<usize>layer) << 2));
}

/** Whether threads have different columns of a layer. The last layer is never shared out. */
// @ts-ignore: decorator
@inline
function isSplit(task: Task, layer: i32): bool {
  return layer + 1 < task.layerCount && exchangeOf(task, layer + 1) != 0;
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
  if (task.takesCells) {
    takeCells(task, me);
    // Thread 0 trains the network's own cells of narrow layers, which the others have yet to copy.
    if (!meet(task.team, me)) return -1;
  }
  if (task.count > 0) listInput(task, me, 0);
  let n = 0;
  for (; n < atomic.load<i32>(at + offsetof<Task>('end')); n++) {
    if (!forwardTogether(task, me, n)) return -1;
    if (!backwardTogether(task, me, task.firstStep + <u32>n)) return -1;
  }
  return meet(task.team, me) ? n : -1;
}

/** Takes a thread's cells from the network, where these are newer than its own. */
function takeCells(task: Task, me: i32): void {
  for (let i = 0; i < task.layerCount; i++) {
    if (hasOwnCells(task, me, i)) copyCells(layerAt(task.layers, i), partOf(task, me, i), false);
  }
}

/** Puts all threads' cells back into the network. */
export function returnCells(at: usize): void {
  const task = changetype<Task>(at);
  for (let t = 0; t < teamCount(task.team); t++) {
    for (let i = 0; i < task.layerCount; i++) {
      if (isSplit(task, i) && hasOwnCells(task, t, i)) copyCells(layerAt(task.layers, i), partOf(task, t, i), true);
    }
  }
}

// @ts-ignore: decorator
@inline
function hasOwnCells(task: Task, thread: i32, layer: i32): bool {
  const whole = changetype<Crossbar>(layerAt(task.layers, layer).crossbar);
  const part = changetype<Crossbar>(partOf(task, thread, layer).crossbar);
  return part.columnSums != whole.columnSums + ((<usize>part.firstCol) << 2);
}

// @ts-ignore: decorator
@inline
function indexOf(task: Task, n: i32): u32 {
  return load<u32>(task.order + ((<usize>n) << 2));
}

/** What a thread has listed of the input of a call's sample n, beside that of the one before it. */
// @ts-ignore: decorator
@inline
function inputOf(task: Task, me: i32, n: i32): Layer {
  return layerAt(<usize>load<u32>(task.inputs + ((<usize>me) << 2)), n & 1);
}

function listInput(task: Task, me: i32, n: i32): void {
  takeSample(inputOf(task, me, n), changetype<Samples>(task.samples), indexOf(task, n));
}

/** Samples after which thread 0 looks at its clock, which is a call of the host. */
const CLOCK_PERIOD: i32 = 8;

function forwardTogether(task: Task, me: i32, n: i32): bool {
  const step = task.firstStep + <u32>n;
  // The others read `end` after their next meeting, before which thread 0 may still lower it.
  if (me == 0 && task.deadline > 0 && n % CLOCK_PERIOD == 0 && now() > task.deadline) {
    atomic.store<i32>(changetype<usize>(task) + offsetof<Task>('end'), n + 1);
  }
  let listed = false;
  for (let i = 0; i < task.layerCount; i++) {
    const l = partOf(task, me, i);
    const noise = fold(changetype<Crossbar>(l.crossbar).readKey, step);
    if (step % task.columnSumPeriod == 0) sumColumns(l.crossbar);
    if (i > 0 && isSplit(task, i - 1)) {
      if (!takeTogether(task, me, n, i, !listed)) return false;
      listed = true;
      finishForward(l, noise);
      continue;
    }
    if (i == 0) shareInput(inputOf(task, me, n), l);
    else takeActivations(l, partOf(task, me, i - 1));
    forwardLayer(l, noise);
  }
  const last = partOf(task, me, task.layerCount - 1);
  const classes = changetype<Crossbar>(last.crossbar).cols;
  const label = load<u8>(changetype<Samples>(task.samples).labels + <usize>indexOf(task, n));
  outputError(last.z, label, classes, last.activation, task.loss, last.delta);
  return true;
}

/**
 * Takes activations of which each thread converts its own columns', and reads the rows that they are inputs of. Blocks for two
 * samples in turn are enough: whoever is a sample ahead has met the others, who by then were done with the sample before.
 *
 * A narrow layer is read from its first row on by thread 0 while it waits for the others' activations, and they go on from there.
 * @param lists - whether to list the next sample's input while the others may still be under way
 */
function takeTogether(task: Task, me: i32, n: i32, layer: i32, lists: bool): bool {
  const l = partOf(task, me, layer);
  const exchange = exchangeOf(task, layer);
  const turn = n & 1;
  const head = isSplit(task, layer) ? 0 : headRows(exchange);
  clearRead(l);
  handOver(exchange, turn * teamCount(task.team) + me, me, partOf(task, me, layer - 1).z, l);
  // To the second meeting, where there is a head, thread 0 alone brings something.
  const meeting = arrive(task.team, me, head > 0 && me > 0 ? 2 : 1);
  if (head > 0 && me == 0) {
    readRows(l, 0, head);
    handOverHead(exchange, turn, l);
    arrive(task.team, me, 1);
  }
  if (lists && n + 1 < task.count) listInput(task, me, n + 1);
  if (!awaitOthers(task.team, me, meeting)) return false;
  takeOthers(task, me, n, layer);
  if (head > 0 && me > 0) {
    if (!awaitThread(task.team, 0, meeting + 1)) return false;
    takeOverHead(exchange, turn, l);
  }
  readRows(l, head, l.foregroundCount);
  return true;
}

/** Takes what the other threads have handed over, so that all of a layer's inputs are there. */
function takeOthers(task: Task, me: i32, n: i32, layer: i32): void {
  const l = partOf(task, me, layer);
  const threads = teamCount(task.team);
  for (let t = 0; t < threads; t++) {
    if (t != me) takeOver(exchangeOf(task, layer), (n & 1) * threads + t, t, l);
  }
  if (hasBias(task, me, layer)) takeBias(l);
  finishActivations(l);
}

// @ts-ignore: decorator
@inline
function hasBias(task: Task, me: i32, layer: i32): bool {
  const below = changetype<Crossbar>(partOf(task, me, layer - 1).crossbar);
  return below.allCols < changetype<Crossbar>(partOf(task, me, layer).crossbar).rows;
}

function backwardTogether(task: Task, me: i32, step: u32): bool {
  for (let i = task.layerCount - 1; i >= 0; i--) {
    const l = partOf(task, me, i);
    if (task.updateFirst) updateLayer(l, step);
    if (i > 0 && !passTogether(task, me, i, step)) return false;
    if (!task.updateFirst) updateLayer(l, step);
  }
  return true;
}

/** The error of the layer below. Each thread that has columns there reads them through all columns of this layer. */
function passTogether(task: Task, me: i32, i: i32, step: u32): bool {
  const l = partOf(task, me, i);
  const below = partOf(task, me, i - 1);
  if (!isSplit(task, i)) {
    passError(l, below, step);
    return true;
  }
  if (!meet(task.team, me)) return false;
  const whole = layerAt(task.layers, i);
  prepareErrors(whole, l.backwardErrors);
  readErrors(whole, l.backwardErrors, below, step);
  // No one writes cells that another still reads; after an update of these they are not written in this step again.
  return task.updateFirst || meet(task.team, me);
}
