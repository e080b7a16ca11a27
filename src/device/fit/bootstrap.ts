import type { FitOptions } from './types.js';
import { quantities, type Fitted } from './quantities.js';
import { meanCurve, type Ramp, type RampSet } from './ramps.js';
import { unitCurves } from './scale.js';
import { solve } from './solve.js';
import type { Frame } from './frame.js';
import type { RampSolution } from './solve-ramps.js';
import type { Work } from './work.js';
import { fold, keyOf, uniform, type Key } from '../../random.js';
import { studentQuantile } from '../../statistics/student.js';

/** A parameter with its confidence interval; without one where a branch has a single ramp. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Standard error. */
  readonly error: number | null;
}

/** What resampling needs beside the fit itself. */
export interface Resampled extends Frame {
  readonly ramps: RampSet;
  readonly options: FitOptions;
}

/** Parameters that are above zero and whose errors are relative: their intervals are made of logarithms. */
const positive = /Noise$|^cycleToCycle$|^onOffRatio$|\.states|\.s$|\.step$/;

/**
 * Confidence intervals by resampling ramps with replacement, those of each device by themselves. The standard error over
 * the resamplings, times √(R/(R − 1)) since R resampled ramps spread less than R new ones, goes with Student's t of
 * R − 1 degrees of freedom, R the number of ramps of the scarcer branch.
 * @see B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, ch. 12
 */
export function* bootstrap(fitted: Fitted, resampled: Resampled): Work<Record<string, Estimate>> {
  const { ramps, options } = resampled;
  const names = Object.keys(fitted.values);
  const least = Math.min(ramps.ltp.length, ramps.ltd.length);
  const draws = least < 2 ? [] : yield* resample(fitted, resampled, keyOf(options.seed, 'rampResampling'));
  const estimates = names.map((name): [string, Estimate] => {
    const value = fitted.values[name]!;
    if (draws.length < 10 || untold(name, fitted.solution))
      return [name, { value, low: null, high: null, error: null }];
    const t = studentQuantile(1 - options.confidence, least - 1) * Math.sqrt(least / (least - 1));
    return [
      name,
      intervalOf(
        value,
        draws.flatMap((draw) => draw[name] ?? []),
        t,
        positive.test(name),
      ),
    ];
  });
  return withReciprocals(Object.fromEntries(estimates));
}

/**
 * Curves that saturate at a bound long before their ramps end hold their steps, but hardly tell pulses from nonlinearity:
 * e^{−α} of the range is all that lies between the bound and where the steps lead.
 */
function untold(name: string, { freed = [] }: RampSolution): boolean {
  const [, branch] = /^(?:device\.(?:states|label)\.)?(ltp|ltd)(?:\.(?:alpha|label|a|A))?$/.exec(name) ?? [];
  return freed.some((one) => one === branch);
}

function* resample(fitted: Fitted, resampled: Resampled, key: Key): Work<Readonly<Record<string, number>>[]> {
  const { ramps, options, ...frame } = resampled;
  const draws: Readonly<Record<string, number>>[] = [];
  for (let b = 0; b < options.resamplings; b++) {
    yield;
    const drawn: RampSet = {
      ltp: drawRamps(ramps.ltp, fold(fold(key, b), 0)),
      ltd: drawRamps(ramps.ltd, fold(fold(key, b), 1)),
    };
    const solution = solveAgain(fitted, drawn, frame);
    if (!solution) continue;
    const values = quantities({ ...frame, family: fitted.family, ramps: drawn, solution, rule: options.range });
    if (typeof values !== 'string') draws.push(withinResolution(values.values, frame, fold(fold(key, b), 2)));
  }
  return draws;
}

function solveAgain({ family, solution }: Fitted, drawn: RampSet, { scale, pulses }: Frame): RampSolution | undefined {
  if (solution.resolve) return solution.resolve(drawn);
  const curves = { ltp: meanCurve(drawn.ltp, pulses.ltp), ltd: meanCurve(drawn.ltd, pulses.ltd) };
  if ([...curves.ltp.mean, ...curves.ltd.mean].some(Number.isNaN)) return undefined;
  return solve(family, unitCurves(curves, scale), { from: solution.parameters, iterations: 10 });
}

/** A bound that cells were stopped at is known as well as readings can be told apart, whatever ramps are drawn. */
function withinResolution(
  values: Readonly<Record<string, number>>,
  { stops }: Frame,
  key: Key,
): Readonly<Record<string, number>> {
  if (!stops) return values;
  const { low, high, resolution } = stops.mean;
  const off = (bound: number | undefined, i: number): number =>
    bound === undefined ? 0 : resolution * (2 * uniform(key, i) - 1);
  const [gMin, gMax] = [values.gMin! + off(low, 0), values.gMax! + off(high, 1)];
  return { ...values, gMin, gMax, onOffRatio: gMax / gMin };
}

/** As many ramps as there are, with replacement, device by device. */
function drawRamps(ramps: readonly Ramp[], key: Key): Ramp[] {
  const devices = [...new Set(ramps.map(({ device }) => device))];
  return devices.flatMap((device) => {
    const own = ramps.filter((ramp) => ramp.device === device);
    const at = (i: number): number => Math.floor(uniform(fold(key, device), i) * own.length);
    return own.map((_, i) => own[at(i)]!);
  });
}

function intervalOf(value: number, draws: readonly number[], t: number, logarithmic: boolean): Estimate {
  const usable = draws.filter((draw) => Number.isFinite(draw) && (!logarithmic || draw > 0));
  if (!logarithmic || value <= 0) {
    const error = deviationOf(usable);
    return { value, low: value - t * error, high: value + t * error, error };
  }
  const error = deviationOf(usable.map(Math.log));
  return { value, low: value * Math.exp(-t * error), high: value * Math.exp(t * error), error: value * error };
}

/** A and A/Pmax are reciprocals of α, with no interval of their own where α's reaches over 0. */
function withReciprocals(estimates: Record<string, Estimate>): Record<string, Estimate> {
  const entries = Object.entries(estimates).map(([name, estimate]): [string, Estimate] => {
    const [, branch, which] = /^(ltp|ltd)\.(a|A)$/.exec(name) ?? [];
    const alpha = estimates[`${branch}.alpha`];
    if (which === undefined || alpha?.low == null || alpha.high === null) return [name, estimate];
    const scale = estimate.value * alpha.value;
    const bounded = alpha.low * alpha.high > 0;
    return [
      name,
      {
        value: estimate.value,
        low: bounded ? Math.min(scale / alpha.low, scale / alpha.high) : null,
        high: bounded ? Math.max(scale / alpha.low, scale / alpha.high) : null,
        error: null,
      },
    ];
  });
  return Object.fromEntries(entries);
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
