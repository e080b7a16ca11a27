import { Cholesky, zeros } from '../../statistics/linear-algebra.js';
import { lowest } from '../../statistics/pattern-search.js';

/** c + Σ a·exp(−t/τ), nearest to a trace. */
export interface Decay {
  /** The shortest first. */
  readonly taus: readonly number[];
  readonly amplitudes: readonly number[];
  readonly constant: number;
  /** Sum of squared residuals. */
  readonly squares: number;
}

/**
 * Fits decays to a trace by least squares. For given τ the amplitudes and the constant are a linear problem, so that the
 * search runs over the logarithms of τ alone (variable projection).
 * @param time, value - shape [points]
 * @param starts - a τ each, from which the search goes out
 * @param level - whether the trace ends at a constant of its own, or at 0
 */
export function fitDecay(
  time: readonly number[],
  value: readonly number[],
  starts: readonly number[],
  level: boolean,
): Decay {
  const cost = (logs: ArrayLike<number>): number => solveFor(time, value, tausOf(starts, logs), level).squares;
  const best = lowest(
    cost,
    starts.map(() => 0),
    { step: 0.5, least: 1e-6 },
  );
  const found = solveFor(time, value, tausOf(starts, best), level);
  const order = found.taus.map((_, k) => k).sort((a, b) => found.taus[a]! - found.taus[b]!);
  return { ...found, taus: order.map((k) => found.taus[k]!), amplitudes: order.map((k) => found.amplitudes[k]!) };
}

function tausOf(starts: readonly number[], logs: ArrayLike<number>): number[] {
  return starts.map((tau, k) => tau * Math.exp(logs[k]!));
}

function solveFor(time: readonly number[], value: readonly number[], taus: readonly number[], level: boolean): Decay {
  const size = taus.length + (level ? 1 : 0);
  const [matrix, right] = [zeros(size, size), new Float64Array(size)];
  const row = (t: number): number[] => [...taus.map((tau) => Math.exp(-t / tau)), ...(level ? [1] : [])];
  time.forEach((t, i) => {
    const basis = row(t);
    basis.forEach((a, j) => {
      right[j]! += a * value[i]!;
      basis.forEach((b, k) => (matrix[j]![k]! += a * b));
    });
  });
  // Two equal τ have no amplitudes of their own; the least of weights keeps the problem solvable.
  matrix.forEach((own, j) => (own[j]! *= 1 + 1e-12));
  const weights = solved(matrix, right);
  if (!weights) return { taus, amplitudes: taus.map(() => NaN), constant: NaN, squares: Infinity };
  const squares = time.reduce((sum, t, i) => {
    const fitted = row(t).reduce((all, a, j) => all + a * weights[j]!, 0);
    return sum + (value[i]! - fitted) ** 2;
  }, 0);
  const amplitudes = [...weights.slice(0, taus.length)];
  return { taus, amplitudes, constant: level ? weights[taus.length]! : 0, squares };
}

function solved(matrix: readonly Float64Array[], right: Float64Array): Float64Array | undefined {
  try {
    return new Cholesky(matrix).solve(right);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The value of a fitted decay at a time. */
export function decayAt({ taus, amplitudes, constant }: Decay, time: number): number {
  return taus.reduce((sum, tau, k) => sum + amplitudes[k]! * Math.exp(-time / tau), constant);
}
