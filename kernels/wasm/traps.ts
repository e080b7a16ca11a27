import { driftBounds, retentionOf, type DriftLosses } from '../../src/crossbar/drift.js';
import { devicesPerWeight, type CrossbarProgram, type TrapState } from '../../src/crossbar/program.js';
import type { PlacedCrossbar } from './crossbar.js';
import type { KernelMemory } from './memory.js';

/** Room for the losses of one class, as one value or as one a cell; the larger is copied only when it is another. */
interface LossSlot {
  readonly single: number;
  matrix: number;
  copied: Float32Array | undefined;
}

interface PlacedPolarity {
  /** Increments by class, matrices one behind the other; 0 where a single class needs none. */
  readonly held: number;
  readonly low: number;
  readonly high: number;
  readonly rest: number;
  /** Bytes from one cell's bounds to the next one's: 0 where all are alike. */
  readonly boundStep: 0 | 4;
  readonly slots: readonly LossSlot[];
}

/** What the classes of traps of one placed crossbar hold, in the kernel's memory. Specification: kernels/traps.ts. */
export class PlacedTraps {
  private readonly classes: number;
  private readonly weights: number;
  /** Where a class's losses are, and bytes from one cell's to the next one's: two words a class. */
  private readonly table: number;
  private readonly scratch: number;
  private readonly polarities: readonly PlacedPolarity[];

  constructor(
    private readonly memory: KernelMemory,
    private readonly crossbar: PlacedCrossbar,
    private readonly program: CrossbarProgram,
    place: { readonly seed: number; readonly layer: number; readonly traps: TrapState | undefined },
  ) {
    const weights = retentionOf(program)?.weights ?? [];
    this.classes = weights.length;
    this.weights = memory.copyIn(Float32Array.from(weights));
    this.table = memory.allocate(8 * this.classes);
    this.scratch = memory.allocate(memory.exports.driftScratchSize());
    const given = place.traps && [place.traps.plus, place.traps.minus];
    this.polarities = Array.from({ length: devicesPerWeight(program.coding) }, (_, polarity) => ({
      held: this.placeHeld(given?.[polarity]),
      ...this.placeBounds(place.seed, place.layer, polarity),
      slots: weights.map(() => ({ single: memory.floats(1), matrix: 0, copied: undefined })),
    }));
  }

  state(): TrapState | undefined {
    if (this.classes < 2) return undefined;
    const [plus, minus] = this.polarities;
    return { plus: this.readHeld(plus!.held), minus: minus ? this.readHeld(minus.held) : new Float32Array(0) };
  }

  drift(losses: DriftLosses): void {
    const { memory, crossbar, classes, weights, table, scratch } = this;
    this.polarities.forEach(({ held, low, high, rest, boundStep, slots }, polarity) => {
      const entries = slots.flatMap((slot, k) => this.placeLosses(slot, losses[polarity]![k]!));
      memory.write(table, Uint32Array.from(entries));
      memory.exports.drift(
        ...([crossbar.address, polarity, classes, weights, held, table] as const),
        ...([low, high, rest, boundStep, scratch] as const),
      );
    });
    memory.exports.readDifferences(crossbar.address);
    memory.exports.sumColumns(crossbar.address);
  }

  private placeLosses(slot: LossSlot, values: Float32Array): readonly [address: number, step: 0 | 4] {
    if (values.length === 1) {
      this.memory.write(slot.single, values);
      return [slot.single, 0];
    }
    if (slot.matrix === 0) slot.matrix = this.placeMatrix(values);
    else if (slot.copied !== values)
      this.memory.writePadded(slot.matrix, values, this.program.cols, this.crossbar.stride);
    slot.copied = values;
    return [slot.matrix, 4];
  }

  private placeBounds(seed: number, layer: number, polarity: number) {
    const { low, high, rest } = driftBounds(this.program, seed, layer, polarity);
    const place = (values: Float32Array): number =>
      values.length === 1 ? this.memory.copyIn(values) : this.placeMatrix(values);
    const boundStep: 0 | 4 = low.length === 1 ? 0 : 4;
    return { low: place(low), high: place(high), rest: place(rest), boundStep };
  }

  private placeMatrix(values: Float32Array): number {
    return this.memory.copyInPadded(values, this.program.cols, this.crossbar.stride, 0);
  }

  /** Classes lie as rows of one tall matrix. */
  private placeHeld(given: Float32Array | undefined): number {
    if (this.classes < 2) return 0;
    return given
      ? this.placeMatrix(given)
      : this.memory.floats(this.classes * this.program.rows * this.crossbar.stride);
  }

  private readHeld(address: number): Float32Array {
    const { rows, cols } = this.program;
    return this.memory.readPadded(address, this.classes * rows, cols, this.crossbar.stride);
  }
}
