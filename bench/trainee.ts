import { loadDataset } from '../datasets/registry.js';
import { transformDataset } from '../datasets/transform.js';
import type { HostOnlineSgdSession, OpenOptions, SamplesHandle } from '../kernels/online-sgd/contract.js';
import { hostKernels } from '../kernels/register.js';
import { inputTable, samplesOf } from '../src/training/inputs.js';
import { createReplica } from '../src/training/network.js';
import { experimentOf } from './models.js';

/** A shipped experiment's network in the WASM kernel, trained window by window from its start. */
export class Trainee {
  private constructor(
    private readonly session: HostOnlineSgdSession,
    private readonly handle: SamplesHandle,
    private readonly images: number,
  ) {}

  /** @param set - values of the experiment, as `--set` takes them */
  static async start(experiment: string, options: OpenOptions, set: readonly string[] = []): Promise<Trainee> {
    const { config } = experimentOf(experiment, set);
    const dataset = transformDataset(await loadDataset(config.dataset.name), config.dataset);
    const replica = createReplica({ ...config, inputs: dataset.features }, config.seed);
    const session = hostKernels.wasm.OnlineSgd.open([replica], options);
    const samples = samplesOf(dataset.train, dataset, inputTable(dataset, config.dataset.inputs));
    return new Trainee(session, session.load(samples), samples.count);
  }

  /** Trains on `count` images, those that follow `step` others. */
  train(step: number, count: number): void {
    const order = Uint32Array.from({ length: count }, (_, i) => (step + i) % this.images);
    this.session.train(this.handle, order, step);
  }

  dispose(): void {
    this.session.dispose();
  }
}
