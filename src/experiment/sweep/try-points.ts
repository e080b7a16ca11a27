import type { LoadedSweep } from './load.js';
import type { Point } from './points.js';
import type { SweepConfig } from './schema.js';
import { describePoint } from './trial.js';

/** A point whose configuration cannot be. */
export interface RefusedPoint {
  readonly point: Point;
  readonly message: string;
}

export interface Tried {
  /** Points whose configuration was put together and checked. */
  readonly tried: number;
  readonly refused: readonly RefusedPoint[];
}

/** Points that are tried at most: some 20 ms each. */
const most = 200;

/**
 * Puts the configurations of a sweep's points together without running them: of all, or, where there are many, of points
 * that show every value of every axis as long as those suffice, and of others evenly spread.
 */
export function tryPoints({ points, mistakeAt, config }: LoadedSweep): Tried {
  const chosen = chosenOf(points);
  const refused = chosen.flatMap((point): RefusedPoint[] => {
    const error = mistakeAt(point);
    if (!error) return [];
    const [first = '', ...rest] = error.message.split('\n');
    const text = rest.length === 0 ? first : `${first} (and ${rest.length} more)`;
    const whole = first.includes('expected a whole number') ? brokenIn(point, config) : undefined;
    const remedy = whole === undefined ? '' : `; write integer: true in the range of ${whole}`;
    return [{ point, message: `${describePoint(point)}: ${text}${remedy}` }];
  });
  return { tried: chosen.length, refused };
}

/** The axis of a point whose range puts a fraction there. */
function brokenIn(point: Point, { axes }: SweepConfig): string | undefined {
  return Object.keys(point).find((at) => {
    const [axis, value] = [axes[at]!, point[at]];
    return !Array.isArray(axis) && 'integer' in axis && !axis.integer && !Number.isInteger(value);
  });
}

function chosenOf(points: LoadedSweep['points']): Point[] {
  const count = points.asked - points.leftOut();
  const [seed] = points.seeds;
  const seen = new Map(points.axes.map(({ path }) => [path, new Set<unknown>()]));
  const step = Math.max(1, Math.ceil(count / (most / 2)));
  const chosen: Point[] = [];
  let index = 0;
  for (const { point, seed: own } of points.all()) {
    if (own !== seed) continue;
    const fresh = Object.entries(point).filter(([at, value]) => !seen.get(at)!.has(value));
    if (count <= most || fresh.length > 0 || index % step === 0 || index === count - 1) {
      if (chosen.length < most) chosen.push(point);
    }
    for (const [at, value] of fresh) seen.get(at)!.add(value);
    index++;
  }
  return chosen;
}
