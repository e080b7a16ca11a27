// Twin of kernels/arithmetic.ts: the same float32 operations in the same order.

export const SIGMOID: i32 = 0;
export const TANH: i32 = 1;
export const RELU: i32 = 2;
export const SOFTMAX: i32 = 3;
export const IDENTITY: i32 = 4;

export const SQUARED_ERROR: i32 = 0;

@unmanaged
export class Quantizer {
  limit: f32;
  step: f32;
  inverse: f32;
}

/** A sum with this has the nearest integer of what was added in its low bits, as two's complement. */
export const MAGIC: f32 = 12582912.0;

// @ts-ignore: decorator
@inline
function nearestInteger(x: f32): f32 {
  return x + MAGIC - MAGIC;
}

// @ts-ignore: decorator
@inline
export function quantize(x: f32, q: Quantizer): f32 {
  if (q.limit == 0) return x;
  if (q.limit < 0) return x >= q.step ? 1 : 0;
  return nearestInteger(min<f32>(max<f32>(x * q.inverse, -q.limit), q.limit)) * q.step;
}

/**
 * min(max(value, low), high) in one instruction each: what a NaN and a zero's sign ask of f32x4.min costs seven more. A
 * NaN stays one here too; the sign of a zero could only differ where `value` were −0 and `low` +0, and no sum of a
 * conductance and its change is −0.
 */
// @ts-ignore: decorator
@inline
export function clip4(value: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, low), high);
}

/** Quantises `count` floats, a multiple of four. */
export function quantizeAll(from: usize, to: usize, count: i32, q: Quantizer): void {
  if (q.limit == 0) {
    if (from != to) memory.copy(to, from, <usize>count << 2);
    return;
  }
  if (q.limit < 0) {
    const threshold = f32x4.splat(q.step);
    const one = f32x4.splat(1);
    for (let at: usize = 0; at < <usize>count << 2; at += 16) {
      v128.store(to + at, v128.and(f32x4.ge(v128.load(from + at), threshold), one));
    }
    return;
  }
  const high = f32x4.splat(q.limit);
  const low = f32x4.splat(-q.limit);
  const step = f32x4.splat(q.step);
  const inverse = f32x4.splat(q.inverse);
  const magic = f32x4.splat(MAGIC);
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    const level = clip4(f32x4.mul(v128.load(from + at), inverse), low, high);
    v128.store(to + at, f32x4.mul(f32x4.sub(f32x4.add(level, magic), magic), step));
  }
}

export function exp32(x: f32): f32 {
  const v = min<f32>(max<f32>(x, -87), 87);
  const n = nearestInteger(v * <f32>1.44269504088896341);
  const r = v - n * <f32>0.693359375 - n * <f32>-2.12194440e-4;
  let p: f32 = <f32>1.98756915e-4;
  p = p * r + <f32>1.3981999507e-3;
  p = p * r + <f32>8.3334519073e-3;
  p = p * r + <f32>4.1665795894e-2;
  p = p * r + <f32>1.6666665459e-1;
  p = p * r + <f32>5.0000001201e-1;
  const y = p * (r * r) + r + <f32>1;
  return y * reinterpret<f32>((<i32>n + 127) << 23);
}

export function sigmoid32(x: f32): f32 {
  return <f32>1 / (<f32>1 + exp32(-x));
}

/** σ of four values; lane by lane the operations of sigmoid32. */
// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  const v = clip4(f32x4.neg(x), f32x4.splat(-87), f32x4.splat(87));
  const magic = f32x4.splat(MAGIC);
  const n = f32x4.sub(f32x4.add(f32x4.mul(v, f32x4.splat(<f32>1.44269504088896341)), magic), magic);
  const r = f32x4.sub(
    f32x4.sub(v, f32x4.mul(n, f32x4.splat(<f32>0.693359375))),
    f32x4.mul(n, f32x4.splat(<f32>-2.12194440e-4)),
  );
  let p = f32x4.splat(<f32>1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>5.0000001201e-1));
  const one = f32x4.splat(1);
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), one);
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.div(one, f32x4.add(one, f32x4.mul(y, scale)));
}

/** Applies an activation in place; `stride` ≥ count is a multiple of four, and lanes beyond `count` are zeroed. */
export function activate(z: usize, count: i32, stride: i32, activation: i32): void {
  if (activation == SIGMOID) {
    for (let j = 0; j < stride; j += 4) {
      const at = z + ((<usize>j) << 2);
      v128.store(at, sigmoid4(v128.load(at)));
    }
  } else if (activation == SOFTMAX) {
    softmax(z, count);
  } else if (activation != IDENTITY) {
    for (let j = 0; j < count; j++) {
      const at = z + ((<usize>j) << 2);
      const a = load<f32>(at);
      store<f32>(at, activation == RELU ? max<f32>(a, 0) : <f32>2 * sigmoid32(<f32>2 * a) - <f32>1);
    }
  }
  for (let j = count; j < stride; j++) store<f32>(z + ((<usize>j) << 2), 0);
}

function softmax(z: usize, count: i32): void {
  let largest = load<f32>(z);
  for (let j = 0; j < count; j++) largest = max<f32>(largest, load<f32>(z + ((<usize>j) << 2)));
  let sum: f32 = 0;
  for (let j = 0; j < count; j++) {
    const at = z + ((<usize>j) << 2);
    store<f32>(at, exp32(load<f32>(at) - largest));
    sum += load<f32>(at);
  }
  for (let j = 0; j < count; j++) {
    const at = z + ((<usize>j) << 2);
    store<f32>(at, load<f32>(at) / sum);
  }
}

// @ts-ignore: decorator
@inline
export function derivative(z: f32, activation: i32): f32 {
  if (activation == SIGMOID) return z * (<f32>1 - z);
  if (activation == TANH) return <f32>1 - z * z;
  if (activation == RELU) return z > 0 ? 1 : 0;
  return 1;
}

/** delta ·= derivative of the activation, `count` of them and what stands behind in the last vector. */
export function multiplyDerivative(delta: usize, z: usize, count: i32, activation: i32): void {
  if (activation == SIGMOID) {
    const one = f32x4.splat(1);
    for (let at: usize = 0; at < <usize>count << 2; at += 16) {
      const v = v128.load(z + at);
      const slope = f32x4.mul(v, f32x4.sub(one, v));
      v128.store(delta + at, f32x4.mul(v128.load(delta + at), slope));
    }
  } else {
    for (let i = 0; i < count; i++) {
      const at = (<usize>i) << 2;
      store<f32>(delta + at, load<f32>(delta + at) * derivative(load<f32>(z + at), activation));
    }
  }
}

export function outputError(z: usize, label: i32, count: i32, activation: i32, loss: i32, delta: usize): void {
  for (let j = 0; j < count; j++) {
    store<f32>(delta + ((<usize>j) << 2), (j == label ? <f32>1 : <f32>0) - load<f32>(z + ((<usize>j) << 2)));
  }
  if (loss != SQUARED_ERROR) return;
  if (activation == SOFTMAX) {
    let s: f32 = 0;
    for (let j = 0; j < count; j++) s += load<f32>(z + ((<usize>j) << 2)) * load<f32>(delta + ((<usize>j) << 2));
    for (let j = 0; j < count; j++) {
      const at = delta + ((<usize>j) << 2);
      store<f32>(at, load<f32>(z + ((<usize>j) << 2)) * (load<f32>(at) - s));
    }
    return;
  }
  for (let j = 0; j < count; j++) {
    const at = delta + ((<usize>j) << 2);
    store<f32>(at, load<f32>(at) * derivative(load<f32>(z + ((<usize>j) << 2)), activation));
  }
}
