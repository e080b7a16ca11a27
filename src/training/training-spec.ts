import type { Dataset } from '../../datasets/dataset.js';
import type { Backend } from '../../kernels/register.js';
import type { CrossbarConfig } from '../crossbar/schema.js';
import type { DeviceConfig } from '../device/registry.js';
import { UsageError } from '../errors.js';
import type { ConditionsConfig } from './conditions.js';
import { inputTable, samplesOf } from './inputs.js';
import type { OpenSession } from './shared-sessions.js';
import type { InputConfig, NetworkConfig, TrainingConfig } from './schema.js';

/** Everything that decides a training run. */
export interface TrainingSpec {
  readonly dataset: Dataset;
  readonly inputs: InputConfig;
  readonly network: NetworkConfig;
  readonly crossbar: CrossbarConfig;
  readonly device: DeviceConfig;
  readonly training: TrainingConfig;
  /** Temperature and time; undefined where nothing drifts. */
  readonly conditions?: ConditionsConfig | undefined;
  /** Records pulses and reads, in joules by the device's `drive`. */
  readonly energy?: boolean | undefined;
  readonly seed: number;
  readonly backend: Backend;
  /** Threads that may train it at once (1), on the backend that has them. */
  readonly threads?: number | undefined;
  /** Names of effects that are switched off; none unless told. */
  readonly without?: readonly string[] | undefined;
  /** Opens the kernel's session; one of the run's own unless told. */
  readonly open?: OpenSession | undefined;
}

export function testSamples({ dataset, inputs }: TrainingSpec) {
  return samplesOf(dataset.test, dataset, inputTable(dataset, inputs.inputs));
}

export function samplesPerEpoch({ order, samplesPerEpoch }: TrainingConfig, indices: Uint32Array): number {
  return order === 'random' ? (samplesPerEpoch ?? indices.length) : indices.length;
}

/** Draws are counted by step in 32 bits: a run that would leave them stops before it begins. */
export function requireSteps(steps: number): void {
  if (steps <= 2 ** 32) return;
  const what = `training.epochs asks for ${steps} steps, expected at most 2^32`;
  throw new UsageError({ where: 'training', what, remedy: 'train fewer epochs' });
}
