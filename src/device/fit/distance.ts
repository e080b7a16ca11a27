import type { UnitCurves } from './family.js';
import type { Frame } from './frame.js';
import { noiseOf } from './noise.js';
import { branches, type Branch, type RampSet } from './ramps.js';
import { meanOf } from '../../statistics/average.js';

/** Noise below this part of the conductances measured is that of their digits. */
const hardly = 1e-5;

/** Squares of how far a curve is from one that was measured: mean over pulses, each branch weighing the same. */
export interface Distance {
  readonly squared: number;
  /** In the noise of the ramps; `squared` where there is none. */
  readonly weighed: number;
}

export interface Weighing extends Frame {
  readonly noise?: Readonly<Record<Branch, WalkNoise>> | undefined;
}

/** Variances of what a pulse leaves and of a read, in the square of the fit's unit. */
export interface WalkNoise {
  readonly programming: number;
  readonly read: number;
}

export function distance(
  measured: UnitCurves,
  predicted: Record<Branch, Float64Array>,
  counts: (branch: Branch, p: number) => boolean,
  noise?: Readonly<Record<Branch, WalkNoise>>,
): Distance {
  const off = branches.map((branch) =>
    measured[branch].map((x, p) => (counts(branch, p) ? x - predicted[branch][p]! : NaN)),
  );
  const squares = off.map((row) => meanOf([...row].filter((x) => !Number.isNaN(x)).map((x) => x ** 2)));
  const squared = meanOf(squares);
  if (!noise) return { squared, weighed: squared };
  return { squared, weighed: meanOf(off.map((row, b) => meanOf(innovations(row, noise[branches[b]!])))) };
}

/**
 * Squares of what each reading adds to those before it, by its own variance: noise that pulses leave in the cell adds up along a
 * curve, so that squares of the readings themselves would weigh its end by what a few pulses did. A Kalman filter of a random walk
 * under read noise.
 */
export function innovations(row: Float64Array, { programming, read }: WalkNoise): number[] {
  const squares: number[] = [];
  let [at, variance] = [row[0]!, read];
  for (const x of row.subarray(1)) {
    variance += programming;
    const total = variance + read;
    if (Number.isNaN(x)) continue;
    const gain = variance / total;
    squares.push((x - at) ** 2 / total);
    at += gain * (x - at);
    variance *= 1 - gain;
  }
  return squares;
}

/** Noise of the ramps about their own mean, by no model; undefined where a branch shows none. */
export function meanNoise(ramps: RampSet, { scale }: Frame): Readonly<Record<Branch, WalkNoise>> | undefined {
  const of = noiseOf(ramps, () => 0);
  const [ltp, ltd] = branches.map((branch) => {
    const { programming, read } = of[branch];
    return { programming: (programming / scale.span) ** 2, read: (read / scale.span) ** 2 };
  });
  return [ltp!, ltd!].every(({ programming, read }) => programming + read > hardly ** 2)
    ? { ltp: ltp!, ltd: ltd! }
    : undefined;
}
