import { scoped, withBackend, type ComposedBackend } from '../composed/active.js';
import { cellsOf, stateOf } from '../composed/cells.js';
import { drifted, heldOf, trapState } from '../composed/traps.js';
import { validateDrift, type HostDriftKernel } from './contract.js';

/** `Drift` out of tfjs's ops. */
export function composedDrift(backend: ComposedBackend): HostDriftKernel {
  return {
    name: 'Drift',
    backend,
    run(call) {
      validateDrift(call);
      const { crossbar, state, losses } = call;
      return withBackend(backend, () =>
        scoped(() => {
          const cells = cellsOf(crossbar, state);
          const held = heldOf(crossbar, cells.g.length, state.traps);
          const after = drifted(crossbar, { cells, held }, losses, call);
          return { ...stateOf(crossbar, after.cells), traps: trapState(after.held) };
        }),
      );
    },
  };
}
