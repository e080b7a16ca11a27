// OnlineSgd in WASM SIMD. The specification, operation by operation, is ../../reference.ts.
import { fold } from '../../../wasm/assembly/random';
import { outputError } from '../../../wasm/assembly/arithmetic';
import { Crossbar } from '../../../wasm/assembly/crossbar';
import { sumColumns } from '../../../wasm/assembly/differences';
import { settleLedger } from '../../../wasm/assembly/ledger-fold';
import { takeActivations, takeSample } from './input';
import { forwardLayer, layerAt, passError, recordForward } from './layer';
import { Samples } from './memory';
import { updateLayer } from './update';

export { listCodes, listsSize } from './foreground';
export { convertCodes } from './input';
export { layerSize, samplesSize, setLayer, setLayerKey, setSamples } from './memory';

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
      for (let i = 0; i < layerCount; i++) {
        sumColumns(layerAt(layers, i).crossbar);
        settleLedger(layerAt(layers, i).crossbar);
      }
    }
    for (let i = 0; i < layerCount; i++) {
      const l = layerAt(layers, i);
      if (i == 0) takeSample(l, s, index);
      else takeActivations(l, layerAt(layers, i - 1));
      forwardLayer(l, fold(changetype<Crossbar>(l.crossbar).readKey, step));
      recordForward(l);
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
