/** The public entry of the package: everything a program needs that the command line does not cover. */
export { MhoError, RunError, UsageError } from './errors.js';
export { formatQuantity, parseQuantity, type Dimension } from './units.js';
export { bits, fold, keyOf, normal, uniform, type Key, type Purpose } from './random.js';
export { compileDevice, deviceModels, deviceSchema, type DeviceConfig } from './device/registry.js';
export { retainedFraction, type Retention, type Stay } from './device/retention/law.js';
export { compileRetention, retentionSchema, type RetentionConfig } from './device/retention/registry.js';
export { meanStep, pulseOnce, tabulate, type Response } from './device/response.js';
export { compileCrossbar, type CrossbarProgram, type CrossbarState } from './crossbar/program.js';
export { decodeWeights, encodeWeights, toSiemens } from './crossbar/weights.js';
export { crossbarSchema, type CrossbarConfig } from './crossbar/schema.js';
export { registerOps, useBackend } from './ops/backend.js';
export { crossbarRead, type CrossbarReadOptions } from './ops/crossbar-read.js';
export type { CrossbarTensors } from './ops/crossbar.js';
export { drift, type DriftOptions, type DriftedTensors } from './ops/drift.js';
export { onlineSgd, openOnlineSgd, type OnlineSgdOptions, type ReplicaTensors } from './ops/online-sgd.js';
export { pulseUpdate, type PulseUpdateOptions } from './ops/pulse-update.js';
export type { OnlineSgdProgram, OnlineSgdSession, Replica, Samples } from '../kernels/online-sgd/contract.js';
export { networkSchema, trainingSchema, type NetworkConfig, type TrainingConfig } from './training/schema.js';
export { compileNetwork, createReplica, type NetworkSpec } from './training/network.js';
export { Trainer } from './training/trainer.js';
export type { LayerSnapshot } from './training/snapshot.js';
export type { TrainingSpec } from './training/training-spec.js';
export type { Evaluation } from './training/evaluation.js';
export { loadDevice, loadExperiment, type Experiment, type LoadExperimentOptions } from './experiment/loader.js';
export { splitSet, type OverrideText } from './experiment/overrides.js';
export {
  prepareTraining,
  runExperiment,
  type ExperimentRequest,
  type FinishedRun,
  type TrainingEvent,
} from './experiment/run.js';
export {
  runTraining,
  type EpochMetrics,
  type RunEvent,
  type RunOptions,
  type RunOutcome,
} from './experiment/runner.js';
export { decodeSafetensors, encodeSafetensors } from './experiment/safetensors.js';
export { datasetNames, loadDataset } from '../datasets/registry.js';
export type { Dataset, Split } from '../datasets/dataset.js';
