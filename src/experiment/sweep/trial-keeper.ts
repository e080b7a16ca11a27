import type { Keeper, KeptExperiment } from '../keeper.js';
import type { Checkpoint } from './checkpoint.js';

/** `kill -9` costs so much of a trial at most [ms]. */
const period = 60_000;

/** A training that took less is sooner done again than what follows it waits for [ms]. */
const worthKeeping = 5000;

/** Once told to stop, a chunk may take so long; then what was kept last has to do [ms]. */
const patience = 5000;

/** Keeps a trial once a minute, and where it is told to stop. */
export class TrialKeeper implements Keeper<KeptExperiment> {
  readonly from: KeptExperiment | undefined;
  private keptAt = performance.now();
  /** Whether training is under way, so that it will ask again. */
  private isAsking = false;
  private exitCode: number | undefined;

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly exit: (code: number) => void,
  ) {
    checkpoint.clear();
    this.from = checkpoint.read();
  }

  isDue(isLast: boolean): boolean {
    this.isAsking = !isLast;
    const since = performance.now() - this.keptAt;
    return this.exitCode !== undefined || since >= (isLast ? worthKeeping : period);
  }

  keep(kept: KeptExperiment): void {
    try {
      this.checkpoint.write(kept);
    } catch (error) {
      // A full disk costs the checkpoint, and not the trial.
      console.error(`warning: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.keptAt = performance.now();
    if (this.exitCode !== undefined) this.exit(this.exitCode);
  }

  /** Ends the process, once the trial is kept where it trains. */
  stop(code: number): void {
    if (this.exitCode !== undefined) return;
    this.exitCode = code;
    if (!this.isAsking) this.exit(code);
    else
      setTimeout(() => {
        this.exit(code);
      }, patience);
  }
}
