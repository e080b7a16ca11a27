// OnlineSgd in WASM SIMD. The specification, operation by operation, is ../../reference.ts.
import { fold, uniform } from '../../../wasm/assembly/random';
import { activate, multiplyDerivative, outputError, quantize, quantizeAll } from '../../../wasm/assembly/arithmetic';
import {
  Crossbar,
  IDEAL,
  ONE_SIDED_PAIR,
  Polarity,
  preparePolarity,
  pulse,
  quantizer,
  ROUND,
  STOCHASTIC,
  sumColumns,
} from '../../../wasm/assembly/cells';
import { gap, probabilityOf, rungOf, scaleOf } from '../../../wasm/assembly/jumps';
import { addReadNoise, convertOutput, readForeground, readTransposed } from '../../../wasm/assembly/read';
import { updateFractional } from './fractional';
import { Layer, Samples } from './memory';

export function layerSize(): usize {
  return (offsetof<Layer>() + 15) & ~15;
}

export function samplesSize(): usize {
  return (offsetof<Samples>() + 15) & ~15;
}

export function setLayer(
  at: usize,
  crossbar: usize,
  activation: i32,
  z: usize,
  delta: usize,
  updateErrors: usize,
  backwardErrors: usize,
  scratch: usize,
  read: usize,
  written: usize,
  foreground: usize,
  foregroundOffsets: usize,
  foregroundRead: usize,
  foregroundWritten: usize,
  isForeground: usize,
  polarity: usize,
  fractional: usize,
  needsDense: bool,
): void {
  const l = changetype<Layer>(at);
  l.crossbar = crossbar;
  l.activation = activation;
  l.z = z;
  l.delta = delta;
  l.updateErrors = updateErrors;
  l.backwardErrors = backwardErrors;
  l.scratch = scratch;
  l.read = read;
  l.written = written;
  l.foreground = foreground;
  l.foregroundOffsets = foregroundOffsets;
  l.foregroundRead = foregroundRead;
  l.foregroundWritten = foregroundWritten;
  l.isForeground = isForeground;
  l.polarity = polarity;
  l.fractional = fractional;
  l.needsDense = needsDense;
}

/** Keys in the order of the fields, each as its two words. */
export function setLayerKey(at: usize, which: i32, a: u32, b: u32): void {
  store<u64>(at + offsetof<Layer>('gapsBackgroundPlus') + ((<usize>which) << 3), <u64>a | ((<u64>b) << 32));
}

export function setSamples(
  at: usize,
  features: i32,
  codes: usize,
  values: usize,
  labels: usize,
  codeRead: usize,
  codeWritten: usize,
  background: f32,
  backgroundCode: u32,
): void {
  const s = changetype<Samples>(at);
  s.features = features;
  s.codes = codes;
  s.values = values;
  s.labels = labels;
  s.codeRead = codeRead;
  s.codeWritten = codeWritten;
  s.background = background;
  s.backgroundCode = backgroundCode;
}

/** Fills the tables of a code's values behind the converters of the first layer. */
export function convertCodes(samples: usize, layer: usize): void {
  const s = changetype<Samples>(samples);
  const c = changetype<Crossbar>(changetype<Layer>(layer).crossbar);
  quantizeAll(s.values, s.codeRead, 256, quantizer(c, 0));
  quantizeAll(s.values, s.codeWritten, 256, quantizer(c, 4));
}

/** Lists the rows of sample `index` whose code is not the background's, sixteen codes at a time. */
function takeCodes(l: Layer, s: Samples, index: u32): void {
  const c = changetype<Crossbar>(l.crossbar);
  const from = s.codes + <usize>index * <usize>s.features;
  const features = s.features;
  l.readBackground = quantize(s.background, quantizer(c, 0));
  l.writtenBackground = quantize(s.background, quantizer(c, 4));
  const isForeground = l.isForeground;
  const background = i8x16.splat(<i8>s.backgroundCode);
  let count = 0;
  let i = 0;
  for (; i + 16 <= features; i += 16) {
    const differs = i8x16.ne(v128.load(from + <usize>i), background);
    v128.store(isForeground + <usize>i, differs);
    for (let mask = i8x16.bitmask(differs); mask != 0; mask &= mask - 1) {
      const row = i + ctz(mask);
      listRow(l, c, count++, row, s.codeRead, s.codeWritten, load<u8>(from + <usize>row));
    }
  }
  for (; i < features; i++) {
    const code = load<u8>(from + <usize>i);
    store<u8>(isForeground + <usize>i, u8(code != s.backgroundCode));
    if (code != s.backgroundCode) listRow(l, c, count++, i, s.codeRead, s.codeWritten, code);
  }
  if (l.needsDense) {
    for (let k = 0; k < features; k++) {
      const code = (<usize>load<u8>(from + <usize>k)) << 2;
      store<f32>(l.read + ((<usize>k) << 2), load<f32>(s.codeRead + code));
      store<f32>(l.written + ((<usize>k) << 2), load<f32>(s.codeWritten + code));
    }
  }
  finishInput(l, c, count, features);
}

/** Notes a foreground row whose input stands at place `at` of two tables. */
// @ts-ignore: decorator
@inline
function listRow(l: Layer, c: Crossbar, k: i32, row: i32, read: usize, written: usize, at: u32): void {
  const end = (<usize>k) << 2;
  const place = (<usize>at) << 2;
  store<i32>(l.foreground + end, row);
  store<u32>(l.foregroundOffsets + end, <u32>(row * c.stride) << 2);
  store<f32>(l.foregroundRead + end, load<f32>(read + place) - l.readBackground);
  store<f32>(l.foregroundWritten + end, load<f32>(written + place));
}

/** Takes `count` float inputs: every one that is not the background is foreground. */
function takeValues(l: Layer, values: usize, count: i32, background: f32): void {
  const c = changetype<Crossbar>(l.crossbar);
  l.readBackground = quantize(background, quantizer(c, 0));
  l.writtenBackground = quantize(background, quantizer(c, 4));
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    const x = load<f32>(values + at);
    store<f32>(l.read + at, quantize(x, quantizer(c, 0)));
    store<f32>(l.written + at, quantize(x, quantizer(c, 4)));
  }
  let listed = 0;
  for (let i = 0; i < count; i++) {
    const differs = load<f32>(values + ((<usize>i) << 2)) != background;
    store<u8>(l.isForeground + <usize>i, <u8>differs);
    if (differs) listRow(l, c, listed++, i, l.read, l.written, i);
  }
  finishInput(l, c, listed, count);
}

/** Adds the bias row where there is one, and the sums over the foreground. */
function finishInput(l: Layer, c: Crossbar, listed: i32, inputs: i32): void {
  let count = listed;
  if (inputs < c.rows) {
    const at = (<usize>inputs) << 2;
    store<f32>(l.read + at, quantize(1, quantizer(c, 0)));
    store<f32>(l.written + at, quantize(1, quantizer(c, 4)));
    store<u8>(l.isForeground + <usize>inputs, 1);
    listRow(l, c, count++, inputs, l.read, l.written, inputs);
  }
  let reach: f32 = 0;
  for (let k = 0; k < count; k++) reach = max<f32>(reach, abs<f32>(load<f32>(l.foregroundWritten + ((<usize>k) << 2))));
  l.foregroundReach = reach;
  l.foregroundCount = count;
}

function takeSample(l: Layer, s: Samples, index: u32): void {
  if (s.codes != 0) takeCodes(l, s, index);
  else takeValues(l, s.values + ((<usize>index * <usize>s.features) << 2), s.features, s.background);
}

/** Activations of the layer below: every row is foreground, and the lists of rows never change. */
function takeActivations(l: Layer, below: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  const inputs = changetype<Crossbar>(below.crossbar).cols;
  l.readBackground = 0;
  l.writtenBackground = 0;
  if (inputs < c.rows) store<f32>(below.z + ((<usize>inputs) << 2), 1);
  const padded = (c.rows + 3) & ~3;
  quantizeAll(below.z, l.foregroundRead, padded, quantizer(c, 0));
  quantizeAll(below.z, l.foregroundWritten, padded, quantizer(c, 4));
  let reach = f32x4.splat(0);
  // Beyond the rows stand converted zeros, which reach nothing.
  for (let k: usize = 0; k < (<usize>padded) << 2; k += 16) {
    reach = f32x4.max(reach, f32x4.abs(v128.load(l.foregroundWritten + k)));
  }
  l.foregroundReach = max<f32>(
    max<f32>(f32x4.extract_lane(reach, 0), f32x4.extract_lane(reach, 1)),
    max<f32>(f32x4.extract_lane(reach, 2), f32x4.extract_lane(reach, 3)),
  );
  l.foregroundCount = c.rows;
}

function forwardLayer(l: Layer, noise: u64): void {
  const c = changetype<Crossbar>(l.crossbar);
  const width = (<usize>c.stride) << 2;
  const background = l.readBackground;
  if (background == 0) memory.fill(l.z, 0, width);
  else {
    const x = f32x4.splat(background);
    for (let j: usize = 0; j < width; j += 16) v128.store(l.z + j, f32x4.mul(x, v128.load(c.columnSums + j)));
  }
  readForeground(c, l.z, l.foregroundOffsets, l.foregroundRead, l.foregroundCount);
  if (c.coding == IDEAL) {
    // Σ over all rows of x, summed as the reference does: rows·background first, then the foreground.
    let sum = <f32>c.rows * background;
    for (let k = 0; k < l.foregroundCount; k++) sum += load<f32>(l.foregroundRead + ((<usize>k) << 2));
    const total = f32x4.splat(sum);
    for (let j: usize = 0; j < width; j += 16) {
      v128.store(l.z + j, f32x4.add(v128.load(l.z + j), f32x4.mul(total, v128.load(c.columnOffsets + j))));
    }
  }
  addReadNoise(c, l.z, l.read, l.scratch, noise);
  convertOutput(c, l.z);
  activate(l.z, c.cols, c.stride, l.activation);
}

// @ts-ignore: decorator
@inline
function layerAt(layers: usize, index: i32): Layer {
  return changetype<Layer>(layers + <usize>index * layerSize());
}

/** Trains on the samples of `order`, one after the other. */
export function train(
  layers: usize,
  layerCount: i32,
  samples: usize,
  order: usize,
  count: i32,
  firstStep: u32,
  loss: i32,
  updateFirst: bool,
  columnSumPeriod: u32,
): void {
  const s = changetype<Samples>(samples);
  for (let n = 0; n < count; n++) {
    const step = firstStep + <u32>n;
    const index = load<u32>(order + ((<usize>n) << 2));
    if (step % columnSumPeriod == 0) {
      for (let i = 0; i < layerCount; i++) sumColumns(layerAt(layers, i).crossbar);
    }
    for (let i = 0; i < layerCount; i++) {
      const l = layerAt(layers, i);
      if (i == 0) takeSample(l, s, index);
      else takeActivations(l, layerAt(layers, i - 1));
      forwardLayer(l, fold(changetype<Crossbar>(l.crossbar).readKey, step));
    }
    const last = layerAt(layers, layerCount - 1);
    const classes = changetype<Crossbar>(last.crossbar).cols;
    outputError(last.z, <i32>load<u8>(s.labels + <usize>index), classes, last.activation, loss, last.delta);
    for (let i = layerCount - 1; i >= 0; i--) {
      const l = layerAt(layers, i);
      if (updateFirst) updateLayer(l, step);
      if (i > 0) passError(l, layerAt(layers, i - 1), step);
      if (!updateFirst) updateLayer(l, step);
    }
  }
}

/** Writes the output activations of samples first … first + count − 1, `classes` floats each. */
export function predict(
  layers: usize,
  layerCount: i32,
  samples: usize,
  first: u32,
  count: i32,
  outputs: usize,
  stream: u32,
): void {
  const s = changetype<Samples>(samples);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < layerCount; i++) {
      const l = layerAt(layers, i);
      if (i == 0) takeSample(l, s, first + <u32>n);
      else takeActivations(l, layerAt(layers, i - 1));
      forwardLayer(l, fold(fold(changetype<Crossbar>(l.crossbar).predictKey, stream), first + <u32>n));
    }
    const last = layerAt(layers, layerCount - 1);
    const bytes = (<usize>changetype<Crossbar>(last.crossbar).cols) << 2;
    memory.copy(outputs + <usize>n * bytes, last.z, bytes);
  }
}

function passError(l: Layer, below: Layer, step: u32): void {
  const c = changetype<Crossbar>(l.crossbar);
  quantizeAll(l.delta, l.backwardErrors, c.stride, quantizer(c, 2));
  const count = changetype<Crossbar>(below.crossbar).cols;
  readTransposed(c, l.backwardErrors, below.delta, count, fold(c.backwardReadKey, step));
  multiplyDerivative(below.delta, below.z, count, below.activation);
}

function updateLayer(l: Layer, step: u32): void {
  const c = changetype<Crossbar>(l.crossbar);
  quantizeAll(l.delta, l.updateErrors, c.stride, quantizer(c, 5));
  if (c.coding == IDEAL) {
    updateIdeal(l, c);
    return;
  }
  const p = changetype<Polarity>(l.polarity);
  for (let device = 0; device < c.devices; device++) {
    preparePolarity(c, device, step, p);
    if (c.policy == STOCHASTIC) updateByJumps(l, c, device, p, step);
    else if (!updateFractional(l, c, device, p)) updateEveryCell(l, c, device, p);
  }
}

/** w += step·x for four vectors of columns, whose steps stay in registers. */
// @ts-ignore: decorator
@inline
function updateBlock4(base: usize, steps: usize, rows: usize, inputs: usize, count: i32): void {
  const s0 = v128.load(steps);
  const s1 = v128.load(steps, 16);
  const s2 = v128.load(steps, 32);
  const s3 = v128.load(steps, 48);
  for (let k: usize = 0; k < (<usize>count) << 2; k += 4) {
    const x = v128.load_splat<f32>(inputs + k);
    const row = base + <usize>load<u32>(rows + k);
    v128.store(row, f32x4.add(v128.load(row), f32x4.mul(s0, x)));
    v128.store(row, f32x4.add(v128.load(row, 16), f32x4.mul(s1, x)), 16);
    v128.store(row, f32x4.add(v128.load(row, 32), f32x4.mul(s2, x)), 32);
    v128.store(row, f32x4.add(v128.load(row, 48), f32x4.mul(s3, x)), 48);
  }
}

/** w += lr·δ·x; the background's part goes into one offset a column. The read's inputs are used up. */
function updateIdeal(l: Layer, c: Crossbar): void {
  const width = (<usize>c.stride) << 2;
  const background = l.writtenBackground;
  const steps = l.scratch;
  const rate = f32x4.splat(c.rateUp);
  for (let j: usize = 0; j < width; j += 16) {
    v128.store(steps + j, f32x4.mul(rate, v128.load(l.updateErrors + j)));
  }
  let sum: f32 = 0;
  const inputs = l.foregroundRead;
  for (let k: usize = 0; k < (<usize>l.foregroundCount) << 2; k += 4) {
    const x = load<f32>(l.foregroundWritten + k) - background;
    store<f32>(inputs + k, x);
    sum += x;
  }
  for (let j: usize = 0; j < width; j += 64) {
    updateBlock4(c.difference + j, steps + j, l.foregroundOffsets, inputs, l.foregroundCount);
  }
  const total = f32x4.splat(sum);
  const constant = f32x4.splat(background);
  for (let j: usize = 0; j < width; j += 16) {
    const step = v128.load(steps + j);
    const offset = c.columnOffsets + j;
    v128.store(offset, f32x4.add(v128.load(offset), f32x4.mul(step, constant)));
    const columnSum = c.columnSums + j;
    v128.store(columnSum, f32x4.add(v128.load(columnSum), f32x4.mul(step, total)));
  }
}

/** Whether a wish of this sign pulses this polarity at all: of a one-sided pair only one cell moves. */
// @ts-ignore: decorator
@inline
function moves(c: Crossbar, device: i32, positive: bool): bool {
  return c.coding != ONE_SIDED_PAIR || positive == (device == 0);
}

// @ts-ignore: decorator
@inline
function isUp(c: Crossbar, device: i32, positive: bool): bool {
  return c.coding == ONE_SIDED_PAIR || positive == (device == 0);
}

function updateEveryCell(l: Layer, c: Crossbar, device: i32, p: Polarity): void {
  for (let i = 0; i < c.rows; i++) {
    const x = load<f32>(l.written + ((<usize>i) << 2));
    if (x == 0) continue;
    for (let j = 0; j < c.cols; j++) {
      const error = load<f32>(l.updateErrors + ((<usize>j) << 2));
      if (error == 0) continue;
      const positive = error > 0 == x > 0;
      if (!moves(c, device, positive)) continue;
      const up = isUp(c, device, positive);
      const request = (up ? c.rateUp : c.rateDown) * abs<f32>(error) * abs<f32>(x);
      const pulses = c.policy == ROUND ? floor<f32>(request + <f32>0.5) : request;
      if (pulses > 0) pulse(c, p, i, j, up, pulses);
    }
  }
}

function updateByJumps(l: Layer, c: Crossbar, device: i32, p: Polarity, step: u32): void {
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
  let n = <u32>j * <u32>(c.rows + 1);
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
  let n = <u32>j * <u32>(c.rows + 1);
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
