import { z } from 'zod';
import { fold, type Key } from '../random.js';
import {
  deviceToDeviceSchema,
  drawCellOf,
  pulseCount,
  stepFactor,
  type CellDraw,
  type DeviceToDevice,
} from './model.js';
import { cellNormals, type Directions } from './response.js';

/**
 * What the models of aihwkit's kind have in common: a step size for each branch, noise relative to the step, and a
 * spread of step sizes and bounds over cells.
 * @see docs/devices.md, "aihwkit's devices"
 */

/** Pulses over the range at the mean step: one number, or one for each branch. */
export const branchStates = (least: number) =>
  z.union([pulseCount.min(least), z.strictObject({ ltp: pulseCount.min(least), ltd: pulseCount.min(least) })]);

export function statesOf(states: number | { ltp: number; ltd: number }): Directions<number> {
  return typeof states === 'number' ? { up: states, down: states } : { up: states.ltp, down: states.ltd };
}

/** σ of one pulse relative to its own mean step. */
export const stepNoise = z.number().min(0).max(10).default(0);

const relativeSpread = z.number().min(0).max(5).default(0);

/** σ over cells, all drawn apart. */
export const stepSpreadSchema = deviceToDeviceSchema.extend({
  /** Of the step size, relative to itself, the same draw for both branches. */
  step: relativeSpread,
  /** Of the difference between the branches: potentiation gains what depression loses, in parts of the step. */
  asymmetry: relativeSpread,
  /**
   * Whose range a cell's step size is a fraction of: its own, so that N pulses cross it whatever its bounds; or the nominal
   * one, so that bounds leave the step alone.
   */
  stepsOf: z.enum(['own-range', 'nominal-range']).default('own-range'),
});

export type StepSpread = z.output<typeof stepSpreadSchema>;

export interface StepDraw extends Pick<CellDraw, 'low' | 'high'> {
  /** Factors of the nominal steps. */
  readonly factor: Directions<number>;
  /** Two more standard normals of the cell, for a model's own parameters. */
  readonly own: readonly [number, number];
}

/** Draws one cell; the normals of `ltp`, `ltd` and the bounds are those that every model draws. */
export function drawStepCell(
  spread: StepSpread,
  range: { gMin: number; gMax: number },
  key: Key,
  index: number,
): StepDraw {
  const { ltp, ltd, low, high } = drawCellOf(spread, range, key, index);
  const [common, between, first, second] = cellNormals(fold(key, 1), index);
  const both = spread.step * common;
  const apart = spread.asymmetry * between;
  const factor = {
    up: stepFactor(spread.ltp * ltp + both + apart),
    down: stepFactor(spread.ltd * ltd + both - apart),
  };
  return { factor, low, high, own: [first, second] };
}

/** Factor by which a cell's steps go with its own range. */
export function rangeFactor({ stepsOf }: StepSpread, { low, high }: Pick<CellDraw, 'low' | 'high'>): number {
  return stepsOf === 'own-range' ? high - low : 1;
}

/** Whether any cell differs from another. */
export function stepSpreads<S extends DeviceToDevice>(spread: S | undefined): spread is S {
  return spread !== undefined && Object.values(spread).some(isPositive);
}

function isPositive(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isPositive);
  return typeof value === 'number' && value > 0;
}
