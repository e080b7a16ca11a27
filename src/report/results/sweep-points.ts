import { spreadOf, type Spread } from './groups.js';
import type { PointValue, SweepRead, TrialRead } from './sweep.js';

/** One point of a sweep: its values, and how the accuracies of its seeds lie. */
export interface SweepPoint extends Spread {
  readonly values: Readonly<Record<string, PointValue>>;
}

/** Trials that came to an accuracy, those of equal values together, in the sweep's order. */
export function pointsOf({ trials, paths }: Pick<SweepRead, 'trials' | 'paths'>): SweepPoint[] {
  const groups = new Map<string, TrialRead[]>();
  for (const trial of trials) {
    const key = JSON.stringify(paths.map((path) => trial.point[path] ?? null));
    const known = groups.get(key);
    if (known) known.push(trial);
    else groups.set(key, [trial]);
  }
  return [...groups.values()].flatMap((members) => {
    const spread = spreadOf(members.map(({ accuracy }) => accuracy));
    const values = Object.fromEntries(paths.map((path) => [path, members[0]!.point[path] ?? null]));
    return spread ? [{ values, ...spread }] : [];
  });
}
