import type { FitOptions } from './types.js';
import { quantities, type Fitted } from './quantities.js';
import { meanCurve, type Branch, type Ramp, type RampSet } from './ramps.js';
import { unitCurves, type Scale } from './scale.js';
import { solve } from './solve.js';
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
export interface Resampled {
  readonly ramps: RampSet;
  readonly scale: Scale;
  readonly pulses: Readonly<Record<Branch, number>>;
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
export function bootstrap(fitted: Fitted, resampled: Resampled): Record<string, Estimate> {
  const { ramps, options } = resampled;
  const names = Object.keys(fitted.values);
  const least = Math.min(ramps.ltp.length, ramps.ltd.length);
  const draws = least < 2 ? [] : resample(fitted, resampled, keyOf(options.seed, 'rampResampling'));
  const estimates = names.map((name): [string, Estimate] => {
    const value = fitted.values[name]!;
    if (draws.length < 10) return [name, { value, low: null, high: null, error: null }];
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

function resample(fitted: Fitted, { ramps, scale, pulses, options }: Resampled, key: Key) {
  const { family, parameters } = fitted;
  const draws: Readonly<Record<string, number>>[] = [];
  for (let b = 0; b < options.resamplings; b++) {
    const drawn: RampSet = {
      ltp: drawRamps(ramps.ltp, fold(fold(key, b), 0)),
      ltd: drawRamps(ramps.ltd, fold(fold(key, b), 1)),
    };
    const curves = { ltp: meanCurve(drawn.ltp, pulses.ltp), ltd: meanCurve(drawn.ltd, pulses.ltd) };
    if ([...curves.ltp.mean, ...curves.ltd.mean].some(Number.isNaN)) continue;
    const solved = solve(family, unitCurves(curves, scale), { from: parameters, iterations: 10 });
    const values = quantities({
      ...{ family, ramps: drawn, scale, pulses },
      ...{ parameters: solved.parameters, rule: options.range },
    });
    if (typeof values !== 'string') draws.push(values.values);
  }
  return draws;
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
