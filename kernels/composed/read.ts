import * as tf from '@tensorflow/tfjs';
import type { CrossbarProgram } from '../../src/crossbar/program.js';
import type { Key } from '../../src/random.js';
import { f32, type Quantizer } from '../arithmetic.js';
import { normals } from './draws.js';
import { powers, type CellTensors } from './cells.js';

/** The read of a crossbar, a batch at a time. Twin of kernels/read.ts, but for the order of its sums. */

/** Cells with the differences that reads multiply. */
export interface ReadCells {
  readonly program: CrossbarProgram;
  readonly cells: CellTensors;
  /** Shape [rows, cols]. */
  readonly weights: tf.Tensor2D;
}

/** The key of one batch row's read noise. */
export type NoiseKey = (row: number) => Key;

/** Behind a converter. */
export function quantized(values: tf.Tensor2D, { limit, step, inverse }: Quantizer): tf.Tensor2D {
  if (limit === 0) return values;
  if (limit < 0) return tf.cast(tf.greaterEqual<tf.Tensor2D>(values, step), 'float32');
  return tf.mul(tf.round(tf.clipByValue(tf.mul<tf.Tensor2D>(values, inverse), -limit, limit)), step);
}

/**
 * q(readScale · (x·W + noise)), shape [batch, cols].
 * @param inputs - behind their converter, shape [batch, rows]
 */
export function readForward(read: ReadCells, inputs: tf.Tensor2D, output: Quantizer, noise: NoiseKey): tf.Tensor2D {
  const { program, cells, weights } = read;
  const sums = tf.matMul<tf.Tensor2D>(inputs, weights);
  const offset =
    program.coding === 'ideal'
      ? tf.add<tf.Tensor2D>(sums, tf.mul(tf.sum(inputs, 1, true), tf.expandDims(cells.offsets, 0)))
      : sums;
  return scaled(program.readScale, withNoise(read, offset, inputs, false, noise), output);
}

/**
 * q(backwardScale · (δ·(W + backwardShift)ᵀ + noise)), shape [batch, rows].
 * @param errors - behind their converter, shape [batch, cols]
 */
export function readTransposed(read: ReadCells, errors: tf.Tensor2D, output: Quantizer, noise: NoiseKey): tf.Tensor2D {
  const { backwardScale, backwardShift } = read.program;
  const sums = tf.matMul<tf.Tensor2D>(errors, read.weights, false, true);
  const shifted =
    backwardShift === 0 ? sums : tf.add<tf.Tensor2D>(sums, tf.mul(f32(backwardShift), tf.sum(errors, 1, true)));
  return scaled(backwardScale, withNoise(read, shifted, errors, true, noise), output);
}

function scaled(scale: number, sums: tf.Tensor2D, output: Quantizer): tf.Tensor2D {
  return quantized(scale === 1 ? sums : tf.mul(sums, f32(scale)), output);
}

/** Adds a normal of σ·√Σ(x·G)² to each sum. */
function withNoise(
  { program, cells }: ReadCells,
  sums: tf.Tensor2D,
  inputs: tf.Tensor2D,
  transposed: boolean,
  noise: NoiseKey,
): tf.Tensor2D {
  const sigma = program.response.kind === 'ideal' ? 0 : f32(program.response.readNoise);
  if (sigma === 0) return sums;
  const [batch, width] = sums.shape;
  const variances = tf.matMul(tf.square(inputs), powers(program, cells), false, transposed);
  const rows = Array.from({ length: batch }, (_, b) => normals(noise(b), width));
  return tf.add(sums, tf.mul(tf.mul(sigma, tf.sqrt(variances)), tf.stack(rows)));
}
