// The input of a layer: every row behind its converters, and the list of those that differ from the background.
import { quantize, quantizeAll } from '../../../wasm/assembly/arithmetic';
import { Crossbar, quantizer } from '../../../wasm/assembly/crossbar';
import { bytes4, gather4, pack, packingOf } from '../../../wasm/assembly/lanes';
import { Layer, Samples } from './memory';

/** Fills the tables of a code's values behind the converters of the first layer. */
export function convertCodes(samples: usize, layer: usize): void {
  const s = changetype<Samples>(samples);
  const c = changetype<Crossbar>(changetype<Layer>(layer).crossbar);
  quantizeAll(s.values, s.codeRead, 256, quantizer(c, 0));
  quantizeAll(s.values, s.codeWritten, 256, quantizer(c, 4));
}

/** Lists the rows of sample `index` whose code is not the background's. */
function takeCodes(l: Layer, s: Samples, index: u32): void {
  const c = changetype<Crossbar>(l.crossbar);
  const from = s.codes + <usize>index * <usize>s.features;
  const features = s.features;
  l.readBackground = quantize(s.background, quantizer(c, 0));
  l.writtenBackground = quantize(s.background, quantizer(c, 4));
  const count = listCodes(l, from, features, s.backgroundCode);
  takeListed(l, c, s, from, count);
  if (l.needsDense) {
    for (let k = 0; k < features; k++) {
      const code = (<usize>load<u8>(from + <usize>k)) << 2;
      store<f32>(l.read + ((<usize>k) << 2), load<f32>(s.codeRead + code));
      store<f32>(l.written + ((<usize>k) << 2), load<f32>(s.codeWritten + code));
    }
  }
  finishInput(l, c, count, features);
}

/** Lists foreground rows, four codes at a time with no branch on what they are; returns how many there are. */
function listCodes(l: Layer, from: usize, features: i32, backgroundCode: u32): i32 {
  const isForeground = l.isForeground;
  const background = i8x16.splat(<i8>backgroundCode);
  const four = i32x4.splat(4);
  const whole = features & ~15;
  let to = l.foreground;
  for (let i = 0; i < whole; i += 16) {
    const differs = i8x16.ne(v128.load(from + <usize>i), background);
    v128.store(isForeground + <usize>i, differs);
    const mask = i8x16.bitmask(differs);
    if (mask == 0) continue;
    let rows = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(i));
    for (let lanes = 0; lanes < 16; lanes += 4) {
      const kept = (mask >>> lanes) & 15;
      // No more are listed than were looked at, so that what is written behind them is inside the list.
      v128.store(to, pack(rows, packingOf(kept)));
      to += (<usize>popcnt<i32>(kept)) << 2;
      rows = i32x4.add(rows, four);
    }
  }
  for (let i = whole; i < features; i++) {
    const differs = load<u8>(from + <usize>i) != backgroundCode;
    store<u8>(isForeground + <usize>i, <u8>differs);
    if (!differs) continue;
    store<i32>(to, i);
    to += 4;
  }
  return <i32>((to - l.foreground) >>> 2);
}

/** What the listed rows read and are written with, four at a time. */
function takeListed(l: Layer, c: Crossbar, s: Samples, codes: usize, count: i32): void {
  const stride = i32x4.splat(c.stride);
  const background = f32x4.splat(l.readBackground);
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const at = (<usize>k) << 2;
    const row = v128.load(l.foreground + at);
    const place = i32x4.shl(bytes4(codes, row), 2);
    v128.store(l.foregroundOffsets + at, i32x4.shl(i32x4.mul(row, stride), 2));
    v128.store(l.foregroundRead + at, f32x4.sub(gather4(s.codeRead, place), background));
    v128.store(l.foregroundWritten + at, gather4(s.codeWritten, place));
  }
  for (; k < count; k++) {
    const row = load<i32>(l.foreground + ((<usize>k) << 2));
    listRow(l, c, k, row, s.codeRead, s.codeWritten, load<u8>(codes + <usize>row));
  }
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
  l.foregroundReach = reachOf(l.foregroundWritten, count);
  l.foregroundCount = count;
}

/** The largest |x| of `count` values. */
function reachOf(values: usize, count: i32): f32 {
  let four = f32x4.splat(0);
  let k = 0;
  // No input is NaN, for which f32x4.max does more.
  for (; k + 4 <= count; k += 4) four = f32x4.pmax(four, f32x4.abs(v128.load(values + ((<usize>k) << 2))));
  let reach = max<f32>(
    max<f32>(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max<f32>(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  for (; k < count; k++) reach = max<f32>(reach, abs<f32>(load<f32>(values + ((<usize>k) << 2))));
  return reach;
}

export function takeSample(l: Layer, s: Samples, index: u32): void {
  if (s.codes != 0) takeCodes(l, s, index);
  else takeValues(l, s.values + ((<usize>index * <usize>s.features) << 2), s.features, s.background);
}

/** Activations of the layer below: every row is foreground, and the lists of rows never change. */
export function takeActivations(l: Layer, below: Layer): void {
  takeSomeActivations(l, below);
  finishActivations(l);
}

/**
 * Converts the activations of the columns that `below` has of its layer, a multiple of four from the first on, and those beyond
 * them of their last vector. Behind the layer's last column stands the bias, where there is one.
 */
export function takeSomeActivations(l: Layer, below: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  const part = changetype<Crossbar>(below.crossbar);
  const offset = (<usize>part.firstCol) << 2;
  let count = part.cols;
  if (part.firstCol + count == part.allCols && part.allCols < c.rows) {
    store<f32>(below.z + ((<usize>count) << 2), 1);
    count++;
  }
  count = (count + 3) & ~3;
  quantizeAll(below.z, l.foregroundRead + offset, count, quantizer(c, 0));
  quantizeAll(below.z, l.foregroundWritten + offset, count, quantizer(c, 4));
}

/** Notes what holds of all activations, once they are converted. */
export function finishActivations(l: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  l.readBackground = 0;
  l.writtenBackground = 0;
  l.foregroundCount = c.rows;
  // Beyond the rows stand converted zeros, which reach nothing.
  l.foregroundReach = reachOf(l.foregroundWritten, (c.rows + 3) & ~3);
}
