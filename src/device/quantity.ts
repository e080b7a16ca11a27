import { z } from 'zod';
import { MhoError } from '../errors.js';
import { parseQuantity, quantityHint, type Dimension } from '../units.js';

/** A quantity with its unit, as `"50 uS"`; SI inside. */
export function quantity(dimension: Dimension): z.ZodType<number, string> {
  return z
    .string({ error: `expected a number with a unit of ${dimension}; ${quantityHint(dimension)}` })
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
