import { distance, meanNoise, type Distance, type Weighing } from './distance.js';
import type { Family, FamilyName } from './family.js';
import { predict } from './predict.js';
import { type Branch, type Ramp, type RampSet } from './ramps.js';
import { families, pulseFolds, solve } from './solve.js';
import { curvesOf, type Frame } from './frame.js';
import { predictRamps, solveRamps, type RampSolution } from './solve-ramps.js';
import type { Work } from './work.js';
import { meanOf } from '../../statistics/average.js';

/** How well a family foretells ramps that it was not fitted to. */
export interface Candidate {
  readonly name: FamilyName;
  /** Free parameters of both branches. */
  readonly parameters: number;
  /** Root mean square error over held-out curves, as a fraction of the conductances measured. */
  readonly error: number;
  /**
   * Mean squared error above the least of the families within the limits of the search, and its standard error over the
   * folds; by the noise of the ramps where there is any, see `innovations` of distance.ts.
   */
  readonly excess: number;
  readonly excessError: number;
  /** Parameters at the limit of the search: such a fit describes another device than the one measured. */
  readonly limits: readonly string[];
}

const mostFolds = 10;

/** Whether a branch has no ramp that another could foretell. */
export function isSingle({ ltp, ltd }: RampSet): boolean {
  return Math.min(ltp.length, ltd.length) < 2;
}

/** A family's fit to all ramps. */
export interface Solved {
  readonly name: FamilyName;
  /** Parameters at the limit of the search. */
  readonly limits: readonly string[];
  readonly solution: RampSolution;
}

/** Cross-validates families: over ramps, or over pulses where a branch has a single ramp. */
export function* crossValidate(solved: readonly Solved[], ramps: RampSet, frame: Frame): Work<Candidate[]> {
  const single = isSingle(ramps);
  const folds = single ? pulseFolds : Math.min(mostFolds, ramps.ltp.length, ramps.ltd.length);
  const errorOf = single ? heldOutPulses : heldOutRamps;
  const noise = single || frame.stops ? undefined : meanNoise(ramps, frame);
  const errors: Distance[][] = [];
  for (const one of solved) {
    const own: Distance[] = [];
    for (let fold = 0; fold < folds; fold++) {
      yield;
      own.push(errorOf(one, ramps, { ...frame, noise }, { fold, folds }));
    }
    errors.push(own);
  }
  const weighed = errors.map((own) => own.map(({ weighed }) => weighed));
  const sound = weighed.filter((_, i) => solved[i]!.limits.length === 0);
  const best = (sound.length === 0 ? weighed : sound).reduce((a, b) => (meanOf(b) < meanOf(a) ? b : a));
  return solved.map(({ name, limits }, i) => {
    const excess = weighed[i]!.map((error, fold) => error - best[fold]!);
    return {
      ...{ name, limits },
      parameters: families[name].count,
      error: Math.sqrt(meanOf(errors[i]!.map(({ squared }) => squared))),
      excess: meanOf(excess),
      excessError: errorOfMean(excess),
    };
  });
}

/**
 * Standard errors by which a family at the limit of the search must foretell better than all within them: ramps then tell
 * its form, and only leave a parameter of it open. By chance one in 740 is so far off; power laws whose bound ran to its limit were 4
 * to 11 better.
 */
const clearly = 3;

/**
 * Times the least error that one is as good as where a single ramp is foretold from its own pulses: what their noise left in the cell is
 * foretold with them, the better the more parameters there are, so that folds do not tell how
 * sure that is. With it 98 of 100 exponential single ramps of 0.5 % of noise are told as such, with three standard errors 52.
 */
export const ofSingle = 1.5;

/** Difference of two errors, as a fraction of the conductances measured, that tells digits of readings and not devices. */
export const digits = 1e-4;

/**
 * The family of fewest parameters whose excess is within one standard error, and of those the one of least error.
 * Families at the limit of the search come in only where they are {@link clearly} better, or where all are at it.
 * @param single - whether a branch has one ramp, of which pulses were held out
 */
export function choose(candidates: readonly Candidate[], single = false): FamilyName {
  const within = candidates.filter(({ limits }) => limits.length === 0);
  const sound = within.length === 0 ? candidates : within;
  const least = Math.min(...sound.map(({ error }) => error));
  const clear = candidates.filter(
    ({ limits, error, excess, excessError }) =>
      limits.length > 0 && error < least - digits && excess < -clearly * excessError,
  );
  if (within.length > 0 && clear.length > 0) return leastError(clear);
  const near = sound.filter(
    ({ error, excess, excessError }) =>
      error < least + digits || (single ? error <= ofSingle * least : excess <= excessError),
  );
  const simplest = Math.min(...near.map(({ parameters }) => parameters));
  return leastError(near.filter(({ parameters }) => parameters === simplest));
}

function leastError(candidates: readonly Candidate[]): FamilyName {
  return candidates.reduce((a, b) => (b.error < a.error ? b : a)).name;
}

interface Fold {
  readonly fold: number;
  readonly folds: number;
}

/** Fits the other ramps; the mean squared distance to the mean of those held out. */
function heldOutRamps({ name, solution }: Solved, ramps: RampSet, frame: Weighing, fold: Fold): Distance {
  return heldOutError(ramps, frame, fold, (training) => {
    const fitted = solveRamps(families[name], training, frame, frame.stops && solution);
    return predictRamps(families[name], fitted, training, frame);
  });
}

/** Distance of the curves that the other ramps foretell to the mean of those held out, in the fit's unit. */
function heldOutError(
  ramps: RampSet,
  frame: Weighing,
  { fold, folds }: Fold,
  foretell: (training: RampSet) => Record<Branch, Float64Array>,
): Distance {
  const split = (held: boolean): RampSet => {
    const part = (all: readonly Ramp[]): Ramp[] => all.filter((_, i) => (i % folds === fold) === held);
    return { ltp: part(ramps.ltp), ltd: part(ramps.ltd) };
  };
  return distance(curvesOf(split(true), frame), foretell(split(false)), () => true, frame.noise);
}

/**
 * Root mean square error over held-out curves of any way to foretell them, as {@link Candidate.error} is.
 * @returns undefined where a branch has a single ramp
 */
export function foretoldError(
  ramps: RampSet,
  frame: Frame,
  foretell: (training: RampSet) => Record<Branch, Float64Array>,
): number | undefined {
  const count = Math.min(ramps.ltp.length, ramps.ltd.length);
  if (count < 2) return undefined;
  const folds = Math.min(mostFolds, count);
  return Math.sqrt(
    meanOf(Array.from({ length: folds }, (_, fold) => heldOutError(ramps, frame, { fold, folds }, foretell).squared)),
  );
}

function heldOutPulses({ name }: Solved, ramps: RampSet, frame: Frame, { fold, folds }: Fold): Distance {
  const curves = curvesOf(ramps, frame);
  const family: Family = families[name];
  const held = (_: Branch, p: number): boolean => p % folds === fold;
  const { parameters } = solve(family, curves, { counts: (branch, p) => !held(branch, p) });
  return distance(curves, predict(family, curves, parameters), held);
}

function errorOfMean(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
