import type { Ramp } from './ramps.js';

/** Variance of a read at a conductance G [S], relative to its mean over the ramps. */
export type ReadProfile = (g: number) => number;

/**
 * How the noise of a read goes with the conductance: a part that is the same everywhere, as a meter's own, and a part in
 * proportion to G. Both ends of a step share a reading with its neighbour, so minus the product of consecutive residuals
 * is its variance in the mean; a + b·G² with a, b ≥ 0 is fitted to these products by least squares.
 * @param residuals - steps less their mean, a row a ramp
 */
export function readProfile(ramps: readonly Ramp[], residuals: readonly Float64Array[]): ReadProfile {
  const products = ramps.flatMap(({ values }, r) => {
    const row = residuals[r]!;
    return Array.from({ length: Math.max(0, row.length - 1) }, (_, k) => ({
      square: values[k + 1]! ** 2,
      variance: -row[k]! * row[k + 1]!,
    }));
  });
  const mean = (of: (product: (typeof products)[number]) => number): number =>
    products.reduce((sum, product) => sum + of(product), 0) / products.length;
  const level = mean(({ variance }) => variance);
  const square = mean((product) => product.square);
  if (!(level > 0)) return () => 1;
  const slope =
    mean((product) => (product.square - square) * (product.variance - level)) /
    mean((product) => (product.square - square) ** 2);
  // Of the mean, the part that grows with G²: none where it falls, all where the rest would be negative.
  const growing = Number.isFinite(slope) ? Math.min(1, Math.max(0, (slope * square) / level)) : 0;
  return (g) => 1 - growing + (growing * g * g) / square;
}
