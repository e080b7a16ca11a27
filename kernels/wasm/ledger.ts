import { devicesPerWeight, type CrossbarProgram } from '../../src/crossbar/program.js';
import {
  ledgerColumns,
  recentColumns,
  type LedgerColumn,
  type LedgerEntry,
  type LedgerState,
  type RecentColumn,
} from '../ledger.js';
import { strideOf, type PlacedCrossbar } from './crossbar.js';
import type { KernelMemory } from './memory.js';

/** Matrices of one polarity: writes of one pulse since the last settling, bytes, and before it; and pulses of other writes. */
interface PlacedCounts {
  readonly ones: number;
  readonly whole: number;
  readonly others: number;
}

/** The ledger of one placed crossbar, in the kernel's memory. Specification: kernels/ledger.ts. */
export class PlacedLedger {
  private readonly address: number;
  /** Doubles, a column each, in the order of `ledgerColumns`. */
  private readonly settled: number;
  /** Floats, a column each, those of `recentColumns` first. */
  private readonly recent: number;
  /** Floats, a row each. */
  private readonly excess: number;
  private readonly counts: readonly PlacedCounts[];

  /** @param layer - errors are read back through all but the first */
  constructor(
    private readonly memory: KernelMemory,
    private readonly placed: PlacedCrossbar,
    private readonly program: CrossbarProgram,
    layer: number,
  ) {
    const { exports } = memory;
    const { rows, coding, conductanceFloor } = program;
    const { stride, address } = placed;
    this.recent = memory.floats(exports.ledgerArrayCount() * stride);
    this.settled = memory.allocate(8 * ledgerColumns.length * stride);
    const cells = rows * stride;
    this.counts = Array.from({ length: devicesPerWeight(coding) }, () => ({
      ...{ ones: memory.allocate(cells), whole: memory.floats(cells), others: memory.floats(cells) },
    }));
    const [plus, minus = { ones: 0, whole: 0, others: 0 }] = this.counts;
    this.excess = memory.floats(strideOf(rows));
    this.address = memory.allocate(exports.ledgerSize());
    exports.setLedger(
      ...([this.address, this.recent, 4 * stride, this.settled, this.excess] as const),
      ...([conductanceFloor, layer > 0, cells] as const),
      ...([plus!.ones, plus!.whole, plus!.others, minus.ones, minus.whole, minus.others] as const),
      memory.floats(exports.ledgerPartFloats(stride, rows)),
      memory.floats(exports.ledgerReadFloats(stride, rows)),
      rows,
    );
    exports.attachLedger(address, this.address);
  }

  /** Hands over what was recorded and begins anew. */
  take(): LedgerEntry {
    const { memory } = this;
    const { rows } = this.program;
    const { stride, address } = this.placed;
    memory.exports.settleLedger(address);
    const columns = this.columns();
    const [plus, minus] = this.counts.map(({ whole, others }) => {
      const rest = this.cells(others);
      return this.cells(whole).map((count, cell) => count + rest[cell]!);
    });
    memory.write(this.settled, new Uint8Array(8 * ledgerColumns.length * stride));
    const none = new Uint8Array(4 * rows * stride);
    for (const at of this.counts.flatMap(({ whole, others }) => [whole, others])) memory.write(at, none);
    return { columns, pulses: { plus: plus!, minus: minus ?? new Float32Array(0) } };
  }

  state(): LedgerState {
    const { memory, address, program } = this;
    const { rows, cols } = program;
    const { stride } = this.placed;
    memory.exports.addWaiting(this.placed.address);
    const recentAt = (k: number): Float32Array => memory.readFloats(this.recent + 4 * k * stride, cols);
    return {
      columns: this.columns(),
      recent: Object.fromEntries(recentColumns.map((name, k) => [name, recentAt(k)])) as Record<
        RecentColumn,
        Float32Array
      >,
      base: memory.exports.ledgerBase(address),
      excess: memory.readFloats(this.excess, rows),
      power: memory.exports.ledgerPower(address),
      counts: this.counts.map(({ ones, whole, others }) => {
        const bytes = memory.readBytes(ones, rows * stride);
        const counted = this.cells(whole).map((count, cell) => {
          return count + bytes[Math.floor(cell / cols) * stride + (cell % cols)]!;
        });
        return { ones: counted, others: this.cells(others) };
      }),
    };
  }

  /** Goes on from where another ledger of the same cells stood. */
  takeUp({ columns, recent, base, excess, power, counts }: LedgerState): void {
    const { memory } = this;
    const { cols } = this.program;
    const { stride } = this.placed;
    ledgerColumns.forEach((name, k) => {
      memory.write(this.settled + 8 * k * stride, columns[name]);
    });
    recentColumns.forEach((name, k) => {
      memory.write(this.recent + 4 * k * stride, recent[name]);
    });
    memory.write(this.excess, excess);
    memory.exports.takeUpLedger(this.address, base, power);
    for (const [device, { whole, others }] of this.counts.entries()) {
      // Whole numbers: whether they lie in bytes or in floats comes to the same sum.
      memory.writePadded(whole, counts[device]!.ones, cols, stride);
      memory.writePadded(others, counts[device]!.others, cols, stride);
    }
  }

  private columns(): Record<LedgerColumn, Float64Array> {
    const { cols } = this.program;
    const columnAt = (k: number): Float64Array =>
      this.memory.readDoubles(this.settled + 8 * k * this.placed.stride, cols);
    return Object.fromEntries(ledgerColumns.map((name, k) => [name, columnAt(k)])) as Record<
      LedgerColumn,
      Float64Array
    >;
  }

  private cells(address: number): Float32Array {
    const { rows, cols } = this.program;
    return this.memory.readPadded(address, rows, cols, this.placed.stride);
  }
}
