/** Lanczos' approximation, g = 7 and nine terms: relative error below 1e-14. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x), x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const sum = lanczos.reduce((total, c, i) => total + (i === 0 ? c : c / (z + i)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * The regularised lower incomplete gamma function P(a, x): the part of a Gamma distribution of shape a and scale 1 that
 * lies below x. By its series below a + 1, by its continued fraction above (Lentz).
 * @see W. H. Press et al., Numerical Recipes, section 6.2
 */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const factor = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? factor * series(a, x) : 1 - factor * continuedFraction(a, x);
}

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > 1e-17 * sum; n++) sum += term *= x / (a + n);
  return sum;
}

function continuedFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10_000; i++) {
    const factor = -i * (i - a);
    b += 2;
    d = 1 / awayFromZero(factor * d + b, tiny);
    c = awayFromZero(b + factor / c, tiny);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return h;
}

function awayFromZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** ln x of the x with P(a, x) = p, by bisection; good to 1e-12 for x from e^-700 to e^7. */
export function logGammaQuantile(a: number, p: number): number {
  let [low, high] = [-700, 7];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (lowerGamma(a, Math.exp(middle)) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
