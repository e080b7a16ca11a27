import { z } from 'zod';
import { arrheniusRate, attemptFrequency, cellTraps, defineLaw, temperatureLimit, trapDepth } from './law.js';

/** Traps of one depth: R = exp(−ν·t·exp(−Ea/kT)). */
export const arrhenius = defineLaw({
  name: 'arrhenius',
  schema: z.strictObject({
    model: z.literal('arrhenius'),
    activationEnergy: trapDepth,
    attemptFrequency,
    validUpTo: temperatureLimit.optional(),
    ...cellTraps,
  }),
  compile: ({ activationEnergy, attemptFrequency: frequency, validUpTo }) => ({
    weights: [1],
    validUpTo,
    ratesAt: (temperature) => [arrheniusRate(frequency, activationEnergy, temperature)],
  }),
});
