import type { FitOptions } from './types.js';
import type { VariancePart } from './noise.js';
import { growthInterval } from './growth.js';
import { quantities, type Fitted } from './quantities.js';
import { meanCurve, type Branch, type Ramp, type RampSet } from './ramps.js';
import { unitCurves } from './scale.js';
import { solve } from './solve.js';
import type { Frame } from './frame.js';
import type { RampSolution } from './solve-ramps.js';
import type { Work } from './work.js';
import { deviationOf } from '../../statistics/deviation.js';
import { fold, keyOf, uniform, type Key } from '../../random.js';
import { studentQuantile } from '../../statistics/student.js';

/** A parameter with its confidence interval; without one where a branch has a single ramp, or noise tells none. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  /** Null with a lower end: none above it is told. */
  readonly high: number | null;
  /** Standard error, of an interval made of logarithms that times the value; null also of a σ of zero and of an exponent of growth. */
  readonly error: number | null;
}

/** What resampling needs beside the fit itself. */
export interface Resampled extends Frame {
  readonly ramps: RampSet;
  readonly options: FitOptions;
}

/** Parameters that are above zero and whose errors are relative: their intervals are made of logarithms. */
const positive = /^onOffRatio$|\.states|\.s$|\.step$/;

/**
 * Confidence intervals by resampling with replacement: ramps of one device, and of several the devices with all their
 * ramps, so that intervals of the mean device hold how devices differ. The standard error over the resamplings, times
 * √(R/(R − 1)) since R resampled ones spread less than R new ones, goes with Student's t of R − 1 degrees of freedom, R
 * the number of devices, or of the ramps of the scarcer branch.
 * @see B. Efron, R. Tibshirani, An Introduction to the Bootstrap, 1993, ch. 12
 * @see A. Davison, D. Hinkley, Bootstrap Methods and their Application, 1997, ch. 3.8 (hierarchical data)
 */
export function* bootstrap(fitted: Fitted, resampled: Resampled): Work<Record<string, Estimate>> {
  const { ramps, options } = resampled;
  const names = Object.keys(fitted.values);
  const least = resampledCount(ramps);
  const draws = least < 2 ? [] : yield* resample(fitted, resampled, keyOf(options.seed, 'rampResampling'));
  const estimates = names.map((name): [string, Estimate] => {
    const value = fitted.values[name]!;
    if (draws.length < 10 || untold(name, fitted.solution))
      return [name, { value, low: null, high: null, error: null }];
    const widths = { t: studentQuantile(1 - options.confidence, least - 1), factor: Math.sqrt(least / (least - 1)) };
    const part = fitted.parts[name];
    if (part)
      return [
        name,
        intervalOfPart(
          value,
          part,
          draws.map(({ parts }) => parts[name]!.variance),
          widths,
        ),
      ];
    const [, branch] = /^(ltp|ltd)\.growth$/.exec(name) ?? [];
    if (branch) return [name, growthEstimate(value, branch as Branch, fitted, draws, widths)];
    const of = draws.flatMap(({ values }) => values[name] ?? []);
    return [name, intervalOf(value, of, widths, positive.test(name))];
  });
  return withOpenRatio(withReciprocals(Object.fromEntries(estimates)));
}

/**
 * Curves that saturate at a bound long before their ramps end hold their steps, but hardly tell pulses from nonlinearity:
 * e^{−α} of the range is all that lies between the bound and where the steps lead.
 */
function untold(name: string, { freed = [] }: RampSolution): boolean {
  const [, branch] = /^(?:device\.(?:states|label)\.)?(ltp|ltd)(?:\.(?:alpha|label|a|A))?$/.exec(name) ?? [];
  return freed.some((one) => one === branch);
}

type Draw = Pick<Fitted, 'values' | 'parts' | 'noise'>;

function* resample(fitted: Fitted, resampled: Resampled, key: Key): Work<Draw[]> {
  const { ramps, options, ...frame } = resampled;
  const draws: Draw[] = [];
  for (let b = 0; b < options.resamplings; b++) {
    yield;
    const { drawn, devices } = drawOf(ramps, fold(key, b), frame);
    if (drawn.ltp.length === 0 || drawn.ltd.length === 0) continue;
    const solution = solveAgain(fitted, drawn, frame);
    if (!solution) continue;
    const again = quantities({
      ...frame,
      family: fitted.family,
      ramps: drawn,
      solution,
      rule: options.range,
      free: true,
    });
    if (typeof again === 'string') continue;
    const values = withinResolution(again.values, devices, frame, fold(fold(key, b), 2));
    draws.push({ ...again, values });
  }
  return draws;
}

function solveAgain({ family, solution }: Fitted, drawn: RampSet, { scale, pulses }: Frame): RampSolution | undefined {
  if (solution.resolve) return solution.resolve(drawn);
  const curves = { ltp: meanCurve(drawn.ltp, pulses.ltp), ltd: meanCurve(drawn.ltd, pulses.ltd) };
  if ([...curves.ltp.mean, ...curves.ltd.mean].some(Number.isNaN)) return undefined;
  return solve(family, unitCurves(curves, scale), { from: solution.parameters, iterations: 10, free: true });
}

/**
 * A bound that cells were stopped at is known as well as readings can be told apart, whatever ramps are drawn; the mean
 * bound of devices is that of those drawn.
 */
function withinResolution(
  values: Readonly<Record<string, number>>,
  devices: readonly number[],
  { stops }: Frame,
  key: Key,
): Readonly<Record<string, number>> {
  if (!stops) return values;
  const { resolution } = stops.mean;
  const off = (end: 'low' | 'high', i: number): number => {
    const bound = stops.mean[end];
    if (bound === undefined) return 0;
    const own = devices.flatMap((device) => stops.measured.get(device)?.[end] ?? []);
    const drawn = own.length === 0 ? bound : own.reduce((sum, g) => sum + g, 0) / own.length;
    return drawn - bound + resolution * (2 * uniform(key, i) - 1);
  };
  const [gMin, gMax] = [values.gMin! + off('low', 0), values.gMax! + off('high', 1)];
  return { ...values, gMin, gMax, onOffRatio: gMax / gMin };
}

/** How many devices were measured. */
export function devicesOf({ ltp, ltd }: RampSet): number[] {
  return [...new Set([...ltp, ...ltd].map(({ device }) => device))];
}

/** What intervals are made of: devices where there are several, else ramps of the scarcer branch. */
export function resampledCount(ramps: RampSet): number {
  const devices = devicesOf(ramps).length;
  return devices > 1 ? devices : Math.min(ramps.ltp.length, ramps.ltd.length);
}

/** As many devices with all their ramps, or as many ramps of one device, as there are; with replacement. */
function drawOf(ramps: RampSet, key: Key, { stops }: Frame): { drawn: RampSet; devices: readonly number[] } {
  const devices = devicesOf(ramps);
  const place = (word: Key, i: number, count: number): number => Math.floor(uniform(word, i) * count);
  if (devices.length < 2) {
    const drawn = (all: readonly Ramp[], word: number): Ramp[] =>
      all.map((_, i) => all[place(fold(fold(key, word), 0), i, all.length)]!);
    return { drawn: { ltp: drawn(ramps.ltp, 0), ltd: drawn(ramps.ltd, 1) }, devices };
  }
  const chosen = devices.map((_, i) => devices[place(fold(key, 3), i, devices.length)]!);
  // A device that is drawn twice is two, each with a mean of its own; stops and likelihoods know ramps as they are.
  const numbered = (ramp: Ramp, i: number): Ramp => (stops ? ramp : { ...ramp, device: i });
  const of = (all: readonly Ramp[]): Ramp[] =>
    chosen.flatMap((device, i) => all.filter((ramp) => ramp.device === device).map((ramp) => numbered(ramp, i)));
  return { drawn: { ltp: of(ramps.ltp), ltd: of(ramps.ltd) }, devices: chosen };
}

/** How the spread of resamplings makes an interval: `factor` turns it into a standard error, `t` that into half of it. */
interface Widths {
  readonly t: number;
  readonly factor: number;
}

/**
 * The interval of a σ whose square is a difference. That of the square is made of logarithms of what was taken off and it
 * together, which errors are relative to: it is one of logarithms of σ² where nothing was taken off, and symmetric about σ²,
 * down to zero, where most was.
 */
function intervalOfPart(
  value: number,
  { variance, taken }: VariancePart,
  draws: readonly number[],
  { t, factor }: Widths,
): Estimate {
  const all = variance + taken;
  if (!(all > 0)) return { value, low: 0, high: 0, error: 0 };
  const relative = factor * deviationOf(draws.flatMap((draw) => (draw + taken > 0 ? [Math.log(draw + taken)] : [])));
  const end = (times: number): number => Math.sqrt(Math.max(0, all * Math.exp(times * relative) - taken));
  return { value, low: end(-t), high: end(t), error: value > 0 ? (all * relative) / (2 * value) : null };
}

function intervalOf(value: number, draws: readonly number[], { t, factor }: Widths, logarithmic: boolean): Estimate {
  const usable = draws.filter((draw) => Number.isFinite(draw) && (!logarithmic || draw > 0));
  if (!logarithmic || value <= 0) {
    const error = factor * deviationOf(usable);
    const low = logarithmic ? Math.max(0, value - t * error) : value - t * error;
    return { value, low, high: value + t * error, error };
  }
  const error = factor * deviationOf(usable.map(Math.log));
  return { value, low: value * Math.exp(-t * error), high: value * Math.exp(t * error), error: value * error };
}

function growthEstimate(
  value: number,
  branch: Branch,
  { noise }: Fitted,
  draws: readonly Draw[],
  { t, factor }: Widths,
): Estimate {
  const resampled = draws.map((draw) => draw.noise[branch].spread);
  const [low, high] = growthInterval(noise[branch].spread, resampled, t * factor) ?? [null, null];
  return { value, low, high, error: null };
}

/** Where gMin may be zero the on/off ratio has no upper end; its lower one is that of the ends of gMin and gMax. */
function withOpenRatio(estimates: Record<string, Estimate>): Record<string, Estimate> {
  const { gMin, gMax, onOffRatio } = estimates;
  if (gMin?.low == null || gMin.low > 0 || gMin.high === null || gMax?.low == null || !onOffRatio) return estimates;
  const low = Math.max(1, gMax.low / gMin.high);
  return { ...estimates, gMin: { ...gMin, low: 0 }, onOffRatio: { ...onOffRatio, low, high: null, error: null } };
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
