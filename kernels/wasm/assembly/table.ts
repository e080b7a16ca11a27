// Twin of kernels/table.ts: what pulses do to a cell of a measured table.
import { Crossbar } from './crossbar';

/** What draws are counted in, from 0: a draw has 24 bits. */
export const DRAWS: f32 = 16777216;

/**
 * Byte offset among the nodes of the row whose probability is the last that does not exceed q, in draws: kernels/table.ts's rowOf,
 * with a guide of two steps.
 */
// @ts-ignore: decorator
@inline
export function rowOf(c: Crossbar, q: f32): usize {
  const place = (<u32>q) >>> 6;
  let row = load<i32>(c.guide + ((<usize>(place >>> 8)) << 3));
  // Several rows lie in this part, which has 256 entries of its own.
  if (row < 0) row = load<i32>(c.guide + ((<usize>((row & 0x7fffffff) + (place & 255))) << 3)) & 0x7fffffff;
  const last = ((c.blockSize >> 1) - 3) << 3;
  while (row < last && load<f32>(c.nodes + <usize>row, 8) <= q) row += 8;
  return row;
}

/** Where a cell's device has its blocks. */
// @ts-ignore: decorator
@inline
function blocksOf(c: Crossbar, parameters: usize, up: bool): usize {
  return (up ? c.blocksUp : c.blocksDown) + <usize>load<u32>(parameters);
}

export function tableMean(c: Crossbar, parameters: usize, g: f32, up: bool): f32 {
  const place = g * <f32>(c.bins - 1);
  const bin = min<i32>(<i32>place, c.bins - 2);
  const block = blocksOf(c, parameters, up) + ((<usize>(bin * c.blockSize)) << 2);
  return load<f32>(block) + (place - <f32>bin) * load<f32>(block, 4);
}

/** pulses·mean + √pulses·deviation of a draw of probability q. */
export function tableChange(c: Crossbar, parameters: usize, g: f32, up: bool, pulses: f32, q: f32): f32 {
  const place = g * <f32>(c.bins - 1);
  const bin = min<i32>(<i32>place, c.bins - 2);
  const t = place - <f32>bin;
  const draw = q * DRAWS;
  const row = rowOf(c, draw);
  const node = c.nodes + row;
  const u = (draw - load<f32>(node)) * load<f32>(node, 4);
  const size = (<usize>c.blockSize) << 2;
  const block = blocksOf(c, parameters, up) + <usize>bin * size;
  const at = block + row;
  const below = load<f32>(at, 8) + t * load<f32>(at, 12);
  const above = load<f32>(at, 16) + t * load<f32>(at, 20);
  const mean = load<f32>(block) + t * load<f32>(block, 4);
  return pulses * mean + sqrt<f32>(pulses) * (below + u * (above - below));
}
