import * as tf from '@tensorflow/tfjs';
import { fold } from '../../src/random.js';
import { scoped, withBackend, type ComposedBackend } from '../composed/active.js';
import { cellsOf, differences, valuesOf, type CellTensors } from '../composed/cells.js';
import { quantized, readForward, readTransposed } from '../composed/read.js';
import { layerKeys } from '../keys.js';
import { quantizersOf } from '../read.js';
import { validateCrossbarRead, type CrossbarReadCall, type HostCrossbarReadKernel } from './contract.js';

/** `CrossbarRead` out of tfjs's ops. */
export function composedCrossbarRead(backend: ComposedBackend): HostCrossbarReadKernel {
  return {
    name: 'CrossbarRead',
    backend,
    run(call) {
      validateCrossbarRead(call);
      return withBackend(backend, () => scoped(() => valuesOf(readOf(call))));
    },
  };
}

function readOf(call: CrossbarReadCall): tf.Tensor2D {
  const { crossbar, transposed, batch } = call;
  const inputs = tf.tensor2d(call.inputs, [batch, transposed ? crossbar.cols : crossbar.rows]);
  return readCells(call, cellsOf(crossbar, call.state), inputs);
}

/** Where a read's noise comes from, and its direction. */
export type ReadPlace = Pick<CrossbarReadCall, 'crossbar' | 'transposed' | 'seed' | 'layer' | 'stream'>;

/** Reads cells, shape [batch, cols], or [batch, rows] transposed. */
export function readCells(place: ReadPlace, cells: CellTensors, inputs: tf.Tensor2D): tf.Tensor2D {
  const { crossbar: program, transposed, seed, layer, stream } = place;
  const { forwardInput, forwardOutput, backwardInput, backwardOutput } = quantizersOf(program.converters);
  const keys = layerKeys(seed, layer);
  const noise = (row: number) => fold(fold(transposed ? keys.backwardRead : keys.predict, stream), row);
  const read = { program, cells, weights: differences(program, cells) };
  return transposed
    ? readTransposed(read, quantized(inputs, backwardInput), backwardOutput, noise)
    : readForward(read, quantized(inputs, forwardInput), forwardOutput, noise);
}
