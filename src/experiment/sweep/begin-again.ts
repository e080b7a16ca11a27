import { halvesOf, type Batch } from './batch.js';
import type { ChildEnd } from './child.js';
import type { Trial } from './trial.js';

/** How often a batch is begun at most whose process was killed from outside. */
const attempts = 3;

export interface BatchEnd extends ChildEnd {
  readonly started: Date;
  /** Why it gave trials back that share something, where it did. */
  readonly returned: string | undefined;
}

/**
 * The batches in which trials are begun again whose process ended without a last word of them; none where that would go wrong
 * again. What was told to end was no trial's fault; of many trials any may be the one that took too much.
 */
export function againOf({ trials, starts }: Batch, left: readonly Trial[], { exitCode, signal }: BatchEnd): Batch[] {
  if (left.length === 0) return [];
  const told = exitCode === 143 || exitCode === 130;
  if (starts < attempts && (told || (trials.length === 1 && signal === 'SIGKILL'))) return [{ trials: left, starts }];
  return trials.length > 1 ? halvesOf(left) : [];
}
