import { exponential } from '../arithmetic.js';

const { coefficients, log2e, ln2High, ln2Low } = exponential;
const [first, ...others] = coefficients;

/**
 * The float32 arithmetic of kernels/arithmetic.ts, with its bits. WGSL rounds +, − and × correctly but may fuse a
 * product with a sum: `exact` passes each product through an exclusive-or with a zero that no compiler can know.
 * Its quotients and roots may be some ulp off: they are put right by their exact remainders. Its minimum and maximum
 * may pick either zero: comparisons do not.
 */
export const arithmeticWgsl = /* wgsl */ `
fn exact(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ call.zero); }
fn mul(a: f32, b: f32) -> f32 { return exact(a * b); }
fn larger(a: f32, b: f32) -> f32 { return select(b, a, a > b); }
fn smaller(a: f32, b: f32) -> f32 { return select(b, a, a < b); }
fn clip(x: f32, low: f32, high: f32) -> f32 { return smaller(larger(x, low), high); }

/// A whole number as a float, correctly rounded: both parts are exact.
fn to_float(n: u32) -> f32 { return mul(f32(n >> 12u), 4096.0) + f32(n & 4095u); }

/// Nearest whole number, ties to even, without a negative zero.
fn nearest(x: f32) -> f32 {
  let r = round(x);
  return select(r, 0.0, r == 0.0);
}

fn upper_half(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }

/// a − q·b without rounding error, where q is a few ulp from a/b: the product's halves are multiplied exactly.
fn remainder_of(a: f32, q: f32, b: f32) -> f32 {
  let p = mul(q, b);
  let qh = upper_half(q);
  let ql = q - qh;
  let bh = upper_half(b);
  let bl = b - bh;
  let e = (((mul(qh, bh) - p) + mul(qh, bl)) + mul(ql, bh)) + mul(ql, bl);
  return (a - p) - e;
}

const SCALE = 18446744073709551616.0; // 2^64
const UNSCALE = 5.42101086242752217e-20;

/// a/b, correctly rounded: the first float above which the midpoint to the next one lies. Where parts of the remainder
/// would be too small for a float, the dividend is scaled.
fn divide(a: f32, b: f32) -> f32 {
  let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
  var x = abs(a);
  let y = abs(b);
  if (x == 0.0) { return bitcast<f32>(sign); }
  let small = x < 1e-18 || x / y < 1e-24;
  if (small) { x = x * SCALE; }
  var q = bitcast<u32>(x / y) - 3u;
  for (var k = 0; k < 6; k++) {
    let s = bitcast<f32>(q);
    let half = 0.5 * (bitcast<f32>(q + 1u) - s);
    if (remainder_of(x, s, y) <= mul(half, y)) { break; }
    q++;
  }
  if (small) { q = bitcast<u32>(bitcast<f32>(q) * UNSCALE); }
  return bitcast<f32>(q | sign);
}

/// √x, correctly rounded, x ≥ 0. In units of ulp² the remainder is whole, and the midpoint's a quarter above s·ulp.
fn square_root(radicand: f32) -> f32 {
  if (radicand == 0.0) { return 0.0; }
  let small = radicand < 1e-18;
  let x = select(radicand, radicand * SCALE, small);
  var q = bitcast<u32>(sqrt(x)) - 3u;
  for (var k = 0; k < 6; k++) {
    let s = bitcast<f32>(q);
    let ulp = bitcast<f32>(q + 1u) - s;
    if (remainder_of(x, s, s) <= mul(s, ulp)) { break; }
    q++;
  }
  return select(1.0, 1.0 / 4294967296.0, small) * bitcast<f32>(q);
}

fn exp32(x: f32) -> f32 {
  let v = clip(x, -87.0, 87.0);
  let n = nearest(mul(v, ${log2e}));
  let r = (v - mul(n, ${ln2High})) - mul(n, ${ln2Low});
  var p = f32(${first});
  ${others.map((coefficient) => `p = mul(p, r) + ${coefficient};`).join('\n  ')}
  let y = (mul(p, mul(r, r)) + r) + 1.0;
  return mul(y, bitcast<f32>(u32(i32(n) + 127) << 23u));
}

fn sigmoid32(x: f32) -> f32 { return divide(1.0, 1.0 + exp32(-x)); }

/// Every activation but softmax, which looks at all columns.
fn activate(x: f32, activation: u32) -> f32 {
  switch (activation) {
    case 0u: { return sigmoid32(x); }
    case 1u: { return mul(2.0, sigmoid32(mul(2.0, x))) - 1.0; }
    case 2u: { return select(0.0, x, x > 0.0); }
    default: { return x; }
  }
}

fn derivative(z: f32, activation: u32) -> f32 {
  switch (activation) {
    case 0u: { return mul(z, 1.0 - z); }
    case 1u: { return 1.0 - mul(z, z); }
    case 2u: { return select(0.0, 1.0, z > 0.0); }
    default: { return 1.0; }
  }
}

/// A converter lies at a word of a descriptor: limit, step, inverse.
fn quantize(x: f32, converter: u32) -> f32 {
  let limit = real(converter);
  if (limit == 0.0) { return x; }
  let width = real(converter + 1u);
  if (limit < 0.0) { return select(0.0, 1.0, x >= width); }
  let level = smaller(larger(mul(x, real(converter + 2u)), -limit), limit);
  return mul(nearest(level), width);
}
`;
