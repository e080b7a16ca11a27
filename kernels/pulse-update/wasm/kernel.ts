import { fold, keyOf } from '../../../src/random.js';
import { placeCrossbar } from '../../wasm/crossbar.js';
import { scratchMemory } from '../../wasm/memory.js';
import { validatePulseUpdate, type HostPulseUpdateKernel } from '../contract.js';

/** `PulseUpdate` in WASM. */
export const wasmPulseUpdate: HostPulseUpdateKernel = {
  name: 'PulseUpdate',
  backend: 'wasm',
  run(call) {
    validatePulseUpdate(call);
    const { crossbar, state, delta, seed, layer, step } = call;
    const memory = scratchMemory();
    const placed = placeCrossbar(memory, crossbar, state, { seed, layer, learningRate: 1 });
    const request = memory.copyInPadded(delta, crossbar.cols, placed.stride, 0);
    const key = fold(keyOf(seed, 'pulseThinning'), layer);
    const [plus, minus] = [fold(key, 0), fold(key, 1)];
    const polarity = memory.allocate(64);
    memory.exports.pulseUpdate(placed.address, request, polarity, step, plus.a, plus.b, minus.a, minus.b);
    return placed.state(memory);
  },
};
