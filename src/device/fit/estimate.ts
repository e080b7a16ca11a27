import { deviceToDevice, type DeviceSpread } from './device-spread.js';
import { bootstrap, devicesOf, type Estimate, type Resampled } from './bootstrap.js';
import { choose, crossValidate, isSingle, type Candidate, type Solved } from './cross-validate.js';
import { familyNames, type FamilyName, type RangeRule, type UnitCurves } from './family.js';
import type { DeviceValues, FitOptions } from './types.js';
import type { BranchNoise } from './noise.js';
import { hiddenBounds, type HiddenBound } from './hidden-bounds.js';
import { quantities, stepIn, type Fitted } from './quantities.js';
import { branches, commonPulses, meanCurve, type Branch, type MeanCurve, type RampSet } from './ramps.js';
import { scaleOf, unitCurves, type Scale } from './scale.js';
import { atLimits, families } from './solve.js';
import { predictRamps, solveRamps, type RampSolution } from './solve-ramps.js';
import { aligned, stoppedShare, stopSet } from './stops.js';
import { finish, type Work } from './work.js';
import { UsageError } from '../../errors.js';
import { formatQuantity } from '../../units.js';

/** A device fitted to measured ramps. Conductances in siemens. */
export interface RampFit {
  readonly model: FamilyName;
  /** Every family that was tried, in the order of {@link familyNames}. */
  readonly candidates: readonly Candidate[];
  readonly curves: Readonly<Record<Branch, MeanCurve>>;
  /** The chosen family's curves [S] at the pulses of `curves`. */
  readonly fitted: Readonly<Record<Branch, Float64Array>>;
  /** The other families' curves [S]. */
  readonly others: readonly { readonly name: FamilyName; readonly fitted: Readonly<Record<Branch, Float64Array>> }[];
  /** Root mean square of mean curve less fitted curve, as a fraction of the device's range. */
  readonly misfit: Readonly<Record<Branch, number>>;
  /** Every parameter by name, as `ltp.alpha`, with its interval. */
  readonly estimates: Readonly<Record<string, Estimate>>;
  readonly device: DeviceValues;
  readonly noise: Readonly<Record<Branch, BranchNoise>>;
  /** Absent where one device was measured. */
  readonly spread: DeviceSpread | undefined;
  readonly devices: number;
  /** Parameters that lie where the search ends: the model wants more than is allowed. */
  readonly limits: readonly string[];
  /** Where cells were stopped at hard bounds [S], and the part of the readings that stand there; absent where nowhere. */
  readonly stopped: Stopped | undefined;
  /** Ends at which cells may be stopped unseen: intervals of gMin and gMax hold there if nothing does. */
  readonly hidden: readonly HiddenBound[];
  readonly options: FitOptions;
}

export interface Stopped {
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly share: Readonly<Record<Branch, number>>;
  /** Branches that are told to stay at a bound, or never to reach it, in the pulses of their ramps. */
  readonly freed: readonly Branch[];
}

/** One family's fit, without the others. */
export interface ModelFit extends Fitted {
  readonly estimates: Readonly<Record<string, Estimate>>;
}

/** Mean curves, their unit and their pulses: what every family is fitted to. */
export interface Prepared extends Omit<Resampled, 'options'> {
  readonly curves: Readonly<Record<Branch, MeanCurve>>;
  readonly unit: UnitCurves;
}

export function prepare(measured: RampSet): Prepared {
  const found = stopSet(measured);
  const { ramps, stops } = found ? aligned(measured, found) : { ramps: measured, stops: undefined };
  const pulses = { ltp: commonPulses(ramps.ltp), ltd: commonPulses(ramps.ltd) };
  const curves = { ltp: meanCurve(ramps.ltp, pulses.ltp), ltd: meanCurve(ramps.ltd, pulses.ltd) };
  const scale = scaleOf(curves);
  return { ramps, pulses, curves, scale, unit: unitCurves(curves, scale), stops };
}

/**
 * Fits one family, with intervals by resampling ramps.
 * @throws UsageError where it describes no device that could be trained
 */
export function fitModel(model: FamilyName, ramps: RampSet, options: FitOptions): ModelFit {
  const prepared = prepare(ramps);
  return finish(estimated(model, solveRamps(families[model], prepared.ramps, prepared), prepared, options));
}

function* estimated(model: FamilyName, solution: RampSolution, from: Prepared, options: FitOptions): Work<ModelFit> {
  const fitted = quantities({ ...from, family: families[model], solution, rule: options.range });
  if (typeof fitted === 'string') throw noDevice(model, fitted, from, options.range);
  return { ...fitted, estimates: yield* bootstrap(fitted, { ...from, options }) };
}

/**
 * Fits a device to ramps: every family, chosen by cross-validation, with intervals by resampling ramps.
 * @throws UsageError where the chosen model describes no device that could be trained
 */
export function* fitRamps(ramps: RampSet, options: FitOptions): Work<RampFit> {
  const prepared = prepare(ramps);
  const { curves, scale, unit } = prepared;
  const solved: (Solved & Pick<RampFit, 'fitted'>)[] = [];
  for (const name of familyNames) {
    yield;
    const solution = solveRamps(families[name], prepared.ramps, prepared);
    const fitted = siemens(predictRamps(families[name], solution, prepared.ramps, prepared), scale);
    solved.push({ name, solution, fitted, limits: atLimits(families[name], unit, solution.parameters) });
  }
  const candidates = yield* crossValidate(solved, prepared.ramps, prepared);
  const model = options.model === 'auto' ? choose(candidates, isSingle(prepared.ramps)) : options.model;
  const chosen = solved.find(({ name }) => name === model)!;
  const fitted = yield* estimated(model, chosen.solution, prepared, options);
  return {
    model,
    candidates,
    curves,
    fitted: chosen.fitted,
    others: solved.filter((one) => one !== chosen).map(({ name, fitted: curve }) => ({ name, fitted: curve })),
    misfit: misfitOf(curves, chosen.fitted, fitted.device),
    estimates: fitted.estimates,
    device: fitted.device,
    noise: fitted.noise,
    spread: yield* deviceToDevice(fitted, { ...prepared, ramps, options }),
    devices: devicesOf(ramps).length,
    limits: chosen.limits,
    stopped: stoppedOf(prepared, chosen.solution),
    hidden: hiddenBounds({
      ...prepared,
      noise: fitted.noise,
      step: stepIn({ ...prepared, ...fitted }),
      stops: prepared.stops?.mean,
    }),
    options,
  };
}

function stoppedOf({ ramps, stops }: Prepared, { freed = [] }: RampSolution): Stopped | undefined {
  if (!stops) return undefined;
  const { low, high } = stops.mean;
  return { low, high, freed, share: { ltp: stoppedShare(ramps.ltp, stops), ltd: stoppedShare(ramps.ltd, stops) } };
}

function noDevice(model: FamilyName, reason: string, { curves }: Prepared, rule: RangeRule): UsageError {
  const remedy =
    rule === 'union'
      ? 'use --range overlap, or --model lookup-table'
      : 'use --range union, another --model, or --model lookup-table';
  const covered = branches.map((branch) => {
    const [from, to] = [curves[branch].mean[0]!, curves[branch].mean.at(-1)!].map((g) =>
      formatQuantity(g, 'conductance'),
    );
    return `${branch.toUpperCase()} leads from ${from} to ${to}`;
  });
  return new UsageError({
    where: `fit ${model}`,
    what: `no device follows: ${reason} (${covered.join(', ')})`,
    remedy,
  });
}

export function siemens(curves: Record<Branch, Float64Array>, { base, span }: Scale): Record<Branch, Float64Array> {
  const scaled = (curve: Float64Array): Float64Array => curve.map((x) => base + span * x);
  return { ltp: scaled(curves.ltp), ltd: scaled(curves.ltd) };
}

function misfitOf(
  curves: Readonly<Record<Branch, MeanCurve>>,
  fitted: Readonly<Record<Branch, Float64Array>>,
  { gMin, gMax }: DeviceValues,
): Record<Branch, number> {
  const of = (branch: Branch): number => {
    const { mean } = curves[branch];
    const squares = mean.reduce((sum, g, p) => sum + (g - fitted[branch][p]!) ** 2, 0);
    return Math.sqrt(squares / mean.length) / (gMax - gMin);
  };
  return { ltp: of('ltp'), ltd: of('ltd') };
}
