import type { Dataset } from '../datasets/dataset.js';
import { readMeasurement } from '../datasets/measurements.js';
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
  readonly window: KernelWindow;
}

/** What a kernel trains in one window. */
export interface KernelWindow {
  /** Training images: the same ones for both kernels, so that the same pulses fall. */
  readonly images: number;
  /** How often the WASM kernel trains on them, each time from the same state, so that its window is long enough. */
  readonly repeats: number;
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

interface Entry {
  readonly name: string;
  readonly experiment: string;
  readonly set: readonly string[];
  readonly window: KernelWindow;
  readonly settledAs?: string;
}

/** Experiments that are measured. Cells that settled under one pulse policy stand for those under the other. */
const measured: readonly Entry[] = [
  { name: 'device, stochastic', experiment: 'wse2-mnist', set: [], window: { images: 300, repeats: 6 } },
  {
    name: 'device, fractional',
    ...{ experiment: 'wse2-mnist', set: ['crossbar.pulsePolicy=fractional'], window: { images: 20, repeats: 6 } },
    settledAs: 'device, stochastic',
  },
  { name: 'ideal', experiment: 'wse2-mnist-ideal', set: [], window: { images: 300, repeats: 20 } },
  ...tableEntries('table', 'offset'),
  ...tableEntries('table, pair', 'differential-pair'),
];

/** A measured lookup table under both pulse policies; left out where the tables are not at hand. */
function tableEntries(name: string, coding: string): Entry[] {
  if (!('text' in readMeasurement('data:enode/dG_increasing.txt'))) return [];
  const set = (policy: string): string[] => [`crossbar.coding=${coding}`, `crossbar.pulsePolicy=${policy}`];
  const [whole, part] = [`${name}, stochastic`, `${name}, fractional`];
  return [
    { name: whole, experiment: 'enode-mnist', set: set('stochastic'), window: { images: 100, repeats: 6 } },
    {
      name: part,
      ...{ experiment: 'enode-mnist', set: set('fractional'), window: { images: 20, repeats: 8 } },
      settledAs: whole,
    },
  ];
}

export interface WorkloadSize {
  /** Samples to train for the settled regime. */
  readonly settling: number;
  /** Divides every kernel's window. */
  readonly shrink: number;
}

/**
 * Loads the measured networks from the experiments that come with Mho and trains them for their settled regime.
 * @param only - one model's name
 */
export async function loadWorkload({ settling, shrink }: WorkloadSize, only?: string): Promise<Workload> {
  const entries = measured.filter(({ name }) => only === undefined || name === only);
  if (entries.length === 0) {
    const names = measured.map(({ name }) => `"${name}"`).join(', ');
    throw new UsageError({ where: 'bench: --model', what: `got "${only}", expected one of ${names}` });
  }
  const dataset = await loadDataset('mnist');
  const { config } = experimentOf('wse2-mnist', []);
  const table = inputTable(dataset, config.dataset.inputs);
  const samplesUpTo = (count: number): Samples => samplesOf(firstOf(dataset, count), dataset, table);
  await useBackend('wasm');
  const training = samplesUpTo(settling);
  const settledStates = new Map<string, Replica['states']>();
  const models: Model[] = [];
  for (const entry of entries) {
    const { network, crossbar, device, training: rule, seed } = experimentOf(entry.experiment, entry.set).config;
    const replica = createReplica({ inputs: dataset.features, network, crossbar, device, training: rule }, seed);
    const states = settledStates.get(entry.settledAs ?? '') ?? (await settle(replica, training));
    settledStates.set(entry.name, states);
    const settled = { replica: { ...replica, states }, step: settling };
    const [images, repeats] = [entry.window.images, entry.window.repeats].map((n) => Math.ceil(n / shrink));
    const window = { images: images!, repeats: repeats! };
    models.push({ name: entry.name, shape: shapeOf(replica), fresh: { replica, step: 0 }, settled, window });
  }
  return { models, samples: samplesUpTo(Math.max(...models.map(({ window }) => window.images))) };
}

/** A shipped experiment with values of its own. */
export function experimentOf(name: string, set: readonly string[]) {
  const file = shippedConfigs('experiments').get(name);
  if (file === undefined)
    throw new UsageError({ where: 'bench', what: `no experiment ${name} in configs/experiments` });
  return loadExperiment(file, { overrides: set.map(splitSet) });
}

/** A data set's first training images. */
export function firstOf({ train, features }: Dataset, count: number): Dataset['train'] {
  const n = Math.min(count, train.count);
  return { codes: train.codes.slice(0, n * features), labels: train.labels.slice(0, n), count: n };
}

/** The replica's cells after training on every sample once. */
async function settle(replica: Replica, samples: Samples): Promise<Replica['states']> {
  const session = await openOnlineSgd([replica]);
  try {
    await session.train(
      await session.load(samples),
      Uint32Array.from({ length: samples.count }, (_, i) => i),
      0,
    );
    return await session.states(0);
  } finally {
    session.dispose();
  }
}

function shapeOf({ program: { layers, bias } }: Replica): string {
  const inputs = layers[0]!.crossbar.rows - (bias ? 1 : 0);
  return [inputs, ...layers.map(({ crossbar }) => crossbar.cols)].join('-');
}
