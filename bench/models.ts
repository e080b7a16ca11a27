import type { Dataset } from '../datasets/dataset.js';
import { loadDataset } from '../datasets/registry.js';
import { UsageError } from '../src/errors.js';
import { shippedConfigs } from '../src/experiment/files.js';
import { loadExperiment } from '../src/experiment/loader.js';
import { splitSet } from '../src/experiment/overrides.js';
import { inputTable, samplesOf } from '../src/training/inputs.js';
import { createReplica } from '../src/training/network.js';
import { useBackend } from '../src/ops/backend.js';
import { openOnlineSgd } from '../src/ops/online-sgd.js';
import type { Replica, Samples } from '../kernels/online-sgd/contract.js';

/** A network that is measured, with its cells in two regimes. */
export interface Model {
  readonly name: string;
  /** Sizes, as `784-300-10`. */
  readonly shape: string;
  /** Where training starts. */
  readonly fresh: Regime;
  /** Where pulses have become few. */
  readonly settled: Regime;
}

export interface Regime {
  readonly replica: Replica;
  /** Samples that were trained before. */
  readonly step: number;
}

export interface Workload {
  readonly models: readonly Model[];
  /** The first training images. */
  readonly samples: Samples;
}

/** Experiments that are measured: the device, the device without the draw of whole pulses, and the float twin. */
const measured = [
  { name: 'device, stochastic', experiment: 'wse2-mnist', set: [] },
  { name: 'device, fractional', experiment: 'wse2-mnist', set: ['crossbar.pulsePolicy=fractional'] },
  { name: 'ideal', experiment: 'wse2-mnist-ideal', set: [] },
] as const;

/**
 * Loads the measured networks from the experiments that come with Mho and trains each for its settled regime.
 * @param settling - samples to train for the settled regime
 * @param count - training images to measure on
 */
export async function loadWorkload(settling: number, count: number): Promise<Workload> {
  const dataset = await loadDataset('mnist');
  const { config } = experimentOf('wse2-mnist', []);
  const table = inputTable(dataset, config.dataset.inputs);
  const [training, samples] = [settling, count].map((n) => samplesOf(firstOf(dataset, n), dataset, table));
  await useBackend('wasm');
  const models = measured.map(({ name, experiment, set }) => {
    const loaded = experimentOf(experiment, set).config;
    const replica = createReplica({ ...loaded, inputs: dataset.features }, loaded.seed);
    const settled = { replica: settle(replica, training!), step: settling };
    return { name, shape: shapeOf(replica), fresh: { replica, step: 0 }, settled };
  });
  return { models, samples: samples! };
}

function experimentOf(name: string, set: readonly string[]) {
  const file = shippedConfigs('experiments').get(name);
  if (file === undefined) throw new UsageError({ where: 'bench', what: `no experiment ${name} in configs/experiments` });
  return loadExperiment(file, { overrides: set.map(splitSet) });
}

function firstOf({ train, features }: Dataset, count: number): Dataset['train'] {
  const n = Math.min(count, train.count);
  return { codes: train.codes.slice(0, n * features), labels: train.labels.slice(0, n), count: n };
}

/** The replica after training on every sample once. */
function settle(replica: Replica, samples: Samples): Replica {
  const session = openOnlineSgd([replica]);
  try {
    session.train(session.load(samples), Uint32Array.from({ length: samples.count }, (_, i) => i), 0);
    return { ...replica, states: session.states(0) };
  } finally {
    session.dispose();
  }
}

function shapeOf({ program: { layers, bias } }: Replica): string {
  const inputs = layers[0]!.crossbar.rows - (bias ? 1 : 0);
  return [inputs, ...layers.map(({ crossbar }) => crossbar.cols)].join('-');
}
