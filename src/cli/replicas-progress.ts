import cliProgress from 'cli-progress';
import type { ReplicaOutcome } from '../experiment/replicas/outcome.js';
import type { PlannedReplica } from '../experiment/replicas/plan.js';
import type { TrainingEvent } from '../experiment/run.js';
import { formatPercent, formatTime } from './progress.js';

/** Least time between two lines about the same batch [ms]. */
const quiet = 10_000;

/** Shows on stderr how replicas go on: a line as each ends, and how much of all there is still to do. */
export class ReplicasProgress {
  private readonly done: number[];
  private perReplica = 0;
  private samplesPerEpoch = 0;
  private ended = 0;
  private started = 0;
  private told = 0;
  private readonly bar: cliProgress.SingleBar | undefined;

  constructor(
    private readonly planned: readonly PlannedReplica[],
    private readonly silent: boolean,
  ) {
    this.done = planned.map(() => 0);
    if (silent || !process.stderr.isTTY) return;
    this.bar = new cliProgress.SingleBar({
      stream: process.stderr,
      format: () => this.line(),
      ...{ clearOnComplete: true, linewrap: true, gracefulExit: false },
    });
  }

  observe(replica: number, event: TrainingEvent): void {
    if (event.of !== undefined) return;
    if (event.type === 'start') this.start(event.epochs, event.samplesPerEpoch);
    if (event.type === 'progress') this.move(replica, (event.epoch - 1) * this.samplesPerEpoch + event.samplesDone);
    if (event.type === 'epoch') this.move(replica, event.metrics.samples);
  }

  private start(epochs: number, samplesPerEpoch: number): void {
    if (this.perReplica > 0) return;
    this.samplesPerEpoch = samplesPerEpoch;
    this.perReplica = epochs * samplesPerEpoch;
    this.started = this.told = performance.now();
  }

  private move(replica: number, samples: number): void {
    this.done[replica] = samples;
    if (this.silent) return;
    const now = performance.now();
    if (this.bar) {
      if (this.bar.isActive) this.bar.update(0);
      else this.bar.start(1, 0);
    } else if (now - this.told >= quiet) {
      this.told = now;
      console.error(`  ${this.line()}`);
    }
  }

  end(replica: number, outcome: ReplicaOutcome): void {
    this.ended++;
    if ('record' in outcome) this.done[replica] = outcome.record.samples;
    if (this.silent && !('error' in outcome)) return;
    const { name, seed } = this.planned[replica]!;
    const came = 'error' in outcome ? `failed: ${outcome.error}` : accuracyOf(outcome);
    this.tell(`${name} (seed ${seed}): ${came}`);
  }

  /** A line of text that the bar must not overwrite. */
  tell(message: string): void {
    this.stop();
    console.error(message);
  }

  stop(): void {
    if (this.bar?.isActive) this.bar.stop();
  }

  private line(): string {
    const total = this.perReplica * this.planned.length;
    const part = total === 0 ? 0 : this.done.reduce((sum, samples) => sum + samples, 0) / total;
    const seconds = (performance.now() - this.started) / 1000;
    const left = part > 0 ? `, ${formatTime((seconds / part) * (1 - part))} left` : '';
    return `${this.ended} of ${this.planned.length} replicas done, ${(100 * part).toFixed(0)} % of all samples${left}`;
  }
}

function accuracyOf({ record }: Extract<ReplicaOutcome, { record: unknown }>): string {
  if (record.error !== null) return `failed: ${record.error}`;
  const reached = record.accuracy === null ? 'not evaluated' : `accuracy ${formatPercent(record.accuracy)}`;
  return record.status === 'complete' ? reached : `${record.status}, ${reached}`;
}
