import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { exponentialFamily } from './exponential-family.js';
import type { Block, Family, FamilyName, UnitCurves } from './family.js';
import { powerFamily } from './power-family.js';
import type { Branch } from './ramps.js';
import { linearFamily, softBoundsFamily } from './symmetric-families.js';

export const families: Readonly<Record<FamilyName, Family>> = {
  linear: linearFamily,
  'soft-bounds': softBoundsFamily,
  exponential: exponentialFamily,
  power: powerFamily,
};

/** Least squares of a family's curves against mean curves. */
export interface Solution {
  readonly parameters: readonly number[];
  /** Sum of squared residuals, each branch weighing the same. */
  readonly error: number;
}

/** Pulses that count, of each branch; all where it is not told. */
export type PulseFilter = (branch: Branch, pulse: number) => boolean;

interface SolveOptions {
  /** Where to begin, instead of the family's own starts. */
  readonly from?: readonly number[];
  readonly counts?: PulseFilter;
  readonly iterations?: number;
}

/**
 * Fits a family by Levenberg–Marquardt from every start, in the unit of the curves.
 * @returns the parameters of the least error
 */
export function solve(family: Family, curves: UnitCurves, options: SolveOptions = {}): Solution {
  let taken = 0;
  const solved = family.blocks(curves).map((block) => {
    const size = block.least.length;
    const starts = options.from ? [options.from.slice(taken, taken + size)] : block.starts;
    taken += size;
    return best(starts.map((start) => solveBlock(block, curves, start, options)));
  });
  return {
    parameters: solved.flatMap(({ parameters }) => parameters),
    error: solved.reduce((sum, { error }) => sum + error, 0),
  };
}

/**
 * The curves of all branches, one after another: the library's x is the place in that row. Weights are folded into the
 * values, since the library's own scale its gradient and its Hessian oppositely (5.1.0).
 */
function solveBlock(block: Block, curves: UnitCurves, start: readonly number[], options: SolveOptions): Solution {
  const counts = options.counts ?? (() => true);
  const weights = new Map(
    block.branches.map((branch) => {
      const even = 1 / Math.sqrt(curves[branch].length);
      return [branch, curves[branch].map((_, p) => (counts(branch, p) ? even : 0))];
    }),
  );
  const row = (of: (branch: Branch) => Float64Array): number[] =>
    block.branches.flatMap((branch) => Array.from(of(branch), (x, p) => x * weights.get(branch)![p]!));
  const y = row((branch) => curves[branch]);
  const evaluate = (parameters: number[]) => {
    const values = row((branch) => block.curve(parameters, branch, curves[branch].length));
    return (i: number) => values[i]!;
  };
  const { parameterValues, parameterError } = levenbergMarquardt({ x: y.map((_, i) => i), y }, evaluate, {
    initialValues: start.map((value, i) => Math.min(block.most[i]!, Math.max(block.least[i]!, value))),
    minValues: block.least,
    maxValues: block.most,
    damping: 1e-3,
    gradientDifference: 1e-6,
    centralDifference: true,
    errorTolerance: 1e-15,
    maxIterations: options.iterations ?? 60,
  });
  return { parameters: parameterValues, error: parameterError };
}

function best(solutions: readonly Solution[]): Solution {
  const usable = solutions.filter(({ parameters }) => parameters.every(Number.isFinite));
  return usable.reduce((a, b) => (b.error < a.error ? b : a));
}
