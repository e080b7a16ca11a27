// What a layer does in a step: its read, and its error passed down.
import { fold } from '../../../wasm/assembly/random';
import { activate, multiplyDerivative, quantizeAll } from '../../../wasm/assembly/arithmetic';
import { Crossbar, IDEAL, quantizer, weighsReads } from '../../../wasm/assembly/crossbar';
import { Ledger } from '../../../wasm/assembly/ledger';
import { keepRead } from '../../../wasm/assembly/ledger-reads';
import { recordBackwardRead, recordRead } from '../../../wasm/assembly/ledger-records';
import { addReadNoise, convertOutput, readForeground, readTransposed } from '../../../wasm/assembly/read';
import { Layer, layerSize } from './memory';

/** z = activation of the read of the layer's inputs. */
export function forwardLayer(l: Layer, noise: u64): void {
  readBackground(l);
  readRows(l, 0, l.foregroundCount);
  finishForward(l, noise);
}

/** z += what the foreground rows first … end − 1 read. */
export function readRows(l: Layer, first: i32, end: i32): void {
  const offset = (<usize>first) << 2;
  readForeground(
    changetype<Crossbar>(l.crossbar),
    l.z,
    l.foregroundOffsets + offset,
    l.foregroundRead + offset,
    end - first,
  );
}

/** z, the read of all rows → their activation. */
export function finishForward(l: Layer, noise: u64): void {
  const c = changetype<Crossbar>(l.crossbar);
  if (c.coding == IDEAL) addOffsets(l, c);
  addReadNoise(c, l.z, l.read, l.scratch, noise);
  convertOutput(c, l.z);
  activate(l.z, c.cols, c.width, l.activation);
}

/** z = the read of nothing. */
export function clearRead(l: Layer): void {
  memory.fill(l.z, 0, (<usize>changetype<Crossbar>(l.crossbar).width) << 2);
}

/** z = the read of the background alone. */
function readBackground(l: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  const width = (<usize>c.width) << 2;
  const background = l.readBackground;
  if (background == 0) clearRead(l);
  else {
    const x = f32x4.splat(background);
    for (let j: usize = 0; j < width; j += 16) v128.store(l.z + j, f32x4.mul(x, v128.load(c.columnSums + j)));
  }
}

/** Adds what ideal weights have in one offset a column. */
function addOffsets(l: Layer, c: Crossbar): void {
  const width = (<usize>c.width) << 2;
  // Σ over all rows of x, summed as the reference does: rows·background first, then the foreground.
  let sum = <f32>c.rows * l.readBackground;
  for (let k = 0; k < l.foregroundCount; k++) sum += load<f32>(l.foregroundRead + ((<usize>k) << 2));
  const total = f32x4.splat(sum);
  for (let j: usize = 0; j < width; j += 16) {
    v128.store(l.z + j, f32x4.add(v128.load(l.z + j), f32x4.mul(total, v128.load(c.columnOffsets + j))));
  }
}

/** Enters a training step's read in the layer's ledger, where it has one. */
export function recordForward(l: Layer): void {
  const c = changetype<Crossbar>(l.crossbar);
  if (c.ledger == 0) return;
  const ledger = changetype<Ledger>(c.ledger);
  if (weighsReads(c)) keepRead(c, ledger, l.read);
  else recordRead(ledger, l.readBackground, l.foreground, l.foregroundRead, l.foregroundCount);
}

// @ts-ignore: decorator
@inline
export function layerAt(layers: usize, index: i32): Layer {
  return changetype<Layer>(layers + <usize>index * layerSize());
}

/** The error of the layer below, through all columns of layer `l`. */
export function passError(l: Layer, below: Layer, step: u32): void {
  prepareErrors(l, l.backwardErrors);
  readErrors(l, l.backwardErrors, below, step);
}

/** A layer's errors behind the converter of the backward read. */
export function prepareErrors(l: Layer, errors: usize): void {
  const c = changetype<Crossbar>(l.crossbar);
  quantizeAll(l.delta, errors, c.stride, quantizer(c, 2));
  if (c.ledger != 0) recordBackwardRead(changetype<Ledger>(c.ledger), errors);
}

/** The error of the layer below, or of some of its columns. */
export function readErrors(l: Layer, errors: usize, below: Layer, step: u32): void {
  const c = changetype<Crossbar>(l.crossbar);
  const part = changetype<Crossbar>(below.crossbar);
  readTransposed(c, errors, below.delta, part.firstCol, part.cols, fold(c.backwardReadKey, step));
  multiplyDerivative(below.delta, below.z, part.cols, below.activation);
}
