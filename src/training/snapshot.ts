import type { OnlineSgdProgram } from '../../kernels/online-sgd/contract.js';
import type { CrossbarState } from '../crossbar/program.js';
import { referenceConductance } from '../crossbar/read-scales.js';
import { decodeWeights, toSiemens } from '../crossbar/weights.js';
import { RunError } from '../errors.js';

/** One layer as it stands. */
export interface LayerSnapshot {
  readonly rows: number;
  readonly cols: number;
  /** Shape [rows, cols]. */
  readonly weights: Float32Array;
  /** Siemens, shape [rows, cols] each: `gPlus` and `gMinus` of a pair, `g` with offset coding, none for ideal weights. */
  readonly conductances: Readonly<Record<'gPlus' | 'gMinus' | 'g', Float32Array | undefined>>;
  /**
   * Siemens, with offset coding: what a read subtracts from a cell's conductance, as `crossbar.reference` has it; from the
   * conductance behind the access resistance where there is one.
   */
  readonly reference: number | undefined;
}

/** What is left of a network whose session was lost for good. */
export interface KeptNetwork {
  readonly error: RunError;
  /** Samples that it had been trained on. */
  readonly samples: number;
  readonly layers: readonly LayerSnapshot[];
}

/** A network's layers, of the cells that they have. */
export function snapshotOf({ layers }: OnlineSgdProgram, states: readonly CrossbarState[]): LayerSnapshot[] {
  return states.map((state, l) => {
    const { crossbar } = layers[l]!;
    const siemens = (g: Float32Array): Float32Array | undefined => toSiemens(crossbar.response, g);
    const pair = state.minus.length > 0;
    const conductances = pair
      ? { gPlus: siemens(state.plus), gMinus: siemens(state.minus), g: undefined }
      : { gPlus: undefined, gMinus: undefined, g: siemens(state.plus) };
    const reference = referenceConductance(crossbar);
    const { rows, cols } = crossbar;
    return { rows, cols, weights: decodeWeights(crossbar, state), conductances, reference };
  });
}
