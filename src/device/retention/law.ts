import { z } from 'zod';
import { UsageError } from '../../errors.js';
import { quantity } from '../quantity.js';

/** Boltzmann's constant [J/K], exact in the SI. */
export const boltzmann = 1.380649e-23;

const electronvolt = 1.602176634e-19;

/**
 * How a cell forgets, compiled: all that the rest of the program knows of a law. The programmed increment of a cell, its
 * conductance less the unprogrammed one, is the sum of parts that sit in traps of one kind each; every part decays
 * exponentially at its own rate, so t1 and then t2 is exactly t1 + t2, at any succession of temperatures.
 */
export interface Retention {
  /** The part of an increment that each class of traps takes up when the cell is written; they sum to 1. */
  readonly weights: readonly number[];
  /**
   * Rate of each class [1/s], of a cell whose traps have the stated depth.
   * @param temperature - K
   * @throws UsageError where the law does not hold at this temperature
   */
  rates(temperature: number): readonly number[];
  /** σ of the trap depth from cell to cell [J]. */
  readonly spread: number;
  /**
   * How much faster each class is in a cell of its own, whose standard normal draw is `deviate`, at any temperature;
   * undefined where cells differ by the depth of their traps alone, or not at all.
   */
  readonly cellFactors: ((deviate: number) => readonly number[]) | undefined;
  /** The conductance that cells return to, as a fraction of the cell's own range. */
  readonly unprogrammed: number;
  /** The highest temperature at which the law holds [K]; undefined where it has no limit. */
  readonly validUpTo: number | undefined;
}

/** A law: a config schema and what it compiles to. */
export interface RetentionLaw<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly schema: Schema;
  /** Classes of traps: weights and rates; undefined where nothing is forgotten. */
  compile(config: z.output<Schema>): Traps | undefined;
}

export type Traps = Pick<Retention, 'weights' | 'validUpTo'> & {
  readonly cellFactors?: Retention['cellFactors'];
  /** Rates [1/s] at a temperature [K] within the law's validity. */
  readonly ratesAt: (temperature: number) => readonly number[];
};

/** Ties a law's schema to its compile function. */
export function defineLaw<Schema extends z.ZodObject>(law: RetentionLaw<Schema>): RetentionLaw<Schema> {
  return law;
}

/** Depth of a trap, or an activation energy [J]. */
export const trapDepth = quantity('energy').refine(within(0.1, 10), 'must be from 0.1 to 10 eV');

/** σ of depths within a cell [J]; beyond 0.1 eV the few classes of traps no longer follow the distribution. */
export const trapWidth = quantity('energy').refine(within(0.001, 0.1), 'must be from 1 meV to 0.1 eV');

function within(low: number, high: number): (energy: number) => boolean {
  return (energy) => energy >= 0.999999 * low * electronvolt && energy <= 1.000001 * high * electronvolt;
}

/** How often a trapped charge tries to leave [Hz]. */
export const attemptFrequency = quantity('frequency')
  .refine((value) => value > 0, 'must be above zero')
  .prefault('1e12 Hz');

const positiveTemperature = quantity('temperature').refine((value) => value > 0, 'must be above 0 K');

/** Keys of every law that forgets. */
export const forgettingCell = {
  /** The conductance that cells return to, as a fraction of the cell's own range. */
  unprogrammed: z.number().min(0).max(1).default(0),
};

/** The highest temperature at which a law is known to hold: the matrix's glass transition, or a measurement's end. */
export const temperatureLimit = positiveTemperature;

/** Keys of every law of traps with a depth. */
export const cellTraps = {
  /** σ of the trap depth from cell to cell. */
  spread: quantity('energy').refine(within(0, 0.2), 'must be from 0 to 0.2 eV').prefault('0 eV'),
  ...forgettingCell,
};

/** ν·exp(−E/kT) [1/s]. */
export function arrheniusRate(frequency: number, energy: number, temperature: number): number {
  return frequency * Math.exp(-energy / (boltzmann * temperature));
}

/** By how much a cell whose traps are deeper by `offset` [J] is slower: exp(−ΔE/kT). */
export function rateFactor(offset: number, temperature: number): number {
  return Math.exp(-offset / (boltzmann * temperature));
}

/** A stretch of time at one temperature. */
export interface Stay {
  /** K */
  readonly temperature: number;
  /** s */
  readonly time: number;
}

/** How a cell differs from the nominal one. */
export interface OwnCell {
  /** By how much its traps are deeper [J]. */
  readonly offset?: number;
  /** Its standard normal draw, where a law has other parameters of the cell's own. */
  readonly deviate?: number;
}

/**
 * How far each class of traps has come after a succession of stays: Σ rate·time. Additive, hence exact for any
 * succession.
 */
export function exposures(retention: Retention, profile: readonly Stay[], cell: OwnCell = {}): number[] {
  const { offset = 0, deviate = 0 } = cell;
  const sums = retention.weights.map(() => 0);
  const own = retention.cellFactors?.(deviate);
  for (const { temperature, time } of profile) {
    const factor = rateFactor(offset, temperature);
    retention.rates(temperature).forEach((rate, k) => (sums[k]! += factor * (own?.[k] ?? 1) * rate * time));
  }
  return sums;
}

/** The part of a freshly programmed increment that is left after a succession of stays, 0 … 1. */
export function retainedFraction(retention: Retention, profile: readonly Stay[], cell: OwnCell = {}): number {
  const passed = exposures(retention, profile, cell);
  return retention.weights.reduce((sum, weight, k) => sum + weight * Math.exp(-passed[k]!), 0);
}

/** Refuses temperatures at which a law is not known to hold. */
export function guarded(name: string, { ratesAt, validUpTo }: Traps): Retention['rates'] {
  return (temperature) => {
    if (!(temperature > 0) || !Number.isFinite(temperature)) {
      const what = `got the temperature ${temperature} K, expected one above zero`;
      throw new UsageError({ where: `retention ${name}`, what });
    }
    if (validUpTo === undefined || temperature <= validUpTo) return ratesAt(temperature);
    const what = `got ${celsius(temperature)}, but the law holds up to ${celsius(validUpTo)} only`;
    throw new UsageError({ where: `retention ${name}`, what, remedy: 'choose a lower temperature, or another law' });
  };
}

/** `100 degC` of 373.15 K. */
export function celsius(temperature: number): string {
  return `${Number((temperature - 273.15).toFixed(2))} degC`;
}
