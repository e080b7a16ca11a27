import { z } from 'zod';
import { activations, losses } from '../../kernels/arithmetic.js';

export const layerSchema = z.strictObject({
  units: z.int().min(1).max(65_536),
  activation: z.enum(activations).default('sigmoid'),
  /** |w| at the edge of the crossbar's window. Required unless the device is ideal. */
  weightLimit: z.number().positive().optional(),
  /** Instead of `training.learningRate`. */
  learningRate: z.number().positive().optional(),
});

/** Multiplies the width of the draw U(±4·√(6/(n_in + n_out))). */
const scale = z.number().positive().default(1);

export const initSchema = z.discriminatedUnion('generator', [
  /** From the run's seed. */
  z.strictObject({ generator: z.literal('uniform'), scale }),
  /** numpy's MT19937, layer after layer as (out, in) matrices: repeats the initial weights of numpy programs. */
  z.strictObject({ generator: z.literal('numpy-mt19937'), seed: z.int().min(0).max(4_294_967_295), scale }),
  z.strictObject({ generator: z.literal('zeros') }),
  /** From the run's seed: `count` equally likely weights, equally spaced from −max to max. */
  z.strictObject({
    generator: z.literal('levels'),
    count: z.int().min(2).max(65_536),
    max: z.number().positive(),
  }),
]);

export type InitConfig = z.output<typeof initSchema>;

export const networkSchema = z.strictObject({
  /** A row of weights whose input is 1, in every layer. */
  bias: z.boolean().default(false),
  layers: z.array(layerSchema).min(1).max(16),
  init: initSchema.default({ generator: 'uniform', scale: 1 }),
});

export type NetworkConfig = z.output<typeof networkSchema>;

export const trainingSchema = z.strictObject({
  loss: z.enum(losses).default('squared-error'),
  learningRate: z.number().positive(),
  epochs: z.int().min(1).max(1_000_000),
  /** file: as the data set has them; shuffle: a new keyed permutation every epoch; random: drawn with replacement. */
  order: z.enum(['file', 'shuffle', 'random']).default('file'),
  /** Images of an epoch where they are drawn at random; as many as there are unless told. */
  samplesPerEpoch: z.int().min(1).max(1_000_000_000).optional(),
  /** Whether a layer's error is passed back through its weights after their update (CrossSim's order) or before. */
  errorPath: z.enum(['after-update', 'before-update']).default('after-update'),
});

export type TrainingConfig = z.output<typeof trainingSchema>;

/** standardize: (x − mean)/(2·sd), one mean and sd over the whole training matrix; unit: x/maxCode. */
export const inputScalings = ['standardize', 'unit'] as const;

const pixels = z.int().min(1).max(65_536);

export const inputSchema = z.strictObject({
  inputs: z.enum(inputScalings).default('standardize'),
  /** Keeps the middle of every image, height × width in pixels. */
  crop: z.tuple([pixels, pixels]).optional(),
  /** Turns codes into two: from this fraction of the largest code on into the largest, below into 0. */
  binarize: z.number().gt(0).max(1).optional(),
  /** Trains on a keyed random choice of this many images. */
  trainSubset: z.strictObject({ count: z.int().min(1) }).optional(),
});

export type InputConfig = z.output<typeof inputSchema>;
