import { z } from 'zod';
import { activations, losses } from '../../kernels/arithmetic.js';

export const layerSchema = z.strictObject({
  units: z.int().min(1).max(65_536),
  activation: z.enum(activations).default('sigmoid'),
  /** |w| at the edge of the crossbar's window. Required unless the device is ideal. */
  weightLimit: z.number().positive().optional(),
});

export const networkSchema = z.strictObject({
  /** A row of weights whose input is 1, in every layer. */
  bias: z.boolean().default(false),
  layers: z.array(layerSchema).min(1).max(16),
  init: z
    .strictObject({
      /** uniform: U(±4·√(6/(n_in + n_out))), from the run's seed. zeros: all weights 0. */
      generator: z.enum(['uniform', 'zeros']).default('uniform'),
      /** Multiplies the width of the uniform draw. */
      scale: z.number().positive().default(1),
    })
    .default({ generator: 'uniform', scale: 1 }),
});

export type NetworkConfig = z.output<typeof networkSchema>;

export const trainingSchema = z.strictObject({
  loss: z.enum(losses).default('squared-error'),
  learningRate: z.number().positive(),
  epochs: z.int().min(1).max(1_000_000),
  /** file: as the data set has them; shuffle: a new keyed permutation every epoch. */
  order: z.enum(['file', 'shuffle']).default('file'),
  /** Whether a layer's error is passed back through its weights after their update (CrossSim's order) or before. */
  errorPath: z.enum(['after-update', 'before-update']).default('after-update'),
});

export type TrainingConfig = z.output<typeof trainingSchema>;

/** standardize: (x − mean)/(2·sd), one mean and sd over the whole training matrix; unit: x/maxCode. */
export const inputScalings = ['standardize', 'unit'] as const;

export const inputSchema = z.strictObject({
  inputs: z.enum(inputScalings).default('standardize'),
  /** Trains on a keyed random choice of this many images. */
  trainSubset: z.strictObject({ count: z.int().min(1) }).optional(),
});

export type InputConfig = z.output<typeof inputSchema>;
