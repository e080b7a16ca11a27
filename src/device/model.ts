import { z } from 'zod';
import { parseQuantity, type Dimension } from '../units.js';
import { MhoError } from '../errors.js';
import type { Response } from './response.js';

/** What the crossbar tells a device model when it compiles it. */
export interface CompileOptions {
  /** The part of the normalised range that weights use; a measured table's mean step is taken over it. */
  readonly window: readonly [low: number, high: number];
}

/**
 * One device model: pure physics of a cell behind a config schema. Inside, conductance is normalised:
 * g = (G − gMin)/(gMax − gMin).
 */
export interface DeviceModel<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** One line for `mho device list` and the help. */
  readonly summary: string;
  readonly schema: Schema;
  compile(config: z.output<Schema>, options: CompileOptions): Response;
}

/** Ties a model's schema to its compile function, so that each file gets its own config type. */
export function defineModel<Schema extends z.ZodObject>(model: DeviceModel<Schema>): DeviceModel<Schema> {
  return model;
}

/** A quantity with its unit, as `"50 uS"`; SI inside. */
export function quantity(dimension: Dimension): z.ZodType<number, string> {
  return z
    .string({ error: `expected a quantity with a unit of ${dimension}, such as "50 uS" or "1 ms"` })
    .transform((text, context) => {
      try {
        return parseQuantity(text, dimension);
      } catch (error) {
        if (!(error instanceof MhoError)) throw error;
        const remedy = error.parts.remedy === undefined ? '' : `; ${error.parts.remedy}`;
        context.addIssue({ code: 'custom', message: error.parts.what + remedy });
        return z.NEVER;
      }
    });
}

export const positiveQuantity = (dimension: Dimension): z.ZodType<number, string> =>
  quantity(dimension).refine((value) => value > 0, 'must be above zero');

/** A fraction of the range gMax − gMin, 0 … 1. */
export const fractionOfRange = z.number().min(0).max(1);

/** Where a parameter comes from. `defined` is a choice of ours that no source could state. */
export const originText = z
  .string()
  .regex(
    /^(paper|measured|fitted|inferred|defined): \S/,
    'must start with "paper: ", "measured: ", "fitted: ", "inferred: " or "defined: "',
  );

/** Keys that every device file may have beside its model's parameters. */
export const documentation = {
  name: z.string().min(1).optional(),
  description: z.string().optional(),
  source: z.string().optional(),
  origin: z.record(z.string(), originText).optional(),
};

/** Keys of every model with real cells. */
export const cellRange = {
  gMin: positiveQuantity('conductance'),
  gMax: positiveQuantity('conductance'),
};

/** Noise that every model with closed-form steps shares. */
export const cellNoise = {
  /** σ of one pulse as a fraction of gMax − gMin; n pulses give σ·√n. */
  cycleToCycle: fractionOfRange.default(0),
  /** σ of a read relative to the cell's conductance. */
  readNoise: z.number().min(0).max(1).default(0),
};

export const pulseCount = z.int().min(1).max(65_536);
