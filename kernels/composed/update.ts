import * as tf from '@tensorflow/tfjs';
import type { CrossbarProgram } from '../../src/crossbar/program.js';
import type { LayerKeys } from '../keys.js';
import { directionOf, drawPulses, type PulseRates } from '../pulse-draws.js';
import type { Pulses } from './steps.js';

/** The vectors of one sample's update behind their converters. */
export interface Outer {
  /** Inputs, shape [1, rows]. */
  readonly written: tf.Tensor2D;
  readonly background: number;
  readonly isBackground: (row: number) => boolean;
  /** δ, shape [1, cols]. */
  readonly errors: tf.Tensor2D;
}

/** Which polarity is pulsed, at which rate, with which draws. */
export interface UpdatePlace {
  readonly program: CrossbarProgram;
  readonly rates: PulseRates;
  readonly keys: LayerKeys;
  readonly device: number;
  readonly step: number;
}

/** Whole pulses drawn at random: those that fall. Undefined where none does. */
export function drawnOf({ written, errors, background, isBackground }: Outer, place: UpdatePlace): Pulses | undefined {
  const { program, rates, device } = place;
  const inputs = written.dataSync() as Float32Array;
  const isForeground = Uint8Array.from(inputs, (_, i) => (i < inputs.length && isBackground(i) ? 0 : 1));
  const foreground = [...isForeground.keys()].filter((i) => isForeground[i] === 1);
  const vectors = { errors: errors.dataSync() as Float32Array, inputs, background, foreground, isForeground };
  const [cells, ways, amounts]: [number[], number[], number[]] = [[], [], []];
  const direction = (positive: boolean) => directionOf(program.coding === 'one-sided-pair', device, positive);
  drawPulses(vectors, rates, place, direction, (row, col, up, pulses) => {
    cells.push(row * program.cols + col);
    ways.push(up ? 1 : 0);
    amounts.push(pulses);
  });
  if (cells.length === 0) return undefined;
  const most = amounts.reduce((a, b) => Math.max(a, b));
  return {
    amounts: tf.tensor1d(amounts),
    most,
    whole: true,
    up: tf.tensor1d(ways, 'bool'),
    cells: Int32Array.from(cells),
  };
}

/** Fractional and rounded pulses: what every cell is asked for. Undefined where no cell is asked for any. */
export function askedOf({ written, errors }: Outer, { program, rates, device }: UpdatePlace): Pulses | undefined {
  const oneSided = program.coding === 'one-sided-pair';
  const wayOf = (positive: boolean) => directionOf(oneSided, device, positive);
  const positive = tf.greater<tf.Tensor2D>(tf.matMul(tf.sign(written), tf.sign(errors), true), 0);
  const requests = (way: 'up' | 'down' | undefined): tf.Tensor2D =>
    tf.matMul(tf.abs(written), tf.mul<tf.Tensor2D>(way ? rates[way] : 0, tf.abs(errors)), true);
  const wanted = tf.where(positive, requests(wayOf(true)), requests(wayOf(false)));
  const amounts = tf.reshape<tf.Rank.R1>(
    program.pulsePolicy === 'round' ? tf.floor(tf.add(wanted, 0.5)) : wanted,
    [-1],
  );
  const flat = tf.reshape<tf.Rank.R1>(positive, [-1]);
  const up = wayOf(true) !== 'up' ? tf.logicalNot(flat) : wayOf(false) === undefined ? tf.onesLike(flat) : flat;
  const most = (tf.max(amounts).dataSync() as Float32Array)[0]!;
  if (!(most > 0)) return undefined;
  return { amounts, most, whole: program.pulsePolicy === 'round', up, cells: amounts.size };
}
