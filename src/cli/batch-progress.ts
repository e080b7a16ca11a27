import type { BatchEvent } from '../experiment/calibrate/evaluator.js';
import { formatTime } from './progress.js';

/** Least time between two lines about one batch [ms]. */
const quiet = 10_000;

/** Tells how batches of runs go on: a line as each starts, and one every ten seconds while it lasts. */
export class BatchProgress {
  private started = 0;
  private told = 0;

  constructor(private readonly tell: (text: string) => void) {}

  observe({ type, stage, runs, known, done }: BatchEvent): void {
    const now = performance.now();
    const missing = runs - known;
    if (type === 'batch') {
      this.started = this.told = now;
      this.tell(`${stage}: ${runs} runs${known > 0 ? `, ${known} of them there already` : ''}`);
    } else if (now - this.told >= quiet && done < missing) {
      this.told = now;
      this.tell(`  ${done} of ${missing}, ${formatTime(((now - this.started) / 1000 / done) * (missing - done))} left`);
    }
  }
}
