import { z } from 'zod';
import { positiveQuantity } from '../device/quantity.js';

/** The temperature that the cells have, and for how long: what drift goes by. */
const staySchema = z.strictObject({ temperature: positiveQuantity('temperature'), time: positiveQuantity('time') });

export const conditionsSchema = z.strictObject({
  /** While training; without it only holds drift. */
  temperature: positiveQuantity('temperature').optional(),
  /** Time from one training sample to the next. */
  sampleTime: positiveQuantity('time').optional(),
  /** Drift acts whenever so many samples have been trained since the start of the run. */
  driftEvery: z.int().min(1).max(1_000_000_000).default(1000),
  /** Phases after training, one after the other; the accuracy is taken after each. */
  hold: z.array(staySchema).max(1000).default([]),
});

export type ConditionsConfig = z.output<typeof conditionsSchema>;
