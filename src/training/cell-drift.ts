import type { OnlineSgdProgram, OnlineSgdSession } from '../../kernels/online-sgd/contract.js';
import { DriftClock, driftBounds, type DriftBounds } from '../crossbar/drift.js';
import type { CrossbarState } from '../crossbar/program.js';
import type { Phase, Temperature } from '../device/retention/temperature.js';
import type { Pending } from './trainer-state.js';

/** Lets time pass over the cells of one replica of a session. */
export class CellDrift {
  private constructor(
    private readonly session: OnlineSgdSession,
    private readonly program: OnlineSgdProgram,
    private readonly seed: number,
    private readonly clocks: readonly DriftClock[],
    private readonly replica: number,
  ) {}

  static of(session: OnlineSgdSession, program: OnlineSgdProgram, seed: number, replica = 0): CellDrift {
    const clocks = program.layers.map(({ crossbar }, l) => new DriftClock(crossbar, seed, l));
    return new CellDrift(session, program, seed, clocks, replica);
  }

  /** The same cells in another session, which then go their own way: the time that they have yet to feel is copied. */
  fork(session: OnlineSgdSession): CellDrift {
    const clocks = this.clocks.map((clock) => clock.fork());
    return new CellDrift(session, this.program, this.seed, clocks, 0);
  }

  /** The time that the cells have yet to feel, by layer. */
  waiting(): Pending[] {
    return this.clocks.map((clock) => clock.waiting());
  }

  takeUp(waiting: readonly Pending[]): void {
    this.clocks.forEach((clock, l) => {
      clock.takeUp(waiting[l]!);
    });
  }

  /**
   * @param from - how far into its profile the temperature is [s]
   * @param all - whether cells feel even what is too little to matter yet
   * @throws UsageError where the device's law does not hold at the temperature
   */
  async pass({ temperature, time }: Phase, { from = 0, all = false } = {}): Promise<void> {
    for (const [l, clock] of this.clocks.entries()) {
      clock.passAlong(temperature, from, time);
      const losses = clock.due(all);
      if (losses) await this.session.drift(this.replica, l, losses);
    }
  }

  /** Lets time pass of which nothing is felt yet. */
  wait(temperature: Temperature, from: number, time: number): void {
    for (const clock of this.clocks) clock.passAlong(temperature, from, time);
  }

  /** Σ over all cells of |g − unprogrammed|, in ranges: what there is to lose. */
  async programmed(): Promise<number> {
    const states = await this.session.states(this.replica);
    return states.reduce((sum, state, l) => sum + this.layerSum(state, l), 0);
  }

  private layerSum({ plus, minus }: CrossbarState, layer: number): number {
    const { crossbar } = this.program.layers[layer]!;
    return [plus, minus].reduce((sum, g, polarity) => {
      return g.length === 0 ? sum : sum + distance(g, driftBounds(crossbar, this.seed, layer, polarity));
    }, 0);
  }
}

function distance(g: Float32Array, { rest }: DriftBounds): number {
  return g.reduce((sum, value, i) => sum + Math.abs(value - (rest.length === 1 ? rest[0]! : rest[i]!)), 0);
}
