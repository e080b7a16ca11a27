// Whole pulses drawn column by column by geometric jumps (kernels/jumps.ts), background and foreground rows apart.
import { fold, uniform } from '../../../wasm/assembly/random';
import { Crossbar, ONE_SIDED_PAIR } from '../../../wasm/assembly/crossbar';
import { Polarity, pulse } from '../../../wasm/assembly/pulses';
import { gap, probabilityOf, rungOf, scaleOf } from '../../../wasm/assembly/jumps';
import { Layer } from './memory';

/** Whether a wish of this sign pulses this polarity at all: of a one-sided pair only one cell moves. */
// @ts-ignore: decorator
@inline
export function moves(c: Crossbar, device: i32, positive: bool): bool {
  return c.coding != ONE_SIDED_PAIR || positive == (device == 0);
}

// @ts-ignore: decorator
@inline
export function isUp(c: Crossbar, device: i32, positive: bool): bool {
  return c.coding == ONE_SIDED_PAIR || positive == (device == 0);
}

export function updateByJumps(l: Layer, c: Crossbar, device: i32, p: Polarity, step: u32): void {
  const second = device != 0;
  const gapsBackground = fold(second ? l.gapsBackgroundMinus : l.gapsBackgroundPlus, step);
  const gapsForeground = fold(second ? l.gapsForegroundMinus : l.gapsForegroundPlus, step);
  const thinBackground = fold(second ? l.thinningBackgroundMinus : l.thinningBackgroundPlus, step);
  const thinForeground = fold(second ? l.thinningForegroundMinus : l.thinningForegroundPlus, step);
  const background = abs<f32>(l.writtenBackground);
  const foreground = l.foregroundReach;
  for (let j = 0; j < c.cols; j++) {
    const error = load<f32>(l.updateErrors + ((<usize>j) << 2));
    if (error == 0) continue;
    if (background > 0) drawBackground(l, c, device, p, j, error, background, gapsBackground, thinBackground);
    if (foreground > 0) drawForeground(l, c, device, p, j, error, foreground, gapsForeground, thinForeground);
  }
}

/** Pulses of a candidate of probability `candidate`, so that their mean is `request`. */
// @ts-ignore: decorator
@inline
function wholePulses(request: f32, candidate: f32, key: u64, n: u32): f32 {
  const u = uniform(key, n);
  if (candidate < 1) return u * candidate < request ? 1 : 0;
  const whole = floor<f32>(request);
  return whole + (u < request - whole ? <f32>1 : <f32>0);
}

/** All background rows of a column share one input, hence one pulse probability and one sign. */
function drawBackground(
  l: Layer,
  c: Crossbar,
  device: i32,
  p: Polarity,
  j: i32,
  error: f32,
  reach: f32,
  gaps: u64,
  thinning: u64,
): void {
  const size = abs<f32>(error);
  const rateUp = c.rateUp * size;
  const rateDown = c.rateDown * size;
  const rung = rungOf(max<f32>(rateUp, rateDown) * reach);
  const scale = scaleOf(rung);
  const candidate = probabilityOf(rung);
  const positive = error > 0 == l.writtenBackground > 0;
  const pulsed = moves(c, device, positive);
  if (!pulsed) return;
  const up = isUp(c, device, positive);
  const request = (up ? rateUp : rateDown) * reach;
  let n = <u32>(c.firstCol + j) * <u32>(c.rows + 1);
  for (let k = 0; ; k++, n++) {
    const skipped = gap(gaps, n, scale);
    if (skipped >= <f32>(c.rows - k)) return;
    k += <i32>skipped;
    if (load<u8>(l.isForeground + <usize>k) != 0) continue;
    const pulses = wholePulses(request, candidate, thinning, n);
    if (pulses > 0) pulse(c, p, k, j, up, pulses);
  }
}

function drawForeground(
  l: Layer,
  c: Crossbar,
  device: i32,
  p: Polarity,
  j: i32,
  error: f32,
  reach: f32,
  gaps: u64,
  thinning: u64,
): void {
  const size = abs<f32>(error);
  const rateUp = c.rateUp * size;
  const rateDown = c.rateDown * size;
  const rung = rungOf(max<f32>(rateUp, rateDown) * reach);
  const scale = scaleOf(rung);
  const candidate = probabilityOf(rung);
  let n = <u32>(c.firstCol + j) * <u32>(c.rows + 1);
  for (let k = 0; ; k++, n++) {
    const skipped = gap(gaps, n, scale);
    if (skipped >= <f32>(l.foregroundCount - k)) return;
    k += <i32>skipped;
    const row = load<i32>(l.foreground + ((<usize>k) << 2));
    const x = load<f32>(l.foregroundWritten + ((<usize>k) << 2));
    const positive = error > 0 == x > 0;
    if (x == 0 || !moves(c, device, positive)) continue;
    const up = isUp(c, device, positive);
    const request = (up ? rateUp : rateDown) * abs<f32>(x);
    const pulses = wholePulses(request, candidate, thinning, n);
    if (pulses > 0) pulse(c, p, row, j, up, pulses);
  }
}
