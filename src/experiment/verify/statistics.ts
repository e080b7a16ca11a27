import { UsageError } from '../../errors.js';

/** Middle value; of an even count the mean of the middle two. */
export function median(values: readonly number[]): number {
  requireValues(values);
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function mean(values: readonly number[]): number {
  requireValues(values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation; 0 of a single value. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1));
}

function requireValues(values: readonly number[]): void {
  if (values.length === 0) throw new UsageError({ where: 'statistics', what: 'got no values, expected at least one' });
}

/**
 * P(|T| ≤ t) of Student's t with a whole number of degrees of freedom, which is a finite sum.
 * @see M. Abramowitz, I. Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4
 */
export function studentWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2 === 1;
  let term = odd ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sin * sum) : sin * sum;
}

/** The t that |T| exceeds with a probability of `outside`, by bisection. */
export function studentQuantile(outside: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (1 - studentWithin(high, degrees) > outside) high *= 2;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (1 - studentWithin(middle, degrees) > outside) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** An urn of `total` runs, `marked` of which stalled. */
export interface Urn {
  readonly total: number;
  readonly marked: number;
}

/** P(at least `hits` marked among `drawn`), drawn without putting back: the tail of Fisher's exact test. */
export function hypergeometricTail(hits: number, drawn: number, { total, marked }: Urn): number {
  let probability = 0;
  for (let k = hits; k <= Math.min(drawn, marked); k++) {
    if (drawn - k > total - marked) continue;
    const log = logChoose(marked, k) + logChoose(total - marked, drawn - k) - logChoose(total, drawn);
    probability += Math.exp(log);
  }
  return probability;
}

function logChoose(n: number, k: number): number {
  let log = 0;
  for (let i = 1; i <= k; i++) log += Math.log((n - k + i) / i);
  return log;
}
