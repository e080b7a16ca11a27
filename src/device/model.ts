import { z } from 'zod';
import type { Key } from '../random.js';
import { driveSchema } from './drive.js';
import { positiveQuantity } from './quantity.js';
import { retentionSchema } from './retention/registry.js';
import { cellNormals, type AffineStep, type Response } from './response.js';

/** What the crossbar tells a device model when it compiles it. */
export interface CompileOptions {
  /** The part of the normalised range that weights use; a measured table's mean step is taken over it. */
  readonly window: readonly [low: number, high: number];
}

/**
 * One device model: pure physics of a cell behind a config schema. Inside, conductance is normalised:
 * g = (G − gMin)/(gMax − gMin).
 */
export interface DeviceModel<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** One line for `mho device list` and the help. */
  readonly summary: string;
  readonly schema: Schema;
  compile(config: z.output<Schema>, options: CompileOptions): Response;
}

/** Ties a model's schema to its compile function, so that each file gets its own config type. */
export function defineModel<Schema extends z.ZodObject>(model: DeviceModel<Schema>): DeviceModel<Schema> {
  return model;
}

/** A fraction of the range gMax − gMin, 0 … 1. */
export const fractionOfRange = z.number().min(0).max(1);

/** Where a parameter comes from. `defined` is a choice of ours that no source could state. */
export const originText = z
  .string()
  .regex(
    /^(paper|measured|fitted|inferred|defined): \S/,
    'must start with "paper: ", "measured: ", "fitted: ", "inferred: " or "defined: "',
  );

/** Keys that every device file may have beside its model's parameters. */
export const documentation = {
  name: z.string().min(1).optional(),
  description: z.string().optional(),
  source: z.string().optional(),
  /** Under which conditions the figures hold. */
  validity: z.string().optional(),
  origin: z.record(z.string(), originText).optional(),
};

/** Keys of every model with real cells. */
export const cellRange = {
  gMin: positiveQuantity('conductance'),
  gMax: positiveQuantity('conductance'),
};

/** Noise that every model with closed-form steps shares. */
export const cellNoise = {
  /** σ of one pulse as a fraction of gMax − gMin; n pulses give σ·√n. */
  cycleToCycle: fractionOfRange.default(0),
  /**
   * σ of what a read sees about the hidden conductance that pulses move, as a fraction of gMax − gMin: drawn at each
   * write, and the same at each read until the next.
   */
  writeNoise: fractionOfRange.optional(),
  /** σ of a read relative to the cell's conductance. */
  readNoise: z.number().min(0).max(1).default(0),
};

/** How every model with cells forgets, and what it is driven with. */
export const cellDrift = {
  retention: retentionSchema.default({ model: 'none' }),
  /** Voltages and times, for energies; nothing else goes by them. */
  drive: driveSchema.optional(),
};

export const pulseCount = z.int().min(1).max(65_536);

const spread = z.number().min(0).max(5).default(0);
const rangeSpread = z.number().min(0).max(0.5).default(0);

/**
 * σ over cells, all drawn apart: `ltp` and `ltd` of the branch's own parameter (the nonlinearity label, or the step size
 * relative to itself), `gMax` and `gMin` of the bounds as fractions of the range.
 */
export const deviceToDeviceSchema = z.strictObject({ ltp: spread, ltd: spread, gMax: rangeSpread, gMin: rangeSpread });

export type DeviceToDevice = z.output<typeof deviceToDeviceSchema>;

export interface CellDraw {
  /** Standard normals of the two branches. */
  readonly ltp: number;
  readonly ltd: number;
  /** The cell's own bounds in the nominal normalisation. */
  readonly low: number;
  readonly high: number;
}

/** Draws one cell of a spread; a conductance is never negative, and a cell keeps at least a twentieth of the range. */
export function drawCellOf(
  d2d: DeviceToDevice,
  range: { gMin: number; gMax: number },
  key: Key,
  index: number,
): CellDraw {
  const [ltp, ltd, bottom, top] = cellNormals(key, index);
  const zero = -range.gMin / (range.gMax - range.gMin);
  const low = Math.max(d2d.gMin * bottom, zero);
  return { ltp, ltd, low, high: Math.max(low + 0.05, 1 + d2d.gMax * top) };
}

/** Whether any cell differs from another. */
export function spreads(d2d: DeviceToDevice | undefined): d2d is DeviceToDevice {
  return d2d !== undefined && Object.values(d2d).some((s) => s > 0);
}

/** A nominal step's curve stretched over a cell's own range. */
export function stretched({ c0, c1 }: AffineStep, { low, high }: Pick<CellDraw, 'low' | 'high'>): AffineStep {
  return { c0: c0 * (high - low) + c1 * low, c1 };
}

/** Factor of a drawn cell's steps, at least a twentieth. */
export function stepFactor(deviate: number): number {
  return Math.max(0.05, 1 + deviate);
}
