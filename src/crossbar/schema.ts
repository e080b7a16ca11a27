import { z } from 'zod';
import { positiveQuantity } from '../device/quantity.js';

/** A linear quantiser with sign: levels of max/(2^bits − 1), clipped to ±max. */
export const converterSchema = z.strictObject({
  bits: z.int().min(1).max(16),
  max: z.number().positive(),
});

export type Converter = z.output<typeof converterSchema>;

/** One bit without sign: 1 from the threshold on, else 0. Above 0, so that no input stays no input. */
export const thresholdSchema = z.strictObject({ threshold: z.number().positive() });

export type Threshold = z.output<typeof thresholdSchema>;

/** A converter of sums; `full-scale` is the largest sum of inputs within ±1: lines summed × weightLimit. */
const sumConverterSchema = converterSchema.extend({
  max: z.union([z.number().positive(), z.literal('full-scale')]),
});

const inputConverterSchema = z.union([converterSchema, thresholdSchema]);

/**
 * The converters around one crossbar. `forward…` act in the read of the inputs, `backward…` in the transposed read of
 * the errors, `update…` on the two vectors whose outer product is written.
 */
export const convertersSchema = z.strictObject({
  forwardInput: inputConverterSchema.optional(),
  forwardOutput: sumConverterSchema.optional(),
  backwardInput: converterSchema.optional(),
  backwardOutput: sumConverterSchema.optional(),
  updateInput: inputConverterSchema.optional(),
  updateError: converterSchema.optional(),
});

export type ConvertersConfig = z.output<typeof convertersSchema>;

/** The converters of one crossbar, their ranges in numbers. */
export type Converters = {
  readonly [K in keyof ConvertersConfig]: Exclude<ConvertersConfig[K], SumConverter> | Converter;
};

type SumConverter = z.output<typeof sumConverterSchema>;

/** Weight ↔ conductance. */
export const codings = ['differential-pair', 'one-sided-pair', 'offset'] as const;
export type Coding = (typeof codings)[number];

/** How a real-valued request of pulses becomes what the cell is given. */
export const pulsePolicies = ['stochastic', 'fractional', 'round'] as const;
export type PulsePolicy = (typeof pulsePolicies)[number];

/** When conductances snap to the levels of the LTP curve. */
export const quantizeModes = ['none', 'initial', 'every-write'] as const;

/** What the conductances of initial weights are counted from. */
export const initialWrites = ['exact', 'without-gmin'] as const;

/** The current that the read of offset coding subtracts. */
export const references = ['mid-range', 'half-of-maximum'] as const;
export type Reference = (typeof references)[number];

/**
 * What one cell a weight is read against. mid-range: the middle of the window is read as 0 and its ends as
 * ±weightLimit. half-of-maximum: half of the current at the window's upper end is read as 0, so that −weightLimit is no
 * current at all, which a cell of finite on/off ratio never comes to.
 */
export const referenceSchema = z.strictObject({
  forward: z.enum(references).default('mid-range'),
  /** In the transposed read of the errors; as forward unless told. */
  backward: z.enum(references).optional(),
  /** same: the window's ends are what a read sees behind the cells' access resistance. none: what they conduct alone. */
  accessResistance: z.enum(['same', 'none']).default('same'),
});

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
    /**
     * exact (also where nothing is written): initial weights are what was asked. without-gmin: NeuroSim's habit of leaving gMin out when it first turns
     * weights into conductances, so that every cell starts too low by gMin, clipped to the range.
     */
    initialWrite: z.enum(initialWrites).optional(),
    /** Offset coding: what cells are read against; the middle of the window unless told. */
    reference: referenceSchema.optional(),
    /** One-sided pairs: the part of a cell's own range at which its pair is erased and written anew. */
    refreshAt: fraction.default(0.95),
    /**
     * The resistance in series with every cell, of its access transistor: a read then sees G/(1 + R·G), and the ends of
     * the range stay the ends. Or its part of the resistance of a cell that is on, 1/gMax, as a designer sizes the
     * transistor to its cell. None unless told.
     */
    accessResistance: z
      .union([z.literal('none'), positiveQuantity('resistance'), z.strictObject({ ofOn: z.number().positive() })], {
        error: 'expected none, a resistance above zero with its unit, such as 15 kohm, or { ofOn: 0.1 }',
      })
      .optional(),
    converters: z.union([z.literal('none'), convertersSchema]).default('none'),
  })
  .superRefine(({ coding, reference }, context) => {
    if (reference === undefined || coding === 'offset') return;
    const message = `has no place in ${coding}, whose two cells are read against each other; leave it out, or set crossbar.coding to offset`;
    context.addIssue({ code: 'custom', path: ['reference'], message });
  })
  .superRefine(({ coding, window, refreshAt }, context) => {
    if (coding !== 'one-sided-pair' || refreshAt > window[0]) return;
    const message = `must lie above the erased state, the window's low end ${window[0]}, or every pulse refreshes`;
    context.addIssue({ code: 'custom', path: ['refreshAt'], message });
  });

export type CrossbarConfig = z.output<typeof crossbarSchema>;
