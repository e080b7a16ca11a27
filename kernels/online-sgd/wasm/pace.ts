/** Whether the caller's thread works alone or all threads do. */
export type Mode = 'alone' | 'together';

/**
 * Samples of one call. An engine replaces a function's first, slow compilation by the optimised one only when the function
 * is called again: a whole epoch in one call would run in slow code throughout.
 */
export const samplesPerCall = 50;

/**
 * Samples of one call of several threads, once their code is the optimised one: to begin and to end a call takes them some
 * 15 µs, of 300 for 50 samples; 200 and 500 came out alike.
 */
export const samplesPerLongCall = 400;

/** Milliseconds that a call of several threads should not exceed, so that they are compared in time; and in a comparison. */
const callMilliseconds = 4;
const trialMilliseconds = 1;

/** Milliseconds of work between two comparisons: at first, and at most. A comparison that changes nothing doubles them. */
const shortest = 20;
const longest = 2000;

/** Calls of each mode in a comparison: those of the other one follow each other, since a change of mode moves the cells. */
const trials = 8;

/** Calls ended early, one after the other, after which one thread goes on; in a comparison it takes one. */
const mostCuts = 2;

/** Threads together must be this much faster: what they cost others counts too. */
const margin = 0.95;

/**
 * Chooses between one thread and several by what each takes for a sample, now and then measured anew: cores come and go
 * with what else the machine does, and what there is to do a sample changes as training settles.
 */
export class Pace {
  private current: Mode = 'alone';
  private readonly recent = { alone: new Recent(), together: new Recent() };
  private period = shortest;
  private spent = 0;
  /** Calls that are left of a comparison. */
  private trying = 0;
  private cuts = 0;

  /** How the next call is to be done. */
  get mode(): Mode {
    return (this.current === 'together') === this.trying > 0 ? 'alone' : 'together';
  }

  /** Milliseconds that one thread takes for a sample; undefined before it has done any. */
  get aloneTime(): number | undefined {
    return this.recent.alone.perSample;
  }

  /** Samples of the next call. */
  get samples(): number {
    if (this.aloneTime === undefined) return 2;
    const milliseconds = this.trying > 0 ? trialMilliseconds : callMilliseconds;
    return Math.max(Math.round(milliseconds / this.aloneTime), 2);
  }

  /**
   * Takes note of a call.
   * @param cut - whether it was ended early because threads kept each other waiting
   */
  note(mode: Mode, samples: number, milliseconds: number, cut: boolean): void {
    this.recent[mode].push(samples, milliseconds);
    this.spent += milliseconds;
    this.cuts = cut ? this.cuts + 1 : 0;
    // Until the others have started, one thread trains, whatever is to be compared.
    if (mode !== this.mode) return;
    if (this.trying > 0) {
      this.trying = cut ? 0 : this.trying - 1;
      if (this.trying === 0) this.decide(cut);
    } else if (this.cuts === mostCuts) this.take('alone');
    else if (this.spent >= this.period) this.trying = trials;
  }

  private decide(cut: boolean): void {
    const { alone, together } = this.recent;
    const faster = together.perSample! < margin * alone.perSample!;
    const better = faster && !cut ? 'together' : 'alone';
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

/** What the last calls took. */
class Recent {
  private readonly calls: { readonly samples: number; readonly milliseconds: number }[] = [];

  push(samples: number, milliseconds: number): void {
    this.calls.push({ samples, milliseconds });
    if (this.calls.length > trials) this.calls.shift();
  }

  /** Milliseconds a sample; undefined before the first call. */
  get perSample(): number | undefined {
    if (this.calls.length === 0) return undefined;
    const sum = (of: 'samples' | 'milliseconds'): number => this.calls.reduce((total, call) => total + call[of], 0);
    return sum('milliseconds') / sum('samples');
  }
}
