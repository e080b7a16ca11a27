import { normal, uniform, type Key } from '../random.js';
import type { Retention } from './retention/law.js';

/**
 * Response tables: all that a kernel knows of a device. Conductance g is normalised to 0 … 1; `up` is potentiation
 * (LTP), `down` depression (LTD).
 *
 * - `ideal`: no cell at all; the weight moves by what was asked.
 * - `affine`: one pulse moves g by c0 − c1·g (exponential, linear and soft-bounds curves are of this form), plus
 *   Gaussian noise of σ·√n for n pulses. Whole pulses are exact, without tables; a
 *   fraction of one is that fraction of its step. Parameters may differ from cell to cell.
 * - `curve`: one pulse moves g by a step read from a curve over the cell's own coordinate, times the cell's own scale;
 *   power laws and piecewise steps are of this form. Noise as above. Parameters may differ from cell to cell.
 * - `table`: the measured inverse CDF of one pulse's ΔG against conductance; of one device, or of several, of which each
 *   cell is one.
 */
export type Response = IdealResponse | AffineResponse | CurveResponse | TableResponse;

/** Responses whose cells have parameters and bounds that may be their own. */
export type OwnResponse = AffineResponse | CurveResponse;

export interface Directions<T> {
  readonly up: T;
  readonly down: T;
}

export interface IdealResponse {
  readonly kind: 'ideal';
}

interface CellResponse {
  /** Pulses that carry g over the whole range at the mean step: turns a requested Δg into a pulse count. */
  readonly pulsesPerRange: Directions<number>;
  /** σ of a read, relative to the conductance. */
  readonly readNoise: number;
  /** The LTP curve's levels g(P), P = 0 … Pmax, ascending: what `quantize` snaps to. */
  readonly levels: Float32Array;
  /** Siemens at g = 0 and g = 1. */
  readonly gMin: number;
  readonly gMax: number;
  /** Classes of traps that decay with time; undefined where cells forget nothing. */
  readonly retention: Retention | undefined;
}

/** One pulse's mean step: Δg = c0 − c1·g. Down-steps are negative. */
export interface AffineStep {
  readonly c0: number;
  readonly c1: number;
}

export interface AffineCell extends Directions<AffineStep> {
  /** Bounds of this cell's own range in the nominal normalisation. */
  readonly low: number;
  readonly high: number;
}

interface PulseNoise {
  /** σ of one pulse, fraction of the range. */
  readonly cycleToCycle: number;
  /** σ of one pulse relative to its own mean step; adds to the other in variance. Absent: none. */
  readonly stepNoise?: number;
  /** σ of what a read sees about the conductance that pulses move, fraction of the range; drawn at each write. Absent: none. */
  readonly writeNoise?: number | undefined;
}

export interface AffineResponse extends CellResponse, PulseNoise {
  readonly kind: 'affine';
  readonly nominal: AffineCell;
  /**
   * Device-to-device spread: draws the parameters of cell `index`, or undefined where all cells are alike.
   * The key belongs to one array of cells (layer and polarity).
   */
  readonly drawCell: ((key: Key, index: number) => AffineCell) | undefined;
}

/** One branch of a curve cell: Δg = scale · curve[shape](origin + rate·g). Scales of down-steps are negative. */
export interface CurveStep {
  readonly scale: number;
  /** Row of the branch's curves, 0 … shapes − 1; between two rows their mean, weighted by nearness. */
  readonly shape: number;
}

export interface CurveCell extends Directions<CurveStep> {
  /** Bounds of this cell's own range in the nominal normalisation. */
  readonly low: number;
  readonly high: number;
  /** The coordinate of the curves, origin + rate·g, clamped to 0 … 1. */
  readonly origin: number;
  readonly rate: number;
}

export interface CurveResponse extends CellResponse, PulseNoise {
  readonly kind: 'curve';
  readonly nominal: CurveCell;
  /** Device-to-device spread, as of an affine response. */
  readonly drawCell: ((key: Key, index: number) => CurveCell) | undefined;
  /** Steps of unit scale at `bins` equally spaced coordinates 0 … 1, shape [shapes, bins]; linear in between. */
  readonly curves: Directions<Float32Array>;
  readonly shapes: number;
  readonly bins: number;
}

/** The measured steps of one device. */
export interface TableSteps {
  /** Mean Δg of one pulse at `bins` equally spaced conductances 0 … 1. */
  readonly mean: Directions<Float32Array>;
  /** Δg at probability cdf[r] (rows) and conductance (columns): shape [cdf.length, bins]. */
  readonly quantiles: Directions<Float32Array>;
}

/** Its own steps are those of the nominal cell: where there are several devices, the mean over them at each probability. */
export interface TableResponse extends CellResponse, TableSteps {
  readonly kind: 'table';
  readonly bins: number;
  /** Probabilities of the rows, ascending from 0 to 1; measured tables are denser towards the tails. */
  readonly cdf: Float32Array;
  /**
   * Device-to-device spread: the devices, on one grid, of which each cell is one, drawn at random and kept. Undefined
   * where all cells are alike.
   */
  readonly devices?: readonly TableSteps[] | undefined;
}

/** Floats of one cell in a packed parameter array: up c0, c1; down c0, c1; low; high. */
export const affineCellSize = 6;

/** The same of a curve cell: up scale, shape; down scale, shape; low; high; origin; rate. */
export const curveCellSize = 8;

/** Floats of one cell; its bounds are the fifth and the sixth of either kind. */
export function cellSizeOf(response: OwnResponse): number {
  return response.kind === 'affine' ? affineCellSize : curveCellSize;
}

/** Packs cells as kernels read them, shape [count, affineCellSize] or [count, curveCellSize]. */
export function packCells(cells: readonly (AffineCell | CurveCell)[]): Float32Array {
  return Float32Array.from(cells.flatMap(packed));
}

function packed(cell: AffineCell | CurveCell): number[] {
  if (!('origin' in cell)) return [cell.up.c0, cell.up.c1, cell.down.c0, cell.down.c1, cell.low, cell.high];
  const { up, down, low, high, origin, rate } = cell;
  return [up.scale, up.shape, down.scale, down.shape, low, high, origin, rate];
}

/** The parameters of `count` cells drawn one by one, shape [count, affineCellSize] or [count, curveCellSize]. */
export function drawCells(response: OwnResponse, key: Key, count: number): Float32Array {
  const size = cellSizeOf(response);
  const cells = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    cells.set(packed(response.drawCell ? response.drawCell(key, i) : response.nominal), i * size);
  }
  return cells;
}

/** Mean Δg of one pulse at g; of the nominal cell where cells differ. */
export function meanStep(response: OwnResponse | TableResponse, g: number, direction: keyof Directions<never>): number {
  switch (response.kind) {
    case 'affine':
      return affineStep(response.nominal[direction], g);
    case 'curve':
      return curveStep(response, response.nominal, g, direction);
    case 'table':
      return interpolate(response.mean[direction], g);
    default:
      return response satisfies never;
  }
}

function affineStep({ c0, c1 }: AffineStep, g: number): number {
  return c0 - c1 * g;
}

/** Mean Δg of one pulse on a given curve cell. */
export function curveStep(
  { curves, bins, shapes }: Pick<CurveResponse, 'curves' | 'bins' | 'shapes'>,
  cell: CurveCell,
  g: number,
  direction: keyof Directions<never>,
): number {
  const { scale, shape } = cell[direction];
  const at = (row: number): number =>
    interpolate(curves[direction].subarray(row * bins, (row + 1) * bins), cell.origin + cell.rate * g);
  const row = Math.min(Math.floor(shape), shapes - 1);
  const part = shape - row;
  return scale * (part === 0 ? at(row) : at(row) + part * (at(row + 1) - at(row)));
}

/** Levels g(P) of `pulses` potentiating pulses from the bottom, clipped to the range. */
export function levelsOfStep(step: AffineStep, pulses: number): Float32Array {
  const levels = new Float32Array(pulses + 1);
  for (let p = 1, g = 0; p <= pulses; p++) {
    g = Math.min(1, g + step.c0 - step.c1 * g);
    levels[p] = g;
  }
  return levels;
}

/** Linear interpolation in values at equally spaced nodes over 0 … 1; constant beyond. */
export function interpolate(values: ArrayLike<number>, at: number): number {
  const last = values.length - 1;
  const place = Math.min(Math.max(at, 0), 1) * last;
  const i = Math.min(Math.floor(place), last - 1);
  return values[i]! + (place - i) * (values[i + 1]! - values[i]!);
}

/**
 * Compiles a closed form or a curve to a table: the same nominal device through the kernels' other path, within the
 * interpolation error.
 * @param bins - conductance nodes
 * @param probabilities - CDF nodes; the outer ones stand at ±3.5σ
 */
export function tabulate(response: OwnResponse, bins = 101, probabilities = 129): TableResponse {
  const nodes = Array.from({ length: bins }, (_, i) => i / (bins - 1));
  const mean = (direction: keyof Directions<never>): Float32Array =>
    Float32Array.from(nodes, (g) => meanStep(response, g, direction));
  const deviates = Array.from({ length: probabilities }, (_, r) => normalQuantile(r / (probabilities - 1)));
  const quantile = (step: number, z: number): number => step + z * sigmaOf(response, step);
  const quantiles = (direction: keyof Directions<never>): Float32Array =>
    Float32Array.from(deviates.flatMap((z) => nodes.map((g) => quantile(meanStep(response, g, direction), z))));
  return {
    kind: 'table',
    pulsesPerRange: response.pulsesPerRange,
    readNoise: response.readNoise,
    retention: response.retention,
    levels: response.levels,
    gMin: response.gMin,
    gMax: response.gMax,
    mean: { up: mean('up'), down: mean('down') },
    quantiles: { up: quantiles('up'), down: quantiles('down') },
    bins,
    cdf: Float32Array.from({ length: probabilities }, (_, r) => r / (probabilities - 1)),
  };
}

/** Normal quantile by bisection of the complementary error function's series; ±3.5 at the ends. Not for hot paths. */
export function normalQuantile(q: number): number {
  let low = -3.5;
  let high = 3.5;
  if (q <= normalCdf(low)) return low;
  if (q >= normalCdf(high)) return high;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < q) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Φ(x) by its Taylor series about 0, good to 1e-14 for |x| ≤ 5. */
function normalCdf(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 200; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** σ of one pulse whose mean step is `step`. */
export function sigmaOf({ cycleToCycle, stepNoise = 0 }: PulseNoise, step: number): number {
  return Math.hypot(cycleToCycle, stepNoise * step);
}

/** σ of what is read about what pulses move; 0 where cells are read as they are. */
export function writeNoiseOf(response: Response): number {
  return response.kind === 'affine' || response.kind === 'curve' ? (response.writeNoise ?? 0) : 0;
}

/** One noisy pulse on one cell, in double precision: the physics that the kernels' parity tests start from. */
export function pulseOnce(
  response: OwnResponse | TableResponse,
  g: number,
  direction: keyof Directions<never>,
  key: Key,
  cell: number,
): number {
  if (response.kind === 'table') return clamped(g + tableQuantile(response, g, direction, uniform(key, cell)));
  const step = meanStep(response, g, direction);
  return clamped(g + step + sigmaOf(response, step) * normal(key, cell));
}

function clamped(g: number): number {
  return Math.min(1, Math.max(0, g));
}

/** Δg(q | g), bilinear in probability and conductance. */
export function tableQuantile(table: TableResponse, g: number, direction: keyof Directions<never>, q: number): number {
  const { cdf, bins } = table;
  let row = 0;
  while (row < cdf.length - 2 && cdf[row + 1]! <= q) row++;
  const at = (r: number): number => interpolate(table.quantiles[direction].subarray(r * bins, (r + 1) * bins), g);
  const t = (q - cdf[row]!) / (cdf[row + 1]! - cdf[row]!);
  return at(row) + t * (at(row + 1) - at(row));
}

/** Four independent standard normals of one cell, for device-to-device draws. */
export function cellNormals(key: Key, index: number): readonly [number, number, number, number] {
  const at = (k: number): number => normal(key, (Math.imul(index, 4) + k) >>> 0);
  return [at(0), at(1), at(2), at(3)];
}
