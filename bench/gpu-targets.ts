import os from 'node:os';
import { loadDataset } from '../datasets/registry.js';
import { transformDataset } from '../datasets/transform.js';
import { webgpuOnlineSgd } from '../kernels/online-sgd/webgpu/kernel.js';
import type { Samples } from '../kernels/online-sgd/contract.js';
import { adapterName } from '../kernels/webgpu/adapter.js';
import { gpuDevice } from '../kernels/webgpu/device.js';
import { keepTunings } from '../kernels/webgpu/tuning.js';
import { describeEnvironment, type Environment } from '../src/experiment/environment.js';
import { median } from '../src/experiment/verify/statistics.js';
import { useBackend } from '../src/ops/backend.js';
import { inputTable, samplesOf } from '../src/training/inputs.js';
import { createReplica } from '../src/training/network.js';
import { formatTable } from './command.js';
import { digits } from './digits.js';
import { experimentOf, firstOf } from './models.js';

/** `npm run bench -- --gpu-targets`: what a data-centre card is to reach, measured on the adapter that is here. */

interface Plan {
  readonly experiment: string;
  /** Images of an epoch and of an evaluation, at most. */
  readonly images: number;
  readonly replicas: number;
  readonly rounds: number;
}

const full: Plan = { experiment: 'wse2-mnist', images: 60_000, replicas: 64, rounds: 3 };

/** On a driver that computes on the processor: shows that all of it runs. */
export const tiny: Plan = { experiment: 'wse2-orhd', images: 4, replicas: 2, rounds: 1 };

const seedsTogether = { seeds: 64, epochs: 40, seconds: 180 } as const;

/** Seconds of the epochs that were measured, one after the other from the start of training, and of an evaluation. */
export interface Epochs {
  readonly training: readonly number[];
  readonly evaluation: number;
}

export interface Target {
  readonly name: string;
  readonly limit: number;
  readonly unit: 's' | 'x';
  readonly measured: number;
  /** Null where the adapter is none that is judged. */
  readonly met: boolean | null;
}

export interface GpuTargetsReport extends Environment {
  readonly benchmark: 'gpu-targets';
  readonly adapter: string;
  readonly software: boolean;
  readonly startedAt: string;
  readonly seconds: number;
  readonly load: readonly [before: number, after: number];
  readonly plan: Plan;
  readonly one: Epochs;
  readonly together: Epochs;
  readonly targets: readonly Target[];
}

/**
 * @param told - what is trained; all of it on a card unless told
 * @throws RunError where there is no adapter
 */
export async function reportGpuTargets(told?: Plan): Promise<GpuTargetsReport> {
  const startedAt = new Date();
  const before = os.loadavg()[0]!;
  await useBackend('webgpu');
  const { facts } = await gpuDevice();
  // A comparison of layouts that an earlier run left would not be made again.
  keepTunings({ read: () => undefined, write: () => undefined });
  const plan = told ?? (facts.software ? tiny : full);
  const [one, together] = [await epochsOf(plan, 1), await epochsOf(plan, plan.replicas)];
  return {
    ...{ benchmark: 'gpu-targets', adapter: adapterName(facts), software: facts.software },
    ...{ startedAt: startedAt.toISOString(), seconds: (Date.now() - startedAt.getTime()) / 1000 },
    ...{ load: [before, os.loadavg()[0]!], plan, one, together },
    targets: targetsOf(one, together, !facts.software),
    ...describeEnvironment(),
  };
}

/** What was measured beside what is asked for. */
export function targetsOf(one: Epochs, together: Epochs, judged: boolean): Target[] {
  const [alone, all] = [median(one.training), median(together.training)];
  const { epochs, seconds } = seedsTogether;
  const whole = epochs * (all + together.evaluation) + together.evaluation;
  const rows = [
    { name: 'one network, an epoch of training', limit: 1, unit: 's' as const, measured: alone },
    { name: '64 replicas together beside one, training', limit: 4, unit: 'x' as const, measured: all / alone },
    { name: '64 seeds, 40 epochs with 41 evaluations', limit: seconds, unit: 's' as const, measured: whole },
  ];
  return rows.map((row) => ({ ...row, met: judged ? row.measured <= row.limit : null }));
}

async function epochsOf({ experiment, images, rounds }: Plan, count: number): Promise<Epochs> {
  const { config } = experimentOf(experiment, []);
  const dataset = transformDataset(await loadDataset(config.dataset.name), config.dataset);
  const table = inputTable(dataset, config.dataset.inputs);
  const spec = { ...config, inputs: dataset.features };
  const replicas = Array.from({ length: count }, (_, r) => createReplica(spec, config.seed + r));
  const session = await webgpuOnlineSgd.open(replicas);
  try {
    const load = (samples: Samples): Promise<number> => session.load(samples);
    const train = samplesOf(firstOf(dataset, images), dataset, table);
    const [handle, test] = [await load(train), await load(samplesOf(testOf(dataset.test, images), dataset, table))];
    const order = Uint32Array.from({ length: train.count }, (_, i) => i);
    const evaluate = () => Promise.all(replicas.map((_, r) => session.predict(test, r, 0)));
    // The first pays for the shader.
    await evaluate();
    const training: number[] = [];
    for (let round = 0; round < rounds; round++) {
      training.push(await secondsOf(() => session.train(handle, order, round * train.count)));
    }
    return { training, evaluation: await secondsOf(evaluate) };
  } finally {
    session.dispose();
  }

  function testOf(split: typeof dataset.test, most: number) {
    return firstOf({ ...dataset, train: split }, most);
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

export function describeGpuTargets(report: GpuTargetsReport): string {
  const { adapter, software, plan, one, together, targets, versions, commit, load, seconds, startedAt } = report;
  const rows = targets.map(({ name, limit, unit, measured, met }) => [
    ...[name, `≤ ${limit} ${unit}`, `${digits(measured)} ${unit}`, met === null ? '-' : met ? 'met' : 'missed'],
  ]);
  const epochs = ({ training, evaluation }: Epochs): string =>
    `${training.map((s) => digits(s)).join(', ')} s, an evaluation ${digits(evaluation)} s`;
  return [
    formatTable([['target', 'limit', 'measured', ''], ...rows], 1),
    '',
    ...(software ? ['software driver: no target is judged'] : []),
    `${plan.experiment}, ${plan.images} images an epoch; medians of epochs from the start of training, which choose the layout too`,
    `epochs of one network: ${epochs(one)}`,
    `epochs of ${plan.replicas} together: ${epochs(together)}; 40 epochs are 40 times one`,
    `${adapter}; node ${versions.node}, load ${load.map((l) => l.toFixed(2)).join(' → ')}`,
    `${seconds.toFixed(1)} s, ${startedAt}, mho ${versions.mho}, commit ${commit ?? 'unknown'}`,
  ].join('\n');
}
