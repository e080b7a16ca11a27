import { z } from 'zod';
import { originText } from '../model.js';
import { positiveQuantity } from '../quantity.js';
import { compileRetention, retentionSchema } from '../retention/registry.js';
import type { Retention } from '../retention/law.js';

/** A cell whose conductance rises as traps fill. */
export const chargeTrapCellSchema = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  source: z.string().optional(),
  gMin: positiveQuantity('conductance'),
  gMax: positiveQuantity('conductance'),
  /** Empty traps fill at rate·min((|V|/at)^exponent, limit), in either polarity. */
  fill: z.strictObject({
    rate: positiveQuantity('frequency'),
    at: positiveQuantity('voltage'),
    exponent: z.number().min(0).max(30),
    /** How many times its rate filling can have: what the electrodes supply. */
    limit: z.number().min(1),
  }),
  /** Full traps are emptied by a negative voltage at rate·(|V|/at)^exponent. */
  release: z.strictObject({
    rate: positiveQuantity('frequency'),
    at: positiveQuantity('voltage'),
    exponent: z.number().min(0).max(30),
  }),
  /** σ of one pulse as a fraction of gMax − gMin. */
  cycleToCycle: z.number().min(0).max(1),
  /** How traps empty by heat. */
  retention: retentionSchema,
  origin: z.record(z.string(), originText).optional(),
});

export type ChargeTrapCellConfig = z.output<typeof chargeTrapCellSchema>;

/**
 * A cell in time. G = gMin + (gMax − gMin)·n, where n is the part of the traps that are full. Under a voltage
 * dn/dt = k_fill·(1 − n) − k_release·n, which is solved exactly; without one the traps empty by the retention law, each
 * class of them at its own rate.
 * @see An 2022, figures 2d to 2h
 */
export class ChargeTrapCell {
  /** The part that is full of each class of traps. */
  private readonly full: number[];
  private readonly weights: readonly number[];
  private readonly retention: Retention | undefined;

  /**
   * @param fillFactor - of this cell's own filling rate
   * @param temperature - K
   */
  constructor(
    private readonly config: ChargeTrapCellConfig,
    private readonly temperature = 298.15,
    private readonly fillFactor = 1,
  ) {
    this.retention = compileRetention(config.retention);
    this.weights = this.retention?.weights ?? [1];
    this.full = this.weights.map(() => 0);
  }

  /** The part of all traps that are full, 0 … 1. */
  get filled(): number {
    return this.weights.reduce((sum, weight, k) => sum + weight * this.full[k]!, 0);
  }

  /** [S] */
  get conductance(): number {
    const { gMin, gMax } = this.config;
    return gMin + (gMax - gMin) * this.filled;
  }

  /**
   * Holds a voltage.
   * @param voltage - of either sign [V]
   * @param time - [s], too short for heat to empty traps
   */
  hold(voltage: number, time: number): void {
    const [fill, release] = [this.fillRate(voltage), this.releaseRate(voltage)];
    if (fill + release === 0) return;
    const [end, left] = [fill / (fill + release), Math.exp(-(fill + release) * time)];
    this.full.forEach((part, k) => (this.full[k] = end + (part - end) * left));
  }

  /**
   * One pulse, with its noise.
   * @param deviate - standard normal; 0 for none
   */
  pulse(amplitude: number, width: number, deviate = 0): void {
    this.hold(amplitude, width);
    const noise = this.config.cycleToCycle * deviate;
    this.full.forEach((part, k) => (this.full[k] = Math.min(1, Math.max(0, part + noise))));
  }

  /** No voltage for a time [s]. */
  rest(time: number): void {
    if (!this.retention) return;
    const rates = this.retention.rates(this.temperature);
    const { unprogrammed } = this.retention;
    this.full.forEach((part, k) => {
      this.full[k] = unprogrammed + (part - unprogrammed) * Math.exp(-rates[k]! * time);
    });
  }

  private fillRate(voltage: number): number {
    const { rate, at, exponent, limit } = this.config.fill;
    return this.fillFactor * rate * Math.min((Math.abs(voltage) / at) ** exponent, limit);
  }

  private releaseRate(voltage: number): number {
    const { rate, at, exponent } = this.config.release;
    return voltage < 0 ? rate * (-voltage / at) ** exponent : 0;
  }
}
