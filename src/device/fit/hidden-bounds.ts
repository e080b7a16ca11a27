import type { BranchNoise, StepOf } from './noise.js';
import { branches, type Branch, type MeanCurve } from './ramps.js';
import type { Stops } from './stops.js';

/** An end of the range at which cells may be stopped without a reading that repeats it. Conductances in siemens. */
export interface HiddenBound {
  readonly end: 'gMin' | 'gMax';
  /** The branch that leads there. */
  readonly branch: Branch;
  /** The model's step at the end of the mean ramp. */
  readonly step: number;
  /** σ over ramps of the last conductances, reads taken off, and what the noise of pulses alone would leave without a bound. */
  readonly spread: number;
  readonly expected: number;
  /** The ramps end too close together for cells that nothing stops. */
  readonly narrowed: boolean;
}

interface Measured {
  readonly curves: Readonly<Record<Branch, MeanCurve>>;
  readonly noise: Readonly<Record<Branch, BranchNoise>>;
  readonly step: StepOf;
  /** Bounds that were seen. */
  readonly stops: Pick<Stops, 'low' | 'high'> | undefined;
}

/**
 * Part of the variance expected below which ramps end too close together. A hard bound leaves 0.3 to 0.6 of it at the end
 * of the curve; of 20 ramps that nothing stops the part is known to 0.3.
 */
const narrow = 0.75;

/** Fewer ramps do not tell how far they spread. */
const leastRamps = 8;

/** Last conductances of which the spread is taken. */
const last = 3;

/**
 * Ends that a hard bound may stop cells at although read noise leaves no reading that repeats it: where the mean ramp comes to
 * steps below the noise of a pulse, or ramps end closer together than their pulses' noise would leave them.
 */
export function hiddenBounds({ curves, noise, step, stops }: Measured): HiddenBound[] {
  return branches.flatMap((branch) => {
    const [end, seen] = branch === 'ltp' ? (['gMax', stops?.high] as const) : (['gMin', stops?.low] as const);
    const { programming, read } = noise[branch];
    if (seen !== undefined) return [];
    const { spread, expected } = endSpread(curves[branch], noise[branch], (g) => step(branch, g));
    const final = Math.abs(step(branch, curves[branch].mean.at(-1)!));
    const known = curves[branch].ramps >= leastRamps && expected > read;
    const narrowed = known && spread ** 2 < narrow * expected ** 2;
    // Of reads without noise a bound would be seen.
    const level = final < programming && branches.some((either) => noise[either].read > 0);
    if (!narrowed && !level) return [];
    return [{ ...{ end, branch, spread, expected, narrowed }, step: final }];
  });
}

/**
 * A deviation from the mean ramp is kept by 1 + dμ/dG a pulse, and each pulse adds its own. What ramps differ by at their start is
 * left out: it may be of the reads of a whole ramp, which no curve spreads.
 */
function endSpread({ mean, deviation }: MeanCurve, { programming, read }: BranchNoise, step: (g: number) => number) {
  const h = 1e-4 * Math.abs(mean.at(-1)! - mean[0]!);
  const kept = (g: number): number => 1 + (step(g + h) - step(g - h)) / (2 * h);
  let variance = 0;
  let [seen, due] = [0, 0];
  for (const [k, g] of mean.entries()) {
    if (k >= mean.length - last) [seen, due] = [seen + deviation[k]! ** 2 - read ** 2, due + variance];
    variance = kept(g) ** 2 * variance + programming ** 2;
  }
  const count = Math.min(last, mean.length);
  return { spread: Math.sqrt(Math.max(0, seen / count)), expected: Math.sqrt(due / count) };
}
