import { curveStep, type CurveCell, type CurveResponse, type Directions } from './response.js';

/** Curves as kernels read them, tabulated from formulae. */

/** Nodes of a curve given by a formula; a straight line between two of them is off by 1/8·curvature/1024². */
const nodes = 1025;

/** Values of functions of the coordinate 0 … 1, one row each: shape [functions, nodes]. */
export function tabulated(functions: readonly ((u: number) => number)[]): { values: Float32Array; bins: number } {
  const values = functions.flatMap((f) => Array.from({ length: nodes }, (_, k) => f(k / (nodes - 1))));
  return { values: Float32Array.from(values), bins: nodes };
}

/** The coordinate 0 … 1 that runs over a cell's own range. */
export function overRange({ low, high }: { low: number; high: number }): Pick<CurveCell, 'origin' | 'rate'> {
  return { origin: -low / (high - low), rate: 1 / (high - low) };
}

type Curves = Pick<CurveResponse, 'curves' | 'bins' | 'shapes'>;

/** Levels g(P) of at most `limit` mean potentiating pulses from the bottom; ends where a pulse adds less than 1e-6. */
export function levelsOfCurve(curves: Curves, cell: CurveCell, limit: number): Float32Array {
  const levels = [0];
  for (let g = 0; levels.length <= limit && g < 1;) {
    const step = curveStep(curves, cell, g, 'up');
    if (step < 1e-6) break;
    g = Math.min(1, g + step);
    levels.push(g);
  }
  return Float32Array.from(levels);
}

/** Pulses over the range at the mean step over it, of a nominal cell. */
export function pulsesOverRange(curves: Curves, cell: CurveCell): Directions<number> {
  const pulses = (direction: keyof Directions<never>): number =>
    pulsesAtMeanStep((g) => curveStep(curves, cell, g, direction));
  return { up: pulses('up'), down: pulses('down') };
}

/**
 * 1/|∫ Δg dg| over the range 0 … 1: the range over the mean step, all conductances alike in weight; by the midpoint rule.
 * @param step - Δg of one pulse at a normalised conductance
 */
export function pulsesAtMeanStep(step: (g: number) => number): number {
  const samples = 4096;
  let sum = 0;
  for (let i = 0; i < samples; i++) sum += step((i + 0.5) / samples);
  return samples / Math.abs(sum);
}
