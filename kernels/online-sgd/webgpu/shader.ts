import { commonWgsl } from '../../webgpu/common.wgsl.js';
import { LazyShader } from '../../webgpu/shader.js';
import { layerWgsl } from './layer.wgsl.js';
import { layoutsWgsl } from './layouts.wgsl.js';
import { updateWgsl } from './update.wgsl.js';

export type OnlineSgdEntry =
  'read_differences' | 'sum_columns' | 'train_alone' | 'advance' | 'settle_sample' | 'predict';

export const onlineSgdShader = new LazyShader<OnlineSgdEntry>(
  'OnlineSgd',
  [commonWgsl, layerWgsl, updateWgsl, layoutsWgsl].join('\n'),
  ['read_differences', 'sum_columns', 'train_alone', 'advance', 'settle_sample', 'predict'],
);
