/** Mean and standard deviation (population) of a sample. */
export function momentsOf(values: ArrayLike<number>): { readonly mean: number; readonly deviation: number } {
  const mean = meanOf(values, (x) => x);
  return { mean, deviation: Math.sqrt(meanOf(values, (x) => (x - mean) ** 2)) };
}

/** Mean of a function of each value. */
export function meanOf(values: ArrayLike<number>, of: (value: number) => number): number {
  let sum = 0;
  for (const value of Array.from(values)) sum += of(value);
  return sum / values.length;
}

/** Fourth central moment over σ⁴, which the error of a standard deviation goes with where a sample is not normal. */
export function kurtosisOf(values: Float64Array): number {
  const { mean, deviation } = momentsOf(values);
  return momentsOf(values.map((v) => ((v - mean) / deviation) ** 4)).mean;
}

/** Pearson's correlation of two samples of equal length. */
export function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ofA, ofB] = [momentsOf(a), momentsOf(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - ofA.mean) * (b[i]! - ofB.mean);
  return sum / (a.length * ofA.deviation * ofB.deviation);
}

/**
 * Bounds of every statistical test: 5 standard errors. For the normal that is 5.7e-7 per comparison, so that a correct
 * generator would fail one of 1000 comparisons with a chance of 6e-4. Seeds are fixed: a test that passes stays passed.
 */
export const standardErrors = 5;

/** Standard error of the mean, and of the standard deviation, of `count` normal draws of spread σ. */
export function errorOfMean(sigma: number, count: number): number {
  return sigma / Math.sqrt(count);
}

export function errorOfDeviation(sigma: number, count: number): number {
  return sigma / Math.sqrt(2 * count);
}
