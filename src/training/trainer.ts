import type { Dataset } from '../../datasets/dataset.js';
import type { OnlineSgdProgram, OnlineSgdSession, SamplesHandle } from '../../kernels/online-sgd/contract.js';
import type { Backend } from '../../kernels/register.js';
import { decodeWeights, toSiemens } from '../crossbar/program.js';
import type { CrossbarConfig } from '../crossbar/schema.js';
import type { DeviceConfig } from '../device/registry.js';
import { RunError, UsageError } from '../errors.js';
import { useBackend } from '../ops/backend.js';
import { openOnlineSgd } from '../ops/online-sgd.js';
import { fold, keyOf, permutation } from '../random.js';
import { evaluateOutputs, sampleLoss, type Evaluation, type SampleLoss } from './evaluation.js';
import { inputTable, samplesOf, trainingIndices } from './inputs.js';
import { createReplica } from './network.js';
import type { InputConfig, NetworkConfig, TrainingConfig } from './schema.js';

/** Everything that decides a training run. */
export interface TrainingSpec {
  readonly dataset: Dataset;
  readonly inputs: InputConfig;
  readonly network: NetworkConfig;
  readonly crossbar: CrossbarConfig;
  readonly device: DeviceConfig;
  readonly training: TrainingConfig;
  readonly seed: number;
  readonly backend: Backend;
  /** Names of effects that are switched off; none unless told. */
  readonly without?: readonly string[] | undefined;
}

/** One layer as it stands. */
export interface LayerSnapshot {
  readonly rows: number;
  readonly cols: number;
  /** Shape [rows, cols]. */
  readonly weights: Float32Array;
  /** Siemens, shape [rows, cols] each: `gPlus` and `gMinus` of a pair, `g` with offset coding, none for ideal weights. */
  readonly conductances: Readonly<Record<'gPlus' | 'gMinus' | 'g', Float32Array | undefined>>;
}

export interface EpochOptions {
  /** Called between chunks with the samples of this epoch that are done. */
  readonly onProgress?: ((samplesDone: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds that a chunk aims at: short enough for a smooth bar and a prompt Ctrl-C. */
const chunkMilliseconds = 100;

/** Trains one network by the online protocol and judges it on the test images. Cells live in the kernel's memory. */
export class Trainer {
  readonly samplesPerEpoch: number;
  private readonly loss: SampleLoss;
  private epoch = 0;
  private samples = 0;
  private evaluations = 0;
  private chunk = 100;

  private constructor(
    private readonly spec: TrainingSpec,
    private readonly program: OnlineSgdProgram,
    private readonly session: OnlineSgdSession,
    private readonly train: SamplesHandle,
    private readonly test: SamplesHandle,
    private readonly indices: Uint32Array,
  ) {
    this.samplesPerEpoch = indices.length;
    this.loss = sampleLoss(program.loss, program.layers.at(-1)!.activation);
  }

  static async create(spec: TrainingSpec): Promise<Trainer> {
    const { dataset, inputs, seed } = spec;
    const indices = trainingIndices(dataset, inputs, seed);
    requireSteps(indices.length * spec.training.epochs);
    await useBackend(spec.backend);
    const replica = createReplica({ ...spec, inputs: dataset.features }, seed);
    const session = openOnlineSgd([replica]);
    const table = inputTable(dataset, inputs.inputs);
    const train = session.load(samplesOf(dataset.train, dataset, table));
    const test = session.load(samplesOf(dataset.test, dataset, table));
    return new Trainer(spec, replica.program, session, train, test, indices);
  }

  get backend(): Backend {
    return this.spec.backend;
  }

  /** Trains one epoch in chunks, between which the event loop runs. Rejects with the signal's reason at a chunk's end. */
  async trainEpoch({ onProgress, signal }: EpochOptions = {}): Promise<void> {
    const order = this.order();
    for (let done = 0; done < order.length;) {
      signal?.throwIfAborted();
      const chunk = order.subarray(done, done + this.chunk);
      const started = performance.now();
      this.session.train(this.train, chunk, this.samples);
      this.aimAt(chunk.length, performance.now() - started);
      this.samples += chunk.length;
      done += chunk.length;
      onProgress?.(done);
      await new Promise(setImmediate);
    }
    this.epoch++;
  }

  private order(): Uint32Array {
    if (this.spec.training.order === 'file') return this.indices;
    const shuffled = permutation(fold(keyOf(this.spec.seed, 'sampleOrder'), this.epoch), this.indices.length);
    return shuffled.map((place) => this.indices[place]!);
  }

  private aimAt(samples: number, milliseconds: number): void {
    const wanted = (samples * chunkMilliseconds) / Math.max(milliseconds, 1);
    this.chunk = Math.round(Math.min(Math.max(wanted, 10), 20_000));
  }

  /** Accuracy on the whole test split. */
  evaluate(): Promise<Evaluation> {
    const { dataset } = this.spec;
    const outputs = this.session.predict(this.test, 0, this.evaluations++);
    const evaluation = evaluateOutputs(outputs, dataset.test.labels, dataset.classes, this.loss);
    if (Number.isNaN(evaluation.loss)) {
      const what = `training diverged: after ${this.samples} samples the network's outputs are not numbers`;
      return Promise.reject(new RunError({ where: 'training', what, remedy: 'lower training.learningRate' }));
    }
    return Promise.resolve(evaluation);
  }

  snapshot(): Promise<LayerSnapshot[]> {
    const layers = this.session.states(0).map((state, l) => {
      const { crossbar } = this.program.layers[l]!;
      const siemens = (g: Float32Array): Float32Array | undefined => toSiemens(crossbar.response, g);
      const pair = state.minus.length > 0;
      const conductances = pair
        ? { gPlus: siemens(state.plus), gMinus: siemens(state.minus), g: undefined }
        : { gPlus: undefined, gMinus: undefined, g: siemens(state.plus) };
      return { rows: crossbar.rows, cols: crossbar.cols, weights: decodeWeights(crossbar, state), conductances };
    });
    return Promise.resolve(layers);
  }

  counters(): { epoch: number; samples: number } {
    return { epoch: this.epoch, samples: this.samples };
  }

  dispose(): void {
    this.session.dispose();
  }
}

/** Draws are counted by step in 32 bits: a run that would leave them stops before it begins. */
function requireSteps(steps: number): void {
  if (steps <= 2 ** 32) return;
  const what = `training.epochs asks for ${steps} steps, expected at most 2^32`;
  throw new UsageError({ where: 'training', what, remedy: 'train fewer epochs' });
}
