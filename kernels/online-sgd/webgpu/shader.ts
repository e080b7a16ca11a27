import { commonWgsl } from '../../webgpu/common.wgsl.js';
import { LazyShader } from '../../webgpu/shader.js';
import type { OnlineSgdProgram } from '../contract.js';
import { columnsWgsl } from './columns.wgsl.js';
import { layerWgsl } from './layer.wgsl.js';
import { layoutsWgsl } from './layouts.wgsl.js';
import { updateWgsl } from './update.wgsl.js';

/** What every session needs; the rest is made ready by the first call that needs it. */
const preparation = ['read_differences', 'sum_columns'] as const;

export type OnlineSgdEntry =
  (typeof preparation)[number] | ('train_alone' | 'advance' | 'advance_columns' | 'settle_sample' | 'predict');

function shaderOfWidth(width: number): LazyShader<OnlineSgdEntry> {
  const code = [commonWgsl, layerWgsl, updateWgsl, layoutsWgsl(width), columnsWgsl].join('\n');
  return new LazyShader<OnlineSgdEntry>(`OnlineSgd with workgroups of ${width}`, code, preparation);
}

/** Workgroups of more threads than a layer has columns only wait for one another. */
const narrow = shaderOfWidth(64);
const wide = shaderOfWidth(256);

/** The shader whose workgroups suit a network's widest layer. */
export function onlineSgdShader({ layers }: OnlineSgdProgram): LazyShader<OnlineSgdEntry> {
  return layers.every(({ crossbar }) => crossbar.cols <= 64) ? narrow : wide;
}
