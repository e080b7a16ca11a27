import { normal, type Key } from '../src/random.js';
import { f32, quantize, quantizerOf, type Quantizer } from './arithmetic.js';
import type { ReferenceCells } from './cells.js';
import type { Converters } from '../src/crossbar/schema.js';

/** The read of a crossbar, scalar: the specification that every backend's read is held against. */

/** The converters of one crossbar in the form that kernels use. */
export type Quantizers = Readonly<Record<keyof Converters, Quantizer>>;

export function quantizersOf(converters: Converters): Quantizers {
  return {
    forwardInput: quantizerOf(converters.forwardInput),
    forwardOutput: quantizerOf(converters.forwardOutput),
    backwardInput: quantizerOf(converters.backwardInput),
    backwardOutput: quantizerOf(converters.backwardOutput),
    updateInput: quantizerOf(converters.updateInput),
    updateError: quantizerOf(converters.updateError),
  };
}

/** Inputs behind their converter. Rows outside `foreground` hold `background`, which enters once, by column sums. */
export interface ReadInputs {
  readonly values: Float32Array;
  readonly background: number;
  readonly foreground: readonly number[];
}

/**
 * out = q(readScale · (Σ x·d + noise)), shape [cols].
 * @param noise - key of the read noise, counted by column
 */
export function readForward(
  cells: ReferenceCells,
  inputs: ReadInputs,
  output: Quantizer,
  noise: () => Key,
  out: Float32Array,
): void {
  const { rows, cols, coding, readScale } = cells.program;
  const { values, background, foreground } = inputs;
  for (let j = 0; j < cols; j++) out[j] = background === 0 ? 0 : f32(background * cells.columnSums[j]!);
  let sum = f32(rows * background);
  for (const i of foreground) {
    const x = f32(values[i]! - background);
    sum = f32(sum + x);
    for (let j = 0; j < cols; j++) out[j] = f32(out[j]! + f32(x * cells.difference[i * cols + j]!));
  }
  if (coding === 'ideal') for (let j = 0; j < cols; j++) out[j] = f32(out[j]! + f32(sum * cells.columnOffsets[j]!));
  addReadNoise(cells, values, noise, out);
  const scale = f32(readScale);
  for (let j = 0; j < cols; j++) out[j] = quantize(f32(out[j]! * scale), output);
}

/**
 * Every cell's G·(1 + σ·ξ) is drawn independently at each read, and a sum of independent normals is normal: one draw a
 * column with σ·√Σ(x·G)² is the same noise.
 */
function addReadNoise(cells: ReferenceCells, values: Float32Array, noise: () => Key, out: Float32Array): void {
  const sigma = readSigma(cells);
  if (sigma === 0) return;
  const { rows, cols } = cells.program;
  const key = noise();
  const sums = new Float32Array(cols);
  for (let i = 0; i < rows; i++) {
    const x2 = f32(values[i]! * values[i]!);
    if (x2 === 0) continue;
    for (let j = 0; j < cols; j++) sums[j] = f32(sums[j]! + f32(x2 * power(cells, i * cols + j)));
  }
  for (let j = 0; j < cols; j++) {
    out[j] = f32(out[j]! + f32(f32(sigma * f32(Math.sqrt(sums[j]!))) * normal(key, j)));
  }
}

/**
 * out[i] = q(backwardScale · (Σ over columns of error·(d + backwardShift) + noise)), shape [count]. Each row is summed
 * in four lanes, columns modulo 4, as a vector unit does.
 * @param errors - behind their converter, shape [cols]
 */
export function readTransposed(
  cells: ReferenceCells,
  errors: Float32Array,
  output: Quantizer,
  noise: () => Key,
  out: Float32Array,
): void {
  const { cols, backwardScale, backwardShift } = cells.program;
  const shift = f32(backwardShift);
  const shifted = shift === 0 ? 0 : f32(shift * laneSum(cols, (j) => errors[j]!));
  const sigma = readSigma(cells);
  const key = sigma === 0 ? undefined : noise();
  const scale = f32(backwardScale);
  for (let i = 0; i < out.length; i++) {
    let sum = laneSum(cols, (j) => f32(errors[j]! * cells.difference[i * cols + j]!));
    if (key) {
      const powers = laneSum(cols, (j) => f32(f32(errors[j]! * errors[j]!) * power(cells, i * cols + j)));
      sum = f32(sum + f32(f32(sigma * f32(Math.sqrt(powers))) * normal(key, i)));
    }
    if (shift !== 0) sum = f32(sum + shifted);
    out[i] = quantize(f32(sum * scale), output);
  }
}

function readSigma({ program: { response } }: ReferenceCells): number {
  return response.kind === 'ideal' ? 0 : f32(response.readNoise);
}

/**
 * Sum of squared conductances of one weight's cells. Noise is relative to the conductance itself, not to what lies above
 * gMin, so the cell's g is raised by gMin in units of the range.
 */
function power(cells: ReferenceCells, cell: number): number {
  const floor = f32(cells.program.conductanceFloor);
  const [plus, minus] = cells.g;
  const p = f32(plus![cell]! + floor);
  if (!minus) return f32(p * p);
  const m = f32(minus[cell]! + floor);
  return f32(f32(p * p) + f32(m * m));
}

function laneSum(count: number, term: (j: number) => number): number {
  const lanes = [0, 0, 0, 0];
  for (let j = 0; j < count; j++) lanes[j & 3] = f32(lanes[j & 3]! + term(j));
  return f32(f32(lanes[0]! + lanes[1]!) + f32(lanes[2]! + lanes[3]!));
}
