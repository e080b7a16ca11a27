import { z } from 'zod';

/** Samples trained on, each count above the one before it. */
const sampleCounts = z
  .array(z.int().min(0))
  .min(1)
  .superRefine((counts, context) => {
    counts.forEach((count, i) => {
      const before = counts[i - 1];
      if (before === undefined || count > before) return;
      const message = `expected more than the count before it, ${before}; write the counts in rising order, each once`;
      context.addIssue({ code: 'custom', path: [i], message });
    });
  });

/** What a run keeps for figures, beside its metrics. None of it changes the training. */
export const recordSchema = z.strictObject({
  /** Evaluates after every so many samples since the start, within epochs too; adds to `evaluateAt`. */
  evaluateEvery: z.int().min(1).optional(),
  /** Evaluates at these counts of samples since the start. */
  evaluateAt: sampleCounts.optional(),
  /** Keeps the first layer's weights: `true` before training and at the end; a list, at these counts as well. */
  weightMaps: z
    .union([z.boolean(), sampleCounts])
    .describe('true, false or a list of counts of samples')
    .default(false),
  /** Keeps histograms of the conductances of every layer at every evaluation; of float weights, of the weights. */
  histograms: z.boolean().optional(),
  /** Keeps the ledger of pulses and reads, in joules; on one thread, and never on webgpu. */
  energy: z.boolean().optional(),
  /** Trains the ideal twin as well. */
  idealLine: z.boolean().default(false),
  /** Writes an event file for TensorBoard while it trains; a sweep sets it to false unless it says otherwise itself. */
  tensorboard: z.boolean().default(true),
});

export type RecordConfig = z.output<typeof recordSchema>;

/** A figure as a paper prints it: the digits say how exact it is. */
export interface Printed {
  /** Fraction, 0 to 1. */
  readonly value: number;
  /** `13.4 %` */
  readonly printed: string;
}

const percentageHint = 'expected a percentage as it is printed, such as 91.59 %';

const percentage = z.string({ error: percentageHint }).transform((text, context): Printed => {
  const digits = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)?.[1];
  // Shifted as text: 91.59 / 100 is not the double nearest to 0.9159.
  const value = digits === undefined ? NaN : Number(`${digits}e-2`);
  if (digits !== undefined && value <= 1) return { value, printed: `${digits} %` };
  context.addIssue({ code: 'custom', message: percentageHint });
  return z.NEVER;
});

const paperFigureSchema = z.strictObject({
  /** Paper and figure: `A-6c`. */
  id: z.string().min(1),
  /** What the paper's figure shows. */
  shows: z.string().min(1),
  /** What of it cannot be compared with the run, and why. */
  differs: z.string().min(1),
});

/** What a paper states about an experiment: lines beside a run's own figures. */
export const publishedSchema = z.strictObject({
  accuracy: percentage.optional(),
  /** The paper's ideal case, with float weights. */
  ideal: percentage.optional(),
  /** Before training. */
  untrained: percentage.optional(),
  /** How the printed digits came from the paper's own count, where that can be told. */
  rounding: z.enum(['truncated', 'rounded']).optional(),
  /** Epochs after which the accuracies were reached. */
  epochs: z.int().min(1).optional(),
  source: z.string().min(1),
  /** The paper's figures that a run gives the numbers of. */
  figures: z
    .strictObject({
      accuracyPerEpoch: paperFigureSchema.optional(),
      recognitionVsLearnings: paperFigureSchema.optional(),
      confusion: paperFigureSchema.optional(),
      weightMaps: paperFigureSchema.optional(),
      histograms: paperFigureSchema.optional(),
      retention: paperFigureSchema.optional(),
    })
    .optional(),
});

export type Published = z.output<typeof publishedSchema>;
export type PaperFigure = z.output<typeof paperFigureSchema>;
export type FigureKind = keyof NonNullable<Published['figures']>;
