import * as tf from '@tensorflow/tfjs';
import type { CrossbarProgram } from '../../src/crossbar/program.js';
import { fold, keyOf } from '../../src/random.js';
import { f32 } from '../arithmetic.js';
import { scoped, withBackend, type ComposedBackend } from '../composed/active.js';
import { cellsOf, stateOf, type CellTensors } from '../composed/cells.js';
import { uniforms } from '../composed/draws.js';
import { deviceOf, type Device } from '../composed/parameters.js';
import type { Pulses } from '../composed/steps.js';
import { pulse } from '../composed/write.js';
import { stepKeys } from '../keys.js';
import { directionOf } from '../pulse-draws.js';
import { validatePulseUpdate, type HostPulseUpdateKernel, type PulseUpdateCall } from './contract.js';

/** `PulseUpdate` out of tfjs's ops. */
export function composedPulseUpdate(backend: ComposedBackend): HostPulseUpdateKernel {
  return {
    name: 'PulseUpdate',
    backend,
    run(call) {
      validatePulseUpdate(call);
      return withBackend(backend, () =>
        scoped(() => stateOf(call.crossbar, pulsed(call, cellsOf(call.crossbar, call.state), tf.tensor1d(call.delta)))),
      );
    },
  };
}

/** Where a write's draws come from. */
export type WritePlace = Pick<PulseUpdateCall, 'crossbar' | 'seed' | 'layer' | 'step'>;

/** Cells after their pulses. @param delta - requested change of the weights, shape [rows·cols] */
export function pulsed(place: WritePlace, cells: CellTensors, delta: tf.Tensor1D): CellTensors {
  const { crossbar, seed, layer, step } = place;
  if (crossbar.response.kind === 'ideal') {
    const g = [tf.add<tf.Tensor1D>(cells.g[0]!, delta)];
    return { ...cells, g, hidden: g };
  }
  const device = deviceOf(crossbar, seed, layer);
  return cells.g.reduce((written, _, polarity) => {
    const pulses = pulsesOf(device, place, delta, polarity);
    return pulse(device, written, polarity, pulses, stepKeys(seed, layer, polarity, step));
  }, cells);
}

/** The pulses that a requested ΔW gives one polarity. */
function pulsesOf({ program }: Device, place: WritePlace, delta: tf.Tensor1D, polarity: number): Pulses {
  const rises = directionOf(program.coding === 'one-sided-pair', polarity, true);
  const falls = directionOf(program.coding === 'one-sided-pair', polarity, false);
  const rateOf = (way: 'up' | 'down' | undefined): tf.Tensor1D => tf.tensor1d([way ? rates(program)[way] : 0]);
  const positive = tf.greater<tf.Tensor1D>(delta, 0);
  const requests = tf.mul<tf.Tensor1D>(tf.where(positive, rateOf(rises), rateOf(falls)), tf.abs(delta));
  const amounts = madeWhole(program, requests, () => tf.tensor1d(uniforms(thinningKey(place, polarity), delta.size)));
  const up = rises === 'up' ? (falls === undefined ? tf.onesLike(positive) : positive) : tf.logicalNot(positive);
  const most = tf.max(amounts).dataSync()[0]!;
  return { amounts, most, whole: program.pulsePolicy !== 'fractional', up, cells: delta.size };
}

function thinningKey({ seed, layer, step }: WritePlace, polarity: number) {
  return fold(fold(fold(keyOf(seed, 'pulseThinning'), layer), polarity), step);
}

/** Pulses per unit of |ΔW|. */
function rates({ response, conductancePerWeight }: CrossbarProgram): { readonly up: number; readonly down: number } {
  if (response.kind === 'ideal') throw new TypeError('the ideal device has no pulses');
  const { up, down } = response.pulsesPerRange;
  return { up: f32(conductancePerWeight * up), down: f32(conductancePerWeight * down) };
}

/** Real requests as the pulses that a policy gives. */
function madeWhole({ pulsePolicy }: CrossbarProgram, requests: tf.Tensor1D, draw: () => tf.Tensor1D): tf.Tensor1D {
  switch (pulsePolicy) {
    case 'fractional':
      return requests;
    case 'round':
      return tf.floor(tf.add<tf.Tensor1D>(requests, 0.5));
    case 'stochastic': {
      const whole = tf.floor<tf.Tensor1D>(requests);
      return tf.add<tf.Tensor1D>(whole, tf.cast(tf.less(draw(), tf.sub(requests, whole)), 'float32'));
    }
    default:
      return pulsePolicy satisfies never;
  }
}
