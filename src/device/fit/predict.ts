import type { Family, UnitCurves } from './family.js';
import type { Branch } from './ramps.js';

/** The family's curves of both branches. */
export function predict(
  family: Family,
  curves: UnitCurves,
  parameters: readonly number[],
): Record<Branch, Float64Array> {
  const predicted: Record<Branch, Float64Array> = { ltp: new Float64Array(0), ltd: new Float64Array(0) };
  let taken = 0;
  for (const block of family.blocks(curves)) {
    const own = parameters.slice(taken, taken + block.least.length);
    taken += block.least.length;
    for (const branch of block.branches) predicted[branch] = block.curve(own, branch, curves[branch].length, 1);
  }
  return predicted;
}
