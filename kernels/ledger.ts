import { f32 } from './arithmetic.js';

/**
 * The ledger of a crossbar's cells: every pulse and every read of training, from the conductances at that moment. It is
 * kept beside the training and changes no bit of it. Conductances are in ranges of the nominal cell, gMin included, so
 * that times gMax − gMin they are siemens.
 *
 * A write of n pulses that takes a cell from G to G' adds n to the pulses and n·(G + G')/2 to the work: times voltage,
 * voltage and width it is the energy of the pulses, whose conductance is taken to move in a straight line. Kept is
 * Σ n·(G + G') without gMin, which Σ n brings in when a sum is settled.
 *
 * A request for fractions of a pulse is an outer product: a column's pulses are its factor times Σ|x|, and their work is
 * that factor times Σ|x|·G, with G as the update found it. The read before it is summed in the same pass, as Σx²·G.
 *
 * Other reads, before whole pulses and before those of measured tables, are not summed over all cells at the inputs x, as
 * Σx²·G is: inputs are summed up by rows,
 * X = Σx², and each pulse that moves a cell by ΔG takes ΔG·X: Σx²·G is X·G at the end less what was taken. Backwards, errors
 * meet the columns' totals of G, which pulses keep up to date.
 *
 * Sums are float32 from one settling to the next and go into doubles there: of thousandths of a pulse, float32 would
 * lose most against the sum of an epoch.
 *
 * Twins: kernels/wasm/assembly/ledger-records.ts, and ledger-parts.ts, ledger-reads.ts and ledger-fold.ts beside it.
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
  readonly columns: Readonly<Record<LedgerColumn, Float64Array>>;
  /** Pulses of each cell, an erasure counted as one, shape [rows, cols]; `minus` is empty with offset coding. */
  readonly pulses: { readonly plus: Float32Array; readonly minus: Float32Array };
}

/** Work is kept as Σ n·(G + G') without gMin, beside the pulses that it is of. */
const works = { upWork: 'up', downWork: 'down', erasedWork: 'erasures' } as const;

/**
 * What a column has between two settlings, in the order of the twin: sums, among them what pulses took of reads (`lost`), and
 * the total of its G, which is no sum of what happened.
 */
export const recentColumns = [
  ...(['up', 'down', 'upWork', 'downWork', 'erasures', 'erasedWork'] as const),
  ...(['lost', 'backward', 'direct', 'totals'] as const),
];

export type RecentColumn = (typeof recentColumns)[number];
type Sum = Exclude<RecentColumn, 'lost' | 'totals'>;
const sums = recentColumns.filter((name): name is Sum => name !== 'lost' && name !== 'totals');

/** Where a ledger stands between two samples, whole: one that takes it up comes to the same bits. */
export interface LedgerState {
  /** What was settled, shape [cols] each. */
  readonly columns: Readonly<Record<LedgerColumn, Float64Array>>;
  /** Since the last settling, shape [cols] each. */
  readonly recent: Readonly<Record<RecentColumn, Float32Array>>;
  /** X of the rows: what all have, and what each has more, shape [rows]. */
  readonly base: number;
  readonly excess: Float32Array;
  /** Σx² of all rows in reads that were weighed. */
  readonly power: number;
  /** By polarity: pulses of each cell in writes of one, and in other writes, shape [rows, cols]. */
  readonly counts: readonly { readonly ones: Float32Array; readonly others: Float32Array }[];
}

/** The specification, operation by operation in float32. */
export class ReferenceLedger {
  private columns: Record<LedgerColumn, Float64Array>;
  private readonly recent: Record<RecentColumn, Float32Array>;
  /** Of writes of one pulse, and of other writes: apart, so that whole numbers are exact up to 2^24. */
  private ones: Float32Array[];
  private others: Float32Array[];
  /** X of each row: what all have, and what a row has more. */
  private base = 0;
  private readonly excess: Float32Array;
  /** Σx² of all rows in reads that were weighed. */
  private power = 0;
  private readonly floor: number;

  /**
   * @param g - conductances as reads see them, by polarity; they move under the ledger's eyes
   * @param from - where another ledger of the same cells stood
   */
  constructor(
    private readonly g: readonly Float32Array[],
    private readonly rows: number,
    private readonly cols: number,
    conductanceFloor: number,
    from?: LedgerState,
  ) {
    this.floor = f32(conductanceFloor);
    this.columns = from ? structuredClone(from.columns) : this.noColumns();
    this.recent = from ? structuredClone(from.recent) : named(recentColumns, () => new Float32Array(cols));
    this.ones = from ? from.counts.map(({ ones }) => ones.slice()) : this.noPulses();
    this.others = from ? from.counts.map(({ others }) => others.slice()) : this.noPulses();
    this.excess = from ? from.excess.slice() : new Float32Array(rows);
    if (from) [this.base, this.power] = [from.base, from.power];
    else this.fold();
  }

  state(): LedgerState {
    const { columns, recent, base, excess, power, others } = this;
    const counts = this.ones.map((ones, device) => ({ ones, others: others[device]! }));
    return structuredClone({ columns, recent, base, excess, power, counts });
  }

  /** A write of `pulses` pulses to one cell. */
  pulse(device: number, cell: number, up: boolean, pulses: number, from: number, to: number): void {
    this.add(up ? 'up' : 'down', cell, pulses);
    this.add(up ? 'upWork' : 'downWork', cell, f32(pulses * f32(from + to)));
    this.count(pulses === 1 ? this.ones : this.others, device, cell, pulses);
  }

  /** A write of a part of a request, which {@link request} has counted in its column. */
  part(device: number, cell: number, pulses: number): void {
    this.count(this.others, device, cell, pulses);
  }

  /** Fractions of a pulse, `rate`·|x| for each row of a column; `inputs` is Σ|x|, `weighed` Σ|x|·G. */
  request(column: number, up: boolean, rate: number, inputs: number, weighed: number): void {
    this.add(up ? 'up' : 'down', column, f32(rate * inputs));
    this.add(up ? 'upWork' : 'downWork', column, f32(2 * f32(rate * weighed)));
  }

  /**
   * Before an update by fractions of a pulse: enters Σx²·G of the read of one polarity.
   * @param hidden - what pulses move
   * @returns Σ|x|·G of each column, of rows whose written inputs are positive and of those whose are negative
   */
  weigh(
    device: number,
    hidden: Float32Array,
    { written, read }: { readonly written: Float32Array; readonly read: Float32Array },
  ): { readonly above: Float32Array; readonly below: Float32Array } {
    const { cols } = this;
    const weighed = named(['above', 'below', 'direct'] as const, () => new Float32Array(cols));
    const shown = this.g[device]!;
    hidden.forEach((g, cell) => {
      const [i, j] = [Math.floor(cell / cols), cell % cols];
      const work = written[i]! > 0 ? weighed.above : weighed.below;
      work[j] = f32(work[j]! + f32(Math.abs(written[i]!) * g));
      weighed.direct[j] = f32(weighed.direct[j]! + f32(f32(read[i]! * read[i]!) * shown[cell]!));
    });
    weighed.direct.forEach((sum, j) => {
      this.add('direct', j, sum);
    });
    return weighed;
  }

  /** A forward read that {@link weigh} enters. */
  readWeighed(values: Float32Array): void {
    this.power = f32(this.power + values.reduce((sum, x) => f32(sum + f32(x * x)), 0));
  }

  erase(device: number, cell: number, from: number, to: number): void {
    this.add('erasures', cell, 1);
    this.add('erasedWork', cell, f32(from + to));
    this.count(this.ones, device, cell, 1);
  }

  /** What a read sees of a cell was `before` and is now something else. */
  moved(device: number, cell: number, before: number): void {
    const by = f32(this.g[device]![cell]! - before);
    const [i, j] = [Math.floor(cell / this.cols), cell % this.cols];
    this.recent.lost[j] = f32(this.recent.lost[j]! + f32(by * f32(this.base + this.excess[i]!)));
    this.recent.totals[j] = f32(this.recent.totals[j]! + by);
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
    for (let j = 0; j < this.cols; j++)
      this.add('backward', j, f32(f32(errors[j]! * errors[j]!) * this.recent.totals[j]!));
  }

  /** Settles everything so far, and sums the totals afresh: at fixed steps, and whenever anything but pulses moves cells. */
  fold(): void {
    this.foldReads();
    for (const [work, pulses] of Object.entries(works) as [keyof typeof works, Sum][]) {
      this.recent[work].forEach((sum, j) => {
        this.columns[work][j]! += 0.5 * sum + this.floor * this.recent[pulses][j]!;
      });
    }
    for (const name of ['up', 'down', 'erasures', 'backward'] as const) {
      this.recent[name].forEach((sum, j) => (this.columns[name][j]! += sum));
    }
    for (const name of sums) this.recent[name].fill(0);
  }

  private foldReads(): void {
    const floors = f32(this.g.length * this.floor);
    this.recent.totals.fill(0);
    const read = new Float32Array(this.cols);
    for (let cell = 0; cell < this.rows * this.cols; cell++) {
      const [i, j] = [Math.floor(cell / this.cols), cell % this.cols];
      const [plus, minus] = this.g;
      const g = f32((minus ? f32(plus![cell]! + minus[cell]!) : plus![cell]!) + floors);
      this.recent.totals[j] = f32(this.recent.totals[j]! + g);
      read[j] = f32(read[j]! + f32(f32(this.base + this.excess[i]!) * g));
    }
    // The floor does not move: what pulses took knows nothing of it, and needs not.
    const unseen = floors * this.power;
    for (let j = 0; j < this.cols; j++) {
      this.columns.forward[j]! += f32(read[j]! - this.recent.lost[j]!);
      this.columns.forward[j]! += this.recent.direct[j]! + unseen;
    }
    this.recent.lost.fill(0);
    this.excess.fill(0);
    this.base = 0;
    this.power = 0;
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

  private add(name: Sum, cell: number, by: number): void {
    const values = this.recent[name];
    const j = cell % this.cols;
    values[j] = f32(values[j]! + by);
  }

  private count(kind: readonly Float32Array[], device: number, cell: number, pulses: number): void {
    const counts = kind[device]!;
    counts[cell] = f32(counts[cell]! + pulses);
  }

  private noColumns(): Record<LedgerColumn, Float64Array> {
    return named(ledgerColumns, () => new Float64Array(this.cols));
  }

  private noPulses(): Float32Array[] {
    return this.g.map(({ length }) => new Float32Array(length));
  }
}

function named<N extends string, T>(names: readonly N[], make: () => T): Record<N, T> {
  return Object.fromEntries(names.map((name) => [name, make()])) as Record<N, T>;
}
