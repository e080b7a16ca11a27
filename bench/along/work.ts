import type { LedgerEntry } from '../../kernels/ledger.js';
import type { OnlineSgdProgram, Samples } from '../../kernels/online-sgd/contract.js';

/** What a sample's training asks of a machine at the least, whatever does it: counted, not measured. */
export interface Work {
  /** Bytes read and written, and additions and multiplications. */
  readonly bytes: number;
  readonly operations: number;
  /** Of the arrays that a sample goes through. */
  readonly workingSet: number;
}

/** A cell that is pulsed: conductance and difference, read and written, and its part in the column's sum. */
const pulse = { bytes: 20, operations: 21 } as const;

/**
 * Reads take a multiplication and an addition for each weight and move its 4 bytes: of the first layer the rows that differ
 * from the background, of layers above all of them, once forward and once for the error. Ideal weights are updated in the
 * rows that were read (8 bytes); cells where pulses fall.
 * @param pulses - per sample, over all layers; undefined for ideal weights
 */
export function workOf(program: OnlineSgdProgram, foregroundRows: number, pulses: number | undefined): Work {
  const layers = program.layers.map(({ crossbar: { rows, cols } }, l) => {
    const [visited, reads] = l === 0 ? [foregroundRows, 1] : [rows, 2];
    return { read: visited * cols * reads, updated: visited * cols, cells: rows * cols };
  });
  const sum = (of: (layer: (typeof layers)[number]) => number): number =>
    layers.reduce((total, layer) => total + of(layer), 0);
  const reads = { bytes: 4 * sum(({ read }) => read), operations: 2 * sum(({ read }) => read) };
  const updated = sum(({ updated: count }) => count);
  const updates =
    pulses === undefined
      ? { bytes: 8 * updated, operations: 2 * updated }
      : { bytes: pulse.bytes * pulses, operations: pulse.operations * pulses };
  return {
    bytes: reads.bytes + updates.bytes,
    operations: reads.operations + updates.operations,
    workingSet: (pulses === undefined ? 4 : 12) * sum(({ cells }) => cells),
  };
}

/** Mean number of inputs that differ from the background. */
export function foregroundOf(samples: Samples): number {
  const inputs = samples.kind === 'codes' ? samples.codes : samples.values;
  let differing = 0;
  for (const value of inputs) if (value !== samples.background) differing++;
  return differing / samples.count;
}

export function pulsesIn(entries: readonly LedgerEntry[]): number {
  let total = 0;
  for (const { pulses } of entries) for (const cells of [pulses.plus, pulses.minus]) for (const n of cells) total += n;
  return total;
}
