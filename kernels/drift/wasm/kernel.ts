import { placeCrossbar } from '../../wasm/crossbar.js';
import { scratchMemory } from '../../wasm/memory.js';
import { PlacedTraps } from '../../wasm/traps.js';
import { validateDrift, type HostDriftKernel } from '../contract.js';

/** `Drift` in WASM. */
export const wasmDrift: HostDriftKernel = {
  name: 'Drift',
  backend: 'wasm',
  run(call) {
    validateDrift(call);
    const { crossbar, state, losses, seed, layer } = call;
    const memory = scratchMemory();
    const placed = placeCrossbar(memory, crossbar, state, { seed, layer, learningRate: 1 });
    const traps = new PlacedTraps(memory, placed, crossbar, { seed, layer, traps: state.traps });
    traps.drift(losses);
    return { ...placed.state(memory), traps: traps.state() };
  },
};
