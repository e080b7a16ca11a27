import { z } from 'zod';
import { arrheniusRate, attemptFrequency, cellTraps, defineLaw, trapDepth } from './law.js';

/** Traps of one depth: R = exp(−ν·t·exp(−Ea/kT)). */
export const arrhenius = defineLaw({
  name: 'arrhenius',
  schema: z.strictObject({
    model: z.literal('arrhenius'),
    activationEnergy: trapDepth,
    attemptFrequency,
    ...cellTraps,
  }),
  compile: ({ activationEnergy, attemptFrequency: frequency }) => ({
    weights: [1],
    validUpTo: undefined,
    ratesAt: (temperature) => [arrheniusRate(frequency, activationEnergy, temperature)],
  }),
});
