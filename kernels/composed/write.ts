import * as tf from '@tensorflow/tfjs';
import { writeNoiseOf } from '../../src/device/response.js';
import { f32 } from '../arithmetic.js';
import type { StepKeys } from '../keys.js';
import type { CellTensors } from './cells.js';
import { normals } from './draws.js';
import { numbersAt, type CellNumbers, type Device } from './parameters.js';
import { any, movedBy, stepOf, type Pulses } from './steps.js';

type Flat = tf.Tensor1D;

/** Gives pulses to cells of one polarity, within bounds, on levels, with write noise and the refresh of saturated pairs. */
export function pulse(
  device: Device,
  cells: CellTensors,
  polarity: number,
  pulses: Pulses,
  keys: StepKeys,
): CellTensors {
  const site = siteOf(device, polarity, pulses.cells);
  const before = site.take(cells.hidden[polarity]!);
  const numbers = numbersAt(device.numbers[polarity]!, site.places);
  const moved = movedBy(device, numbers, before, pulses, keys.cycleToCycle);
  const after = settle(device, moved, numbers);
  const given = tf.greater<Flat>(pulses.amounts, 0);
  const written = write(site, cells, after, given, keys);
  if (device.program.coding !== 'one-sided-pair') return written;
  const saturated = tf.logicalAnd<Flat>(given, tf.greaterEqual(after, refreshLevel(device, numbers)));
  return any(saturated) ? refresh(device, written, cellsWhere(saturated, pulses.cells), keys) : written;
}

/** The conductance at which a pair is refreshed. */
function refreshLevel({ program }: Device, { low, high }: CellNumbers): Flat {
  return tf.add(low, tf.mul(f32(program.refreshAt), tf.sub<Flat>(high, low)));
}

/** Numbers of the cells at which a condition holds. */
function cellsWhere(condition: Flat, cells: Pulses['cells']): Int32Array {
  const holds = condition.dataSync();
  const numbers = typeof cells === 'number' ? Int32Array.from({ length: cells }, (_, i) => i) : cells;
  return numbers.filter((_, i) => holds[i] === 1);
}

/** Cells of one polarity that are written together. */
interface Site {
  readonly device: Device;
  readonly polarity: number;
  readonly cells: Pulses['cells'];
  /** Undefined where they are all of them, in their order. */
  readonly places: Flat | undefined;
  readonly take: (all: Flat) => Flat;
}

function siteOf(device: Device, polarity: number, cells: Pulses['cells']): Site {
  if (typeof cells === 'number') return { device, polarity, cells, places: undefined, take: (all) => all };
  const places = tf.tensor1d(cells, 'int32');
  return { device, polarity, cells, places, take: (all) => tf.gather(all, places) };
}

/** Within the cells' bounds, and on a level where writes snap. */
function settle(device: Device, moved: Flat, { low, high }: CellNumbers): Flat {
  const bounded = (g: Flat): Flat => tf.minimum(tf.maximum(g, low), high);
  return device.levels ? bounded(snapped(bounded(moved), device.levels)) : bounded(moved);
}

/** The level nearest to each value, the lower one at a tie, found by halving. */
function snapped(g: Flat, levels: Flat): Flat {
  let low = tf.zerosLike(g);
  let high = tf.fill<tf.Rank.R1>(g.shape, levels.size - 1);
  const level = (place: Flat): Flat => tf.gather(levels, tf.cast<Flat>(place, 'int32'));
  for (let width = levels.size - 1; width > 1; width = Math.ceil(width / 2)) {
    const middle = tf.floor(tf.mul<Flat>(tf.add(low, high), 0.5));
    const within = tf.lessEqual<Flat>(level(middle), g);
    // Where low and high are neighbours already, the middle is low: it stays, and high must too.
    const wide = tf.greater<Flat>(tf.sub(high, low), 1);
    low = tf.where(tf.logicalAnd(wide, within), middle, low);
    high = tf.where(tf.logicalAnd<Flat>(wide, tf.logicalNot(within)), middle, high);
  }
  const nearer = tf.less<Flat>(tf.sub(level(high), g), tf.sub(g, level(low)));
  return tf.where(nearer, level(high), level(low));
}

/** Puts cells at g. What a read then sees is off by the noise of this write, and never below zero siemens. */
function write(site: Site, cells: CellTensors, g: Flat, given: Flat, keys: StepKeys): CellTensors {
  const hidden = replaced(site, cells.hidden, g, given);
  const sigma = f32(writeNoiseOf(site.device.program.response));
  if (sigma === 0) return { ...cells, g: hidden, hidden };
  const noise = normals(keys.writeNoise, site.cells, (cell) => 2 * cell + site.polarity);
  const seen = tf.maximum<Flat>(tf.add(g, tf.mul(sigma, noise)), f32(-site.device.program.conductanceFloor));
  return { ...cells, g: replaced(site, cells.g, seen, given), hidden };
}

/** Both polarities with new values where the site's cells were given something. */
function replaced(site: Site, all: readonly Flat[], values: Flat, given: Flat): Flat[] {
  const { polarity, places, take } = site;
  const next = tf.where(given, values, take(all[polarity]!));
  const whole = places ? tf.tensorScatterUpdate(all[polarity]!, tf.expandDims(places, 1), next) : next;
  return all.map((array, p) => (p === polarity ? whole : array));
}

/**
 * One-sided pairs that ran into saturation: both cells are erased, and the one that holds the larger part is potentiated
 * by as many whole pulses as come nearest to the difference.
 */
function refresh(device: Device, cells: CellTensors, list: Int32Array, keys: StepKeys): CellTensors {
  const places = tf.tensor1d(list, 'int32');
  const [plus, minus] = cells.g.map((g) => tf.gather(g, places));
  const difference = tf.sub<Flat>(plus!, minus!);
  const target = tf.add<Flat>(f32(device.program.reference), tf.abs(difference));
  const rises = tf.greaterEqual<Flat>(difference, 0);
  const first = rewrite(siteOf(device, 0, list), cells, target, rises, keys);
  return rewrite(siteOf(device, 1, list), first, target, tf.logicalNot(rises), keys);
}

/** Erases cells, and potentiates those that are `wanted` towards their target. */
function rewrite(site: Site, cells: CellTensors, target: Flat, wanted: Flat, keys: StepKeys): CellTensors {
  const { device, polarity, places } = site;
  const numbers = numbersAt(device.numbers[polarity]!, places);
  const erased = tf.add<Flat>(
    tf.minimum(tf.maximum(f32(device.program.reference), numbers.low), numbers.high),
    tf.zerosLike(target),
  );
  const up = tf.onesLike(wanted);
  const amounts = pulsesTo(erased, target, wanted, stepOf(device, numbers, up), numbers.high);
  const most = (tf.max(amounts).dataSync() as Float32Array)[0]!;
  const pulses: Pulses = { amounts, most, whole: true, up, cells: site.cells };
  const moved = movedBy(device, numbers, erased, pulses, keys.programming);
  const g = settle(device, tf.where(tf.greater(amounts, 0), moved, erased), numbers);
  return write(site, cells, g, up, keys);
}

const mostPulses = 65_536;

/** Whole potentiating pulses whose mean path from the erased state ends nearest to each target. */
function pulsesTo(erased: Flat, target: Flat, wanted: Flat, step: (g: Flat) => Flat, high: Flat): Flat {
  let [g, counts, goes] = [erased, tf.zerosLike(erased), wanted];
  for (let count = 0; count < mostPulses && any(goes); count++) {
    const next = tf.add<Flat>(g, step(g));
    const farther = tf.greater<Flat>(tf.sub(next, target), tf.sub(target, g));
    const ends = tf.logicalOr<Flat>(tf.logicalOr(tf.lessEqual(next, g), tf.greaterEqual(g, high)), farther);
    goes = tf.logicalAnd(goes, tf.logicalNot(ends));
    counts = tf.where(goes, tf.add<Flat>(counts, 1), counts);
    g = tf.where(goes, tf.minimum<Flat>(next, high), g);
  }
  return counts;
}
