import path from 'node:path';
import { stringify } from 'yaml';
import type { Dataset } from '../../datasets/dataset.js';
import type { MhoError } from '../errors.js';
import { datasetSource, loadDataset } from '../../datasets/registry.js';
import { transformDataset } from '../../datasets/transform.js';
import type { EnergyReport } from '../training/energy.js';
import { Trainer } from '../training/trainer.js';
import type { LayerSnapshot } from '../training/snapshot.js';
import type { TrainingSpec } from '../training/training-spec.js';
import type { OpenSession } from '../training/shared-sessions.js';
import { chooseBackend, type ChosenBackend } from '../ops/backend.js';
import { backendForEnergy, energyFile } from './energy.js';
import { describeEnvironment } from './environment.js';
import type { Keeper, KeptExperiment } from './keeper.js';
import type { Experiment } from './loader.js';
import { figureFiles, type FigureFile } from './figures/figure-files.js';
import { idealTwin, twinFailure } from './figures/ideal-twin.js';
import { deviceName } from './check-conditions.js';
import { Recorder } from './figures/recorder.js';
import type { FigureSource, RecordedRun } from './figures/source.js';
import { studyRetention, type RetentionPoint, type RetentionStudy } from './retention/study.js';
import { confusionRows, makeRecord, retentionFile, weightFile, type RunRecord } from './record.js';
import { RunFolder, assertFree, defaultRunFolder } from './run-folder.js';
import { runTraining, type RunEvent, type RunOptions, type RunOutcome } from './runner.js';
import { encodeSafetensors } from './safetensors.js';
import type { ExperimentConfig } from './schema.js';
import { explainStandstill } from './standstill/explain.js';
import { standstill } from './standstill/facts.js';
import { EventLog, LoggedRecorder } from './tensorboard/event-log.js';

export interface ExperimentRequest {
  readonly experiment: Experiment;
  /** Run folder, whose place must be free; `runs/<name>-<UTC time>-<seed>` unless told. */
  readonly out?: string | undefined;
  /** As the user typed it, for the record. */
  readonly commandLine: readonly string[];
  readonly offline?: boolean | undefined;
  /** Threads that may train at once (1). */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly observe?: ((event: TrainingEvent) => void) | undefined;
  /** Draws what a retention study found: files for the run folder. None are drawn unless told. */
  readonly pictures?: ((name: string, points: readonly RetentionPoint[]) => Promise<FigureFile[]>) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
  /** Warns of a network that learned nothing, and looks for the cause by short trainings; not unless told. */
  readonly explain?: boolean | undefined;
  /** What the run has in common with others that go on beside it; found and opened for this run alone unless told. */
  readonly shared?: Shared | undefined;
  /** Keeps the experiment's own training while it goes on. */
  readonly keeper?: Keeper<KeptExperiment> | undefined;
}

export interface Shared {
  /** Transformed as the experiment asks. */
  readonly dataset: Dataset;
  readonly chosen: ChosenBackend;
  /** Of the run's training, then of its ideal twin's. */
  readonly open?: OpenSession | undefined;
}

/** What happens in the training of the experiment itself or, after it, of its ideal twin or with another device. */
export type TrainingEvent =
  | (RunEvent & { readonly of?: string })
  | { readonly type: 'retention'; readonly of?: string; readonly point: RetentionPoint };

export interface FinishedRun {
  readonly record: RunRecord;
  /** Last evaluation's counts, as the summary names them; undefined where none was made. */
  readonly evaluation: RunOutcome['evaluation'];
  readonly retention: RetentionStudy | undefined;
  /** What training took; undefined where it was not recorded. */
  readonly energy: EnergyReport | undefined;
  readonly runFolder: string;
}

/**
 * Runs an experiment and leaves its run folder, also where the GPU was lost for good: its status is `failed` then.
 * @throws UsageError where the run folder's place is taken, before anything is loaded
 * @throws RunError where the data cannot be had or the folder cannot be written; no folder is left then
 */
export async function runExperiment(request: ExperimentRequest): Promise<FinishedRun> {
  const { config } = request.experiment;
  const startedAt = new Date();
  const target = path.resolve(request.out ?? defaultRunFolder(folderName(config), startedAt, config.seed));
  assertFree(target);
  const shared = request.shared ?? (await prepareShared(config, request));
  const spec = trainingSpec(config, { ...shared, threads: request.threads });
  const trainer = await Trainer.create({ ...spec, energy: config.record.energy }, request.keeper?.from?.run.trainer);
  try {
    return await runInto(RunFolder.create(target), trainer, { ...request, ...shared, startedAt });
  } finally {
    trainer.dispose();
  }
}

/**
 * Chooses the backend and loads the data of an experiment.
 * @throws RunError where the data cannot be had, or there is no such backend here
 */
export async function prepareShared(
  { backend, dataset, record }: ExperimentConfig,
  { offline, warn }: Pick<ExperimentRequest, 'offline' | 'warn'>,
): Promise<Shared> {
  const chosen = backendForEnergy({ backend, record }) ?? (await chooseBackend(backend));
  return { chosen, dataset: transformDataset(await loadDataset(dataset.name, { offline, warn }), dataset) };
}

/**
 * Everything that a {@link Trainer} needs of an experiment: the backend that it asks for, and its images, downloaded where they
 * are not at hand, cropped and binarised as it says. What comes after training (`conditions.hold`, studies, the ideal twin) and
 * what is recorded is no part of it.
 * @throws RunError where the data cannot be had, or there is no such backend here
 */
export async function prepareTraining(
  { config }: Experiment,
  { threads, ...how }: Pick<ExperimentRequest, 'offline' | 'threads' | 'warn'> = {},
): Promise<TrainingSpec> {
  return trainingSpec(config, { ...(await prepareShared(config, how)), threads });
}

/** As the label, without blanks. */
export function folderName({ name, otherDevice }: ExperimentConfig): string {
  return otherDevice === undefined ? name : `${name}-${otherDevice.replace(/[^\w.-]+/g, '-')}`;
}

/** A request with what it takes to fulfil it. */
interface Work extends ExperimentRequest, Shared {
  readonly startedAt: Date;
}

async function runInto(folder: RunFolder, trainer: Trainer, work: Work): Promise<FinishedRun> {
  const { config, resolved } = work.experiment;
  try {
    folder.write('config.yaml', stringify(resolved, { lineWidth: 120 }));
    folder.write('metrics.jsonl', '');
    for (const metrics of work.keeper?.from?.run.metrics ?? []) folder.appendLine('metrics.jsonl', metrics);
    const events = config.record.tensorboard ? new EventLog(folder, work.keeper?.from?.events) : undefined;
    const before = work.explain ? await trainer.snapshot() : undefined;
    let own: RetentionStudy | undefined;
    const run = await recordedRun(trainer, config, {
      ...{ signal: work.signal, keeper: work.keeper, events },
      observe: (event) => {
        if (event.type === 'epoch') folder.appendLine('metrics.jsonl', event.metrics);
        work.observe?.(event);
      },
      afterTraining: async () => {
        own = await studyOf(trainer, config, work);
      },
    });
    const energy = run.outcome.status === 'failed' ? undefined : await trainer.energy();
    // Its memory goes before that of others is taken.
    trainer.dispose();
    const warnings = before ? await standstillWarnings(before, run.outcome, work) : [];
    const failed = run.outcome.status === 'failed';
    const retention = failed ? undefined : await withOtherDevices(own, work);
    const ideal = failed ? undefined : await trainTwin(folder, events, work);
    const source = { config, shape: work.dataset.shape, run, ideal, retention };
    return await finish(folder, source, { ...work, warnings, energy });
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
  const warning = await explainStandstill(facts, trainingSpec(experiment.config, { dataset, chosen }), signal);
  warn?.(`warning: ${warning}`);
  return [warning];
}

/** Leaves a trained network alone, where the experiment asks what it then forgets. */
async function studyOf(trainer: Trainer, { conditions, device }: ExperimentConfig, { signal, observe }: Work) {
  if (conditions === 'none' || !conditions.retention) return undefined;
  return studyRetention(trainer, conditions.retention, {
    ...{ device: deviceName(device), signal },
    observe: (point) => observe?.({ type: 'retention', point }),
  });
}

/** The study with the networks of the other devices that it asks for, each trained as the experiment's own was. */
async function withOtherDevices(own: RetentionStudy | undefined, work: Work): Promise<RetentionStudy | undefined> {
  const { conditions } = work.experiment.config;
  if (!own || conditions === 'none' || !conditions.retention) return undefined;
  const studies = [own];
  for (const device of conditions.retention.devices) {
    studies.push(await studyOfOther({ ...work.experiment.config, device }, work));
  }
  return { points: studies.flatMap(({ points }) => points), complete: studies.every(({ complete }) => complete) };
}

async function studyOfOther(config: ExperimentConfig, work: Work): Promise<RetentionStudy> {
  let study: RetentionStudy | undefined;
  if (work.signal?.aborted) return { points: [], complete: false };
  const trainer = await Trainer.create(trainingSpec(config, { ...work, open: undefined }));
  try {
    await runTraining(trainer, {
      ...{ epochs: config.training.epochs, signal: work.signal },
      observe: (event) => work.observe?.({ ...event, of: deviceName(config.device) }),
      afterTraining: async () => {
        study = await studyOf(trainer, config, work);
      },
    });
  } finally {
    trainer.dispose();
  }
  return study ?? { points: [], complete: false };
}

/** Trains the ideal twin, where the experiment asks for it and was not interrupted before. */
async function trainTwin(folder: RunFolder, events: EventLog | undefined, work: Work) {
  const { experiment, signal, observe } = work;
  const twin = experiment.config.record.idealLine ? idealTwin(experiment.config) : undefined;
  if (!twin || signal?.aborted) return undefined;
  const trainer = await Trainer.create(trainingSpec(twin, work));
  try {
    const run = await recordedRun(trainer, twin, {
      ...{ signal, events, isIdeal: true },
      observe: (event) => {
        if (event.type === 'epoch') folder.appendLine('ideal-metrics.jsonl', event.metrics);
        observe?.({ ...event, of: 'ideal twin' });
      },
    });
    const { failure } = run.outcome;
    return failure ? { ...run, outcome: { ...run.outcome, failure: twinFailure(failure) as MhoError } } : run;
  } catch (error) {
    throw twinFailure(error);
  } finally {
    trainer.dispose();
  }
}

interface RecordedOptions
  extends Pick<RunOptions, 'signal' | 'observe' | 'afterTraining'>, Pick<ExperimentRequest, 'keeper'> {
  readonly events: EventLog | undefined;
  /** Whether it is the run's twin. */
  readonly isIdeal?: boolean | undefined;
}

async function recordedRun(
  trainer: Trainer,
  { training, conditions, record }: ExperimentConfig,
  { keeper, events, isIdeal = false, ...options }: RecordedOptions,
): Promise<RecordedRun> {
  const recorder = new Recorder(record, keeper?.from?.recorded);
  const { points, stages, histograms } = recorder;
  const looksWithin = record.evaluateAt !== undefined || record.evaluateEvery !== undefined;
  const visitor = events
    ? new LoggedRecorder(recorder, events, { isIdeal, looksWithin, energy: () => trainer.epochEnergy })
    : recorder;
  const outcome = await runTraining(trainer, {
    ...options,
    keeper: keeper && {
      from: keeper.from?.run,
      isDue: (isLast) => keeper.isDue(isLast),
      keep: (run) => {
        keeper.keep({ run, recorded: { points, stages, histograms }, events: events?.content() });
      },
    },
    epochs: training.epochs,
    hold: conditions === 'none' ? [] : conditions.hold,
    visitor,
  });
  await visitor.finish(outcome);
  return { outcome, recorder };
}

async function finish(
  folder: RunFolder,
  source: FigureSource,
  work: Work & { readonly warnings: readonly string[]; readonly energy: EnergyReport | undefined },
): Promise<FinishedRun> {
  const { config, run, ideal, retention } = source;
  const { commandLine, startedAt, chosen, warnings } = work;
  const files = datasetSource(config.dataset.name).files.map(({ name, sha256 }) => ({ name, sha256 }));
  const circumstances = { config, files, environment: describeEnvironment(), commandLine, startedAt, chosen, warnings };
  const record = makeRecord(run.outcome, {
    ...circumstances,
    finishedAt: new Date(),
    ideal: ideal?.outcome,
    retention,
  });
  const { evaluation, holds } = run.outcome;
  if (holds.length > 0 || retention) {
    folder.write('retention.json', `${JSON.stringify(retentionFile(run.outcome, retention), undefined, 2)}\n`);
  }
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
  const { energy } = work;
  if (energy) folder.write('energy.json', `${JSON.stringify(energyFile(energy), undefined, 2)}\n`);
  const drawn = retention && retention.points.length > 0 ? await work.pictures?.(config.name, retention.points) : [];
  for (const { name, content } of drawn ?? []) folder.write(name, content);
  folder.write('final.safetensors', encodeSafetensors(weightFile(run.outcome.layers, record)));
  folder.write('run.json', `${JSON.stringify(record, undefined, 2)}\n`);
  return { record, evaluation, retention, energy, runFolder: folder.complete() };
}

function trainingSpec(
  config: ExperimentConfig,
  { dataset, chosen: { backend }, open, threads }: Shared & Pick<ExperimentRequest, 'threads'>,
): TrainingSpec {
  const { dataset: images, network, crossbar, device, training, conditions, seed, without } = config;
  const inputs = { inputs: images.inputs, ...(images.trainSubset && { trainSubset: images.trainSubset }) };
  const spec = { dataset, inputs, network, crossbar, device, training, seed, backend, threads, without, open } as const;
  return conditions === 'none' ? spec : { ...spec, conditions };
}
