import { fold } from '../../src/random.js';
import { quantize } from '../arithmetic.js';
import { ReferenceCells } from '../cells.js';
import { layerKeys } from '../keys.js';
import { quantizersOf, readForward, readTransposed } from '../read.js';
import { validateCrossbarRead, type CrossbarReadCall, type HostCrossbarReadKernel } from './contract.js';

/** The specification of `CrossbarRead`. */
export const referenceCrossbarRead: HostCrossbarReadKernel = {
  name: 'CrossbarRead',
  backend: 'cpu',
  run(call) {
    validateCrossbarRead(call);
    const { rows, cols } = call.crossbar;
    const cells = new ReferenceCells(call.crossbar, call.state, call.seed, call.layer);
    const width = call.transposed ? rows : cols;
    const outputs = new Float32Array(call.batch * width);
    for (let b = 0; b < call.batch; b++) readOne(cells, call, b, outputs.subarray(b * width, (b + 1) * width));
    return outputs;
  },
};

function readOne(cells: ReferenceCells, call: CrossbarReadCall, b: number, out: Float32Array): void {
  const { rows, cols, converters } = call.crossbar;
  const quantizers = quantizersOf(converters);
  const keys = layerKeys(call.seed, call.layer);
  const width = call.transposed ? cols : rows;
  const inputs = call.inputs.subarray(b * width, (b + 1) * width);
  if (call.transposed) {
    const errors = inputs.map((x) => quantize(x, quantizers.backwardInput));
    readTransposed(cells, errors, quantizers.backwardOutput, () => fold(fold(keys.backwardRead, call.stream), b), out);
    return;
  }
  const values = inputs.map((x) => quantize(x, quantizers.forwardInput));
  const foreground = Array.from({ length: rows }, (_, i) => i);
  const noise = () => fold(fold(keys.predict, call.stream), b);
  readForward(cells, { values, background: 0, foreground }, quantizers.forwardOutput, noise, out);
}
