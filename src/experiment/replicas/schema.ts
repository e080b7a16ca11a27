import { z } from 'zod';
import { seedSchema } from '../seed.js';

/** Runs of one experiment at once. */
export const most = 4096;

const count = z.int().min(1).max(most);

const seeds = z
  .union([count, z.array(seedSchema).min(1).max(most)])
  .describe(`a number of seeds, 1 to ${most}, or a list of them`);

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The same experiment several times at once: over seeds, over values, or every value with every seed. */
export const replicasSchema = z
  .union([
    count,
    z.strictObject({
      /** How many, from the experiment's own seed upwards, or which. */
      seeds: seeds.default(1),
      /** Path of a value → the values that it takes, every one with every one of the others. */
      vary: z.record(z.string(), z.array(scalar).min(1).max(most)).default({}),
    }),
  ])
  .describe(`a number of replicas, 1 to ${most}, or seeds and vary`);

export type ReplicasConfig = z.output<typeof replicasSchema>;
