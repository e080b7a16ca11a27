import { extentOf } from '../../statistics/extent.js';
import type { UnitCurves } from './family.js';
import { branches, type Branch, type MeanCurve } from './ramps.js';

/** The unit of the fit: x = (G − base)/span. Raw siemens would silently give nonsense in the search. */
export interface Scale {
  readonly base: number;
  readonly span: number;
}

/** 0 and 1 at the least and the largest mean conductance. */
export function scaleOf(curves: Readonly<Record<Branch, MeanCurve>>): Scale {
  const all = branches.flatMap((branch) => [...curves[branch].mean]);
  const [base, most] = extentOf(all);
  return { base, span: most - base };
}

export function unitCurves(curves: Readonly<Record<Branch, MeanCurve>>, { base, span }: Scale): UnitCurves {
  const unit = (curve: MeanCurve): Float64Array => curve.mean.map((g) => (g - base) / span);
  return { ltp: unit(curves.ltp), ltd: unit(curves.ltd), zero: -base / span };
}
