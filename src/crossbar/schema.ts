import { z } from 'zod';

/** A linear quantiser with sign: levels of max/(2^bits − 1), clipped to ±max. */
export const converterSchema = z.strictObject({
  bits: z.int().min(1).max(16),
  max: z.number().positive(),
});

export type Converter = z.output<typeof converterSchema>;

/**
 * The converters around one crossbar. `forward…` act in the read of the inputs, `backward…` in the transposed read of
 * the errors, `update…` on the two vectors whose outer product is written.
 */
export const convertersSchema = z.strictObject({
  forwardInput: converterSchema.optional(),
  forwardOutput: converterSchema.optional(),
  backwardInput: converterSchema.optional(),
  backwardOutput: converterSchema.optional(),
  updateInput: converterSchema.optional(),
  updateError: converterSchema.optional(),
});

export type Converters = z.output<typeof convertersSchema>;

/** Weight ↔ conductance. */
export const codings = ['differential-pair', 'one-sided-pair', 'offset'] as const;
export type Coding = (typeof codings)[number];

/** How a real-valued request of pulses becomes what the cell is given. */
export const pulsePolicies = ['stochastic', 'fractional', 'round'] as const;
export type PulsePolicy = (typeof pulsePolicies)[number];

/** When conductances snap to the levels of the LTP curve. */
export const quantizeModes = ['none', 'initial', 'every-write'] as const;

const fraction = z.number().min(0).max(1);

export const crossbarSchema = z
  .strictObject({
    coding: z.enum(codings).default('differential-pair'),
    /** The part of the conductance range that ±weightLimit maps to, as fractions of gMax − gMin. */
    window: z
      .tuple([fraction, fraction])
      .refine(([low, high]) => low < high, 'must be [low, high] with low < high')
      .default([0.25, 0.75]),
    pulsePolicy: z.enum(pulsePolicies).default('stochastic'),
    quantize: z.enum(quantizeModes).default('none'),
    /** One-sided pairs: the part of a cell's own range at which its pair is erased and written anew. */
    refreshAt: fraction.default(0.95),
    converters: z.union([z.literal('none'), convertersSchema]).default('none'),
  })
  .superRefine(({ coding, window, refreshAt }, context) => {
    if (coding !== 'one-sided-pair' || refreshAt > window[0]) return;
    const message = `must lie above the erased state, the window's low end ${window[0]}, or every pulse refreshes`;
    context.addIssue({ code: 'custom', path: ['refreshAt'], message });
  });

export type CrossbarConfig = z.output<typeof crossbarSchema>;
