import type { DeviceValues } from './types.js';
import type { Family, RangeRule } from './family.js';
import { noiseOf, type BranchNoise } from './noise.js';
import { branches, type Branch, type RampSet } from './ramps.js';
import type { Scale } from './scale.js';
import { labelOfAlpha } from '../nonlinearity.js';

/** A family's parameters with what they come to. */
export interface Fitted {
  readonly family: Family;
  readonly parameters: readonly number[];
  /** By name, as `ltp.alpha`; conductances in siemens. */
  readonly values: Readonly<Record<string, number>>;
  readonly device: DeviceValues;
  readonly noise: Readonly<Record<Branch, BranchNoise>>;
}

export interface QuantityInput {
  readonly family: Family;
  readonly ramps: RampSet;
  readonly scale: Scale;
  readonly pulses: Readonly<Record<Branch, number>>;
  readonly parameters: readonly number[];
  readonly rule: RangeRule;
}

/** Branch parameters that are places on the scale, and those that are lengths of it. */
const places = new Set(['start', 'end', 'bound']);
const lengths = new Set(['step']);

/** @returns the reason where no device follows from the parameters */
export function quantities(input: QuantityInput): Fitted | string {
  const { family, ramps, scale, pulses, parameters, rule } = input;
  const { base, span } = scale;
  const unit = family.device(parameters, unitLengths(input), rule);
  if (typeof unit === 'string') return unit;
  const noise = noiseOf(ramps, (branch, g) => {
    return span * family.step(parameters, branch, pulses[branch], (g - base) / span);
  });
  const [gMin, gMax] = [base + span * unit.low, base + span * unit.high];
  if (gMin <= 0) return 'the lower bound is not above zero siemens';
  const rms = (of: (branch: Branch) => number): number => Math.hypot(...branches.map(of)) / Math.SQRT2;
  const device: DeviceValues = {
    ...unit,
    gMin,
    gMax,
    cycleToCycle: Math.min(1, rms((branch) => noise[branch].programming) / (gMax - gMin)),
    readNoise: Math.min(
      1,
      rms((branch) => noise[branch].read / meanSquareRoot(ramps, branch)),
    ),
  };
  return { family, parameters, noise, device, values: valuesOf(input, device, noise) };
}

/** The curves' lengths are all that a device's range needs of them. */
function unitLengths({ pulses, scale }: QuantityInput) {
  const curve = (branch: Branch): Float64Array => new Float64Array(pulses[branch] + 1);
  return { ltp: curve('ltp'), ltd: curve('ltd'), zero: -scale.base / scale.span };
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
  { family, scale, pulses, parameters }: QuantityInput,
  device: DeviceValues,
  noise: Readonly<Record<Branch, BranchNoise>>,
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const branch of branches) {
    const own = family.branchParameters(parameters, branch, pulses[branch]);
    for (const [name, value] of Object.entries(own)) {
      values[`${branch}.${name}`] = places.has(name)
        ? scale.base + scale.span * value
        : value * (lengths.has(name) ? scale.span : 1);
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
