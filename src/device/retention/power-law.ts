import { z } from 'zod';
import { logGamma, logGammaQuantile, lowerGamma } from '../../statistics/gamma.js';
import { positiveQuantity, quantity } from '../quantity.js';
import { boltzmann, defineLaw, forgettingCell, temperatureLimit } from './law.js';

/** Places of the rule: ln(rate·t0) of the slowest class that loses anything, of the fastest one, and the step between. */
const slowest = -33;
const fastest = 3;
const step = 1.5;
const places = Array.from({ length: (fastest - slowest) / step + 1 }, (_, k) => slowest + k * step);

/** Exponents of cells' own, relative to the stated one: tabulated from half of it to half more. */
const reach = 0.5;
const tabulated = 65;

/**
 * R = (1 + t/t0)^−p, as structural relaxation has it, with a time that goes faster the hotter it is. A power of time is
 * what a Gamma distribution of rates makes of exponentials,
 *
 *     (1 + t/t0)^−p = ∫ t0^p·r^(p−1)·e^(−r·t0)/Γ(p)·e^(−r·t) dr,
 *
 * here the trapezoidal rule in ln r. So what is written later begins its own power of time, and t1 and then t2 is
 * t1 + t2. What lies below the slowest class is never lost: the law holds up to 1e8·t0.
 *
 * A cell of another exponent has the same weights at the rates that take up the same parts of its own distribution.
 */
export const powerLaw = defineLaw({
  name: 'power-law',
  schema: z.strictObject({
    model: z.literal('power-law'),
    /** p */
    exponent: z.number().min(0.001).max(0.5),
    /** σ of p from cell to cell, relative to it. */
    exponentSpread: z.number().min(0).max(0.25).default(0),
    /** t0 at the reference temperature. */
    referenceTime: positiveQuantity('time'),
    /** How much faster time goes when it is hot: exp[−Ea/k·(1/T − 1/Tref)]; 0 eV: not at all. */
    activationEnergy: quantity('energy')
      .refine((value) => value >= 0, 'must not be negative')
      .prefault('0 eV'),
    referenceTemperature: temperatureLimit.prefault('25 degC'),
    validUpTo: temperatureLimit.optional(),
    ...forgettingCell,
  }),
  compile: ({ exponent, exponentSpread, referenceTime, activationEnergy, referenceTemperature, validUpTo }) => ({
    weights: weightsOf(exponent),
    validUpTo,
    cellFactors: exponentSpread === 0 ? undefined : factorsOf(exponent, exponentSpread),
    ratesAt: (temperature) => {
      const speed = Math.exp((-activationEnergy / boltzmann) * (1 / temperature - 1 / referenceTemperature));
      return [0, ...places.map((place) => (speed * Math.exp(place)) / referenceTime)];
    },
  }),
});

/** The part that is kept for good, then those of the classes, slowest first. */
function weightsOf(exponent: number): number[] {
  const density = places.map((u) => step * Math.exp(exponent * u - Math.exp(u) - logGamma(exponent)));
  // Below the slowest class densities fall in a geometric series.
  const kept = density[0]! / Math.expm1(exponent * step);
  const total = density.reduce((sum, value) => sum + value, kept);
  return [kept, ...density].map((value) => value / total);
}

/** By how much each class is faster in the cell of a draw, between two of the tabulated exponents. */
function factorsOf(exponent: number, spread: number): (deviate: number) => readonly number[] {
  const parts = places.map((u) => lowerGamma(exponent, Math.exp(u)));
  const rows = Array.from({ length: tabulated }, (_, i) => {
    const own = exponent * (1 - reach + (2 * reach * i) / (tabulated - 1));
    return places.map((u, k) => logGammaQuantile(own, parts[k]!) - u);
  });
  return (deviate) => {
    const place = (Math.min(Math.max(spread * deviate, -reach), reach) / (2 * reach) + 0.5) * (tabulated - 1);
    const row = Math.min(Math.floor(place), tabulated - 2);
    const t = place - row;
    return [1, ...places.map((_, k) => Math.exp(rows[row]![k]! * (1 - t) + rows[row + 1]![k]! * t))];
  };
}
