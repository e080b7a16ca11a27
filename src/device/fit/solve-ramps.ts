import type { Family } from './family.js';
import { curvesOf, type Frame } from './frame.js';
import { predict } from './predict.js';
import { branches, type Branch, type Ramp, type RampSet } from './ramps.js';
import { solve } from './solve.js';
import { stoppedMean } from './stopped-chain.js';
import { solveStopped, type StoppedParameters } from './stopped-steps.js';
import { unitStops } from './stops.js';

/** A family's parameters, with more of cells that were stopped. */
export interface RampSolution {
  readonly parameters: readonly number[];
  readonly sigma?: StoppedParameters['sigma'];
  readonly known?: readonly (number | undefined)[];
  readonly freed?: readonly Branch[];
  readonly resolve?: (ramps: RampSet) => StoppedParameters | undefined;
}

/**
 * Fits a family to ramps: to their mean curves by least squares, or to their steps by likelihood where hard bounds
 * stopped cells.
 * @param near - a fit of the same family to other ramps of the set, to begin with
 */
export function solveRamps(family: Family, ramps: RampSet, frame: Frame, near?: RampSolution): RampSolution {
  const { stops } = frame;
  if (!stops) return solve(family, curvesOf(ramps, frame), near && { from: near.parameters });
  const from = near?.parameters ?? solve(family, curvesOf(ramps, frame)).parameters;
  return solveStopped(family, ramps, { ...frame, stops }, from, near?.known);
}

/** Mean curves of cells that start where the ramps do, in the unit of the fit. */
export function predictRamps(
  family: Family,
  { parameters, sigma }: RampSolution,
  ramps: RampSet,
  frame: Frame,
): Record<Branch, Float64Array> {
  const { stops, pulses, scale } = frame;
  if (!stops || !sigma) return predict(family, curvesOf(ramps, frame), parameters);
  const starts = (of: readonly Ramp[]): number[] => of.map(({ values }) => (values[0]! - scale.base) / scale.span);
  const [ltp, ltd] = branches.map((branch) => {
    const pulse = {
      step: family.step(parameters, branch, pulses[branch]),
      sigma: sigma[branch],
    };
    return stoppedMean(pulse, starts(ramps[branch]), unitStops(stops.mean, scale), pulses[branch] + 1);
  });
  return { ltp: ltp!, ltd: ltd! };
}
