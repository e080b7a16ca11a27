import type { CrossbarState } from '../../src/crossbar/program.js';
import { fold, uniform, type Key } from '../../src/random.js';
import type { Replica } from '../../kernels/online-sgd/contract.js';
import type { KernelSet } from '../../kernels/register.js';
import { testKey } from './kernels.js';

/**
 * Kernels whose cells are moved by a little before they work. What a sum that is rounded in another order can turn, a level
 * of a converter or a pulse more, such cells turn too, to one side or the other: the results of several nudges span
 * what kernels may give that sum in another order.
 */
type Nudged = Pick<KernelSet, 'OnlineSgd' | 'CrossbarRead'>;

/**
 * Of a cell's range, at most. A sum of n products in another order is off by about √n roundings of 6e-8; cells that are
 * moved by this move it by √n times 6e-7.
 */
const largestNudge = 1e-6;

/** @param number - of the nudge; each has its own directions */
export function nudgedKernels({ OnlineSgd, CrossbarRead }: Nudged, number: number): Nudged {
  const key = fold(testKey(6), number);
  return {
    OnlineSgd: { ...OnlineSgd, open: (replicas, options) => OnlineSgd.open(replicas.map(nudgedReplica), options) },
    CrossbarRead: {
      ...CrossbarRead,
      run: (call) => CrossbarRead.run({ ...call, state: nudgedState(call.state, fold(key, call.layer)) }),
    },
  };

  function nudgedReplica(replica: Replica): Replica {
    return { ...replica, states: replica.states.map((state, l) => nudgedState(state, fold(key, l))) };
  }
}

/** A cell's shown and hidden conductance are moved alike, towards the middle where they lie at the edge. */
function nudgedState(state: CrossbarState, key: Key): CrossbarState {
  const both = (cells: Pick<CrossbarState, 'plus' | 'minus'>) => ({
    plus: nudged(cells.plus, fold(key, 0)),
    minus: nudged(cells.minus, fold(key, 1)),
  });
  const { columns, hidden } = state;
  const cells = both(state);
  return { ...state, ...cells, columns: columnsOf(cells.plus, columns), ...(hidden && { hidden: both(hidden) }) };
}

function nudged(cells: Float32Array, key: Key): Float32Array {
  return cells.map((g, i) => {
    const by = largestNudge * (2 * uniform(key, i) - 1);
    return g === 0 ? Math.abs(by) : g === 1 ? 1 - Math.abs(by) : g + by;
  });
}

/** Sums are made from the cells anew, but offsets, which only the ideal device has, are kept. */
function columnsOf(weights: Float32Array, columns: Float32Array): Float32Array {
  const cols = columns.length / 2;
  const offsets = columns.subarray(cols);
  if (offsets.every((offset) => offset === 0)) return new Float32Array(0);
  const sums = Float32Array.from({ length: cols }, (_, j) => {
    let sum = 0;
    for (let i = j; i < weights.length; i += cols) sum = Math.fround(sum + weights[i]!);
    return sum;
  });
  return Float32Array.from([...sums, ...offsets]);
}
