import type { Converter, Threshold } from '../src/crossbar/schema.js';

/**
 * The float32 arithmetic that all kernels share, one correctly rounded operation at a time, so that a backend that
 * computes in IEEE float32 without fused multiply-add gives these bits. Twin: kernels/wasm/assembly/arithmetic.ts.
 */
export const f32 = Math.fround;

export const activations = ['sigmoid', 'tanh', 'relu', 'softmax', 'identity'] as const;
export type Activation = (typeof activations)[number];

export const losses = ['squared-error', 'cross-entropy'] as const;
export type Loss = (typeof losses)[number];

/** 1.5·2^23: adding and subtracting it rounds a float32 below 2^22 to the nearest integer, ties to even. */
const roundingConstant = 12582912;

export function nearest(x: number): number {
  return f32(f32(x + roundingConstant) - roundingConstant);
}

/** A converter in the form that kernels use. `limit` 0 means none, below 0 a threshold, which `step` holds. */
export interface Quantizer {
  /** Largest level, 2^bits − 1. */
  readonly limit: number;
  /** Width of a level and its inverse. */
  readonly step: number;
  readonly inverse: number;
}

export function quantizerOf(converter: Converter | Threshold | undefined): Quantizer {
  if (!converter) return { limit: 0, step: 0, inverse: 0 };
  if ('threshold' in converter) return { limit: -1, step: f32(converter.threshold), inverse: 0 };
  const limit = 2 ** converter.bits - 1;
  return { limit, step: f32(converter.max / limit), inverse: f32(limit / converter.max) };
}

export function quantize(x: number, { limit, step, inverse }: Quantizer): number {
  if (limit === 0) return x;
  if (limit < 0) return x >= step ? 1 : 0;
  const level = Math.min(Math.max(f32(x * inverse), -limit), limit);
  return f32(nearest(level) * step);
}

/** Cephes' polynomial of expf and ln 2 in two parts, as shaders are given them too. */
export const exponential = {
  coefficients: [
    1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  ].map(f32),
  log2e: f32(Math.LOG2E),
  ln2High: f32(0.693359375),
  ln2Low: f32(-2.1219444e-4),
} as const;
const { coefficients, log2e, ln2High, ln2Low } = exponential;

/** e^x to 1 ulp or so: Cephes' expf, with its argument clamped to ±87. */
export function exp32(x: number): number {
  const v = Math.min(Math.max(x, -87), 87);
  const n = nearest(f32(v * log2e));
  const r = f32(f32(v - f32(n * ln2High)) - f32(n * ln2Low));
  let p = coefficients[0]!;
  for (let k = 1; k < 6; k++) p = f32(f32(p * r) + coefficients[k]!);
  const y = f32(f32(f32(p * f32(r * r)) + r) + 1);
  return f32(y * powerOfTwo(n));
}

const exponentFloat = new Float32Array(1);
const exponentBits = new Int32Array(exponentFloat.buffer);

/** 2^n for −126 ≤ n ≤ 127, by its bits. */
function powerOfTwo(n: number): number {
  exponentBits[0] = (n + 127) << 23;
  return exponentFloat[0]!;
}

export function sigmoid32(x: number): number {
  return f32(1 / f32(1 + exp32(-x)));
}

/** Applies an activation in place, shape [n]. */
export function activate(values: Float32Array, activation: Activation): void {
  switch (activation) {
    case 'identity':
      return;
    case 'sigmoid':
      for (let j = 0; j < values.length; j++) values[j] = sigmoid32(values[j]!);
      return;
    case 'tanh':
      for (let j = 0; j < values.length; j++) values[j] = f32(f32(2 * sigmoid32(f32(2 * values[j]!))) - 1);
      return;
    case 'relu':
      for (let j = 0; j < values.length; j++) values[j] = Math.max(values[j]!, 0);
      return;
    case 'softmax':
      softmax(values);
      return;
    default:
      activation satisfies never;
  }
}

function softmax(values: Float32Array): void {
  let max = values[0]!;
  for (const v of values) max = Math.max(max, v);
  let sum = 0;
  for (let j = 0; j < values.length; j++) {
    values[j] = exp32(f32(values[j]! - max));
    sum = f32(sum + values[j]!);
  }
  for (let j = 0; j < values.length; j++) values[j] = f32(values[j]! / sum);
}

/** Derivative of an activation from its output; softmax's Jacobian is not diagonal and is handled by {@link outputError}. */
export function derivative(z: number, activation: Activation): number {
  switch (activation) {
    case 'sigmoid':
      return f32(z * f32(1 - z));
    case 'tanh':
      return f32(1 - f32(z * z));
    case 'relu':
      return z > 0 ? 1 : 0;
    case 'identity':
    case 'softmax':
      return 1;
    default:
      return activation satisfies never;
  }
}

/** δ of the output layer, −∂loss/∂(input of the activation), for a one-hot target. */
export function outputError(
  z: Float32Array,
  label: number,
  activation: Activation,
  loss: Loss,
  delta: Float32Array,
): void {
  for (let j = 0; j < z.length; j++) delta[j] = f32((j === label ? 1 : 0) - z[j]!);
  if (loss === 'cross-entropy') return;
  if (activation === 'softmax') {
    let s = 0;
    for (let j = 0; j < z.length; j++) s = f32(s + f32(z[j]! * delta[j]!));
    for (let j = 0; j < z.length; j++) delta[j] = f32(z[j]! * f32(delta[j]! - s));
    return;
  }
  for (let j = 0; j < z.length; j++) delta[j] = f32(delta[j]! * derivative(z[j]!, activation));
}
