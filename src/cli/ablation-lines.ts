import type { Level } from '../experiment/ablation/paired.js';
import type { Variant } from '../experiment/ablation/plan.js';
import { formatPercent, formatTime } from './progress.js';

/** How an ablation goes on, on stderr: a line a kind of run; on a terminal a line below that counts the runs. */
export class AblationLines {
  private readonly started = performance.now();
  private readonly live = process.stderr.isTTY;
  private done = 0;
  private of = 0;

  constructor(private readonly quiet: boolean) {}

  ran(done: number, of: number): void {
    [this.done, this.of] = [done, of];
    this.status();
  }

  finished({ name }: Variant, { mean, runs, stalled }: Level, errors: readonly string[]): void {
    const stalls = stalled === 0 ? '' : `, ${stalled} stalled`;
    const failures = errors.length === 0 ? '' : `, ${errors.length} failed: ${errors[0]!.split('\n', 1)[0]!}`;
    const level = mean === null ? 'no accuracy' : formatPercent(mean);
    // What failed is told whether or not progress was asked for.
    if (this.quiet && errors.length === 0) return;
    this.tell(`${name}: ${level} over ${runs} ${runs === 1 ? 'run' : 'runs'}${stalls}${failures}${this.left()}`);
  }

  tell(message: string): void {
    this.end();
    console.error(message);
    this.status();
  }

  /** Leaves the terminal as it was. */
  end(): void {
    if (this.live) process.stderr.write('\r\x1b[K');
  }

  private status(): void {
    if (!this.live || this.quiet || this.done === this.of) return;
    process.stderr.write(`\r\x1b[K${this.done} of ${this.of} runs${this.left()}`);
  }

  private left(): string {
    if (this.done === 0 || this.done === this.of) return '';
    const seconds = (performance.now() - this.started) / 1000;
    return `; ${formatTime((seconds / this.done) * (this.of - this.done))} left`;
  }
}
