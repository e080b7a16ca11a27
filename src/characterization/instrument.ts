import { z } from 'zod';
import { positiveQuantity, quantity } from '../device/quantity.js';
import { sweepVoltages } from '../device/conduction/sweep.js';
import type { Draws } from './draws.js';

/** A voltage sweep: from turning point to turning point in equal steps, each held before the current is read. */
export const sweepSchema = z.strictObject({
  turns: z.array(quantity('voltage')).min(2),
  step: positiveQuantity('voltage'),
  /** How long each voltage is held. */
  dwell: positiveQuantity('time'),
});

/** What a reading of a current adds to it. */
export const ammeterSchema = z.strictObject({
  /** σ relative to the current. */
  noise: z.number().min(0).max(1),
  /** σ of a reading of no current. */
  floor: quantity('current').refine((value) => value >= 0, 'must not be negative'),
});

export type SweepConfig = z.output<typeof sweepSchema>;
export type AmmeterConfig = z.output<typeof ammeterSchema>;

/** A cell that answers a voltage with a current and changes while it is held. */
export interface TwoPole {
  hold(voltage: number, time: number): void;
  current(voltage: number): number;
}

/** Currents of a sweep, point by point. */
export interface Iv {
  /** [V] */
  readonly voltage: readonly number[];
  /** As read [A]. */
  readonly current: readonly number[];
}

/** Sweeps a cell: each voltage is held, and the current read at its end. */
export function sweep(cell: TwoPole, { turns, step, dwell }: SweepConfig, ammeter: AmmeterConfig, draws: Draws): Iv {
  const voltage = sweepVoltages(turns, step);
  const current = voltage.map((at) => {
    cell.hold(at, dwell);
    return readCurrent(cell.current(at), ammeter, draws);
  });
  return { voltage, current };
}

export function readCurrent(current: number, { noise, floor }: AmmeterConfig, draws: Draws): number {
  return draws.reading(current, noise) + (floor === 0 ? 0 : floor * draws.normal());
}

/** The points of a sweep that go away from 0 V, or back to it, of one sign of the voltage. */
export function branchOf({ voltage, current }: Iv, sign: 1 | -1, way: 'out' | 'back'): Iv {
  const top = voltage.reduce((best, at, i) => (sign * at > sign * voltage[best]! ? i : best), 0);
  const [from, to] = way === 'out' ? [startOf(voltage, sign, top), top] : [top, endOf(voltage, sign, top)];
  return { voltage: voltage.slice(from, to + 1), current: current.slice(from, to + 1) };
}

function startOf(voltage: readonly number[], sign: number, top: number): number {
  let i = top;
  while (i > 0 && sign * voltage[i - 1]! >= 0 && sign * voltage[i - 1]! < sign * voltage[i]!) i--;
  return i;
}

function endOf(voltage: readonly number[], sign: number, top: number): number {
  let i = top;
  while (i < voltage.length - 1 && sign * voltage[i + 1]! >= 0 && sign * voltage[i + 1]! < sign * voltage[i]!) i++;
  return i;
}

/** The current nearest to a voltage of a branch. */
export function currentAt({ voltage, current }: Iv, at: number): number {
  const nearest = voltage.reduce((best, v, i) => (Math.abs(v - at) < Math.abs(voltage[best]! - at) ? i : best), 0);
  return current[nearest]!;
}
