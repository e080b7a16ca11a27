import type { UnitCurves } from './family.js';
import { meanCurve, type Branch, type RampSet } from './ramps.js';
import { unitCurves, type Scale } from './scale.js';
import { unitStops, type StopSet } from './stops.js';

/** What the fits of one set of ramps, and of parts of it, share. */
export interface Frame {
  readonly scale: Scale;
  /** Pulses of the mean curves. */
  readonly pulses: Readonly<Record<Branch, number>>;
  /** Undefined where no cell was stopped at a bound. */
  readonly stops: StopSet | undefined;
}

export function curvesOf(ramps: RampSet, { scale, pulses }: Frame): UnitCurves {
  return unitCurves({ ltp: meanCurve(ramps.ltp, pulses.ltp), ltd: meanCurve(ramps.ltd, pulses.ltd) }, scale);
}

/** Curves of nothing but length, which is all that a device's range needs of them. */
export function lengthsOf({ pulses, scale, stops }: Frame): UnitCurves {
  const curve = (branch: Branch): Float64Array => new Float64Array(pulses[branch] + 1);
  const zero = -scale.base / scale.span;
  return { ltp: curve('ltp'), ltd: curve('ltd'), zero, stops: stops && unitStops(stops.mean, scale) };
}
