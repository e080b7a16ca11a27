import { driftBounds, retentionOf, type DriftBounds, type DriftLosses } from '../src/crossbar/drift.js';
import type { CrossbarProgram, TrapState } from '../src/crossbar/program.js';
import { f32 } from './arithmetic.js';
import type { ReferenceCells } from './cells.js';

/**
 * What the classes of traps of one crossbar's cells hold, and how it drifts: the specification that every backend is held
 * against, operation by operation in float32. Twin: kernels/drift/wasm/assembly/index.ts.
 */
export class ReferenceTraps {
  private readonly weights: Float32Array;
  private readonly bounds: readonly DriftBounds[];
  /** Increments by polarity, shape [classes, cells]; none where one class holds all of g − unprogrammed. */
  private readonly held: readonly Float32Array[];

  constructor(
    private readonly cells: ReferenceCells,
    seed: number,
    layer: number,
    traps: TrapState | undefined,
  ) {
    const { program, g } = cells;
    this.weights = Float32Array.from(retentionOf(program)?.weights ?? []);
    this.bounds = g.map((_, polarity) => driftBounds(program, seed, layer, polarity));
    const size = heldSize(program);
    const given = traps && [traps.plus, traps.minus];
    this.held = g.map((_, polarity) => given?.[polarity]?.slice() ?? new Float32Array(size));
  }

  /** What the classes hold; undefined where the conductances say it all. */
  state(): TrapState | undefined {
    if (this.weights.length < 2) return undefined;
    return { plus: this.held[0]!.slice(), minus: this.held[1]?.slice() ?? new Float32Array(0) };
  }

  drift(losses: DriftLosses): void {
    this.cells.g.forEach((g, polarity) => {
      for (let i = 0; i < g.length; i++) g[i] = this.moved(g[i]!, i, polarity, losses[polarity]!);
    });
    this.cells.readAll();
  }

  private moved(g: number, cell: number, polarity: number, losses: readonly Float32Array[]): number {
    const { low, high, rest } = this.bounds[polarity]!;
    const [bottom, top, bare] = [at(low, cell), at(high, cell), at(rest, cell)];
    const clip = (value: number): number => Math.min(Math.max(value, bottom), top);
    const increment = f32(g - bare);
    if (this.weights.length === 1) {
      return clip(f32(bare + f32(increment - f32(increment * at(losses[0]!, cell)))));
    }
    const held = this.held[polarity]!;
    const count = this.cells.g[polarity]!.length;
    let before = 0;
    for (let k = 0; k < this.weights.length; k++) before = f32(before + held[k * count + cell]!);
    const { keep, add } = sinceThen(before, increment, clip(f32(bare + before)) === g);
    let after = 0;
    this.weights.forEach((weight, k) => {
      const c = f32(f32(held[k * count + cell]! * keep) + f32(weight * add));
      const left = f32(c - f32(c * at(losses[k]!, cell)));
      held[k * count + cell] = left;
      after = f32(after + left);
    });
    return clip(f32(bare + after));
  }
}

/** Values of each class, by cell; 0 where a single class needs none. */
export function heldSize(program: CrossbarProgram): number {
  const classes = retentionOf(program)?.weights.length ?? 0;
  return classes < 2 ? 0 : classes * program.rows * program.cols;
}

function at(values: Float32Array, cell: number): number {
  return values.length === 1 ? values[0]! : values[cell]!;
}

/** What pulses did since the last drift: each class keeps `keep` of what it holds and takes its weight's part of `add`. */
function sinceThen(before: number, now: number, unmoved: boolean): { readonly keep: number; readonly add: number } {
  if (unmoved) return { keep: 1, add: 0 };
  // Nothing was held, or the increment changed its sign.
  if (!(f32(before * now) > 0)) return { keep: 0, add: now };
  if (Math.abs(now) > Math.abs(before)) return { keep: 1, add: f32(now - before) };
  return { keep: f32(now / before), add: 0 };
}
