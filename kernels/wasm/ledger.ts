import { devicesPerWeight, type CrossbarProgram } from '../../src/crossbar/program.js';
import { ledgerColumns, type LedgerColumn, type LedgerEntry } from '../ledger.js';
import { strideOf, type PlacedCrossbar } from './crossbar.js';
import type { KernelMemory } from './memory.js';

/** Arrays of a column each: those of `ledgerColumns`, then three of the kernel's own. */
const arrays = ledgerColumns.length + 3;

/** The ledger of one placed crossbar, in the kernel's memory. Specification: kernels/ledger.ts. */
export class PlacedLedger {
  private readonly columns: number;
  /** Matrices of pulses by polarity: of writes of one, and of other writes. */
  private readonly counts: readonly { readonly ones: number; readonly whole: number; readonly others: number }[];

  /** @param layer - errors are read back through all but the first */
  constructor(
    memory: KernelMemory,
    private readonly placed: PlacedCrossbar,
    private readonly program: CrossbarProgram,
    layer: number,
  ) {
    const { exports } = memory;
    const { rows, coding, conductanceFloor } = program;
    const { stride, address } = placed;
    this.columns = memory.floats(arrays * stride);
    const cells = rows * stride;
    this.counts = Array.from({ length: devicesPerWeight(coding) }, () => ({
      ...{ ones: memory.allocate(cells), whole: memory.floats(cells), others: memory.floats(cells) },
    }));
    const [plus, minus = { ones: 0, whole: 0, others: 0 }] = this.counts;
    const at = memory.allocate(exports.ledgerSize());
    exports.setLedger(
      ...([at, this.columns, 4 * stride, memory.floats(strideOf(rows)), conductanceFloor, layer > 0, cells] as const),
      ...([plus!.ones, plus!.whole, plus!.others, minus.ones, minus.whole, minus.others] as const),
    );
    exports.attachLedger(address, at);
  }

  /** Hands over what was recorded and begins anew. */
  take(memory: KernelMemory): LedgerEntry {
    const { rows, cols } = this.program;
    const { stride, address } = this.placed;
    memory.exports.settleLedger(address);
    const columnAt = (k: number): Float32Array => memory.readFloats(this.columns + 4 * k * stride, cols);
    const columns = Object.fromEntries(ledgerColumns.map((name, k) => [name, columnAt(k)]));
    const [plus, minus] = this.counts.map(({ whole, others }) => {
      const rest = memory.readPadded(others, rows, cols, stride);
      return memory.readPadded(whole, rows, cols, stride).map((count, cell) => count + rest[cell]!);
    });
    memory.write(this.columns, new Uint8Array(4 * ledgerColumns.length * stride));
    const none = new Uint8Array(4 * rows * stride);
    for (const at of this.counts.flatMap(({ whole, others }) => [whole, others])) memory.write(at, none);
    return {
      columns: columns as Record<LedgerColumn, Float32Array>,
      pulses: { plus: plus!, minus: minus ?? new Float32Array(0) },
    };
  }
}
