import { z } from 'zod';
import { fold, normal, type Key } from '../../random.js';
import { quantity } from '../quantity.js';

const voltage = quantity('voltage');

/** How a switching voltage scatters from cycle to cycle, within a range that no cycle leaves. */
export const thresholdSchema = z.discriminatedUnion('distribution', [
  z.strictObject({
    distribution: z.literal('normal'),
    mean: voltage,
    sigma: voltage,
    range: z.tuple([voltage, voltage]),
  }),
  /** Most often at `mode`, never beyond `edge`, and with a tail away from it. */
  z.strictObject({
    distribution: z.literal('log-normal'),
    edge: voltage,
    mode: voltage,
    /** σ of the logarithm of the distance from the edge. */
    spread: z.number().min(0.01).max(3),
    range: z.tuple([voltage, voltage]),
  }),
]);

export type ThresholdConfig = z.output<typeof thresholdSchema>;

/** The voltage of one cycle [V]: drawn again and again until it lies within the range. */
export function drawThreshold(config: ThresholdConfig, key: Key, cycle: number): number {
  const own = fold(key, cycle);
  const [low, high] = [Math.min(...config.range), Math.max(...config.range)];
  for (let attempt = 0; attempt < 1000; attempt++) {
    const value = valueOf(config, normal(own, attempt));
    if (value >= low && value <= high) return value;
  }
  // A range that the distribution never meets: the nearest of what is allowed.
  return Math.min(high, Math.max(low, valueOf(config, 0)));
}

function valueOf(config: ThresholdConfig, deviate: number): number {
  if (config.distribution === 'normal') return config.mean + config.sigma * deviate;
  const { edge, mode, spread } = config;
  // The mode of exp(μ + σξ) is exp(μ − σ²).
  return edge + (mode - edge) * Math.exp(spread ** 2 + spread * deviate);
}
