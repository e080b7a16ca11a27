import type { SweepCounts, SweepEvent } from '../experiment/sweep/request.js';
import type { PointMean } from '../experiment/sweep/best-point.js';
import { shortNames } from '../experiment/sweep/short-names.js';
import { describePoint, describeTrial, type Trial, type TrialRecord } from '../experiment/sweep/trial.js';
import { formatPercent, formatTime } from './progress.js';

/** Least time between two pictures of the table [ms], and between two plain lines of a sweep of many trials. */
const redraw = 200;
const quiet = 10_000;

/** Off a terminal each trial has a line, as long as there are not more than so many. */
const lineEach = 1000;

/** Shows on stderr how a sweep goes on: a live table on a terminal, plain lines elsewhere, failures in any case. */
export class SweepProgress {
  private readonly running = new Map<string, { readonly trial: Trial; readonly state: string }>();
  private counts: SweepCounts = { trials: 0, finished: 0, failed: 0, known: 0, best: undefined };
  private readonly began = performance.now();
  private drawn = 0;
  private lines = 0;
  private told = performance.now();

  constructor(
    private readonly silent: boolean,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  observe(event: SweepEvent): void {
    if ('counts' in event) this.counts = event.counts;
    switch (event.type) {
      case 'start':
        if (event.counts.known > 0)
          this.say(`${event.counts.known} of ${event.counts.trials} trials are there already`);
        break;
      case 'begin':
        this.running.set(event.trial.hash, { trial: event.trial, state: 'starts' });
        break;
      case 'progress': {
        const reached = event.accuracy === null ? '' : `, accuracy ${formatPercent(event.accuracy)}`;
        const state = `epoch ${event.epoch}/${event.epochs}${reached}`;
        this.running.set(event.trial.hash, { trial: event.trial, state });
        break;
      }
      case 'end':
        this.running.delete(event.trial.hash);
        this.end(event.trial, event.record);
        break;
      case 'lost':
        for (const { hash } of event.trials) this.running.delete(hash);
        this.tell(describeLost(event));
        break;
      case 'passed':
        this.running.delete(event.trial.hash);
        break;
      case 'waiting':
        this.say(`waiting for ${event.trials} trials that another process runs`);
        break;
      default:
        event satisfies never;
    }
    this.draw(event.type === 'start');
  }

  private end(trial: Trial, record: TrialRecord): void {
    const accuracy = record.result?.accuracy ?? null;
    if (record.status === 'failed') {
      this.tell(`${describeTrial(trial)}: failed with exit code ${record.exitCode}: ${firstLine(record.error)}`);
      return;
    }
    if (this.silent || this.stream.isTTY) return;
    const now = performance.now();
    if (this.counts.trials > lineEach && now - this.told < quiet) return;
    this.told = now;
    const reached = accuracy === null ? 'not evaluated' : `accuracy ${formatPercent(accuracy)}`;
    console.error(`${describeTrial(trial)}: ${reached}; ${this.summary()}`);
  }

  /** A line of text that the table must not overwrite; also where nothing else is shown. */
  tell(message: string): void {
    this.clear();
    this.stream.write(`${message}\n`);
  }

  private say(message: string): void {
    if (!this.silent) this.tell(message);
  }

  /** Takes the table away. */
  stop(): void {
    this.clear();
  }

  private draw(atOnce: boolean): void {
    const now = performance.now();
    if (this.silent || !this.stream.isTTY || (!atOnce && now - this.drawn < redraw)) return;
    this.drawn = now;
    this.clear();
    const table = tableLines(this.summary(), this.counts.best, [...this.running.values()], {
      columns: this.stream.columns || 80,
      rows: this.stream.rows || 24,
    });
    this.stream.write(`${table.join('\n')}\n`);
    this.lines = table.length;
  }

  private clear(): void {
    if (this.lines > 0) this.stream.write(`\u001b[${this.lines}A\u001b[0J`);
    this.lines = 0;
  }

  /** `12 of 200, 1 failed, 94 a minute, 2:00 left`. */
  private summary(): string {
    const { trials, finished, failed, known } = this.counts;
    const over = finished + failed;
    const minutes = (performance.now() - this.began) / 60_000;
    const rate = (over - known) / minutes;
    const pace =
      over === known
        ? []
        : [`${Number(rate.toPrecision(3))} a minute`, `${formatTime(((trials - over) / rate) * 60)} left`];
    return [`${over} of ${trials}`, ...(failed > 0 ? [`${failed} failed`] : []), ...pace].join(', ');
  }
}

/** A trial that runs, and how far it is. */
export interface RunningTrial {
  readonly trial: Pick<Trial, 'point' | 'seed'>;
  readonly state: string;
}

/** The lines of the live table, cut to the terminal: how far a trial is, its point by the last steps of paths, its seed. */
export function tableLines(
  summary: string,
  best: PointMean | undefined,
  running: readonly RunningTrial[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
): string[] {
  const points = [...running.map(({ trial }) => trial.point), ...(best ? [best.point] : [])];
  const names = shortNames(points.flatMap((point) => Object.keys(point)));
  const shortened = (point: Trial['point']): Trial['point'] =>
    Object.fromEntries(Object.entries(point).map(([at, value]) => [names.get(at)!, value]));
  const head = best ? [describeBest({ ...best, point: shortened(best.point) })] : [];
  const room = Math.max(1, rows - 3 - head.length);
  const width = Math.max(0, ...running.map(({ state }) => state.length));
  const lines = running.map(
    ({ trial: { point, seed }, state }) => `${state.padEnd(width)}  seed ${seed}  ${describePoint(shortened(point))}`,
  );
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more`];
  return [summary, ...head, ...shown.map((line) => `  ${line}`)].map((line) => line.slice(0, Math.max(1, columns - 1)));
}

/** `best: mean accuracy 91.0 % ± 1.4 % of 2 seeds with device.states=8`. */
export function describeBest({ point, seeds, mean, sd }: PointMean): string {
  if (sd === null) return `best: accuracy ${formatPercent(mean)} with ${describeTrial({ point, seed: seeds[0]! })}`;
  const spread = `${formatPercent(mean)} ± ${formatPercent(sd)} of ${seeds.length} seeds`;
  const what = describePoint(point);
  return `best: mean accuracy ${spread}${what === '' ? '' : ` with ${what}`}`;
}

function describeLost({ trials, reason, processes }: SweepEvent & { type: 'lost' }): string {
  const [first] = trials;
  if (trials.length === 1)
    return `${describeTrial(first!)}: ${firstLine(reason)}; it goes on from where it was kept, or anew`;
  const where = processes === 1 ? 'one process' : `${processes} processes`;
  return `${trials.length} trials at once: ${firstLine(reason)}; they go on in ${where}, each from where it was kept, or anew`;
}

function firstLine(text: string | null): string {
  return (text ?? 'no reason told').split('\n', 1)[0]!;
}
