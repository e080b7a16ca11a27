import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import { exponentialFamily } from './exponential-family.js';
import type { Block, Family, FamilyName, UnitCurves } from './family.js';
import { powerFamily } from './power-family.js';
import type { Branch } from './ramps.js';
import { linearFamily, softBoundsFamily } from './symmetric-families.js';

/** Parts of a curve that are foretold from the others, where there is one ramp. */
export const pulseFolds = 5;

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
  /** Whether no device need follow: the ends of the search are those of {@link Block.free}. */
  readonly free?: boolean;
}

/**
 * Fits a family by Levenberg–Marquardt from every start, in the unit of the curves.
 * @returns the parameters of the least error
 */
export function solve(family: Family, curves: UnitCurves, options: SolveOptions = {}): Solution {
  let taken = 0;
  const solved = family.blocks(curves).map((block) => {
    const size = block.least.length;
    const from = options.from?.slice(taken, taken + size);
    taken += size;
    if (from) return solveBlock(block, curves, from, options);
    // A few steps tell which start leads furthest down; the library knows no end but a number of steps.
    const tried = best(block.starts.map((start) => solveBlock(block, curves, start, { ...options, iterations: 20 })));
    return best([tried, solveBlock(block, curves, tried.parameters, options)]);
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
  const points = block.branches.map((branch) => pointsOf(branch, curves[branch].length, options.counts));
  const row = (curveOf: (branch: Branch, stride: number) => Float64Array, every: (stride: number) => number) =>
    picked(
      block.branches.map((branch, b) => curveOf(branch, points[b]!.stride)),
      points,
      every,
    );
  const y = row(
    (branch) => curves[branch],
    (stride) => stride,
  );
  const ends = options.free ? (block.free ?? block) : block;
  const bounds = ends.least.map((least, i) => ({ least, most: ends.most[i]! }));
  const evaluate = (angles: number[]) => {
    const parameters = angles.map((angle, i) => inside(angle, bounds[i]!));
    const values = row(
      (branch, stride) => block.curve(parameters, branch, curves[branch].length, stride),
      () => 1,
    );
    return (i: number) => values[i]!;
  };
  const { parameterValues, parameterError } = levenbergMarquardt({ x: Array.from(y.keys()), y }, evaluate, {
    initialValues: start.map((value, i) => angleOf(value, bounds[i]!)),
    damping: 1e-3,
    gradientDifference: 1e-7,
    errorTolerance: 1e-15,
    maxIterations: options.iterations ?? 150,
  });
  return { parameters: parameterValues.map((angle, i) => inside(angle, bounds[i]!)), error: parameterError };
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * The search runs over angles, least + (most − least)·(1 + sin q)/2. The library clips a step at a bound, after which
 * its remaining parameters no longer move; a sine has no bound to clip at.
 */
export function inside(angle: number, { least, most }: Bounds): number {
  return least + ((most - least) * (1 + Math.sin(angle))) / 2;
}

/** The angle of a value, a little off a bound, where the sine is level and a search would stay. */
export function angleOf(value: number, { least, most }: Bounds): number {
  const sine = (2 * (value - least)) / (most - least) - 1;
  return Math.asin(Math.min(0.9999, Math.max(-0.9999, sine)));
}

/**
 * Names of the parameters that lie where the search ends, so that their intervals say nothing; not of those that lie where
 * measurements end it.
 */
export function atLimits(family: Family, curves: UnitCurves, parameters: readonly number[]): string[] {
  const blocks = family.blocks(curves);
  const limits = blocks.flatMap(({ names, least, most, measured = {} }) =>
    names.map((name, i) => ({ name, least: least[i]!, most: most[i]!, measured: measured[name] })),
  );
  return limits.flatMap(({ name, least, most, measured }, i) => {
    const place = (parameters[i]! - least) / (most - least);
    const end = place < 0.002 ? 'least' : place > 0.998 ? 'most' : undefined;
    return end === undefined || end === measured ? [] : [name];
  });
}

/** Points of a curve that are compared: those between them say nothing new of a few parameters. */
const mostPoints = 2000;

/** Prime to the folds of held-out pulses. */
function strideOf(count: number): number {
  const stride = Math.ceil(count / mostPoints);
  return stride % pulseFolds === 0 ? stride + 1 : stride;
}

/** Points of one branch that count, among every stride-th pulse, and the root of the weight of each. */
interface Points {
  readonly stride: number;
  readonly places: readonly number[];
  readonly weight: number;
}

/** Each branch weighs the same, whatever its number of pulses. */
function pointsOf(branch: Branch, count: number, counts: PulseFilter = () => true): Points {
  const stride = strideOf(count);
  const all = Array.from({ length: Math.ceil(count / stride) }, (_, i) => i);
  return { stride, places: all.filter((i) => counts(branch, i * stride)), weight: 1 / Math.sqrt(all.length) };
}

/** @param every - places of a curve from one point to the next */
function picked(
  curves: readonly Float64Array[],
  points: readonly Points[],
  every: (stride: number) => number,
): Float64Array {
  const row = new Float64Array(points.reduce((sum, { places }) => sum + places.length, 0));
  let at = 0;
  for (const [b, curve] of curves.entries()) {
    const { places, weight, stride } = points[b]!;
    for (const i of places) row[at++] = curve[i * every(stride)]! * weight;
  }
  return row;
}

function best(solutions: readonly Solution[]): Solution {
  const usable = solutions.filter(({ parameters }) => parameters.every(Number.isFinite));
  return usable.reduce((a, b) => (b.error < a.error ? b : a));
}
