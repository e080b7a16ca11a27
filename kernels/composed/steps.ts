import * as tf from '@tensorflow/tfjs';
import type { Key } from '../../src/random.js';
import type { CurveResponse, TableResponse } from '../../src/device/response.js';
import { f32 } from '../arithmetic.js';
import { blockHead, placeOf, type PackedTable } from '../table.js';
import { normals, uniforms, type Counters } from './draws.js';
import type { CellNumbers, Device } from './parameters.js';

/** What pulses do to conductances, whole arrays at a time. Each op is the reference's, in its order. */

type Flat = tf.Tensor1D;

/** Pulses for a set of cells. */
export interface Pulses {
  /** How many, ≥ 0, shape [cells]. */
  readonly amounts: Flat;
  /** The largest amount, and whether all of them are whole. */
  readonly most: number;
  readonly whole: boolean;
  /** Whether they go upward, dtype bool, shape [cells]. */
  readonly up: Flat;
  /** Which cells these are. */
  readonly cells: Counters;
}

/** Conductances after their pulses, before bounds and levels. */
export function movedBy(device: Device, numbers: CellNumbers, g: Flat, pulses: Pulses, key: Key): Flat {
  const { response } = device.program;
  if (response.kind === 'ideal') throw new TypeError('the ideal device has no pulses');
  if (response.kind === 'table') return movedByTable(device, numbers, response, g, pulses, key);
  const { moved, squares } = climb(g, stepOf(device, numbers, pulses.up), pulses, numbers);
  const [sigma, relative] = [f32(response.cycleToCycle), f32(response.stepNoise ?? 0)];
  if (sigma === 0 && relative === 0) return moved;
  return tf.add(
    moved,
    tf.mul(deviations(sigma, relative, pulses.amounts, squares, response.kind), normals(key, pulses.cells)),
  );
}

/** σ of the noise of each cell's pulses. */
function deviations(sigma: number, relative: number, amounts: Flat, squares: Flat, kind: 'affine' | 'curve'): Flat {
  if (kind === 'affine' && relative === 0) return tf.mul(sigma, tf.sqrt(amounts));
  const [own, ofStep] = [tf.mul(f32(sigma * sigma), amounts), tf.mul(f32(relative * relative), squares)];
  return tf.sqrt(tf.add<Flat>(own, ofStep));
}

/** One pulse's mean step against g. */
export function stepOf(device: Device, numbers: CellNumbers, rises: Flat): (g: Flat) => Flat {
  const { up, down, origin, rate } = numbers;
  const { response } = device.program;
  const [first, second] = [tf.where(rises, up[0], down[0]), tf.where(rises, up[1], down[1])];
  switch (response.kind) {
    case 'affine':
      return (g) => tf.sub(first, tf.mul(second, g));
    case 'curve':
      return curveStep(device, response, { scale: first, shape: second, origin, rate }, rises);
    case 'table':
      return (g) => meanOf(device, numbers, response, g, rises);
    case 'ideal':
      throw new TypeError('the ideal device has no pulses');
    default:
      return response satisfies never;
  }
}

interface CurveNumbers {
  readonly scale: Flat;
  readonly shape: Flat;
  readonly origin: Flat;
  readonly rate: Flat;
}

function curveStep(
  { curves }: Device,
  { bins, shapes }: CurveResponse,
  { scale, shape, origin, rate }: CurveNumbers,
  rises: Flat,
): (g: Flat) => Flat {
  const row = tf.floor(shape);
  const part = tf.sub<Flat>(shape, row);
  const branch = tf.where(rises, tf.tensor1d([0]), tf.tensor1d([shapes * bins]));
  // Beyond the last shape there is none to mix in; its part is 0.
  const starts = [row, tf.minimum<Flat>(tf.add(row, 1), shapes - 1)].map((r) => tf.add<Flat>(branch, tf.mul(r, bins)));
  return (g) => {
    const coordinate = tf.clipByValue(tf.add<Flat>(origin, tf.mul(rate, g)), 0, 1);
    const { bin, t } = binOf(coordinate, bins);
    const [near, far] = starts.map((start) => between(curves!, tf.add(start, bin), 1, t));
    return tf.mul(scale, tf.add(near!, tf.mul(part, tf.sub(far!, near!))));
  };
}

/** The bin of a coordinate 0 … 1, and the part of the way to the next one. */
function binOf(coordinate: Flat, bins: number): { readonly bin: Flat; readonly t: Flat } {
  const place = tf.mul<Flat>(coordinate, bins - 1);
  const bin = tf.minimum<Flat>(tf.floor(place), bins - 2);
  return { bin, t: tf.sub(place, bin) };
}

/** values[from] + t·(values[from + stride] − values[from]). */
function between(values: Flat, from: Flat, stride: number, t: Flat): Flat {
  const a = at(values, from);
  return tf.add(a, tf.mul(t, tf.sub(at(values, tf.add<Flat>(from, stride)), a)));
}

function at(values: Flat, places: Flat): Flat {
  return tf.gather(values, tf.cast<Flat>(places, 'int32'));
}

/** A table's blocks and where each cell's conductance lies in them. */
function blockOf({ table, curves }: Device, { block }: CellNumbers, { bins }: TableResponse, g: Flat, rises: Flat) {
  const { blockSize, blocks } = table!;
  const { bin, t } = binOf(g, bins);
  const branch = tf.where(rises, tf.tensor1d([0]), tf.tensor1d([blocks.up.length]));
  const first = tf.add<Flat>(branch, block);
  return { values: curves!, start: tf.add<Flat>(first, tf.mul(bin, blockSize)), t, blockSize };
}

function meanOf(device: Device, numbers: CellNumbers, response: TableResponse, g: Flat, rises: Flat): Flat {
  const { values, start, t } = blockOf(device, numbers, response, g, rises);
  return tf.add(at(values, start), tf.mul(t, at(values, tf.add<Flat>(start, 1))));
}

function movedByTable(
  device: Device,
  numbers: CellNumbers,
  response: TableResponse,
  g: Flat,
  pulses: Pulses,
  key: Key,
): Flat {
  const { amounts, up, cells } = pulses;
  const { values, start, t, blockSize } = blockOf(device, numbers, response, g, up);
  const { rows, parts } = placesOf(device.table!, uniforms(key, cells));
  const from = tf.add<Flat>(start, tf.add(rows, blockHead));
  const below = between(values, from, blockSize, t);
  const above = between(values, tf.add(from, 1), blockSize, t);
  const deviation = tf.add<Flat>(below, tf.mul(parts, tf.sub(above, below)));
  const mean = tf.mul<Flat>(amounts, meanOf(device, numbers, response, g, up));
  return tf.add(g, tf.add(mean, tf.mul(tf.sqrt(amounts), deviation)));
}

/** Rows of a table, and parts of the way to the next, of probabilities that were drawn. */
function placesOf(table: PackedTable, probabilities: Float32Array): { readonly rows: Flat; readonly parts: Flat } {
  const rows = new Float32Array(probabilities.length);
  const parts = probabilities.map((q, i) => {
    const { row, u } = placeOf(table, q);
    rows[i] = row;
    return u;
  });
  return { rows: tf.tensor1d(rows), parts: tf.tensor1d(parts) };
}

/** Conductances on their mean path, and the sum of their steps' squares. */
interface Climbed {
  readonly moved: Flat;
  readonly squares: Flat;
}

/** The mean path along the curve: whole pulses one after the other, then the rest of one, each cell its own number. */
function climb(from: Flat, step: (g: Flat) => Flat, pulses: Pulses, { low, high }: CellNumbers): Climbed {
  const { amounts, most, whole: allWhole, up } = pulses;
  if (allWhole && most <= 1) return onePulse(from, step(from));
  let [g, left, squares] = [from, amounts, tf.zerosLike(from)];
  let goes = tf.onesLike(from).asType<Flat>('bool');
  for (let k = 0; k + 1 <= most; k++) {
    const whole = tf.logicalAnd<Flat>(goes, tf.greaterEqual(left, 1));
    if (k % 16 === 15 && !any(whole)) break;
    const by = step(g);
    const next = tf.add<Flat>(g, by);
    squares = tf.where(whole, tf.add<Flat>(squares, tf.square(by)), squares);
    const ends = tf.logicalAnd(whole, tf.logicalOr(tf.equal(next, g), beyond(next, up, low, high)));
    g = tf.where(whole, next, g);
    left = tf.where(whole, tf.sub<Flat>(left, 1), left);
    goes = tf.logicalAnd(goes, tf.logicalNot(ends));
  }
  if (allWhole) return { moved: g, squares };
  const by = step(g);
  const part = tf.where(goes, left, tf.zerosLike(left));
  return { moved: tf.add(g, tf.mul(part, by)), squares: tf.add(squares, tf.mul(part, tf.square(by))) };
}

/** Whether a pulse has carried a cell to its bound. Not by `where`: on wasm it writes floats into tensors of bools. */
function beyond(next: Flat, up: Flat, low: Flat, high: Flat): Flat {
  const above = tf.logicalAnd<Flat>(up, tf.greaterEqual(next, high));
  return tf.logicalOr(above, tf.logicalAnd(tf.logicalNot(up), tf.lessEqual(next, low)));
}

function onePulse(g: Flat, by: Flat): Climbed {
  return { moved: tf.add(g, by), squares: tf.square(by) };
}

/** Whether any element is true. */
export function any(values: Flat): boolean {
  return tf.any(values).dataSync()[0] === 1;
}
