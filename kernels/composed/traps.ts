import * as tf from '@tensorflow/tfjs';
import { driftBounds, retentionOf, type DriftBounds, type DriftLosses } from '../../src/crossbar/drift.js';
import type { CrossbarProgram, TrapState } from '../../src/crossbar/program.js';
import { heldSize } from '../traps.js';
import { scoped } from './active.js';
import { valuesOf, type CellTensors } from './cells.js';

type Flat = tf.Tensor1D;

/** What the classes of traps hold, [polarity][class], shape [rows·cols] each; none where one class holds everything. */
export type HeldTensors = readonly (readonly Flat[])[];

/** Uploads what classes of traps hold; undefined: all counts as freshly written. */
export function heldOf(program: CrossbarProgram, polarities: number, traps: TrapState | undefined): HeldTensors {
  const [size, cells] = [heldSize(program), program.rows * program.cols];
  return Array.from({ length: polarities }, (_, p) => {
    const values = [traps?.plus, traps?.minus][p] ?? new Float32Array(size);
    return Array.from({ length: size / cells }, (_, k) => tf.tensor1d(values.subarray(k * cells, (k + 1) * cells)));
  });
}

/** Reads back what classes of traps hold; undefined where the conductances say it all. */
export function trapState(held: HeldTensors): TrapState | undefined {
  if (held[0]!.length === 0) return undefined;
  const [plus, minus] = held.map((classes) => scoped(() => valuesOf(tf.concat([...classes]))));
  return { plus: plus!, minus: minus ?? new Float32Array(0) };
}

export interface Drifted {
  readonly cells: CellTensors;
  readonly held: HeldTensors;
}

/** Lets cells lose a part of their increments. Twin of kernels/traps.ts. */
export function drifted(
  program: CrossbarProgram,
  { cells, held }: Drifted,
  losses: DriftLosses,
  { seed, layer }: { readonly seed: number; readonly layer: number },
): Drifted {
  const weights = Float32Array.from(retentionOf(program)?.weights ?? []);
  const moved = cells.g.map((g, p) =>
    movedCells(g, held[p]!, { weights, losses: losses[p]!, bounds: driftBounds(program, seed, layer, p) }),
  );
  const g = moved.map((polarity) => polarity.g);
  const hidden = cells.hidden === cells.g ? g : cells.hidden;
  return { cells: { ...cells, g, hidden }, held: moved.map((polarity) => polarity.held) };
}

interface Law {
  readonly weights: Float32Array;
  readonly losses: readonly Float32Array[];
  readonly bounds: DriftBounds;
}

function movedCells(g: Flat, held: readonly Flat[], { weights, losses, bounds }: Law): { g: Flat; held: Flat[] } {
  const [low, high, rest] = [tf.tensor1d(bounds.low), tf.tensor1d(bounds.high), tf.tensor1d(bounds.rest)];
  const clip = (values: Flat): Flat => tf.minimum(tf.maximum(values, low), high);
  const kept = (c: Flat, k: number): Flat => tf.sub(c, tf.mul(c, tf.tensor1d(losses[k]!)));
  const increment = tf.sub<Flat>(g, rest);
  if (weights.length === 1) return { g: clip(tf.add(rest, kept(increment, 0))), held: [] };
  const before = sum(held);
  const { keep, add } = sinceThen(before, increment, tf.equal(clip(tf.add(rest, before)), g));
  const left = held.map((c, k) => kept(tf.add(tf.mul(c, keep), tf.mul(weights[k]!, add)), k));
  return { g: clip(tf.add(rest, sum(left))), held: left };
}

/** One after the other from 0 on, as the reference does. */
function sum(values: readonly Flat[]): Flat {
  return values.reduce((total, value) => tf.add(total, value), tf.zerosLike(values[0]!));
}

/** What pulses did since the last drift: each class keeps `keep` of what it holds and takes its weight's part of `add`. */
function sinceThen(before: Flat, now: Flat, unmoved: Flat): { readonly keep: Flat; readonly add: Flat } {
  const [zero, one] = [tf.zerosLike(now), tf.onesLike(now)];
  const sameSign = tf.greater<Flat>(tf.mul(before, now), 0);
  const grown = tf.greater<Flat>(tf.abs(now), tf.abs(before));
  // Nothing is divided by the zero of a cell that holds nothing.
  const shrunk = tf.div<Flat>(now, tf.where(sameSign, before, one));
  const keep = tf.where(sameSign, tf.where(grown, one, shrunk), zero);
  const add = tf.where(sameSign, tf.where(grown, tf.sub<Flat>(now, before), zero), now);
  return { keep: tf.where(unmoved, one, keep), add: tf.where(unmoved, zero, add) };
}
