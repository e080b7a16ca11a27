import { stringify } from 'yaml';
import type { Dataset } from '../../datasets/dataset.js';
import { datasetSource, loadDataset } from '../../datasets/registry.js';
import { transformDataset } from '../../datasets/transform.js';
import { Trainer, type LayerSnapshot, type TrainingSpec } from '../training/trainer.js';
import { chooseBackend, type ChosenBackend } from '../ops/backend.js';
import { describeEnvironment } from './environment.js';
import type { Experiment } from './loader.js';
import { figureFiles } from './figures/figure-files.js';
import { idealTwin, twinFailure } from './figures/ideal-twin.js';
import { Recorder } from './figures/recorder.js';
import type { FigureSource, RecordedRun } from './figures/source.js';
import { confusionRows, makeRecord, retentionFile, weightFile, type RunRecord } from './record.js';
import { RunFolder, assertFree, defaultRunFolder } from './run-folder.js';
import { runTraining, type RunEvent, type RunOptions, type RunOutcome } from './runner.js';
import { encodeSafetensors } from './safetensors.js';
import type { ExperimentConfig } from './schema.js';
import { explainStandstill } from './standstill/explain.js';
import { standstill } from './standstill/facts.js';

export interface ExperimentRequest {
  readonly experiment: Experiment;
  /** Absolute path of the run folder; `runs/<name>-<UTC time>-<seed>` unless told. */
  readonly out?: string | undefined;
  /** As the user typed it, for the record. */
  readonly commandLine: readonly string[];
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly observe?: ((event: TrainingEvent) => void) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
  /** Warns of a network that learned nothing, and looks for the cause by short trainings; not unless told. */
  readonly explain?: boolean | undefined;
}

/** What happens in the training of the experiment itself or, after it, of its ideal twin. */
export type TrainingEvent = RunEvent & { readonly of?: 'ideal twin' };

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
  const target = request.out ?? defaultRunFolder(folderName(config), startedAt, config.seed);
  assertFree(target);
  const { offline, warn } = request;
  const chosen = await chooseBackend(config.backend);
  const dataset = transformDataset(await loadDataset(config.dataset.name, { offline, warn }), config.dataset);
  const trainer = await Trainer.create(trainingSpec(config, dataset, chosen));
  try {
    return await runInto(RunFolder.create(target), trainer, { ...request, dataset, startedAt, chosen });
  } finally {
    trainer.dispose();
  }
}

/** As the label, without blanks. */
function folderName({ name, otherDevice }: ExperimentConfig): string {
  return otherDevice === undefined ? name : `${name}-${otherDevice.replace(/[^\w.-]+/g, '-')}`;
}

/** A request with what it takes to fulfil it. */
interface Work extends ExperimentRequest {
  readonly dataset: Dataset;
  readonly startedAt: Date;
  readonly chosen: ChosenBackend;
}

async function runInto(folder: RunFolder, trainer: Trainer, work: Work): Promise<FinishedRun> {
  const { config, resolved } = work.experiment;
  try {
    folder.write('config.yaml', stringify(resolved, { lineWidth: 120 }));
    folder.write('metrics.jsonl', '');
    const before = work.explain ? await trainer.snapshot() : undefined;
    const run = await recordedRun(trainer, config, {
      signal: work.signal,
      observe: (event) => {
        if (event.type === 'epoch') folder.appendLine('metrics.jsonl', event.metrics);
        work.observe?.(event);
      },
    });
    // Its memory goes before the twin's is taken.
    trainer.dispose();
    const warnings = before ? await standstillWarnings(before, run.outcome, work) : [];
    const ideal = await trainTwin(folder, work);
    return finish(folder, { config, shape: work.dataset.shape, run, ideal }, { ...work, warnings });
  } catch (error) {
    folder.discard();
    throw error;
  }
}

/** What is to be said of a training that came to nothing; no lines of one that learned or was interrupted. */
async function standstillWarnings(
  before: readonly LayerSnapshot[],
  outcome: RunOutcome,
  { experiment, dataset, chosen, signal, warn }: Work,
): Promise<string[]> {
  const facts = outcome.status === 'complete' ? standstill(before, outcome, dataset.test.labels) : undefined;
  if (!facts) return [];
  const warning = await explainStandstill(facts, trainingSpec(experiment.config, dataset, chosen), signal);
  warn?.(warning);
  return [warning];
}

/** Trains the ideal twin, where the experiment asks for it and was not interrupted before. */
async function trainTwin(folder: RunFolder, { experiment, dataset, chosen, signal, observe }: Work) {
  const twin = experiment.config.record.idealLine ? idealTwin(experiment.config) : undefined;
  if (!twin || signal?.aborted) return undefined;
  const trainer = await Trainer.create(trainingSpec(twin, dataset, chosen));
  try {
    return await recordedRun(trainer, twin, {
      signal,
      observe: (event) => {
        if (event.type === 'epoch') folder.appendLine('ideal-metrics.jsonl', event.metrics);
        observe?.({ ...event, of: 'ideal twin' });
      },
    });
  } catch (error) {
    throw twinFailure(error);
  } finally {
    trainer.dispose();
  }
}

async function recordedRun(
  trainer: Trainer,
  { training, conditions, record }: ExperimentConfig,
  options: Pick<RunOptions, 'signal' | 'observe'>,
): Promise<RecordedRun> {
  const recorder = new Recorder(record);
  const outcome = await runTraining(trainer, {
    ...options,
    epochs: training.epochs,
    hold: conditions === 'none' ? [] : conditions.hold,
    visitor: recorder,
  });
  recorder.finish(outcome);
  return { outcome, recorder };
}

function finish(
  folder: RunFolder,
  source: FigureSource,
  { commandLine, startedAt, chosen, warnings }: Work & { readonly warnings: readonly string[] },
): FinishedRun {
  const { config, run, ideal } = source;
  const files = datasetSource(config.dataset.name).files.map(({ name, sha256 }) => ({ name, sha256 }));
  const circumstances = { config, files, environment: describeEnvironment(), commandLine, startedAt, chosen, warnings };
  const record = makeRecord(run.outcome, { ...circumstances, finishedAt: new Date(), ideal: ideal?.outcome });
  const { evaluation, holds } = run.outcome;
  if (holds.length > 0) folder.write('retention.json', `${JSON.stringify(retentionFile(run.outcome), undefined, 2)}\n`);
  if (evaluation) {
    const held = holds.length === 0 ? {} : { afterHold: holds.length };
    const confusion = {
      epoch: record.epochs,
      ...held,
      rows: 'true class',
      matrix: confusionRows(evaluation.confusion),
    };
    folder.write('confusion.json', `${JSON.stringify(confusion)}\n`);
  }
  for (const { name, content } of figureFiles(source)) folder.write(name, content);
  folder.write('final.safetensors', encodeSafetensors(weightFile(run.outcome.layers, record)));
  folder.write('run.json', `${JSON.stringify(record, undefined, 2)}\n`);
  return { record, evaluation, runFolder: folder.complete() };
}

function trainingSpec(config: ExperimentConfig, dataset: Dataset, { backend }: ChosenBackend): TrainingSpec {
  const { dataset: images, network, crossbar, device, training, conditions, seed, without } = config;
  const inputs = { inputs: images.inputs, ...(images.trainSubset && { trainSubset: images.trainSubset }) };
  const spec = { dataset, inputs, network, crossbar, device, training, seed, backend, without } as const;
  return conditions === 'none' ? spec : { ...spec, conditions };
}
