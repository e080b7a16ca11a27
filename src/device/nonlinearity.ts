import { z } from 'zod';

/**
 * Nonlinearity of an exponential LTP or LTD curve, in the three ways the field writes it:
 * - `label`: NeuroSim's NL, the largest distance of the normalised curve from the diagonal over 0.07, 0.01 … 9;
 * - `a`: NeuroSim's A over Pmax;
 * - `alpha`: CrossSim's α = Pmax/A = 1/a; 0 is linear.
 *
 * The sign is NeuroSim's: positive bends like an LTP curve that saturates at the top, and an LTD branch that retraces
 * it; a negative LTD takes large first steps down from the top and saturates at the bottom.
 */
export const nonlinearitySchema = z.union(
  [
    z.strictObject({ label: z.number().min(-9).max(9) }),
    z.strictObject({ a: z.number().refine((a) => Math.abs(a) >= 0.05, 'must be 0.05 or more in size') }),
    z.strictObject({ alpha: z.number().min(-20).max(20) }),
  ],
  { error: 'expected one of { label: NL }, { a: A/Pmax } or { alpha: Pmax/A }' },
);

export type Nonlinearity = z.output<typeof nonlinearitySchema>;

/** α = Pmax/A of any of the three notations. */
export function alphaOf(nonlinearity: Nonlinearity): number {
  if ('alpha' in nonlinearity) return nonlinearity.alpha;
  if ('a' in nonlinearity) return 1 / nonlinearity.a;
  return alphaOfLabel(nonlinearity.label);
}

/**
 * NeuroSim's label of a curve: NL = [b − a − a·ln(b/a)]/(0.07·√2) with b = 1/(1 − e^{−1/a}), a = 1/α.
 * Odd in α; written in α with its series near 0, where the closed form cancels.
 */
export function labelOfAlpha(alpha: number): number {
  const size = Math.abs(alpha);
  // NL → α/8/(0.07·√2) as α → 0: the curve is then a parabola of height α/8.
  if (size < 1e-4) return alpha / (8 * 0.07 * Math.SQRT2);
  const a = 1 / size;
  const b = 1 / -Math.expm1(-size);
  return (Math.sign(alpha) * (b - a - a * Math.log(b / a))) / (0.07 * Math.SQRT2);
}

/** Inverse of {@link labelOfAlpha} by bisection; the label is monotone in α. */
export function alphaOfLabel(label: number): number {
  let low = 0;
  let high = 64;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (labelOfAlpha(middle) < Math.abs(label)) low = middle;
    else high = middle;
  }
  return (Math.sign(label) * (low + high)) / 2;
}

const tableNodes = 4096;
let alphaTable: Float64Array | undefined;

/**
 * {@link alphaOfLabel} by linear interpolation, to 1e-5 of its value: device-to-device draws ask for one per cell, and
 * bisection would take seconds for a layer of MNIST's size.
 */
export function tabulatedAlphaOfLabel(label: number): number {
  alphaTable ??= Float64Array.from({ length: tableNodes + 1 }, (_, k) => alphaOfLabel((9 * k) / tableNodes));
  const place = (Math.min(Math.abs(label), 9) / 9) * tableNodes;
  const k = Math.min(Math.floor(place), tableNodes - 1);
  return Math.sign(label) * (alphaTable[k]! + (place - k) * (alphaTable[k + 1]! - alphaTable[k]!));
}
