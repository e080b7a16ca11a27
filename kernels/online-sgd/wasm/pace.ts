/** Whether the caller's thread works alone or all threads do. */
export type Mode = 'alone' | 'together';

/**
 * Samples of one call. An engine replaces a function's first, slow compilation by the optimised one only when the function
 * is called again: a whole epoch in one call would run in slow code throughout.
 */
export const samplesPerCall = 50;

/** Milliseconds that a call of several threads should not exceed, so that they are compared in time. */
const callMilliseconds = 4;

/** Milliseconds of work between two comparisons: at first, and at most. A comparison that changes nothing doubles them. */
const shortest = 20;
const longest = 2000;

/** Calls of the other mode in a comparison, and those that its medians are taken of. */
const trials = 3;

/** Threads together must be this much faster: what they cost others counts too. */
const margin = 0.95;

/**
 * Chooses between one thread and several by what each takes for a sample, now and then measured anew: cores come and go
 * with what else the machine does, and what there is to do a sample changes as training settles.
 */
export class Pace {
  private current: Mode = 'alone';
  private readonly recent = { alone: [] as number[], together: [] as number[] };
  private period = shortest;
  private spent = 0;
  /** Calls that are left of a comparison. */
  private trying = 0;
  private cuts = 0;

  /** How the next call is to be done. */
  get mode(): Mode {
    if (this.trying === 0) return this.current;
    return this.current === 'alone' ? 'together' : 'alone';
  }

  /** Milliseconds that one thread takes for a sample; undefined before it has done any. */
  get aloneTime(): number | undefined {
    return median(this.recent.alone);
  }

  /** Samples of the next call. */
  get samples(): number {
    const wanted = Math.round(callMilliseconds / (this.aloneTime ?? Infinity));
    return this.aloneTime === undefined ? 2 : Math.min(Math.max(wanted, 2), samplesPerCall);
  }

  /**
   * Takes note of a call.
   * @param cut - whether it was ended early because threads kept each other waiting
   */
  note(mode: Mode, samples: number, milliseconds: number, cut: boolean): void {
    const times = this.recent[mode];
    times.push(milliseconds / samples);
    if (times.length > trials) times.shift();
    this.spent += milliseconds;
    if (this.trying > 0) {
      this.trying = cut ? 0 : this.trying - 1;
      if (this.trying === 0) this.decide();
      return;
    }
    this.cuts = cut ? this.cuts + 1 : 0;
    if (this.cuts === trials) this.take('alone');
    else if (this.spent >= this.period) this.trying = trials;
  }

  private decide(): void {
    const [alone, together] = [median(this.recent.alone)!, median(this.recent.together)!];
    const better = together < margin * alone ? 'together' : 'alone';
    if (better !== this.current) this.take(better);
    else this.wait(Math.min(2 * this.period, longest));
  }

  private take(mode: Mode): void {
    this.current = mode;
    this.wait(shortest);
  }

  private wait(period: number): void {
    this.period = period;
    this.spent = 0;
    this.cuts = 0;
  }
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
