import { foretoldError } from './cross-validate.js';
import { prepare, siemens, type Prepared } from './estimate.js';
import { meanSteps } from './lookup.js';
import { branches, type Branch, type MeanCurve, type RampSet } from './ramps.js';
import { families } from './solve.js';
import { predictRamps, solveRamps } from './solve-ramps.js';

/** Ramps as a table foretells them, beside the measured ones and an exponential device's. Conductances in siemens. */
export interface LookupCurves {
  readonly curves: Readonly<Record<Branch, MeanCurve>>;
  readonly table: Readonly<Record<Branch, Float64Array>>;
  readonly exponential: Readonly<Record<Branch, Float64Array>>;
  /**
   * Root mean square error over ramps that were held out, as a fraction of the conductances measured; undefined where a
   * branch has a single ramp.
   */
  readonly error: Readonly<Record<'table' | 'exponential', number | undefined>>;
}

/**
 * Walks along the mean steps of tables over bins, and compares with an exponential device by cross-validation.
 * @param conductance - centres of the bins [S]
 */
export function lookupCurves(measured: RampSet, conductance: readonly number[]): LookupCurves {
  const prepared = prepare(measured);
  const { ramps, curves, scale } = prepared;
  const family = families.exponential;
  const whole = solveRamps(family, ramps, prepared);
  const byTable = (training: RampSet) => tableWalk(training, conductance, prepared);
  const byModel = (training: RampSet) =>
    predictRamps(family, solveRamps(family, training, prepared, prepared.stops && whole), training, prepared);
  return {
    curves,
    table: siemens(byTable(ramps), scale),
    exponential: siemens(predictRamps(family, whole, ramps, prepared), scale),
    error: {
      table: foretoldError(ramps, prepared, byTable),
      exponential: foretoldError(ramps, prepared, byModel),
    },
  };
}

/** From the mean start of the ramps, in the unit of the fit. */
function tableWalk(
  ramps: RampSet,
  conductance: readonly number[],
  { pulses, scale: { base, span } }: Prepared,
): Record<Branch, Float64Array> {
  const [ltp, ltd] = branches.map((branch) => {
    const step = meanSteps(ramps[branch], conductance);
    let g = ramps[branch].reduce((sum, { values }) => sum + values[0]!, 0) / ramps[branch].length;
    return Float64Array.from({ length: pulses[branch] + 1 }, (_, p) => {
      if (p > 0) g += step(g);
      return (g - base) / span;
    });
  });
  return { ltp: ltp!, ltd: ltd! };
}
