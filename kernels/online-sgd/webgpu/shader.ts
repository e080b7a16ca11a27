import { commonWgsl } from '../../webgpu/common.wgsl.js';
import { LazyShader } from '../../webgpu/shader.js';
import type { OnlineSgdProgram } from '../contract.js';
import { columnsWgsl } from './columns.wgsl.js';
import { layerWgsl } from './layer.wgsl.js';
import { layoutsWgsl } from './layouts.wgsl.js';
import { updateWgsl } from './update.wgsl.js';

const entries = [
  ...(['read_differences', 'sum_columns', 'predict'] as const),
  ...(['train_alone', 'advance', 'advance_columns', 'settle_sample'] as const),
] as const;
export type OnlineSgdEntry = (typeof entries)[number];

function shaderOfWidth(width: number): LazyShader<OnlineSgdEntry> {
  const code = [commonWgsl, layerWgsl, updateWgsl, layoutsWgsl(width), columnsWgsl].join('\n');
  return new LazyShader(`OnlineSgd with workgroups of ${width}`, code, entries);
}

/** Workgroups of more threads than a layer has columns only wait for one another. */
const narrow = shaderOfWidth(64);
const wide = shaderOfWidth(256);

/** The shader whose workgroups suit a network's widest layer. */
export function onlineSgdShader({ layers }: OnlineSgdProgram): LazyShader<OnlineSgdEntry> {
  return layers.every(({ crossbar }) => crossbar.cols <= 64) ? narrow : wide;
}
