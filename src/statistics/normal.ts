/** Standard normal distribution, its far tails included. */

const rootTwoPi = Math.sqrt(2 * Math.PI);

/** Coefficients of erfc(z) = t·exp(−z² + polynomial of t), t = 2/(2 + z). */
const coefficients = [
  ...[-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806],
  ...[0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277],
];

/**
 * Φ(x)·e^{x²/2} for x ≤ 0, to a relative 1.2e-7 however far out.
 * @see W. H. Press et al., Numerical Recipes, "erfcc"
 */
function scaledTail(x: number): number {
  const t = 1 / (1 - (0.5 * x) / Math.SQRT2);
  let polynomial = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) polynomial = polynomial * t + coefficients[i]!;
  return 0.5 * t * Math.exp(polynomial);
}

export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / rootTwoPi;
}

/** Φ(x). */
export function normalBelow(x: number): number {
  const tail = scaledTail(-Math.abs(x)) * Math.exp(-0.5 * x * x);
  return x > 0 ? 1 - tail : tail;
}

/** ln Φ(x). */
export function logNormalBelow(x: number): number {
  return x > 0 ? Math.log1p(-normalBelow(-x)) : Math.log(scaledTail(x)) - 0.5 * x * x;
}

/** φ(x)/Φ(x), the slope of ln Φ. */
export function normalHazard(x: number): number {
  return x > 0 ? normalDensity(x) / normalBelow(x) : 1 / (rootTwoPi * scaledTail(x));
}
