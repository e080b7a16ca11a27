import type * as tf from '@tensorflow/tfjs';
import { lossesAfter, retentionOf, type DriftLosses } from '../crossbar/drift.js';
import { devicesPerWeight, type CrossbarProgram, type TrapState } from '../crossbar/program.js';
import type { Stay } from '../device/retention/law.js';
import { UsageError } from '../errors.js';
import { readableBackends, readableKernels, tensorKernels } from '../../kernels/register.js';
import {
  crossbarInputs,
  gpuResultsOf,
  requireShape,
  resultsOf,
  sourcesOf,
  stateOf,
  takeTensors,
  type CrossbarTensors,
} from './crossbar.js';
import { registerGpuKernel, registerTfjsKernel, runTfjsKernel, type KernelCall, type KernelResult } from './tfjs.js';

const where = 'Drift';

/** What the classes of traps hold of each cell's increment, shape [classes, rows, cols]; `minus` for pairs only. */
export interface TrapTensors {
  readonly plus: tf.Tensor3D;
  readonly minus?: tf.Tensor3D | undefined;
}

/** Cells after a drift; `traps` is there where the law has several classes, and goes into the next drift. */
export interface DriftedTensors extends CrossbarTensors {
  readonly traps?: TrapTensors | undefined;
}

export interface DriftOptions {
  /** Temperatures [K] and times [s], one after the other. */
  readonly profile: readonly Stay[];
  readonly seed: number;
  /** Which crossbar of a network this is (0): with `seed`, whose trap depths the cells have. */
  readonly layer?: number;
}

interface Attributes {
  readonly crossbar: CrossbarProgram;
  readonly losses: DriftLosses;
  readonly seed: number;
  readonly layer: number;
}

/**
 * Lets time pass over a crossbar's cells, by the device's retention law. New tensors are returned; the inputs stay as
 * they are.
 * @param tensors - with `traps` as the last drift of these cells returned them; without, all counts as freshly written
 * @throws UsageError where a shape does not fit, the device forgets nothing, or the law does not hold at a temperature
 */
export function drift(
  crossbar: CrossbarProgram,
  tensors: DriftedTensors,
  { profile, seed, layer = 0 }: DriftOptions,
): DriftedTensors {
  requireProfile(profile);
  const inputs = { ...crossbarInputs(where, crossbar, tensors), ...trapInputs(crossbar, tensors.traps) };
  const losses = lossesAfter(crossbar, profile, { seed, layer });
  const attributes: Attributes = { crossbar, seed, layer, losses: losses ?? noLosses(crossbar) };
  const results = runTfjsKernel(where, inputs, attributes);
  const cells = takeTensors(crossbar, results);
  const [plus, minus] = results as tf.Tensor3D[];
  return plus ? { ...cells, traps: { plus, minus } } : cells;
}

function requireProfile(profile: readonly Stay[]): void {
  const wrong = profile.findIndex(({ time }) => !(time >= 0 && Number.isFinite(time)));
  if (wrong < 0) return;
  throw new UsageError({ where, what: `profile[${wrong}].time is ${profile[wrong]!.time} s, expected 0 or more` });
}

/** No time has passed that could be felt: the cells are still sorted into traps. */
function noLosses(crossbar: CrossbarProgram): DriftLosses {
  const classes = (retentionOf(crossbar)?.weights ?? []).map(() => new Float32Array(1));
  return Array.from({ length: devicesPerWeight(crossbar.coding) }, () => classes);
}

function trapInputs(crossbar: CrossbarProgram, traps: TrapTensors | undefined): tf.NamedTensorMap {
  if (!traps) return {};
  const { rows, cols, coding } = crossbar;
  const shape = [retentionOf(crossbar)?.weights.length ?? 0, rows, cols];
  requireShape(where, 'traps.plus', traps.plus, shape);
  const pair = devicesPerWeight(coding) === 2;
  if (pair !== (traps.minus !== undefined)) {
    const what = pair ? `traps.minus is missing, but ${coding} has two cells a weight` : 'got traps.minus for one cell';
    throw new UsageError({ where, what });
  }
  if (!traps.minus) return { trapsPlus: traps.plus };
  requireShape(where, 'traps.minus', traps.minus, shape);
  return { trapsPlus: traps.plus, trapsMinus: traps.minus };
}

export function registerDrift(): void {
  for (const backend of readableBackends) {
    registerTfjsKernel<Attributes>(where, backend, (call) => {
      const { crossbar, losses, seed, layer } = call.attributes;
      const state = { ...stateOf(call), traps: trapsOf(call) };
      const drifted = readableKernels[backend].Drift.run({ crossbar, state, losses, seed, layer });
      return [...resultsOf(crossbar, drifted), ...trapResults(crossbar, drifted.traps)];
    });
  }
  registerGpuKernel<Attributes>(where, (call) => {
    const { crossbar } = call.attributes;
    const traps = call.has('trapsPlus')
      ? { plus: call.buffer('trapsPlus'), minus: call.has('trapsMinus') ? call.buffer('trapsMinus') : undefined }
      : undefined;
    const buffers = tensorKernels.Drift(call.gpu, { ...call.attributes, state: { ...sourcesOf(call), traps } });
    return gpuResultsOf(crossbar, buffers, [retentionOf(crossbar)!.weights.length, crossbar.rows, crossbar.cols]);
  });
}

function trapsOf(call: KernelCall<Attributes>): TrapState | undefined {
  if (!call.has('trapsPlus')) return undefined;
  const minus = call.has('trapsMinus') ? (call.values('trapsMinus') as Float32Array) : new Float32Array(0);
  return { plus: call.values('trapsPlus') as Float32Array, minus };
}

function trapResults({ rows, cols }: CrossbarProgram, traps: TrapState | undefined): KernelResult[] {
  if (!traps) return [];
  const held = traps.minus.length > 0 ? [traps.plus, traps.minus] : [traps.plus];
  return held.map((values) => ({ values, shape: [values.length / (rows * cols), rows, cols] }));
}
