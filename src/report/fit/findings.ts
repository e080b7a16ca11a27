import type { BranchNoise } from '../../device/fit/noise.js';
import type { Branch } from '../../device/fit/ramps.js';
import type { RampFit } from '../../device/fit/result.js';
import { formatQuantity } from '../../units.js';

/** Which noise is the larger part of a step's variance. */
export function noiseKind({ programming, read }: BranchNoise): string {
  if (programming === 0 && read === 0) return 'none found';
  const share = programming ** 2 / (programming ** 2 + 2 * read ** 2);
  if (share > 2 / 3) return 'programming noise';
  return share < 1 / 3 ? 'read noise' : 'both alike';
}

/** Whether the spread over ramps grows as √n, where that can be told. */
export function growthSentence({ noise, estimates }: RampFit, branch: Branch): string {
  const name = branch.toUpperCase();
  const { growth } = noise[branch];
  if (growth === undefined)
    return `${name}: too few pulses, or too little besides read noise, to tell how the spread grows.`;
  const { low, high } = estimates[`${branch}.growth`] ?? { low: null, high: null };
  const measured = `${name}: n pulses spread as n^${growth.toFixed(2)}, read noise taken off`;
  if (low === null || high === null) return `${measured}; without an interval it cannot be told from √n.`;
  const range = `${measured} (${low.toFixed(2)} … ${high.toFixed(2)})`;
  if (low <= 0.5 && high >= 0.5) return `${range}: as √n, so the steps are independent of one another.`;
  if (low > 0.5) {
    return `${range}: faster than √n, so ramps differ by more than independent steps explain; training is given σ·√n with the σ of one pulse.`;
  }
  return `${range}: slower than √n, so deviations are pulled back; training is given σ·√n with the σ of one pulse.`;
}

/** What was made of ends of LTP and LTD that differ. */
export function rangeSentence({ curves, options, device, model }: RampFit): string {
  const siemens = (value: number): string => formatQuantity(value, 'conductance');
  const gap = (a: number, b: number): string => `${siemens(a)} and ${siemens(b)}`;
  const top = gap(curves.ltp.mean.at(-1)!, curves.ltd.mean[0]!);
  const bottom = gap(curves.ltp.mean[0]!, curves.ltd.mean.at(-1)!);
  const ends = `LTP's end and LTD's start are ${top}, LTP's start and LTD's end ${bottom}.`;
  if (model === 'soft-bounds' || model === 'power') {
    return `${ends} Each branch is fitted from its own start; the device's range lies between the fitted bounds, ${gap(device.gMin, device.gMax)}, which ramps need not reach.`;
  }
  const rule =
    options.range === 'overlap'
      ? 'the device has the conductances that both cover, where every step was measured (--range union takes all that either covers)'
      : 'the device has the conductances that either covers, with steps extrapolated where one does not (--range overlap takes those that both cover)';
  return `${ends} Each branch is fitted over its own range; ${rule}.`;
}

/** How far the form misses the mean curve, and whether the ramps can tell. */
export function misfitSentence({ curves, fitted, device, model, ramps }: RampFit, branch: Branch): string {
  const { mean, deviation } = curves[branch];
  const residuals = Array.from(mean, (g, p) => Math.abs(g - fitted[branch][p]!));
  const worst = residuals.reduce((at, residual, p) => (residual > residuals[at]! ? p : at), 0);
  const largest = `${branch.toUpperCase()}: the largest residual is ${((100 * residuals[worst]!) / (device.gMax - device.gMin)).toFixed(2)} % of the range, after ${worst} pulses`;
  const error = deviation[worst]! / Math.sqrt(ramps[branch]);
  if (error === 0) return `${largest}.`;
  const ratio = residuals[worst]! / error;
  if (ratio < 4) return `${largest}, within what the ramps leave uncertain.`;
  const remedy =
    model === 'lookup-table'
      ? ''
      : '; its intervals are those of the nearest such curve, and --model lookup-table assumes no form';
  return `${largest}, ${ratio.toFixed(0)} standard errors of the mean: the ramps are not quite of this form${remedy}.`;
}
