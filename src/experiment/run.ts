import { stringify } from 'yaml';
import type { Dataset } from '../../datasets/dataset.js';
import { datasetSource, loadDataset } from '../../datasets/registry.js';
import { Trainer, type TrainingSpec } from '../training/trainer.js';
import { describeEnvironment } from './environment.js';
import type { Experiment } from './loader.js';
import { confusionRows, makeRecord, weightFile, type RunRecord } from './record.js';
import { RunFolder, assertFree, defaultRunFolder } from './run-folder.js';
import { runTraining, type RunEvent, type RunOutcome } from './runner.js';
import { encodeSafetensors } from './safetensors.js';
import type { ExperimentConfig } from './schema.js';

export interface ExperimentRequest {
  readonly experiment: Experiment;
  /** Absolute path of the run folder; `runs/<name>-<UTC time>-<seed>` unless told. */
  readonly out?: string | undefined;
  /** As the user typed it, for the record. */
  readonly commandLine: readonly string[];
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly observe?: ((event: RunEvent) => void) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
}

export interface FinishedRun {
  readonly record: RunRecord;
  /** Last evaluation's counts, as the summary names them; undefined where none was made. */
  readonly evaluation: RunOutcome['evaluation'];
  readonly runFolder: string;
}

/**
 * Runs an experiment and leaves its run folder.
 * @throws UsageError where the run folder's place is taken, before anything is loaded
 * @throws RunError where the data cannot be had or the folder cannot be written; no folder is left then
 */
export async function runExperiment(request: ExperimentRequest): Promise<FinishedRun> {
  const { config } = request.experiment;
  const startedAt = new Date();
  const target = request.out ?? defaultRunFolder(config.name, startedAt, config.seed);
  assertFree(target);
  const { offline, warn } = request;
  const dataset = await loadDataset(config.dataset.name, { offline, warn });
  const trainer = await Trainer.create(trainingSpec(config, dataset));
  try {
    return await runInto(RunFolder.create(target), trainer, request, startedAt);
  } finally {
    trainer.dispose();
  }
}

async function runInto(
  folder: RunFolder,
  trainer: Trainer,
  request: ExperimentRequest,
  startedAt: Date,
): Promise<FinishedRun> {
  try {
    folder.write('config.yaml', stringify(request.experiment.resolved, { lineWidth: 120 }));
    folder.write('metrics.jsonl', '');
    const outcome = await runTraining(trainer, {
      epochs: request.experiment.config.training.epochs,
      signal: request.signal,
      observe: (event) => {
        if (event.type === 'epoch') folder.appendLine('metrics.jsonl', event.metrics);
        request.observe?.(event);
      },
    });
    return finish(folder, outcome, request, startedAt);
  } catch (error) {
    folder.discard();
    throw error;
  }
}

function finish(folder: RunFolder, outcome: RunOutcome, request: ExperimentRequest, startedAt: Date): FinishedRun {
  const { config } = request.experiment;
  const files = datasetSource(config.dataset.name).files.map(({ name, sha256 }) => ({ name, sha256 }));
  const { commandLine } = request;
  const run = { config, files, environment: describeEnvironment(), commandLine, startedAt, finishedAt: new Date() };
  const record = makeRecord(outcome, run);
  const { evaluation } = outcome;
  if (evaluation) {
    const confusion = { epoch: record.epochs, rows: 'true class', matrix: confusionRows(evaluation.confusion) };
    folder.write('confusion.json', `${JSON.stringify(confusion)}\n`);
  }
  folder.write('final.safetensors', encodeSafetensors(weightFile(outcome.layers, record)));
  folder.write('run.json', `${JSON.stringify(record, undefined, 2)}\n`);
  return { record, evaluation, runFolder: folder.complete() };
}

function trainingSpec(config: ExperimentConfig, dataset: Dataset): TrainingSpec {
  const { dataset: chosen, network, crossbar, device, training, seed, backend, without } = config;
  const inputs = { inputs: chosen.inputs, ...(chosen.trainSubset && { trainSubset: chosen.trainSubset }) };
  // WASM is the fastest backend that every supported Node brings.
  const runs = backend === 'auto' ? 'wasm' : backend;
  return { dataset, inputs, network, crossbar, device, training, seed, backend: runs, without };
}
