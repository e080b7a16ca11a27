import type { Family, FamilyName, UnitCurves } from './family.js';
import { predict } from './predict.js';
import { branches, type Branch, type Ramp, type RampSet } from './ramps.js';
import { families, solve } from './solve.js';
import { curvesOf, type Frame } from './frame.js';
import { predictRamps, solveRamps, type RampSolution } from './solve-ramps.js';
import type { Work } from './work.js';

/** How well a family foretells ramps that it was not fitted to. */
export interface Candidate {
  readonly name: FamilyName;
  /** Free parameters of both branches. */
  readonly parameters: number;
  /** Root mean square error over held-out curves, as a fraction of the conductances measured. */
  readonly error: number;
  /** Mean squared error above the least of all families, and its standard error over the folds. */
  readonly excess: number;
  readonly excessError: number;
}

const mostFolds = 10;
const pulseFolds = 5;

/** A family's fit to all ramps. */
export interface Solved {
  readonly name: FamilyName;
  readonly solution: RampSolution;
}

/** Cross-validates families: over ramps, or over pulses where a branch has a single ramp. */
export function* crossValidate(solved: readonly Solved[], ramps: RampSet, frame: Frame): Work<Candidate[]> {
  const count = Math.min(ramps.ltp.length, ramps.ltd.length);
  const folds = count < 2 ? pulseFolds : Math.min(mostFolds, count);
  const errorOf = count < 2 ? heldOutPulses : heldOutRamps;
  const errors: number[][] = [];
  for (const one of solved) {
    const own: number[] = [];
    for (let fold = 0; fold < folds; fold++) {
      yield;
      own.push(errorOf(one, ramps, frame, { fold, folds }));
    }
    errors.push(own);
  }
  const best = errors.reduce((a, b) => (meanOf(b) < meanOf(a) ? b : a));
  return solved.map(({ name }, i) => {
    const excess = errors[i]!.map((error, fold) => error - best[fold]!);
    return {
      name,
      parameters: families[name].count,
      error: Math.sqrt(meanOf(errors[i]!)),
      excess: meanOf(excess),
      excessError: errorOfMean(excess),
    };
  });
}

/** The family of fewest parameters whose excess is within one standard error, and of those the one of least error. */
export function choose(candidates: readonly Candidate[]): FamilyName {
  const near = candidates.filter(({ excess, excessError }) => excess <= excessError);
  const simplest = Math.min(...near.map(({ parameters }) => parameters));
  const among = near.filter(({ parameters }) => parameters === simplest);
  return among.reduce((a, b) => (b.error < a.error ? b : a)).name;
}

interface Fold {
  readonly fold: number;
  readonly folds: number;
}

/** Fits the other ramps; the mean squared distance to the mean of those held out. */
function heldOutRamps({ name, solution }: Solved, ramps: RampSet, frame: Frame, { fold, folds }: Fold): number {
  const split = (held: boolean): RampSet => {
    const part = (all: readonly Ramp[]): Ramp[] => all.filter((_, i) => (i % folds === fold) === held);
    return { ltp: part(ramps.ltp), ltd: part(ramps.ltd) };
  };
  const [training, test] = [split(false), split(true)];
  const fitted = solveRamps(families[name], training, frame, frame.stops && solution);
  const predicted = predictRamps(families[name], fitted, training, frame);
  return squaredDistance(curvesOf(test, frame), predicted, () => true);
}

function heldOutPulses({ name }: Solved, ramps: RampSet, frame: Frame, { fold, folds }: Fold): number {
  const curves = curvesOf(ramps, frame);
  const family: Family = families[name];
  const held = (_: Branch, p: number): boolean => p % folds === fold;
  const { parameters } = solve(family, curves, { counts: (branch, p) => !held(branch, p) });
  return squaredDistance(curves, predict(family, curves, parameters), held);
}

function squaredDistance(
  measured: UnitCurves,
  predicted: Record<Branch, Float64Array>,
  counts: (branch: Branch, p: number) => boolean,
): number {
  const each = branches.map((branch) => {
    const squares = Array.from(measured[branch], (x, p) => [p, (x - predicted[branch][p]!) ** 2] as const);
    return meanOf(
      squares.filter(([p, square]) => counts(branch, p) && !Number.isNaN(square)).map(([, square]) => square),
    );
  });
  return meanOf(each);
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function errorOfMean(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
