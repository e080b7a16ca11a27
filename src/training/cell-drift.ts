import type { OnlineSgdProgram, OnlineSgdSession } from '../../kernels/online-sgd/contract.js';
import { DriftClock, driftBounds, type DriftBounds } from '../crossbar/drift.js';
import type { CrossbarState } from '../crossbar/program.js';
import type { Stay } from '../device/retention/law.js';

/** Lets time pass over the cells of one replica of a session. */
export class CellDrift {
  private readonly clocks: readonly DriftClock[];

  constructor(
    private readonly session: OnlineSgdSession,
    private readonly program: OnlineSgdProgram,
    private readonly seed: number,
    private readonly replica = 0,
  ) {
    this.clocks = program.layers.map(({ crossbar }, l) => new DriftClock(crossbar, seed, l));
  }

  /**
   * @param all - whether cells feel even what is too little to matter yet
   * @throws UsageError where the device's law does not hold at the temperature
   */
  async pass(stay: Stay, all = false): Promise<void> {
    for (const [l, clock] of this.clocks.entries()) {
      clock.pass(stay);
      const losses = clock.due(all);
      if (losses) await this.session.drift(this.replica, l, losses);
    }
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
