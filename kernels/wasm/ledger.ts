import { devicesPerWeight, type CrossbarProgram } from '../../src/crossbar/program.js';
import { ledgerColumns, type LedgerColumn, type LedgerEntry } from '../ledger.js';
import { strideOf, type PlacedCrossbar } from './crossbar.js';
import type { KernelMemory } from './memory.js';

/** The ledger of one placed crossbar, in the kernel's memory. Specification: kernels/ledger.ts. */
export class PlacedLedger {
  /** Doubles, a column each, in the order of `ledgerColumns`. */
  private readonly settled: number;
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
    const columns = memory.floats(exports.ledgerArrayCount() * stride);
    this.settled = memory.allocate(8 * ledgerColumns.length * stride);
    const cells = rows * stride;
    this.counts = Array.from({ length: devicesPerWeight(coding) }, () => ({
      ...{ ones: memory.allocate(cells), whole: memory.floats(cells), others: memory.floats(cells) },
    }));
    const [plus, minus = { ones: 0, whole: 0, others: 0 }] = this.counts;
    const at = memory.allocate(exports.ledgerSize());
    exports.setLedger(
      ...([at, columns, 4 * stride, this.settled, memory.floats(strideOf(rows))] as const),
      ...([conductanceFloor, layer > 0, cells] as const),
      ...([plus!.ones, plus!.whole, plus!.others, minus.ones, minus.whole, minus.others] as const),
      ...([memory.floats(exports.ledgerPartFloats(stride, rows)), rows] as const),
    );
    exports.attachLedger(address, at);
  }

  /** Hands over what was recorded and begins anew. */
  take(memory: KernelMemory): LedgerEntry {
    const { rows, cols } = this.program;
    const { stride, address } = this.placed;
    memory.exports.settleLedger(address);
    const columnAt = (k: number): Float64Array => memory.readDoubles(this.settled + 8 * k * stride, cols);
    const columns = Object.fromEntries(ledgerColumns.map((name, k) => [name, columnAt(k)]));
    const [plus, minus] = this.counts.map(({ whole, others }) => {
      const rest = memory.readPadded(others, rows, cols, stride);
      return memory.readPadded(whole, rows, cols, stride).map((count, cell) => count + rest[cell]!);
    });
    memory.write(this.settled, new Uint8Array(8 * ledgerColumns.length * stride));
    const none = new Uint8Array(4 * rows * stride);
    for (const at of this.counts.flatMap(({ whole, others }) => [whole, others])) memory.write(at, none);
    return {
      columns: columns as Record<LedgerColumn, Float64Array>,
      pulses: { plus: plus!, minus: minus ?? new Float32Array(0) },
    };
  }
}
