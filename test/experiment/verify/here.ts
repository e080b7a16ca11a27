import { loadDataset } from '../../../datasets/registry.js';
import type { AffineResponse } from '../../../src/device/response.js';
import type { JobResult, TrainAll, TrainingJob } from '../../../src/experiment/batch/job.js';
import { trainJob } from '../../../src/experiment/batch/train-job.js';
import { loadExperiment } from '../../../src/experiment/loader.js';
import { splitSet } from '../../../src/experiment/overrides.js';
import { useBackend } from '../../../src/ops/backend.js';
import { openOnlineSgd } from '../../../src/ops/online-sgd.js';
import { evaluateOutputs } from '../../../src/training/evaluation.js';
import { inputTable, samplesOf, trainingIndices } from '../../../src/training/inputs.js';
import { createReplica } from '../../../src/training/network.js';
import type { Replica } from '../../../kernels/online-sgd/contract.js';
import { Scratch } from '../scratch.js';

/** Trains in this process, one job after the other, as `mho run` would. */
export const trainHere: TrainAll = async (jobs, done) => {
  const scratch = new Scratch();
  try {
    return await oneByOne(jobs, done, (job, i) => trainJob(job, scratch.path(String(i))));
  } finally {
    scratch.remove();
  }
};

/** Trains networks that were tampered with after they were compiled, where no value of a file could plant the fault. */
export function trainTampered(tamper: (replica: Replica) => Replica): TrainAll {
  return (jobs, done) => oneByOne(jobs, done, (job) => trainReplica(job, tamper));
}

async function oneByOne(
  jobs: readonly TrainingJob[],
  done: Parameters<TrainAll>[1],
  train: (job: TrainingJob, i: number) => Promise<JobResult>,
): Promise<JobResult[]> {
  const results: JobResult[] = [];
  for (const [i, job] of jobs.entries()) {
    results.push(await train(job, i));
    done(i, results[i]!);
  }
  return results;
}

async function trainReplica(job: TrainingJob, tamper: (replica: Replica) => Replica): Promise<JobResult> {
  const overrides = [...job.overrides, `seed=${job.seed}`].map(splitSet);
  const { config } = loadExperiment(job.experiment, { overrides, cwd: job.cwd });
  const dataset = await loadDataset(config.dataset.name);
  await useBackend('wasm');
  const replica = tamper(createReplica({ ...config, inputs: dataset.features }, job.seed));
  const session = await openOnlineSgd([replica]);
  const table = inputTable(dataset, config.dataset.inputs);
  const splits = [dataset.train, dataset.test].map((split) => session.load(samplesOf(split, dataset, table)));
  const [train, test] = await Promise.all(splits);
  const indices = trainingIndices(dataset, config.dataset, job.seed);
  for (let e = 0; e < config.training.epochs; e++) await session.train(train!, indices, e * indices.length);
  const outputs = await session.predict(test!, 0, config.training.epochs);
  const { accuracy, correct, count } = evaluateOutputs(outputs, dataset.test.labels, dataset.classes);
  session.dispose();
  return { accuracy, correct, count, seconds: 0 };
}

/** Pulses reach the other cell of every pair: a request of +ΔW does what −ΔW should. */
export function withSwappedPairs(replica: Replica): Replica {
  const layers = replica.program.layers.map((layer) => {
    const { response } = layer.crossbar;
    if (response.kind !== 'affine') throw new TypeError(`a swapped pair of ${response.kind} cells is not planted`);
    return { ...layer, crossbar: { ...layer.crossbar, response: swapped(response) } };
  });
  return { ...replica, program: { ...replica.program, layers } };
}

/**
 * Both cells of a pair get the same number of pulses, of opposite sign; each taking the other's is each being moved
 * the other way.
 */
function swapped(response: AffineResponse): AffineResponse {
  const { nominal, pulsesPerRange } = response;
  return {
    ...response,
    nominal: { ...nominal, up: nominal.down, down: nominal.up },
    pulsesPerRange: { up: pulsesPerRange.down, down: pulsesPerRange.up },
  };
}
