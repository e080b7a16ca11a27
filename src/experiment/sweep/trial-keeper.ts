import type { Keeper, KeptExperiment } from '../keeper.js';
import type { Checkpoint } from './checkpoint.js';
import type { Departure } from './departure.js';

/** `kill -9` costs so much of a trial at most [ms]. */
const period = 60_000;

/** A training that took less is sooner done again than what follows it waits for [ms]. */
const worthKeeping = 5000;

/** Keeps a trial once a minute, and where its process is told to stop. */
export class TrialKeeper implements Keeper<KeptExperiment> {
  readonly from: KeptExperiment | undefined;
  private keptAt = performance.now();
  private isLast = false;

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly departure: Departure,
  ) {
    checkpoint.clear();
    this.from = checkpoint.read();
  }

  isDue(isLast: boolean): boolean {
    const since = performance.now() - this.keptAt;
    const due = this.departure.isTold || since >= (isLast ? worthKeeping : period);
    this.isLast = isLast;
    if (!isLast) this.departure.waitFor(this);
    else if (!due) this.over();
    return due;
  }

  keep(kept: KeptExperiment): void {
    try {
      this.checkpoint.write(kept);
    } catch (error) {
      // A full disk costs the checkpoint, and not the trial.
      console.error(`warning: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.keptAt = performance.now();
    if (this.isLast || this.departure.isTold) this.over();
  }

  /** Nobody waits for the trial any more: it is kept, or has ended. */
  over(): void {
    this.departure.letGo(this);
  }
}
