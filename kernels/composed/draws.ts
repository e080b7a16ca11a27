import * as tf from '@tensorflow/tfjs';
import { normal, uniform, type Key } from '../../src/random.js';

/**
 * Random tensors. tfjs makes its own in JavaScript too, from a generator with a state; these are hashes of a key and a
 * counter, the same bits as every other kernel's. tfjs has no shifts and no 32-bit products, so that hashes cannot be ops.
 */

/** Numbers of the cells that are drawn for: `count` of them from 0 on, or those named. */
export type Counters = number | Int32Array;

/**
 * Standard normals, shape [counters].
 * @param counter - the counter of a cell's draw; the cell's number unless told
 */
export function normals(key: Key, cells: Counters, counter = (cell: number): number => cell): tf.Tensor1D {
  return tf.tensor1d(drawn(cells, (cell) => normal(key, counter(cell))));
}

/** Uniform in [0, 1), shape [counters]. */
export function uniforms(key: Key, cells: Counters): Float32Array {
  return drawn(cells, (cell) => uniform(key, cell));
}

function drawn(cells: Counters, draw: (cell: number) => number): Float32Array {
  const values = new Float32Array(typeof cells === 'number' ? cells : cells.length);
  for (let i = 0; i < values.length; i++) values[i] = draw(typeof cells === 'number' ? i : cells[i]!);
  return values;
}
