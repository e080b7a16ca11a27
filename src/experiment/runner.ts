import type { ThreadUse } from '../../kernels/online-sgd/contract.js';
import type { Phase } from '../device/retention/temperature.js';
import type { MhoError } from '../errors.js';
import type { Evaluation } from '../training/evaluation.js';
import { isInterruption } from '../training/interruption.js';
import type { EpochOptions, EvaluationTime } from '../training/trainer.js';
import type { KeptNetwork, LayerSnapshot } from '../training/snapshot.js';
import type { TrainerState } from '../training/trainer-state.js';
import type { Keeper, KeptRun } from './keeper.js';

/** What a run needs of a trainer. */
export interface Trainable {
  readonly backend: string;
  /** One thread where it does not tell. */
  readonly threads?: ThreadUse;
  /** Samples that one epoch trains on. */
  readonly samplesPerEpoch: number;
  trainEpoch(options: EpochOptions): Promise<void>;
  evaluate(time?: EvaluationTime, signal?: AbortSignal): Promise<Evaluation>;
  /** Leaves the network alone; what is left of its programmed conductance since the first hold began, null of none. */
  hold(phase: Phase): Promise<number | null>;
  snapshot(): Promise<LayerSnapshot[]>;
  counters(): { epoch: number; samples: number };
  /** Where it stands, to be taken up by another; none where it cannot be. */
  state?(): Promise<TrainerState>;
  /** What was kept of a network whose session is lost for good; undefined where the error is another. */
  kept?(error: unknown): KeptNetwork | undefined;
}

/** How good the network is after an epoch; epoch 0 is before training. */
export interface EpochMetrics {
  readonly epoch: number;
  /** Samples trained on since the start. */
  readonly samples: number;
  /** Fraction of the test images whose class was recognised. */
  readonly accuracy: number;
  readonly correct: number;
  readonly count: number;
  /** Mean loss over the test images. */
  readonly loss: number;
  /** Seconds that training took in this epoch, evaluation left out. */
  readonly trainSeconds: number;
  /** Null where nothing was trained. */
  readonly samplesPerSecond: number | null;
}

/** How good the network still is after a phase of holding, after training. */
export interface HoldMetrics extends Phase {
  /** From 1. */
  readonly phase: number;
  /** Time held since training [s], this phase included. */
  readonly elapsed: number;
  readonly accuracy: number;
  readonly correct: number;
  readonly count: number;
  readonly loss: number;
  /** Σ|g − unprogrammed| over all cells, of what it was when training ended; null where that was nothing. */
  readonly retained: number | null;
}

export interface RunOutcome {
  /**
   * `interrupted`: stopped at a chunk border because the signal asked for it; `failed`: the kernel's session was lost for
   * good, and the weights are those that were kept last.
   */
  readonly status: 'complete' | 'interrupted' | 'failed';
  /** Why it failed. */
  readonly failure?: MhoError | undefined;
  readonly backend: string;
  readonly threads: ThreadUse;
  readonly metrics: readonly EpochMetrics[];
  /** A phase each; none where nothing is held. */
  readonly holds: readonly HoldMetrics[];
  /** Of the last hold, or the last epoch that was trained to its end; undefined where nothing was evaluated. */
  readonly evaluation: Evaluation | undefined;
  /** Weights as they are at the end, a part of an epoch included. */
  readonly layers: readonly LayerSnapshot[];
  /** Samples trained on, a part of an epoch included. */
  readonly samples: number;
  readonly trainSeconds: number;
}

export type RunEvent =
  | { readonly type: 'start'; readonly backend: string; readonly epochs: number; readonly samplesPerEpoch: number }
  | { readonly type: 'progress'; readonly epoch: number; readonly samplesDone: number }
  | { readonly type: 'epoch'; readonly metrics: EpochMetrics }
  | { readonly type: 'hold'; readonly metrics: HoldMetrics; readonly phases: number }
  | { readonly type: 'end'; readonly outcome: RunOutcome };

/** Looks at a network while it trains; the clock of training stands still meanwhile. */
export interface Visitor {
  /** Samples trained on at which to stop within an epoch: above `from`, below `to`, rising. */
  stopsBetween(from: number, to: number): readonly number[];
  /** Awaited before training, at every stop and after every epoch. */
  visit(view: View): Promise<void>;
}

export interface View {
  readonly samples: number;
  /** Whether this is the end of training, before anything is held. */
  readonly isTrained: boolean;
  readonly evaluation: Evaluation;
  /** Of an evaluation after a whole epoch; undefined of one in between. */
  readonly metrics: EpochMetrics | undefined;
  readonly snapshot: () => Promise<readonly LayerSnapshot[]>;
}

export interface RunOptions {
  readonly epochs: number;
  readonly visitor?: Visitor | undefined;
  /** Keeps the training while it goes on. A trainer that was taken up comes with what was kept beside it. */
  readonly keeper?: Keeper<KeptRun> | undefined;
  /** Phases after training, one after the other. */
  readonly hold?: readonly Phase[] | undefined;
  /** Awaited when training came to its end, before anything is held. */
  readonly afterTraining?: (() => Promise<void>) | undefined;
  readonly observe?: ((event: RunEvent) => void) | undefined;
  /** Ends the run at the next chunk border; what was reached is kept. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains for a number of epochs and evaluates before the first, after each, and after each hold. Writes nothing and prints
 * nothing. A session that is lost for good is an outcome, with what was kept; every other failure is thrown.
 */
export async function runTraining(trainer: Trainable, options: RunOptions): Promise<RunOutcome> {
  return new Run(trainer, options).run();
}

class Run {
  private readonly metrics: EpochMetrics[] = [];
  private readonly holds: HoldMetrics[] = [];
  private readonly signal: AbortSignal;
  private evaluation: Evaluation | undefined;
  private trainSeconds = 0;
  private pausedSeconds = 0;
  /** Of the epoch that is under way, before the run was taken up. */
  private earlierSeconds = 0;
  private epochStarted = 0;

  constructor(
    private readonly trainer: Trainable,
    private readonly options: RunOptions,
  ) {
    this.signal = options.signal ?? new AbortController().signal;
    const from = options.keeper?.from;
    if (!from) return;
    this.metrics.push(...from.metrics);
    this.evaluation = from.evaluation;
    this.trainSeconds = from.trainSeconds;
    this.earlierSeconds = from.epochSeconds;
  }

  async run(): Promise<RunOutcome> {
    const { backend, samplesPerEpoch } = this.trainer;
    const { epochs } = this.options;
    this.observe({ type: 'start', backend, epochs, samplesPerEpoch });
    const outcome = await this.reach(epochs).catch((error: unknown) => this.failed(error));
    this.observe({ type: 'end', outcome });
    return outcome;
  }

  private async reach(epochs: number): Promise<RunOutcome> {
    try {
      if (!this.signal.aborted && this.metrics.length === 0) await this.evaluate(0, 0);
      for (let epoch = Math.max(1, this.metrics.length); epoch <= epochs && (await this.epoch(epoch)); epoch++);
      if (this.isTrained) {
        await this.options.afterTraining?.();
        await this.hold();
      }
    } catch (error) {
      // An evaluation that takes long ends with the signal, as a chunk does.
      if (!isInterruption(error, this.signal)) throw error;
    }
    return this.outcome();
  }

  /** @throws what it is given, where nothing was kept */
  private failed(error: unknown): RunOutcome {
    const kept = this.trainer.kept?.(error);
    if (!kept) throw error;
    const { metrics, holds, evaluation, trainSeconds, trainer } = this;
    const { layers, samples, error: failure } = kept;
    const { backend, threads = { threads: 1, share: 0 } } = trainer;
    const reached = { metrics, holds, evaluation, layers, samples, trainSeconds };
    return { status: 'failed', failure, backend, threads, ...reached };
  }

  private get isTrained(): boolean {
    return this.metrics.length === this.options.epochs + 1;
  }

  private async hold(): Promise<void> {
    const { hold = [] } = this.options;
    for (const stay of hold) {
      if (this.signal.aborted) return;
      const retained = await this.trainer.hold(stay);
      this.evaluation = await this.trainer.evaluate('epoch', this.signal);
      const { accuracy, correct, count, loss } = this.evaluation;
      const elapsed = (this.holds.at(-1)?.elapsed ?? 0) + stay.time;
      const metrics = { phase: this.holds.length + 1, ...stay, elapsed, accuracy, correct, count, loss, retained };
      this.holds.push(metrics);
      this.observe({ type: 'hold', metrics, phases: hold.length });
    }
  }

  /** Trains and evaluates one epoch; false where the run was interrupted within it. */
  private async epoch(epoch: number): Promise<boolean> {
    this.epochStarted = performance.now();
    this.pausedSeconds = 0;
    const whole = !this.signal.aborted && (await this.train(epoch));
    const seconds = this.epochSeconds;
    this.earlierSeconds = 0;
    this.trainSeconds += seconds;
    if (whole) {
      await this.evaluate(epoch, seconds);
      await this.keep(0);
    }
    return whole;
  }

  private get epochSeconds(): number {
    return secondsSince(this.epochStarted) - this.pausedSeconds + this.earlierSeconds;
  }

  /** @param epochSeconds - of the epoch that is under way */
  private async keep(epochSeconds: number): Promise<void> {
    const { keeper } = this.options;
    if (!keeper?.isDue(this.isTrained)) return;
    const started = performance.now();
    const trainer = await this.trainer.state?.();
    const { metrics, evaluation, trainSeconds } = this;
    if (trainer) keeper.keep({ trainer, metrics, evaluation, trainSeconds, epochSeconds });
    this.pausedSeconds += secondsSince(started);
  }

  private async train(epoch: number): Promise<boolean> {
    const onProgress = (samplesDone: number): void => {
      this.observe({ type: 'progress', epoch, samplesDone });
    };
    const onPause = (): Promise<void> => this.pause();
    const onChunk = (): Promise<void> => this.keep(this.epochSeconds);
    try {
      await this.trainer.trainEpoch({
        onProgress,
        signal: this.signal,
        pauses: this.pausesOf(epoch),
        onPause,
        onChunk,
      });
      return true;
    } catch (error) {
      if (isInterruption(error, this.signal)) return false;
      throw error;
    }
  }

  /** Counted from the epoch's first sample. */
  private pausesOf(epoch: number): number[] {
    const { samplesPerEpoch } = this.trainer;
    const first = (epoch - 1) * samplesPerEpoch;
    const stops = this.options.visitor?.stopsBetween(first, first + samplesPerEpoch) ?? [];
    return stops.map((samples) => samples - first);
  }

  private async pause(): Promise<void> {
    const started = performance.now();
    await this.visit(await this.trainer.evaluate('within-epoch', this.signal));
    this.pausedSeconds += secondsSince(started);
  }

  private async visit(evaluation: Evaluation, metrics?: EpochMetrics): Promise<void> {
    const { samples } = this.trainer.counters();
    const { isTrained } = this;
    const snapshot = (): Promise<LayerSnapshot[]> => this.trainer.snapshot();
    await this.options.visitor?.visit({ samples, isTrained, evaluation, metrics, snapshot });
  }

  private async evaluate(epoch: number, trainSeconds: number): Promise<void> {
    this.evaluation = await this.trainer.evaluate('epoch', this.signal);
    const { accuracy, correct, count, loss } = this.evaluation;
    const samplesPerSecond = epoch === 0 ? null : this.trainer.samplesPerEpoch / trainSeconds;
    const { samples } = this.trainer.counters();
    const metrics = { epoch, samples, accuracy, correct, count, loss, trainSeconds, samplesPerSecond };
    this.metrics.push(metrics);
    this.observe({ type: 'epoch', metrics });
    await this.visit(this.evaluation, metrics);
  }

  private async outcome(): Promise<RunOutcome> {
    const { metrics, holds, evaluation, trainSeconds, trainer } = this;
    const whole = this.isTrained && holds.length === (this.options.hold ?? []).length;
    const status = whole ? 'complete' : 'interrupted';
    const layers = await trainer.snapshot();
    const { samples } = trainer.counters();
    const { backend, threads = { threads: 1, share: 0 } } = trainer;
    return { status, backend, threads, metrics, holds, evaluation, layers, samples, trainSeconds };
  }

  private observe(event: RunEvent): void {
    this.options.observe?.(event);
  }
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
