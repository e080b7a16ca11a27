import { z } from 'zod';
import { originText } from '../model.js';
import { positiveQuantity } from '../quantity.js';
import { driveKeys, driveOf, driveSchema, referenceSchema, type Drive } from './drive.js';

/** A cell that remembers in three ways: for good, for some hundred microseconds, and for less than a hundred. */
export const volatileCellSchema = z.strictObject({
  name: z.string().optional(),
  description: z.string().optional(),
  source: z.string().optional(),
  gMin: positiveQuantity('conductance'),
  gMax: positiveQuantity('conductance'),
  /** The pulse that every step below is stated for. */
  reference: referenceSchema,
  /**
   * What stays: g ← 1 − (1 − g)·e^(−k) up, g·e^(−k) down, where k is the drive times 1 + boost·activity; nothing stays
   * of pulses up to the threshold.
   */
  stable: z.strictObject({
    up: driveSchema,
    down: driveSchema,
    threshold: positiveQuantity('voltage'),
    boost: z.number().min(0).max(100),
  }),
  /** What is gone soon: τ = tau·(1 + activity^exponent), fixed as a pulse ends. */
  fast: z.strictObject({ ...driveKeys, tau: positiveQuantity('time'), exponent: z.number().min(0.1).max(10) }),
  /** What is gone later, with a τ for each polarity. */
  slow: z.strictObject({
    ...driveKeys,
    tau: z.strictObject({ up: positiveQuantity('time'), down: positiveQuantity('time') }),
  }),
  /** How much the cell was pulsed lately. It conducts nothing; it slows the fast part and boosts what stays. */
  activity: z.strictObject({ ...driveKeys, tau: positiveQuantity('time') }),
  origin: z.record(z.string(), originText).optional(),
});

export type VolatileCellConfig = z.output<typeof volatileCellSchema>;

/**
 * A cell in time. G = gMin + (gMax − gMin)·(g + f + s): a stable part g, a fast one f and a slow one s, which a positive
 * pulse raises by its drive times 1 − g and a negative one lowers by its drive times g. A pulse is taken as one act at its
 * end; between pulses f and s fall off exponentially, and so does the activity.
 * @see Wang 2022, equations 4 to 6
 */
export class VolatileCell {
  private fast = 0;
  private slow = { up: 0, down: 0 };
  private activity = 0;
  private fastTau: number;

  /** @param stable - the part that stays, at the start, 0 … 1 */
  constructor(
    private readonly config: VolatileCellConfig,
    private stable = 0,
  ) {
    this.fastTau = config.fast.tau;
  }

  /** [S] */
  get conductance(): number {
    const { gMin, gMax } = this.config;
    return gMin + (gMax - gMin) * (this.stable + this.fast + this.slow.up + this.slow.down);
  }

  /** τ of the fast part as the last pulse left it [s]. */
  get tau(): number {
    return this.fastTau;
  }

  /**
   * One pulse.
   * @param amplitude - of either sign [V]
   * @param width - [s]
   */
  pulse(amplitude: number, width: number): void {
    const { fast, slow, stable, activity } = this.config;
    const drive = (of: Drive): number => driveOf(of, this.config.reference, amplitude, width);
    const up = amplitude > 0;
    const room = up ? 1 - this.stable : -this.stable;
    this.fast += drive(fast) * room;
    this.slow[up ? 'up' : 'down'] += drive(slow) * room;
    const lasting = Math.abs(amplitude) > stable.threshold ? drive(up ? stable.up : stable.down) : 0;
    const kept = Math.exp(-lasting * (1 + stable.boost * this.activity));
    this.stable = up ? 1 - (1 - this.stable) * kept : this.stable * kept;
    this.activity += drive(activity);
    this.fastTau = fast.tau * (1 + this.activity ** fast.exponent);
  }

  /** No voltage for a time [s]. */
  rest(time: number): void {
    const { slow, activity } = this.config;
    this.fast *= Math.exp(-time / this.fastTau);
    this.slow.up *= Math.exp(-time / slow.tau.up);
    this.slow.down *= Math.exp(-time / slow.tau.down);
    this.activity *= Math.exp(-time / activity.tau);
  }
}
