import { z } from 'zod';
import { positiveQuantity } from '../quantity.js';
import { branchSchema, compileBranch, type Conduction } from './branch.js';

/** A cell of two states, each of which conducts by laws of its own, and of a way between them that takes time. */
export const bistableKeys = {
  /** High-resistance state. */
  high: branchSchema,
  /** Low-resistance state. */
  low: branchSchema,
  /** Time in which 63 % of a switching is done. */
  switchingTime: positiveQuantity('time'),
};

export const bistableSchema = z.strictObject(bistableKeys);

export type BistableConfig = z.output<typeof bistableSchema>;

/** Voltages between which a cell keeps its state [V]; `reset` is below zero, and absent where there is none. */
export interface Thresholds {
  readonly set: number;
  readonly reset?: number;
}

/**
 * A bistable cell in time. Its state is the part that has switched, 0 … 1; current I = (1 − x)·I_high + x·I_low. Beyond
 * a threshold the part that has not yet switched does so at the rate 1/switchingTime.
 */
export class BistableCell {
  private readonly high: Conduction;
  private readonly low: Conduction;
  private readonly switchingTime: number;

  /**
   * @param factors - of the currents of both states
   * @param part - that has switched at the start
   */
  constructor(
    config: BistableConfig,
    private readonly factors = { high: 1, low: 1 },
    private part = 0,
  ) {
    this.high = compileBranch(config.high);
    this.low = compileBranch(config.low);
    this.switchingTime = config.switchingTime;
  }

  /** The part that has switched to the low-resistance state. */
  get switched(): number {
    return this.part;
  }

  /** Current at a voltage in the present state [A]. */
  current(voltage: number): number {
    const { high, low } = this.factors;
    return (1 - this.part) * high * this.high(voltage) + this.part * low * this.low(voltage);
  }

  /** Holds a voltage [V] for a time [s]. */
  hold(voltage: number, time: number, { set, reset }: Thresholds): void {
    const left = Math.exp(-time / this.switchingTime);
    if (voltage >= set) this.part = 1 - (1 - this.part) * left;
    else if (reset !== undefined && voltage <= reset) this.part *= left;
  }
}
