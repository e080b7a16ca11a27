// The input of a layer: every row behind its converters, and the list of those that differ from the background.
import { quantize, quantizeAll } from '../../../wasm/assembly/arithmetic';
import { Crossbar, quantizer } from '../../../wasm/assembly/crossbar';
import { firsts, pairs, seconds } from '../../../wasm/assembly/lanes';
import { codeOf, codesOf, countOf, firstOf, rowOf, rowsOf } from './foreground';
import { Layer, Samples } from './memory';

/** Fills the tables of what the converters of the first layer make of a code. */
export function convertCodes(samples: usize, layer: usize): void {
  const s = changetype<Samples>(samples);
  const c = changetype<Crossbar>(changetype<Layer>(layer).crossbar);
  quantizeAll(s.values, s.codeRead, 256, quantizer(c, 0));
  quantizeAll(s.values, s.codeWritten, 256, quantizer(c, 4));
  const background = quantize(s.background, quantizer(c, 0));
  for (let code: usize = 0; code < 256 * 4; code += 4) {
    store<f32>(s.codeInputs + 2 * code, load<f32>(s.codeRead + code) - background);
    store<f32>(s.codeInputs + 2 * code, load<f32>(s.codeWritten + code), 4);
  }
}

/** Takes sample `index` of those that are listed. */
function takeListed(l: Layer, s: Samples, index: u32): void {
  const c = changetype<Crossbar>(l.crossbar);
  const list = <usize>load<u32>(s.lists + ((<usize>index) << 2));
  l.readBackground = quantize(s.background, quantizer(c, 0));
  l.writtenBackground = quantize(s.background, quantizer(c, 4));
  if (l.needsDense) spread(l, s, list);
  const reach = convertListed(l, s, list, <u32>c.stride << 2);
  finishInput(l, c, countOf(list), s.features, reach);
}

/** Notes what the listed rows are and are read and written with; returns the largest |x| written. */
function convertListed(l: Layer, s: Samples, list: usize, rowSize: u32): f32 {
  const size = i32x4.splat(rowSize);
  const inputs = s.codeInputs;
  let reach = f32x4.splat(0);
  for (let k: usize = 0; k < (<usize>countOf(list)) << 2; k += 16) {
    const entries = v128.load(firstOf(list) + k);
    const row = rowsOf(entries);
    const code = i32x4.shl(codesOf(entries), 3);
    const low = pairs(inputs + <usize>i32x4.extract_lane(code, 0), inputs + <usize>i32x4.extract_lane(code, 1));
    const high = pairs(inputs + <usize>i32x4.extract_lane(code, 2), inputs + <usize>i32x4.extract_lane(code, 3));
    const written = seconds(low, high);
    v128.store(l.foreground + k, row);
    v128.store(l.foregroundOffsets + k, i32x4.mul(row, size));
    v128.store(l.foregroundRead + k, firsts(low, high));
    v128.store(l.foregroundWritten + k, written);
    // No input is NaN, for which f32x4.max does more.
    reach = f32x4.pmax(reach, f32x4.abs(written));
  }
  return largestLane(reach);
}

/** Fills the inputs of every row. */
function spread(l: Layer, s: Samples, list: usize): void {
  const read = f32x4.splat(l.readBackground);
  const written = f32x4.splat(l.writtenBackground);
  // Whole vectors: behind the features stand the bias, which is written later, and what nobody reads.
  for (let k: usize = 0; k < (<usize>s.features) << 2; k += 16) {
    v128.store(l.read + k, read);
    v128.store(l.written + k, written);
  }
  for (let k: usize = 0; k < (<usize>countOf(list)) << 2; k += 4) {
    const entry = load<u32>(firstOf(list) + k);
    const row = (<usize>rowOf(entry)) << 2;
    const code = (<usize>codeOf(entry)) << 2;
    store<f32>(l.read + row, load<f32>(s.codeRead + code));
    store<f32>(l.written + row, load<f32>(s.codeWritten + code));
  }
}

/** Notes a foreground row whose input stands at place `at` of two arrays. */
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
    if (load<f32>(values + ((<usize>i) << 2)) != background) listRow(l, c, listed++, i, l.read, l.written, i);
  }
  finishInput(l, c, listed, count, reachOf(l.foregroundWritten, listed));
}

/** Adds the bias row where there is one to `listed` rows, whose largest |x| written is `listedReach`. */
function finishInput(l: Layer, c: Crossbar, listed: i32, inputs: i32, listedReach: f32): void {
  let count = listed;
  let reach = listedReach;
  if (inputs < c.rows) {
    const at = (<usize>inputs) << 2;
    store<f32>(l.read + at, quantize(1, quantizer(c, 0)));
    store<f32>(l.written + at, quantize(1, quantizer(c, 4)));
    listRow(l, c, count++, inputs, l.read, l.written, inputs);
    reach = max<f32>(reach, abs<f32>(load<f32>(l.written + at)));
  }
  l.foregroundReach = reach;
  l.foregroundCount = count;
}

// @ts-ignore: decorator
@inline
function largestLane(four: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max<f32>(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
}

/** The largest |x| of `count` values. */
function reachOf(values: usize, count: i32): f32 {
  let four = f32x4.splat(0);
  let k = 0;
  // No input is NaN, for which f32x4.max does more.
  for (; k + 4 <= count; k += 4) four = f32x4.pmax(four, f32x4.abs(v128.load(values + ((<usize>k) << 2))));
  let reach = largestLane(four);
  for (; k < count; k++) reach = max<f32>(reach, abs<f32>(load<f32>(values + ((<usize>k) << 2))));
  return reach;
}

export function takeSample(l: Layer, s: Samples, index: u32): void {
  if (s.lists != 0) takeListed(l, s, index);
  else takeValues(l, s.values + ((<usize>index * <usize>s.features) << 2), s.features, s.background);
}

/** Activations of the layer below: every row is foreground, and the lists of rows never change. */
export function takeActivations(l: Layer, below: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  const cols = changetype<Crossbar>(below.crossbar).cols;
  // Behind the last column stands the bias, where there is one.
  if (cols < c.rows) store<f32>(below.z + ((<usize>cols) << 2), 1);
  const count = (c.rows + 3) & ~3;
  quantizeAll(below.z, l.foregroundRead, count, quantizer(c, 0));
  quantizeAll(below.z, l.foregroundWritten, count, quantizer(c, 4));
  finishActivations(l);
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
