// OnlineSgd in WASM SIMD. The specification, operation by operation, is ../../reference.ts.
import { fold } from '../../../wasm/assembly/random';
import { activate, multiplyDerivative, outputError, quantizeAll } from '../../../wasm/assembly/arithmetic';
import { Crossbar, IDEAL, quantizer, sumColumns } from '../../../wasm/assembly/cells';
import { addReadNoise, convertOutput, readForeground, readTransposed } from '../../../wasm/assembly/read';
import { takeActivations, takeSample } from './input';
import { Layer, layerSize, Samples } from './memory';
import { updateLayer } from './update';

export { convertCodes } from './input';
export { layerSize, samplesSize, setLayer, setLayerKey, setSamples } from './memory';

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
