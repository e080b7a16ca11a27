import type { ChosenBackend } from '../ops/backend.js';
import type { LayerSnapshot } from '../training/snapshot.js';
import type { Environment } from './environment.js';
import type { RetentionStudy } from './retention/study.js';
import type { EpochMetrics, RunOutcome } from './runner.js';
import type { NamedTensor, TensorFile } from './safetensors.js';
import type { ExperimentConfig } from './schema.js';

/** `run.json`: all that a report needs to know of a run, beside its metrics. Accuracies are fractions. */
export interface RunRecord extends Environment {
  readonly experiment: string;
  /** Name of the device that an option put in the place of the experiment's own; null where none did. */
  readonly otherDevice: string | null;
  readonly status: RunOutcome['status'];
  /** Why it failed; null where it did not. */
  readonly error: string | null;
  readonly seed: number;
  /** The backend that ran. */
  readonly backend: string;
  /** Why it was taken: as told, or what `auto` found. */
  readonly backendReason: string;
  /** Threads that it had, and the part of the samples that they trained on together. */
  readonly threads: number;
  readonly threadShare: number;
  readonly dataset: { readonly name: string; readonly files: readonly { name: string; sha256: string }[] };
  readonly commandLine: readonly string[];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** From the start to the end, evaluation and loading of data included. */
  readonly seconds: number;
  /** Epochs trained to their end. */
  readonly epochs: number;
  readonly samples: number;
  readonly trainSeconds: number;
  readonly samplesPerSecond: number | null;
  /** Null where the run was interrupted before epoch 0 was evaluated. */
  readonly initialAccuracy: number | null;
  /**
   * At the end: after the last hold, or, where nothing was held, after the last epoch that was trained to its end; the
   * weights may be of later samples, see `evaluatedAtSamples`.
   */
  readonly accuracy: number | null;
  /** After training, before the first hold; null where nothing was held. */
  readonly accuracyBeforeHold: number | null;
  /** What the last hold left of the programmed conductance; null where nothing was held. */
  readonly retained: number | null;
  /** Samples that had been trained on when `accuracy` was taken: fewer than `samples` where an epoch was cut short. */
  readonly evaluatedAtSamples: number | null;
  readonly bestAccuracy: number | null;
  readonly bestEpoch: number | null;
  /** The ideal twin's part; null where none was trained. */
  readonly ideal: IdealSummary | null;
  /** What a reader of these figures should know first: of a network that learned nothing. */
  readonly warnings: readonly string[];
}

/** What the training of the ideal twin came to. */
export type IdealSummary = { readonly status: RunOutcome['status'] } & Pick<
  RunRecord,
  'epochs' | 'samples' | 'trainSeconds' | 'initialAccuracy' | 'accuracy' | 'bestAccuracy' | 'bestEpoch'
>;

/** What a record says beside the outcome itself. */
export interface RunCircumstances {
  readonly config: ExperimentConfig;
  readonly files: RunRecord['dataset']['files'];
  readonly environment: Environment;
  readonly commandLine: readonly string[];
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly chosen: ChosenBackend;
  readonly ideal?: RunOutcome | undefined;
  readonly warnings?: readonly string[] | undefined;
  readonly retention?: RetentionStudy | undefined;
}

export function makeRecord(outcome: RunOutcome, run: RunCircumstances): RunRecord {
  const { config, files, environment, commandLine, startedAt, finishedAt, chosen, ideal, warnings = [] } = run;
  // A run is complete when all of it is, the twin and the study that were asked for included.
  const whole = outcome.status === 'complete';
  const { status: reached, failure } = whole && ideal ? ideal : outcome;
  const status = reached === 'complete' && run.retention?.complete === false ? 'interrupted' : reached;
  return {
    ...{
      experiment: config.name,
      otherDevice: config.otherDevice ?? null,
      status,
      error: failure?.message ?? null,
      seed: config.seed,
      backend: outcome.backend,
    },
    backendReason: chosen.reason,
    ...{ threads: outcome.threads.threads, threadShare: outcome.threads.share },
    ...summarise(outcome),
    ideal: ideal ? idealSummary(ideal) : null,
    warnings,
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000,
    ...{ startedAt: startedAt.toISOString(), finishedAt: finishedAt.toISOString() },
    dataset: { name: config.dataset.name, files },
    commandLine,
    ...environment,
  };
}

type Summary = Pick<
  RunRecord,
  | 'epochs'
  | 'samples'
  | 'trainSeconds'
  | 'samplesPerSecond'
  | 'initialAccuracy'
  | 'accuracy'
  | 'accuracyBeforeHold'
  | 'retained'
  | 'evaluatedAtSamples'
  | 'bestAccuracy'
  | 'bestEpoch'
>;

function summarise({ metrics, holds, samples, trainSeconds }: RunOutcome): Summary {
  const held = holds.at(-1);
  const [first, last, best] = [metrics.at(0), metrics.at(-1), bestOf(metrics)];
  return {
    epochs: Math.max(0, metrics.length - 1),
    samples,
    trainSeconds,
    samplesPerSecond: samples === 0 ? null : samples / trainSeconds,
    initialAccuracy: first?.accuracy ?? null,
    accuracy: (held ?? last)?.accuracy ?? null,
    accuracyBeforeHold: held && last ? last.accuracy : null,
    retained: held?.retained ?? null,
    evaluatedAtSamples: last?.samples ?? null,
    bestAccuracy: best?.accuracy ?? null,
    bestEpoch: best?.epoch ?? null,
  };
}

function idealSummary(outcome: RunOutcome): IdealSummary {
  const { epochs, samples, trainSeconds, initialAccuracy, accuracy, bestAccuracy, bestEpoch } = summarise(outcome);
  const { status } = outcome;
  return { status, epochs, samples, trainSeconds, initialAccuracy, accuracy, bestAccuracy, bestEpoch };
}

/**
 * `retention.json`: the accuracy when training ended, after each hold, and at each time and temperature of a study. SI units;
 * accuracies are fractions.
 */
export function retentionFile({ metrics, holds }: RunOutcome, study?: RetentionStudy): object {
  const trained = metrics.at(-1)!;
  const { accuracy, correct, count, loss } = trained;
  const units = { temperature: 'K', time: 's', elapsed: 's' };
  return { units, trained: { accuracy, correct, count, loss }, holds, study: study?.points ?? [] };
}

/** The epoch of the highest accuracy, the earliest of equals. */
function bestOf(metrics: readonly EpochMetrics[]): EpochMetrics | undefined {
  return metrics.reduce<EpochMetrics | undefined>(
    (best, epoch) => (best === undefined || epoch.accuracy > best.accuracy ? epoch : best),
    undefined,
  );
}

/** The matrix of `confusion.json`: row = true class, column = recognised class. */
export function confusionRows(confusion: Uint32Array): number[][] {
  const classes = Math.sqrt(confusion.length);
  return Array.from({ length: classes }, (_, row) => [...confusion.subarray(row * classes, (row + 1) * classes)]);
}

/** Weights and, where the device has cells, their conductances in siemens: `layer0.weights`, `layer0.g_plus`, … */
export function weightFile(layers: readonly LayerSnapshot[], record: RunRecord): TensorFile {
  const tensors = layers.flatMap((layer, i) => layerTensors(`layer${i}`, layer));
  const { experiment, seed, versions } = record;
  // Nothing that says how the tensors came about: equal tensors make equal files, whatever ran them.
  const metadata = { format: 'mho', experiment, seed: `${seed}`, version: versions.mho };
  return { tensors: Object.fromEntries(tensors), metadata };
}

function layerTensors(name: string, { rows, cols, weights, conductances }: LayerSnapshot): [string, NamedTensor][] {
  const named = { weights, g_plus: conductances.gPlus, g_minus: conductances.gMinus, g: conductances.g };
  return Object.entries(named).flatMap(([key, data]): [string, NamedTensor][] => {
    return data === undefined || data.length === 0 ? [] : [[`${name}.${key}`, { shape: [rows, cols], data }]];
  });
}
