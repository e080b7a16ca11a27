import type { DeviceValues } from './types.js';
import type { Family, RangeRule } from './family.js';
import { noiseOf, type BranchNoise, type StepOf, type VariancePart } from './noise.js';
import { branches, meanCurve, type Branch, type RampSet } from './ramps.js';
import { lengthsOf, type Frame } from './frame.js';
import type { RampSolution } from './solve-ramps.js';
import { freeStretch } from './stops.js';
import { labelOfAlpha } from '../nonlinearity.js';

/** A family's parameters with what they come to. */
export interface Fitted {
  readonly family: Family;
  readonly solution: RampSolution;
  /** By name, as `ltp.alpha`; conductances in siemens. */
  readonly values: Readonly<Record<string, number>>;
  /** Squares of those that are σ, by the same names. */
  readonly parts: Readonly<Record<string, VariancePart>>;
  readonly device: DeviceValues;
  readonly noise: Readonly<Record<Branch, BranchNoise>>;
}

export interface QuantityInput extends Frame {
  readonly family: Family;
  readonly ramps: RampSet;
  readonly solution: RampSolution;
  readonly rule: RangeRule;
  /** Whether no device need follow: of resamplings, whose bounds may come to lie below zero siemens. */
  readonly free?: boolean;
}

/** Branch parameters that are places on the scale, and those that are lengths of it. */
const places = new Set(['start', 'end', 'bound']);
const lengths = new Set(['step']);

/** @returns the reason where no device follows from the parameters */
export function quantities(input: QuantityInput): Fitted | string {
  const { family, ramps, scale, solution, rule, free = false } = input;
  const { base, span } = scale;
  const unit = family.device(solution.parameters, lengthsOf(input), rule);
  if (typeof unit === 'string') return unit;
  const noise = noiseIn(input);
  const [gMin, gMax] = [base + span * unit.low, base + span * unit.high];
  if (gMin <= 0 && !free) return 'the lower bound is not above zero siemens';
  const parts = partsOf(ramps, noise, gMax - gMin);
  const sigma = (name: string): number => fraction(Math.sqrt(Math.max(0, parts[name]!.variance)));
  const device: DeviceValues = {
    ...unit,
    gMin,
    gMax,
    cycleToCycle: sigma('cycleToCycle'),
    readNoise: sigma('readNoise'),
  };
  const untold = Object.entries(device).find(([, value]) => Number.isNaN(value));
  if (untold) return `${untold[0]} cannot be told from such ramps`;
  return { family, solution, noise, device, parts, values: valuesOf(input, device, noise) };
}

/**
 * Variances of both branches and of the device, the mean of both: one that came out negative counts as such, since a mean
 * of positive ones alone would be too large.
 */
function partsOf(
  ramps: RampSet,
  noise: Readonly<Record<Branch, BranchNoise>>,
  range: number,
): Record<string, VariancePart> {
  const mean = (which: 'programming' | 'read', unit: (branch: Branch) => number): VariancePart => {
    const of = (key: keyof VariancePart): number =>
      branches.reduce((sum, branch) => sum + noise[branch].parts[which][key] / unit(branch) ** 2, 0) / branches.length;
    return { variance: of('variance'), taken: of('taken') };
  };
  const own = branches.flatMap((branch) => [
    [`${branch}.programmingNoise`, noise[branch].parts.programming] as const,
    [`${branch}.readNoise`, noise[branch].parts.read] as const,
  ]);
  return {
    ...Object.fromEntries(own),
    cycleToCycle: mean('programming', () => range),
    readNoise: mean('read', (branch) => meanSquareRoot(ramps, branch)),
  };
}

/** Noise below this part of the range is that of arithmetic: readings have no more digits. */
const exact = 1e-9;

function fraction(noise: number): number {
  return noise < exact ? 0 : Math.min(1, noise);
}

/** A family's mean step in siemens. */
export function stepIn({ family, scale, pulses, solution }: Omit<QuantityInput, 'ramps' | 'rule'>): StepOf {
  const { base, span } = scale;
  const [ltp, ltd] = branches.map((branch) => family.step(solution.parameters, branch, pulses[branch]));
  return (branch, g) => span * (branch === 'ltp' ? ltp! : ltd!)((g - base) / span);
}

/** Noise of the steps; of cells that were stopped, σ of the fit, and the rest from pulses at which they were not. */
function noiseIn(input: QuantityInput): Record<Branch, BranchNoise> {
  const { ramps, solution, stops } = input;
  const { span } = input.scale;
  const { sigma } = solution;
  const step = stepIn(input);
  if (!stops || !sigma) return noiseOf(ramps, step);
  const free = noiseOf({ ltp: freeStretch(ramps.ltp, stops), ltd: freeStretch(ramps.ltd, stops) }, step);
  const of = (branch: Branch): BranchNoise => {
    const programming = span * sigma[branch];
    const parts = { programming: { variance: programming ** 2, taken: 0 }, read: { variance: 0, taken: 0 } };
    return { ...free[branch], programming, read: 0, parts };
  };
  return { ltp: of('ltp'), ltd: of('ltd') };
}

/** √⟨G²⟩ of a branch: what σ of a read in siemens is relative to. */
function meanSquareRoot(ramps: RampSet, branch: Branch): number {
  let [sum, count] = [0, 0];
  for (const { values } of ramps[branch]) {
    for (const g of values) sum += g * g;
    count += values.length;
  }
  return Math.sqrt(sum / count);
}

function valuesOf(
  { family, ramps, scale, pulses, solution, stops }: QuantityInput,
  device: DeviceValues,
  noise: Readonly<Record<Branch, BranchNoise>>,
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const branch of branches) {
    const own = family.branchParameters(solution.parameters, branch, pulses[branch]);
    for (const [name, value] of Object.entries(own)) {
      values[`${branch}.${name}`] = places.has(name)
        ? scale.base + scale.span * value
        : value * (lengths.has(name) ? scale.span : 1);
    }
    // A curve through the bounds has no ends of its own: those of the mean ramp are told.
    if (stops) {
      const { mean } = meanCurve(ramps[branch], pulses[branch]);
      Object.assign(values, { [`${branch}.start`]: mean[0], [`${branch}.end`]: mean.at(-1) });
    }
    values[`${branch}.programmingNoise`] = noise[branch].programming;
    values[`${branch}.readNoise`] = noise[branch].read;
    if (noise[branch].growth !== undefined) values[`${branch}.growth`] = noise[branch].growth;
    values[`device.states.${branch}`] = device.exactStates[branch];
    if (device.alpha) values[`device.label.${branch}`] = labelOfAlpha(device.alpha[branch]);
    if (device.gamma) values[`device.gamma.${branch}`] = device.gamma[branch];
  }
  const { gMin, gMax, cycleToCycle, readNoise } = device;
  return { ...values, gMin, gMax, onOffRatio: gMax / gMin, cycleToCycle, readNoise };
}
