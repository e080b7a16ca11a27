import type { CellDrift } from './cell-drift.js';
import type { ConditionsConfig, IdlePhase } from './conditions.js';
import type { TimeState } from './trainer-state.js';

/**
 * The time that passes while a network trains: that of its samples, felt at fixed counts of them, however they are cut into
 * chunks, and the phases in which nothing is trained.
 */
export class TrainingTime {
  /** Samples after which the cells last felt their temperature. */
  private driftedAt = 0;
  /** Since training began [s]. */
  private elapsed = 0;

  constructor(
    private readonly conditions: Partial<ConditionsConfig>,
    private readonly drift: CellDrift,
  ) {}

  state(): TimeState {
    return { driftedAt: this.driftedAt, elapsed: this.elapsed, pending: this.drift.waiting() };
  }

  takeUp({ driftedAt, elapsed, pending }: TimeState): void {
    this.driftedAt = driftedAt;
    this.elapsed = elapsed;
    this.drift.takeUp(pending);
  }

  /** The count above `samples` at which training must pause next. */
  nextStop(samples: number): number {
    const { driftEvery = Infinity, idle = [] } = this.conditions;
    const multiple = (period: number): number => (Math.floor(samples / period) + 1) * period;
    const stops = idle.map(({ after = Infinity, every }) => (every === undefined ? after : multiple(every)));
    const drifts = driftEvery === Infinity ? Infinity : multiple(driftEvery);
    return Math.min(drifts, ...stops.filter((stop) => stop > samples));
  }

  /** What is due at a count of samples: drift, then the idle phases in the order in which they are written. */
  async reached(samples: number): Promise<void> {
    const { driftEvery = Infinity, idle = [] } = this.conditions;
    const phases = idle.filter(
      ({ after, every }) => after === samples || (every !== undefined && samples % every === 0),
    );
    if (phases.length > 0 || samples % driftEvery === 0) await this.catchUp(samples);
    for (const phase of phases) await this.idle(phase);
  }

  /** Lets the time of the samples since the last drift pass. */
  async catchUp(samples: number): Promise<void> {
    const { temperature } = this.conditions;
    const time = this.timeSince(samples);
    this.driftedAt = samples;
    if (temperature === undefined || time === 0) return;
    await this.drift.pass({ temperature, time }, { from: this.elapsed });
    this.elapsed += time;
  }

  /** A copy of the cells, with the time of the samples since the last drift yet to feel. */
  leave(copy: CellDrift, samples: number): void {
    const { temperature } = this.conditions;
    if (temperature !== undefined) copy.wait(temperature, this.elapsed, this.timeSince(samples));
  }

  private async idle({ temperature, time }: IdlePhase): Promise<void> {
    const own = temperature !== undefined;
    const phase = { temperature: temperature ?? this.conditions.temperature!, time };
    await this.drift.pass(phase, { from: own ? 0 : this.elapsed, all: true });
    this.elapsed += time;
  }

  private timeSince(samples: number): number {
    return (samples - this.driftedAt) * (this.conditions.sampleTime ?? 0);
  }
}
