import { z } from 'zod';
import { quantity } from '../quantity.js';
import { arrheniusRate, attemptFrequency, cellTraps, defineLaw, temperatureLimit, trapDepth } from './law.js';

/**
 * Traps behind a matrix that softens: r = ν·exp(−Ea/kT) + rg·exp[(T − Tg)/θ]. The second term is what lets charges go
 * within a few degrees, as no law of a fixed barrier does.
 */
export const matrixGated = defineLaw({
  name: 'matrix-gated',
  schema: z.strictObject({
    model: z.literal('matrix-gated'),
    activationEnergy: trapDepth,
    attemptFrequency,
    /** Rate that the softening matrix adds at `gateTemperature`; it grows e-fold with every `gateWidth`. */
    gateRate: quantity('frequency').refine((value) => value >= 0, 'must not be negative'),
    gateTemperature: temperatureLimit,
    gateWidth: quantity('temperature')
      .refine((value) => value > 0, 'must be above 0 K')
      .refine((value) => value < 100, 'must be a difference below 100 K; write it in K, not in degC'),
    /** The matrix's glass transition: the law is not known to hold above it. */
    validUpTo: temperatureLimit,
    ...cellTraps,
  }),
  compile: ({ activationEnergy, attemptFrequency: frequency, gateRate, gateTemperature, gateWidth, validUpTo }) => ({
    weights: [1],
    validUpTo,
    ratesAt: (temperature) => {
      const gate = gateRate * Math.exp((temperature - gateTemperature) / gateWidth);
      return [arrheniusRate(frequency, activationEnergy, temperature) + gate];
    },
  }),
});
