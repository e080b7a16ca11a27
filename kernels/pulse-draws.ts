import { fold, uniform } from '../src/random.js';
import { f32 } from './arithmetic.js';
import { gap, ladder, rungOf } from './jumps.js';
import type { LayerKeys } from './keys.js';

/**
 * Which cells of a crossbar an outer product δ·x pulses, and how often, where pulses are whole and drawn at random: the
 * specification of that draw. It depends on the vectors alone, not on the cells.
 */

/** The vectors of one update behind their converters. */
export interface UpdateVectors {
  /** δ, shape [cols]. */
  readonly errors: Float32Array;
  /** Inputs, shape [rows], and the value that those outside `foreground` have. */
  readonly inputs: Float32Array;
  readonly background: number;
  /** Rows whose input differs from the background, ascending. */
  readonly foreground: readonly number[];
  readonly isForeground: Uint8Array;
}

/** Pulses per unit of |δ|·|x| in each direction. */
export interface PulseRates {
  readonly up: number;
  readonly down: number;
}

/** Whether a wish of this sign pulses the polarity, and in which direction. */
export type DirectionOf = (positive: boolean) => 'up' | 'down' | undefined;

/** Takes a pulsed cell. */
export type TakePulses = (row: number, col: number, up: boolean, pulses: number) => void;

/** The direction in which a wish pulses one polarity, as the coding has it. */
export function directionOf(oneSided: boolean, device: number, positive: boolean): 'up' | 'down' | undefined {
  if (oneSided) return positive === (device === 0) ? 'up' : undefined;
  return positive === (device === 0) ? 'up' : 'down';
}

/** Draws one polarity's pulses column by column, background and foreground rows apart. */
export function drawPulses(
  vectors: UpdateVectors,
  rates: PulseRates,
  place: { readonly keys: LayerKeys; readonly device: number; readonly step: number },
  direction: DirectionOf,
  take: TakePulses,
): void {
  const { errors, inputs, foreground, isForeground } = vectors;
  const { keys, device, step } = place;
  const reach = foreground.reduce((largest, i) => Math.max(largest, Math.abs(inputs[i]!)), 0);
  const background = Math.abs(vectors.background);
  const streams = ([0, 1] as const).map((kind) => ({
    gaps: fold(keys.gaps[device]![kind], step),
    thinning: fold(keys.thinning[device]![kind], step),
  }));
  const outside = (i: number): number | undefined => (isForeground[i] === 1 ? undefined : i);
  for (let j = 0; j < errors.length; j++) {
    if (errors[j] === 0) continue;
    const column = { vectors, rates, j, direction, take };
    if (background > 0) drawColumn(column, background, inputs.length, outside, streams[0]!);
    if (reach > 0) drawColumn(column, reach, foreground.length, (k) => foreground[k], streams[1]!);
  }
}

interface Column {
  readonly vectors: UpdateVectors;
  readonly rates: PulseRates;
  readonly j: number;
  readonly direction: DirectionOf;
  readonly take: TakePulses;
}

/** @param reach - largest |x| among the rows that `rowAt` names */
function drawColumn(
  { vectors: { errors, inputs }, rates, j, direction, take }: Column,
  reach: number,
  length: number,
  rowAt: (k: number) => number | undefined,
  stream: { readonly gaps: LayerKeys['read']; readonly thinning: LayerKeys['read'] },
): void {
  const error = errors[j]!;
  const rate = { up: f32(rates.up * Math.abs(error)), down: f32(rates.down * Math.abs(error)) };
  const rung = rungOf(f32(Math.max(rate.up, rate.down) * reach));
  // Candidates of a column are numbered; the next column's numbers begin beyond all of them.
  const first = j * (inputs.length + 1);
  for (let n = first, k = 0; ; n++, k++) {
    const skipped = gap(stream.gaps, n, rung);
    if (skipped >= length - k) return;
    k += Math.floor(skipped);
    const row = rowAt(k);
    if (row === undefined) continue;
    const x = inputs[row]!;
    const way = direction(error > 0 === x > 0);
    if (!way || x === 0) continue;
    const request = f32(rate[way] * Math.abs(x));
    const pulses = wholePulses(request, ladder[rung]!, uniform(stream.thinning, n));
    if (pulses > 0) take(row, j, way === 'up', pulses);
  }
}

/** How many pulses a candidate is given so that, over candidates of probability p̄, the mean is `request`. */
function wholePulses(request: number, candidate: number, u: number): number {
  if (candidate < 1) return f32(u * candidate) < request ? 1 : 0;
  const whole = Math.floor(request);
  return whole + (u < f32(request - whole) ? 1 : 0);
}
