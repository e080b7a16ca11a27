import {
  SessionLostError,
  type OnlineSgdProgram,
  type SamplesHandle,
  type ThreadUse,
} from '../../kernels/online-sgd/contract.js';
import type { Backend } from '../../kernels/register.js';
import type { Phase } from '../device/retention/temperature.js';
import { RunError } from '../errors.js';
import { useBackend } from '../ops/backend.js';
import { openOnlineSgd } from '../ops/online-sgd.js';
import { draws, fold, keyOf, permutation } from '../random.js';
import { CellDrift } from './cell-drift.js';
import { EnergyMeter, type EnergyReport, type EnergyUse } from './energy.js';
import { evaluateOutputs, sampleLoss, type Evaluation, type SampleLoss } from './evaluation.js';
import { inputTable, samplesOf, trainingIndices } from './inputs.js';
import { LeftNetwork, type Judge } from './left-network.js';
import { createReplica } from './network.js';
import { Pace, type PacedSession } from './pace.js';
import type { EnergyState, TrainerState } from './trainer-state.js';
import { TrainingTime } from './training-time.js';
import { requireSteps, samplesPerEpoch, testSamples, type TrainingSpec } from './training-spec.js';
import { snapshotOf, type KeptNetwork, type LayerSnapshot } from './snapshot.js';

export interface EpochOptions {
  /** Called between chunks with the samples of this epoch that are done. */
  readonly onProgress?: ((samplesDone: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Samples of this epoch, rising, at each of which a chunk ends so that the network can be looked at. */
  readonly pauses?: readonly number[] | undefined;
  /** Awaited at each of them, whatever the signal says. */
  readonly onPause?: (() => Promise<void>) | undefined;
  /** Awaited at the end of every chunk, after what is to be done there. */
  readonly onChunk?: (() => Promise<void>) | undefined;
}

/** An evaluation after a whole epoch, or one in between, whose read noise must not shift that of the others. */
export type EvaluationTime = 'epoch' | 'within-epoch';

/** Trains one network by the online protocol and judges it on the test images. Cells live in the kernel's memory. */
export class Trainer {
  readonly samplesPerEpoch: number;
  private readonly loss: SampleLoss;
  private epoch = 0;
  private samples = 0;
  private evaluations = 0;
  /** Samples that the network had been trained on before this trainer took it up. */
  private before = 0;
  private readonly pace = new Pace();
  private readonly drift: CellDrift;
  private readonly time: TrainingTime;
  private readonly meter: EnergyMeter | undefined;
  /** Samples whose energy was taken. */
  private metered = 0;
  /** What there was to lose when the first hold began. */
  private programmed: number | undefined;

  private constructor(
    private readonly spec: TrainingSpec,
    private readonly program: OnlineSgdProgram,
    private readonly session: PacedSession,
    private readonly train: SamplesHandle,
    private readonly test: SamplesHandle,
    private readonly indices: Uint32Array,
    from: TrainerState | undefined,
  ) {
    this.samplesPerEpoch = samplesPerEpoch(spec.training, indices);
    this.drift = CellDrift.of(session, program, spec.seed);
    this.time = new TrainingTime(spec.conditions ?? {}, this.drift);
    const drive = spec.device.model === 'ideal' ? undefined : spec.device.drive;
    this.meter = spec.energy && drive ? new EnergyMeter(program, drive, from?.energy?.meter) : undefined;
    this.loss = sampleLoss(program.loss, program.layers.at(-1)!.activation);
    if (from) this.takeUp(from);
  }

  /** @param from - where another trainer of the same spec stood, to go on from there */
  static async create(spec: TrainingSpec, from?: TrainerState): Promise<Trainer> {
    const { dataset, inputs, seed, training } = spec;
    const indices = trainingIndices(dataset, inputs, seed);
    requireSteps(samplesPerEpoch(training, indices) * training.epochs);
    await useBackend(spec.backend);
    const fresh = createReplica({ ...spec, inputs: dataset.features }, seed);
    const replica = from ? { ...fresh, states: from.states, ledgers: from.energy?.ledgers } : fresh;
    const { backend, threads, energy } = spec;
    const session = await (spec.open
      ? spec.open(replica)
      : openOnlineSgd([replica], { backend, threads, ledger: energy }));
    try {
      const table = inputTable(dataset, inputs.inputs);
      const train = await session.load(samplesOf(dataset.train, dataset, table));
      const test = await session.load(testSamples(spec));
      return new Trainer(spec, replica.program, session, train, test, indices, from);
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  get backend(): Backend {
    return this.spec.backend;
  }

  get threads(): ThreadUse {
    return this.session.threads?.() ?? { threads: 1, share: 0 };
  }

  /**
   * Trains one epoch, or what is left of it, in chunks, between which the event loop runs. Rejects with the signal's reason
   * at a chunk's end.
   */
  async trainEpoch({ onProgress, signal, pauses = [], onPause, onChunk }: EpochOptions = {}): Promise<void> {
    const order = this.order();
    const begun = this.samples - this.epoch * this.samplesPerEpoch;
    const stops = pauses.filter((stop) => stop > begun);
    for (let done = begun; done < order.length;) {
      signal?.throwIfAborted();
      const border = done + (this.session.pace ?? this.pace).samplesFrom(this.samples);
      const chunk = order.subarray(done, Math.min(border, stops[0] ?? order.length));
      await this.pace.timed(() => this.trainOn(chunk), chunk.length);
      done += chunk.length;
      onProgress?.(done);
      await new Promise(setImmediate);
      if (done === stops[0]) {
        stops.shift();
        await onPause?.();
      }
      await onChunk?.();
    }
    this.epoch++;
    await this.readMeter();
  }

  /** What training took, an epoch that was cut short included; undefined where nothing is recorded. */
  async energy(): Promise<EnergyReport | undefined> {
    await this.readMeter();
    return this.meter?.report();
  }

  /** Of the last epoch that was trained to its end; undefined before that, and where nothing is recorded. */
  get epochEnergy(): EnergyUse | undefined {
    return this.meter?.lastEpoch;
  }

  private async readMeter(): Promise<void> {
    if (!this.meter) return;
    this.meter.add(await this.session.ledger!(0), this.samples - this.metered);
    this.metered = this.samples;
  }

  /** Trains on samples; time passes at fixed counts of them, however the samples are cut into chunks. */
  private async trainOn(samples: Uint32Array): Promise<void> {
    for (let done = 0; done < samples.length;) {
      const piece = samples.subarray(done, done + this.time.nextStop(this.samples) - this.samples);
      await this.session.train(this.train, piece, this.samples);
      this.samples += piece.length;
      done += piece.length;
      await this.time.reached(this.samples);
    }
  }

  /**
   * Leaves the trained network alone at a temperature.
   * @returns what is left of all cells' programmed increments since the first hold began, 0 … 1; null where they had none
   */
  async hold(phase: Phase): Promise<number | null> {
    // The event loop runs between holds as between chunks, so that a Ctrl-C is heard.
    await new Promise(setImmediate);
    await this.time.catchUp(this.samples);
    this.programmed ??= await this.drift.programmed();
    await this.drift.pass(phase, { all: true });
    return this.programmed === 0 ? null : (await this.drift.programmed()) / this.programmed;
  }

  /** A copy of the network as it is now, to be left alone by itself. */
  async leave(): Promise<LeftNetwork> {
    const { spec, program } = this;
    const states = await this.session.states(0);
    const session = await openOnlineSgd([{ program, states, seed: spec.seed }], { backend: spec.backend });
    const drift = this.drift.fork(session);
    this.time.leave(drift, this.samples);
    const test = await session.load(testSamples(spec));
    return LeftNetwork.of({ session, test, program, drift, judge: this.judge, stream: this.evaluations });
  }

  private order(): Uint32Array {
    if (this.spec.training.order === 'file') return this.indices;
    const key = fold(keyOf(this.spec.seed, 'sampleOrder'), this.epoch);
    const { length } = this.indices;
    const random = this.spec.training.order === 'random';
    const places = random ? draws(key, this.samplesPerEpoch, length) : permutation(key, length);
    return places.map((place) => this.indices[place]!);
  }

  /**
   * Accuracy on the whole test split.
   * @param signal - rejects with its reason where the evaluation takes long
   */
  async evaluate(time: EvaluationTime = 'epoch', signal?: AbortSignal): Promise<Evaluation> {
    // Those within an epoch take their streams from the far end, by the samples: none depends on how many there are.
    const stream = time === 'epoch' ? this.evaluations++ : 2 ** 32 - 1 - this.samples;
    return this.judge(this.session, this.test, stream, signal);
  }

  private readonly judge: Judge = async (session, test, stream, signal) => {
    const { dataset } = this.spec;
    const outputs = await session.predict(test, 0, stream, signal);
    const evaluation = evaluateOutputs(outputs, dataset.test.labels, dataset.classes, this.loss);
    if (Number.isNaN(evaluation.loss)) {
      const what = `training diverged: after ${this.samples} samples the network's outputs are not numbers`;
      throw new RunError({ where: 'training', what, remedy: 'lower training.learningRate' });
    }
    return evaluation;
  };

  /** Where it stands, to be taken up by another. */
  async state(): Promise<TrainerState> {
    const { epoch, samples, evaluations } = this;
    const [states, energy] = [await this.session.states(0), await this.energyState()];
    return { epoch, samples, evaluations, states, time: this.time.state(), energy };
  }

  private async energyState(): Promise<EnergyState | undefined> {
    if (!this.meter) return undefined;
    return { ledgers: await this.session.ledgers!(0), meter: this.meter.state(), metered: this.metered };
  }

  private takeUp({ epoch, samples, evaluations, time, energy }: TrainerState): void {
    [this.epoch, this.samples, this.evaluations] = [epoch, samples, evaluations];
    this.metered = energy?.metered ?? 0;
    this.before = samples;
    this.time.takeUp(time);
  }

  async snapshot(): Promise<LayerSnapshot[]> {
    return snapshotOf(this.program, await this.session.states(0));
  }

  /** The network as it was kept before its session was lost; undefined where an error is about something else. */
  kept(error: unknown): KeptNetwork | undefined {
    if (!(error instanceof SessionLostError)) return undefined;
    const { steps, states } = error.checkpoint;
    return { error, samples: steps[0] ?? this.before, layers: snapshotOf(this.program, states[0]!) };
  }

  counters(): { epoch: number; samples: number } {
    return { epoch: this.epoch, samples: this.samples };
  }

  dispose(): void {
    this.session.dispose();
  }
}
