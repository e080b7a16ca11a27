import { groupSize } from '../../webgpu/common.wgsl.js';
import { groupsFor, type Bound, type Dispatch } from '../../webgpu/shader.js';
import type { OnlineSgdEntry } from './shader.js';

/** How samples are spread over the GPU; see layouts.wgsl.ts. All give the same bits. */
export const layouts = ['alone', 'two-dispatch', 'columns'] as const;
export type Layout = (typeof layouts)[number];

/** Entry points that a layout needs. */
export const entriesOf: Readonly<Record<Layout, readonly OnlineSgdEntry[]>> = {
  alone: ['train_alone'],
  'two-dispatch': ['advance', 'settle_sample'],
  columns: ['advance_columns', 'settle_sample'],
};

/**
 * The dispatches that train replicas on some samples.
 * @param columns - of the first layer
 */
export function* trainingDispatches(
  layout: Layout,
  bound: Bound,
  { replicas, samples, columns }: { readonly replicas: number; readonly samples: number; readonly columns: number },
): Generator<Dispatch<OnlineSgdEntry>> {
  if (layout === 'alone') {
    yield { entry: 'train_alone', bound, groups: [replicas] };
    return;
  }
  const advance: Dispatch<OnlineSgdEntry> =
    layout === 'columns'
      ? { entry: 'advance_columns', bound, groups: [groupsFor(columns, 1), replicas] }
      : { entry: 'advance', bound, groups: [groupsFor(columns, groupSize), replicas] };
  const settle: Dispatch<OnlineSgdEntry> = { entry: 'settle_sample', bound, groups: [replicas] };
  for (let t = 0; t < samples; t++) {
    yield advance;
    yield settle;
  }
  yield advance;
}
