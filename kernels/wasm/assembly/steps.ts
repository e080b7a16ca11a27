// Where pulses take a cell: its mean path, and the noise about it.
import { AFFINE, Crossbar, CURVE, TABLE } from './crossbar';
import { normal, uniform } from './random';
import { tableChange } from './table';

/** The mean path: whole pulses one after the other, until a bound is passed or nothing moves; then the rest of one. */
// @ts-ignore: decorator
@inline
function climb(g: f32, parameters: usize, up: bool, pulses: f32): f32 {
  const at = parameters + (up ? 0 : 8);
  const c0 = load<f32>(at);
  const c1 = load<f32>(at, 4);
  if (pulses == 1) return g + (c0 - c1 * g);
  return climbFar(g, c0, c1, up, pulses, load<f32>(parameters, 16), load<f32>(parameters, 20));
}

function climbFar(g: f32, c0: f32, c1: f32, up: bool, pulses: f32, low: f32, high: f32): f32 {
  let left = pulses;
  for (; left >= 1; left -= 1) {
    const next = g + (c0 - c1 * g);
    if (next == g || (up ? next >= high : next <= low)) return next;
    g = next;
  }
  return left > 0 ? g + left * (c0 - c1 * g) : g;
}

// @ts-ignore: decorator
@inline
function along(values: usize, t: f32): f32 {
  const a = load<f32>(values);
  return a + t * (load<f32>(values, 4) - a);
}

/** One pulse's mean step of cells that take the longer way. */
export function stepAt(c: Crossbar, parameters: usize, g: f32, up: bool): f32 {
  const at = parameters + (up ? 0 : 8);
  if (c.response != CURVE) return load<f32>(at) - load<f32>(at, 4) * g;
  const shape = load<f32>(at, 4);
  const coordinate = min<f32>(max<f32>(load<f32>(parameters, 24) + load<f32>(parameters, 28) * g, 0), 1);
  const place = coordinate * <f32>(c.bins - 1);
  const bin = min<i32>(<i32>place, c.bins - 2);
  const t = place - <f32>bin;
  const row = <i32>shape;
  const part = shape - <f32>row;
  const values = (up ? c.curvesUp : c.curvesDown) + ((<usize>(row * c.bins + bin)) << 2);
  const near = along(values, t);
  if (part == 0) return load<f32>(at) * near;
  return load<f32>(at) * (near + part * (along(values + ((<usize>c.bins) << 2), t) - near));
}

/** The mean path pulse by pulse, and noise of a part that is the range's and one that goes with the steps. */
function moveAlong(c: Crossbar, parameters: usize, from: f32, cell: u32, up: bool, pulses: f32, key: u64): f32 {
  const low = load<f32>(parameters, 16);
  const high = load<f32>(parameters, 20);
  let g = from;
  let squares: f32 = 0;
  let left = pulses;
  for (; left >= 1; left -= 1) {
    const by = stepAt(c, parameters, g, up);
    const next = g + by;
    const ends = next == g || (up ? next >= high : next <= low);
    squares += by * by;
    g = next;
    if (ends) {
      left = 0;
      break;
    }
  }
  if (left > 0) {
    const by = stepAt(c, parameters, g, up);
    g = g + left * by;
    squares += left * (by * by);
  }
  const variance = c.sigma * c.sigma * pulses + c.stepSigma * c.stepSigma * squares;
  return variance == 0 ? g : g + sqrt<f32>(variance) * normal(key, cell);
}

// @ts-ignore: decorator
@inline
export function move(c: Crossbar, parameters: usize, g: f32, cell: u32, up: bool, pulses: f32, key: u64): f32 {
  if (c.response != AFFINE) {
    if (c.response != TABLE) return moveAlong(c, parameters, g, cell, up, pulses, key);
    return g + tableChange(c, parameters, g, up, pulses, uniform(key, cell));
  }
  const moved = climb(g, parameters, up, pulses);
  return c.sigma == 0 ? moved : moved + c.sigma * sqrt<f32>(pulses) * normal(key, cell);
}

export function snap(c: Crossbar, g: f32): f32 {
  let low = 0;
  let high = c.levelCount - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f32>(c.levels + ((<usize>middle) << 2)) <= g) low = middle;
    else high = middle;
  }
  const under = load<f32>(c.levels + ((<usize>low) << 2));
  const over = load<f32>(c.levels + ((<usize>high) << 2));
  return over - g < g - under ? over : under;
}
