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

/** Pulses over the range at the mean step over it, by the trapezium rule on a nominal cell. */
export function pulsesOverRange(curves: Curves, cell: CurveCell): Directions<number> {
  const samples = 4096;
  const mean = (direction: keyof Directions<never>): number => {
    let sum = 0;
    for (let i = 0; i < samples; i++) sum += curveStep(curves, cell, (i + 0.5) / samples, direction);
    return Math.abs(sum / samples);
  };
  return { up: 1 / mean('up'), down: 1 / mean('down') };
}
