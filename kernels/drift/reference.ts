import { ReferenceCells } from '../cells.js';
import { ReferenceTraps } from '../traps.js';
import { validateDrift, type HostDriftKernel } from './contract.js';

/** The specification of `Drift`. */
export const referenceDrift: HostDriftKernel = {
  name: 'Drift',
  backend: 'cpu',
  run(call) {
    validateDrift(call);
    const { crossbar, state, losses, seed, layer } = call;
    const cells = new ReferenceCells(crossbar, state, seed, layer);
    const traps = new ReferenceTraps(cells, seed, layer, state.traps);
    traps.drift(losses);
    return { ...cells.state(), traps: traps.state() };
  },
};
