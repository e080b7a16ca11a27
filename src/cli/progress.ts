import cliProgress from 'cli-progress';
import type { TrainingEvent } from '../experiment/run.js';
import { celsius } from '../device/retention/law.js';
import { showTemperature } from '../device/retention/temperature.js';
import { formatQuantity } from '../units.js';
import type { RetentionPoint } from '../experiment/retention/study.js';
import type { EpochMetrics, HoldMetrics } from '../experiment/runner.js';

/** Shows how a run goes on, on stderr. */
export interface Progress {
  observe(event: TrainingEvent): void;
  /** A line of text that the progress must not overwrite. */
  tell(message: string): void;
  /** Leaves the terminal as it was, however the run ended. */
  stop(): void;
}

/** A bar where a person watches, one plain line an epoch elsewhere, nothing where it was asked for. */
export function chooseProgress(quiet: boolean): Progress {
  if (quiet) return new Silence();
  return process.stderr.isTTY ? new Bar() : new Lines();
}

class Silence implements Progress {
  observe(): void {
    // Nothing is said.
  }

  tell(message: string): void {
    console.error(message);
  }

  stop(): void {
    // Nothing was shown.
  }
}

class Lines implements Progress {
  private readonly pace = new Pace();

  observe(event: TrainingEvent): void {
    this.pace.observe(event);
    if (event.type === 'epoch') console.error(this.pace.line(event.metrics));
    if (event.type === 'hold') console.error(holdLine(event.metrics, event.phases));
    if (event.type === 'retention' && event.point.time > 0) console.error(leftLine(event.point));
  }

  tell(message: string): void {
    console.error(message);
  }

  stop(): void {
    // Every line is whole already.
  }
}

class Bar implements Progress {
  private readonly pace = new Pace();
  private readonly bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: (_, { progress }, shown: Shown) => barLine(shown, progress, process.stderr.columns || 80),
    clearOnComplete: true,
    // Nothing to put back, should the process quit at once.
    linewrap: true,
    // The command has its own: a run ends cleanly at the first Ctrl-C.
    gracefulExit: false,
  });

  observe(event: TrainingEvent): void {
    this.pace.observe(event);
    if (event.type === 'end' || event.type === 'retention') return;
    if (event.type === 'hold') {
      this.tell(holdLine(event.metrics, event.phases));
      return;
    }
    if (!this.bar.isActive) this.bar.start(this.pace.total, this.pace.done, this.pace.shown());
    else this.bar.update(this.pace.done, this.pace.shown());
  }

  tell(message: string): void {
    // The bar's line is cleared; the next event draws it anew below the message.
    this.stop();
    process.stderr.write(`${message}\n`);
  }

  stop(): void {
    if (this.bar.isActive) this.bar.stop();
  }
}

/** A point of a retention study on one line. */
export function leftLine({ device, time, temperature, accuracy }: RetentionPoint): string {
  return `${device}, ${formatQuantity(time, 'time')} at ${celsius(temperature)}: accuracy ${formatPercent(accuracy)}`;
}

/** A hold on one line. */
export function holdLine({ phase, time, temperature, accuracy, retained }: HoldMetrics, phases: number): string {
  const left = retained === null ? '' : `, ${formatPercent(retained)} of the programmed conductance left`;
  const held = `hold ${phase}/${phases}, ${formatQuantity(time, 'time')} at ${showTemperature(temperature, time)}`;
  return `${held}: accuracy ${formatPercent(accuracy)}${left}`;
}

/** What stands beside the bar. */
export interface Shown {
  /** Whose training it is, with a comma; empty for the experiment's own. */
  readonly of?: string;
  readonly epoch: string;
  readonly rate: string;
  readonly accuracy: string;
  readonly left: string;
}

/**
 * The bar and its figures on one line. Where it is narrow the bar shrinks, then goes, before the figures do.
 * @param progress - fraction, 0 to 1
 * @param columns - width of the terminal
 */
export function barLine({ of = '', epoch, rate, accuracy, left }: Shown, progress: number, columns: number): string {
  const [before, after] = [`${of}epoch ${epoch} `, `${rate} samples/s, accuracy ${accuracy}, ${left} left`];
  const room = columns - 1 - before.length - after.length - '|| '.length;
  const size = Math.min(30, room);
  const full = Math.round(size * Math.min(1, Math.max(0, progress)));
  const bar = size < 4 ? '' : `|${'█'.repeat(full)}${'░'.repeat(size - full)}| `;
  return `${before}${bar}${after}`.slice(0, Math.max(1, columns - 1));
}

/** How far a run is, how fast it goes and how long it will still take. */
class Pace {
  total = 0;
  done = 0;
  private started = 0;
  private epochs = 0;
  private samplesPerEpoch = 0;
  private epoch = 0;
  private of = '';
  private accuracy: number | undefined;

  observe(event: TrainingEvent): void {
    this.of = event.of === undefined ? '' : `${event.of}, `;
    if (event.type === 'start') this.start(event.epochs, event.samplesPerEpoch);
    if (event.type === 'progress') this.move(event.epoch, event.samplesDone);
    if (event.type !== 'epoch') return;
    this.move(event.metrics.epoch, this.samplesPerEpoch);
    // Epoch 0 is the evaluation before training: the clock of training starts after it.
    if (event.metrics.epoch === 0) this.start(this.epochs, this.samplesPerEpoch);
    this.accuracy = event.metrics.accuracy;
  }

  private start(epochs: number, samplesPerEpoch: number): void {
    this.epochs = epochs;
    this.samplesPerEpoch = samplesPerEpoch;
    this.total = epochs * samplesPerEpoch;
    this.done = 0;
    this.accuracy = undefined;
    this.started = performance.now();
  }

  private move(epoch: number, samplesDone: number): void {
    this.epoch = epoch;
    this.done = Math.max(0, epoch - 1) * this.samplesPerEpoch + samplesDone;
  }

  /** The fields of the bar. */
  shown(): Shown {
    const seconds = (performance.now() - this.started) / 1000;
    const known = this.done > 0 && seconds > 0;
    return {
      of: this.of,
      epoch: `${Math.max(1, this.epoch)}/${this.epochs}`,
      rate: known ? formatCount(this.done / seconds) : '-',
      accuracy: this.accuracy === undefined ? '-' : formatPercent(this.accuracy),
      left: known ? formatTime((seconds / this.done) * (this.total - this.done)) : '-',
    };
  }

  /** An epoch on one line. */
  line({ epoch, accuracy, samplesPerSecond }: EpochMetrics): string {
    const name = `${this.of}epoch ${String(epoch).padStart(String(this.epochs).length)}/${this.epochs}`;
    const rate = samplesPerSecond === null ? '' : `, ${formatCount(samplesPerSecond)} samples/s`;
    const left = epoch === 0 || epoch === this.epochs ? '' : `, ${this.shown().left} left`;
    return `${name}: accuracy ${formatPercent(accuracy)}${rate}${left}`;
  }
}

/** `94.05 %` of 0.9405. */
export function formatPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

/** `61,000`: three significant digits are all that a rate has. */
export function formatCount(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}

/** How long something took: `0.25 s`, from ten seconds on as {@link formatTime} has it. */
export function formatDuration(seconds: number): string {
  return seconds < 9.95 ? `${Number(seconds.toPrecision(2))} s` : formatTime(seconds);
}

/** `1:02:03`, or `2:03` below an hour. */
export function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
