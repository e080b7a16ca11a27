import { z } from 'zod';
import { positiveQuantity } from '../quantity.js';

/** The pulse that steps are stated for. */
export const referenceSchema = z.strictObject({
  amplitude: positiveQuantity('voltage'),
  width: positiveQuantity('time'),
});

export type ReferencePulse = z.output<typeof referenceSchema>;

/** How strongly a pulse acts: step·(V/V_ref)^m·(w/w_ref)^n. */
export const driveKeys = {
  /** Of the reference pulse. */
  step: z.number().min(0).max(10),
  voltageExponent: z.number().min(0).max(20),
  widthExponent: z.number().min(0).max(5),
};

export const driveSchema = z.strictObject(driveKeys);

export type Drive = z.output<typeof driveSchema>;

/**
 * @param amplitude - of either sign [V]
 * @param width - [s]
 */
export function driveOf(
  { step, voltageExponent, widthExponent }: Drive,
  { amplitude: reference, width: referenceWidth }: ReferencePulse,
  amplitude: number,
  width: number,
): number {
  if (amplitude === 0) return 0;
  return step * (Math.abs(amplitude) / reference) ** voltageExponent * (width / referenceWidth) ** widthExponent;
}
