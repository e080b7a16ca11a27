import type { OnlineSgdProgram, OnlineSgdSession, SamplesHandle } from '../../kernels/online-sgd/contract.js';
import type { Phase } from '../device/retention/temperature.js';
import type { CellDrift } from './cell-drift.js';
import type { Evaluation } from './evaluation.js';

/** How a network does on the test images; the stream separates the read noise of one evaluation from another's. */
export type Judge = (
  session: OnlineSgdSession,
  test: SamplesHandle,
  stream: number,
  signal?: AbortSignal,
) => Promise<Evaluation>;

export interface LeftNetworkParts {
  readonly session: OnlineSgdSession;
  readonly test: SamplesHandle;
  readonly program: OnlineSgdProgram;
  readonly drift: CellDrift;
  readonly judge: Judge;
  /** The first of the streams of its evaluations. */
  readonly stream: number;
}

/** A trained network's copy that is left alone: time passes over its own cells, and the trained one stays as it is. */
export class LeftNetwork {
  private stream: number;

  private constructor(
    private readonly parts: LeftNetworkParts,
    private readonly programmed: number,
  ) {
    this.stream = parts.stream;
  }

  static async of(parts: LeftNetworkParts): Promise<LeftNetwork> {
    return new LeftNetwork(parts, await parts.drift.programmed());
  }

  /** Lets time pass, to the end of which all is felt. */
  async leave(phase: Phase): Promise<void> {
    // The event loop runs in between, so that a Ctrl-C is heard.
    await new Promise(setImmediate);
    await this.parts.drift.pass(phase, { all: true });
  }

  /** What is left of all cells' programmed increments, 0 … 1; null where they had none. */
  async retained(): Promise<number | null> {
    return this.programmed === 0 ? null : (await this.parts.drift.programmed()) / this.programmed;
  }

  /** @param signal - rejects with its reason where the evaluation takes long */
  evaluate(signal?: AbortSignal): Promise<Evaluation> {
    return this.parts.judge(this.parts.session, this.parts.test, this.stream++, signal);
  }

  dispose(): void {
    this.parts.session.dispose();
  }
}
