import { bootstrap, type Estimate, type Resampled } from './bootstrap.js';
import { quantities, type Fitted } from './quantities.js';
import { branches, type Branch, type RampSet } from './ramps.js';
import { solveRamps } from './solve-ramps.js';
import { stopSet } from './stops.js';
import type { Work } from './work.js';
import { extentOf } from '../../statistics/extent.js';

/** σ over devices of one parameter, what the ramps leave uncertain of each device taken off. */
export interface SpreadEstimate {
  readonly sigma: number;
  /** Standard error of σ, √(1/2(D − 1)) of it. */
  readonly error: number;
  readonly devices: readonly number[];
}

/** Device-to-device spread as a device file writes it. */
export interface DeviceSpread {
  /** `ltp`, `ltd`: of the label NL, or of the step size relative to it; `gMin`, `gMax`: fractions of the range. */
  readonly sigma: Readonly<Record<'ltp' | 'ltd' | 'gMin' | 'gMax', SpreadEstimate>>;
  readonly count: number;
  /** Devices of a single ramp in a direction: of these it is not known how far ramps alone differ. */
  readonly single: number;
}

/** Fits every device by itself with the chosen family. Undefined of a single device. */
export function* deviceToDevice(fitted: Fitted, resampled: Resampled): Work<DeviceSpread | undefined> {
  const numbers = [...new Set(resampled.ramps.ltp.map(({ device }) => device))].filter((device) =>
    resampled.ramps.ltd.some((ramp) => ramp.device === device),
  );
  if (numbers.length < 2) return undefined;
  const singles: Record<string, Estimate>[] = [];
  for (const device of numbers) singles.push(...(yield* ofDevice(fitted, resampled, device)));
  if (singles.length < 2) return undefined;
  const range = fitted.device.gMax - fitted.device.gMin;
  const spreadOf = (name: string, unit: number): SpreadEstimate => {
    const estimates = singles.map((single) => single[name]!);
    return spread(
      estimates.map(({ value }) => value / unit),
      estimates.map(({ error }) => (error ?? 0) / unit),
    );
  };
  const branch = (b: Branch): SpreadEstimate => {
    if (fitted.device.alpha) return spreadOf(`device.label.${b}`, 1);
    return spreadOf(`device.states.${b}`, fitted.device.exactStates[b]);
  };
  const sigma = {
    ltp: branch('ltp'),
    ltd: branch('ltd'),
    gMin: spreadOf('gMin', range),
    gMax: spreadOf('gMax', range),
  };
  return { sigma, count: singles.length, single: singles.filter(({ gMin }) => gMin!.error === null).length };
}

/** The estimates of one device, or none where no device follows from its ramps. */
function* ofDevice(
  { family, solution }: Fitted,
  { ramps, scale, pulses: common, options }: Resampled,
  device: number,
): Work<Record<string, Estimate>[]> {
  const own: RampSet = {
    ltp: ramps.ltp.filter((ramp) => ramp.device === device),
    ltd: ramps.ltd.filter((ramp) => ramp.device === device),
  };
  const pulses = { ltp: 0, ltd: 0 };
  for (const b of branches) {
    pulses[b] = Math.min(common[b], extentOf(own[b].map(({ values }) => values.length - 1))[0]);
    if (pulses[b] < 1) return [];
  }
  const frame = { scale, pulses, stops: stopSet(own) };
  const solved = solveRamps(family, own, frame, { parameters: solution.parameters });
  const fitted = quantities({ ...frame, family, ramps: own, solution: solved, rule: options.range });
  if (typeof fitted === 'string') return [];
  const fewer = { ...options, resamplings: Math.min(100, options.resamplings) };
  return [yield* bootstrap(fitted, { ...frame, ramps: own, options: fewer })];
}

function spread(values: readonly number[], errors: readonly number[]): SpreadEstimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const known = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
  const sigma = Math.sqrt(Math.max(0, variance - known));
  return { sigma, error: Math.sqrt(variance / (2 * (values.length - 1))), devices: values };
}
