// CrossbarRead in WASM SIMD. The specification is ../../reference.ts.
import { fold } from '../../../wasm/assembly/random';
import { quantizeAll } from '../../../wasm/assembly/arithmetic';
import { Crossbar, IDEAL, quantizer } from '../../../wasm/assembly/crossbar';
import { addReadNoise, convertOutput, readForeground, readTransposed } from '../../../wasm/assembly/read';

/**
 * One input vector forward. Every array holds whole vectors.
 * @param rows - byte offset of each row in a matrix
 * @param values - working memory, rows floats; `scratch`: stride floats
 * @param out - stride floats
 */
export function crossbarRead(
  at: usize,
  inputs: usize,
  values: usize,
  rows: usize,
  scratch: usize,
  out: usize,
  stream: u32,
  sample: u32,
): void {
  const c = changetype<Crossbar>(at);
  const padded = (c.rows + 3) & ~3;
  quantizeAll(inputs, values, padded, quantizer(c, 0));
  memory.fill(out, 0, (<usize>c.stride) << 2);
  readForeground(c, out, rows, values, c.rows);
  if (c.coding == IDEAL) addOffsets(c, values, out);
  addReadNoise(c, out, values, scratch, fold(fold(c.predictKey, stream), sample));
  convertOutput(c, out);
}

function addOffsets(c: Crossbar, values: usize, out: usize): void {
  let sum: f32 = 0;
  for (let i = 0; i < c.rows; i++) sum += load<f32>(values + ((<usize>i) << 2));
  const total = f32x4.splat(sum);
  for (let j: usize = 0; j < (<usize>c.stride) << 2; j += 16) {
    v128.store(out + j, f32x4.add(v128.load(out + j), f32x4.mul(total, v128.load(c.columnOffsets + j))));
  }
}

/** One error vector backward. `errors` is working memory of stride floats. */
export function crossbarReadTransposed(
  at: usize,
  inputs: usize,
  errors: usize,
  out: usize,
  stream: u32,
  sample: u32,
): void {
  const c = changetype<Crossbar>(at);
  quantizeAll(inputs, errors, c.stride, quantizer(c, 2));
  readTransposed(c, errors, out, 0, c.rows, fold(fold(c.backwardReadKey, stream), sample));
}
