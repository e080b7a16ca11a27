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
