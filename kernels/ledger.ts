import { f32 } from './arithmetic.js';

/**
 * The ledger of a crossbar's cells: every pulse and every read of training, from the conductances at that moment. It is
 * kept beside the training and changes no bit of it. Conductances are in ranges of the nominal cell, gMin included, so
 * that times gMax − gMin they are siemens.
 *
 * A write of n pulses that takes a cell from G to G' adds n to the pulses and n·(G + G')/2 to the work: times voltage,
 * voltage and width it is the energy of the pulses, whose conductance is taken to move in a straight line.
 *
 * A read at the inputs x adds Σx²·G. Instead of summing over all cells at each read, the inputs are summed up by rows,
 * X = Σx², and each pulse that moves a cell by ΔG takes ΔG·X: Σx²·G is X·G at the end less what was taken. Backwards, errors
 * meet the columns' totals of G, which pulses keep up to date.
 *
 * Twin: kernels/wasm/assembly/ledger.ts.
 */
export const ledgerColumns = [
  ...(['up', 'down', 'upWork', 'downWork', 'erasures', 'erasedWork'] as const),
  ...(['forward', 'backward'] as const),
];

/** Of a column: pulses by direction and their work, erasures and theirs, and Σx²·G of reads in both directions. */
export type LedgerColumn = (typeof ledgerColumns)[number];

/** What was recorded of a layer since it was last asked for. */
export interface LedgerEntry {
  /** Shape [cols] each. */
  readonly columns: Readonly<Record<LedgerColumn, Float32Array>>;
  /** Pulses of each cell, an erasure counted as one, shape [rows, cols]; `minus` is empty with offset coding. */
  readonly pulses: { readonly plus: Float32Array; readonly minus: Float32Array };
}

/** The specification, operation by operation in float32. */
export class ReferenceLedger {
  private columns: Record<LedgerColumn, Float32Array>;
  /** Of writes of one pulse, and of other writes: apart, so that whole numbers are exact up to 2^24. */
  private ones: Float32Array[];
  private others: Float32Array[];
  /** Taken by pulses since the last fold, and the columns' totals of G. */
  private readonly lost: Float32Array;
  private readonly totals: Float32Array;
  /** X of each row: what all have, and what a row has more. */
  private base = 0;
  private readonly excess: Float32Array;
  private readonly floor: number;

  /** @param g - conductances as reads see them, by polarity; they move under the ledger's eyes */
  constructor(
    private readonly g: readonly Float32Array[],
    private readonly rows: number,
    private readonly cols: number,
    conductanceFloor: number,
  ) {
    this.floor = f32(conductanceFloor);
    this.columns = this.noColumns();
    this.ones = this.noPulses();
    this.others = this.noPulses();
    this.lost = new Float32Array(cols);
    this.totals = new Float32Array(cols);
    this.excess = new Float32Array(rows);
    this.fold();
  }

  /** A write of `pulses` pulses to one cell. */
  pulse(device: number, cell: number, up: boolean, pulses: number, from: number, to: number): void {
    this.add(up ? 'up' : 'down', cell, pulses);
    this.add(up ? 'upWork' : 'downWork', cell, this.work(pulses, from, to));
    this.count(device, cell, pulses);
  }

  erase(device: number, cell: number, from: number, to: number): void {
    this.add('erasures', cell, 1);
    this.add('erasedWork', cell, this.work(1, from, to));
    this.count(device, cell, 1);
  }

  /** G of a weight's cells together, without the floor. */
  total(cell: number): number {
    const [plus, minus] = this.g;
    return minus ? f32(plus![cell]! + minus[cell]!) : plus![cell]!;
  }

  /** The cells of a weight were `before` together and are now what they are. */
  moved(cell: number, before: number): void {
    const by = f32(this.total(cell) - before);
    const [i, j] = [Math.floor(cell / this.cols), cell % this.cols];
    this.lost[j] = f32(this.lost[j]! + f32(by * f32(this.base + this.excess[i]!)));
    this.totals[j] = f32(this.totals[j]! + by);
  }

  /** A forward read: rows beyond `foreground` had the input `background`. */
  read(values: Float32Array, background: number, foreground: readonly number[]): void {
    this.base = f32(this.base + f32(background * background));
    for (const i of foreground) {
      const more = f32(values[i]! - background);
      this.excess[i] = f32(this.excess[i]! + f32(more * f32(more + f32(background + background))));
    }
  }

  readBackward(errors: Float32Array): void {
    const { backward } = this.columns;
    for (let j = 0; j < this.cols; j++) {
      backward[j] = f32(backward[j]! + f32(f32(errors[j]! * errors[j]!) * this.totals[j]!));
    }
  }

  /** Settles the reads so far, and sums the totals afresh: at fixed steps, and whenever anything but pulses moves cells. */
  fold(): void {
    const { forward } = this.columns;
    const floors = f32(this.g.length * this.floor);
    this.totals.fill(0);
    const sums = new Float32Array(this.cols);
    for (let cell = 0; cell < this.rows * this.cols; cell++) {
      const [i, j] = [Math.floor(cell / this.cols), cell % this.cols];
      const g = f32(this.total(cell) + floors);
      this.totals[j] = f32(this.totals[j]! + g);
      sums[j] = f32(sums[j]! + f32(f32(this.base + this.excess[i]!) * g));
    }
    // The floor does not move: what pulses took knows nothing of it, and needs not.
    for (let j = 0; j < this.cols; j++) forward[j] = f32(forward[j]! + f32(sums[j]! - this.lost[j]!));
    this.lost.fill(0);
    this.excess.fill(0);
    this.base = 0;
  }

  /** Hands over what was recorded and begins anew. */
  take(): LedgerEntry {
    this.fold();
    const [plus, minus = new Float32Array(0)] = this.ones.map((counts, device) => {
      return counts.map((count, cell) => count + this.others[device]![cell]!);
    });
    const entry = { columns: this.columns, pulses: { plus: plus!, minus } };
    this.columns = this.noColumns();
    this.ones = this.noPulses();
    this.others = this.noPulses();
    return entry;
  }

  private add(column: LedgerColumn, cell: number, by: number): void {
    const values = this.columns[column];
    const j = cell % this.cols;
    values[j] = f32(values[j]! + by);
  }

  private count(device: number, cell: number, pulses: number): void {
    const counts = (pulses === 1 ? this.ones : this.others)[device]!;
    counts[cell] = f32(counts[cell]! + pulses);
  }

  private work(pulses: number, from: number, to: number): number {
    return f32(pulses * f32(f32(f32(from + to) * 0.5) + this.floor));
  }

  private noColumns(): Record<LedgerColumn, Float32Array> {
    const entries = ledgerColumns.map((name) => [name, new Float32Array(this.cols)]);
    return Object.fromEntries(entries) as Record<LedgerColumn, Float32Array>;
  }

  private noPulses(): Float32Array[] {
    return this.g.map(({ length }) => new Float32Array(length));
  }
}
