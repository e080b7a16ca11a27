// The input of a layer: every row behind its converters, and the list of those that differ from the background.
import { quantize, quantizeAll } from '../../../wasm/assembly/arithmetic';
import { Crossbar, quantizer } from '../../../wasm/assembly/crossbar';
import { Layer, Samples } from './memory';

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

export function takeSample(l: Layer, s: Samples, index: u32): void {
  if (s.codes != 0) takeCodes(l, s, index);
  else takeValues(l, s.values + ((<usize>index * <usize>s.features) << 2), s.features, s.background);
}

/** Activations of the layer below: every row is foreground, and the lists of rows never change. */
export function takeActivations(l: Layer, below: Layer): void {
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
