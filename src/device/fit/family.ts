import type { Branch } from './ramps.js';
import type { Stops } from './stops.js';

/** Mean curves of both branches in the unit of the fit: 0 and 1 are the least and the largest mean conductance. */
export interface UnitCurves {
  readonly ltp: Float64Array;
  readonly ltd: Float64Array;
  /** Where zero siemens lie in this unit; negative. A device's lower bound stays above it. */
  readonly zero: number;
  /** Hard bounds at which cells were stopped, in this unit. */
  readonly stops?: Stops | undefined;
}

/** What a parameter says, where that can be seen without a fit: a bound, or an end of a branch's curve. */
export type Role = 'low' | 'high' | `${Branch}.${'start' | 'end'}` | 'shape';

/** Places of a curve's pulses, every stride-th of them. */
export function strided(count: number, stride: number): Float64Array {
  return new Float64Array(Math.ceil(count / stride));
}

/** Branches that share parameters, and are therefore fitted at once. */
export interface Block {
  readonly branches: readonly Branch[];
  /** What the parameters are called. */
  readonly names: readonly string[];
  readonly roles: readonly Role[];
  /** Where the search begins, each tried. */
  readonly starts: readonly (readonly number[])[];
  readonly least: readonly number[];
  readonly most: readonly number[];
  /** By name of a parameter, the end of its search that measurements set: a bound lies no nearer than cells have been. */
  readonly measured?: Readonly<Record<string, 'least' | 'most'>>;
  /**
   * Ends of the search where no device need follow from it: those of resamplings, whose spread would end where the search
   * does. Absent where they are the same.
   */
  readonly free?: { readonly least: readonly number[]; readonly most: readonly number[] };
  /** The curve at P = 0, stride, 2·stride … below count pulses, of one branch of the block. */
  curve(parameters: readonly number[], branch: Branch, count: number, stride: number): Float64Array;
}

/** What a family's parameters come to, in the unit of the fit. */
export interface FittedDevice {
  /** The device's range. */
  readonly low: number;
  readonly high: number;
  /** Whole pulses over that range, and before rounding. */
  readonly states: Readonly<Record<Branch, number>>;
  readonly exactStates: Readonly<Record<Branch, number>>;
  /** α = Pmax/A of an exponential device, with NeuroSim's signs. */
  readonly alpha?: Readonly<Record<Branch, number>>;
  /** γ of a power-law device. */
  readonly gamma?: Readonly<Record<Branch, number>>;
}

/** Which conductances a device may have where the branches were measured over unequal ranges. */
export type RangeRule = 'overlap' | 'union';

/** One form of LTP and LTD curves. */
export interface Family {
  readonly name: FamilyName;
  /** Free parameters of both branches together. */
  readonly count: number;
  blocks(curves: UnitCurves): readonly Block[];
  /** Mean step of one pulse at x, signed. */
  step(parameters: readonly number[], branch: Branch, pulses: number): (x: number) => number;
  /** Parameters of each branch by itself over what was measured, as people quote them. */
  branchParameters(parameters: readonly number[], branch: Branch, pulses: number): Readonly<Record<string, number>>;
  /** The device that a training run needs; a reason where there is none. */
  device(parameters: readonly number[], curves: UnitCurves, rule: RangeRule): FittedDevice | string;
}

export const familyNames = ['linear', 'soft-bounds', 'exponential', 'power'] as const;

export type FamilyName = (typeof familyNames)[number];

/** +1 up, −1 down. */
export function signOf(branch: Branch): 1 | -1 {
  return branch === 'ltp' ? 1 : -1;
}

/** The conductances between the stops, or that both branches cover, or that either does. */
export function rangeOf(
  ltp: readonly [number, number],
  ltd: readonly [number, number],
  rule: RangeRule,
  stops?: Pick<Stops, 'low' | 'high'>,
) {
  const [inner, outer] = rule === 'overlap' ? [Math.max, Math.min] : [Math.min, Math.max];
  return { low: stops?.low ?? inner(ltp[0], ltd[1]), high: stops?.high ?? outer(ltp[1], ltd[0]) };
}

/** Why a range cannot be one, or undefined. */
export function emptyRange({ low, high }: { low: number; high: number }): string | undefined {
  return high - low > 0.05
    ? undefined
    : 'the conductances that both LTP and LTD cover are less than a twentieth of all';
}
