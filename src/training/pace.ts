import type { OnlineSgdSession } from '../../kernels/online-sgd/contract.js';

/** Milliseconds between borders: short enough for a smooth bar and a prompt Ctrl-C. */
const chunkMilliseconds = 100;

const longestChunk = 20_000;

/** A session whose runs have one pace, which the session times. */
export interface PacedSession extends OnlineSgdSession {
  readonly pace?: Pace;
}

/**
 * Where training comes back to the event loop: at borders so far apart as about 0.1 s of work. All who train together
 * ask one pace, so that their calls end at the same steps and are one call of the kernel.
 */
export class Pace {
  private border: { readonly from: number; readonly to: number } = { from: 0, to: 0 };
  /** One at first: a slow GPU may take seconds for as many as a fast one does in a moment. */
  private chunk = 1;
  /** Since the last border. */
  private done = { samples: 0, milliseconds: 0 };
  private running = 0;
  private since = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Samples from a step up to the next border, which is the same one for all who are on the way to it. */
  samplesFrom(step: number): number {
    const { from, to } = this.border;
    if (step < from || step >= to) {
      this.measure();
      this.border = { from: step, to: step + this.chunk };
    }
    return this.border.to - step;
  }

  /** Does work whose time counts, once for all that is done at the same time. */
  async timed(work: () => Promise<void>, samples = 0): Promise<void> {
    if (this.running++ === 0) this.since = this.now();
    try {
      await work();
      this.done.samples += samples;
    } finally {
      if (--this.running === 0) this.done.milliseconds += this.now() - this.since;
    }
  }

  private measure(): void {
    const { samples, milliseconds } = this.done;
    if (samples === 0) return;
    const wanted = (samples * chunkMilliseconds) / Math.max(milliseconds, 0.1);
    this.chunk = Math.round(Math.min(Math.max(wanted, 1), longestChunk));
    this.done = { samples: 0, milliseconds: 0 };
  }
}
