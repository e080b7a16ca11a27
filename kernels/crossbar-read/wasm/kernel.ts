import { placeCrossbar, strideOf, type PlacedCrossbar } from '../../wasm/crossbar.js';
import { scratchMemory, type KernelMemory } from '../../wasm/memory.js';
import { validateCrossbarRead, type CrossbarReadCall, type HostCrossbarReadKernel } from '../contract.js';

/** `CrossbarRead` in WASM SIMD. */
export const wasmCrossbarRead: HostCrossbarReadKernel = {
  name: 'CrossbarRead',
  backend: 'wasm',
  run(call) {
    validateCrossbarRead(call);
    const { crossbar, state, seed, layer } = call;
    const memory = scratchMemory();
    const placed = placeCrossbar(memory, crossbar, state, { seed, layer, learningRate: 1 });
    return call.transposed ? readTransposed(memory, placed, call) : readForward(memory, placed, call);
  },
};

function readForward(memory: KernelMemory, { address, stride }: PlacedCrossbar, call: CrossbarReadCall): Float32Array {
  const { rows, cols } = call.crossbar;
  const inputStride = strideOf(rows);
  const inputs = memory.copyInPadded(call.inputs, rows, inputStride, 0);
  const offsets = memory.copyIn(Uint32Array.from({ length: rows }, (_, i) => 4 * stride * i));
  const [values, scratch] = [memory.floats(inputStride), memory.floats(stride)];
  const outputs = memory.floats(call.batch * stride);
  for (let b = 0; b < call.batch; b++) {
    const [from, to] = [inputs + 4 * b * inputStride, outputs + 4 * b * stride];
    memory.exports.crossbarRead(address, from, values, offsets, scratch, to, call.stream, b);
  }
  return memory.readPadded(outputs, call.batch, cols, stride);
}

function readTransposed(
  memory: KernelMemory,
  { address, stride }: PlacedCrossbar,
  call: CrossbarReadCall,
): Float32Array {
  const { rows, cols } = call.crossbar;
  const outputStride = strideOf(rows);
  const inputs = memory.copyInPadded(call.inputs, cols, stride, 0);
  const errors = memory.floats(stride);
  const outputs = memory.floats(call.batch * outputStride);
  for (let b = 0; b < call.batch; b++) {
    const [from, to] = [inputs + 4 * b * stride, outputs + 4 * b * outputStride];
    memory.exports.crossbarReadTransposed(address, from, errors, to, call.stream, b);
  }
  return memory.readPadded(outputs, call.batch, rows, outputStride);
}
