import { groupSize } from '../../webgpu/common.wgsl.js';
import { readTuning, writeTuning } from '../../webgpu/tuning.js';
import { groupsFor, type Dispatch } from '../../webgpu/shader.js';
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
  group: GPUBindGroup,
  { replicas, samples, columns }: { readonly replicas: number; readonly samples: number; readonly columns: number },
): Generator<Dispatch<OnlineSgdEntry>> {
  if (layout === 'alone') {
    yield { entry: 'train_alone', group, groups: [replicas] };
    return;
  }
  const advance: Dispatch<OnlineSgdEntry> =
    layout === 'columns'
      ? { entry: 'advance_columns', group, groups: [groupsFor(columns, 1), replicas] }
      : { entry: 'advance', group, groups: [groupsFor(columns, groupSize), replicas] };
  const settle: Dispatch<OnlineSgdEntry> = { entry: 'settle_sample', group, groups: [replicas] };
  for (let t = 0; t < samples; t++) {
    yield advance;
    yield settle;
  }
  yield advance;
}

/** Samples that each layout is timed on, twice each: training goes on meanwhile. Fewer do where they take long enough. */
const probeSamples = 32;
const probeSeconds = 0.02;
/** Seconds that a submission aims at: drivers take the GPU away from what holds it for seconds. */
const submissionSeconds = 0.1;
const untimedSamples = 64;

interface Found {
  readonly layout: Layout;
  /** Of a sample. */
  readonly seconds: number;
}

/** What was found, by adapter and networks: in this process, or by another that left it in a cache. */
const found = new Map<string, Found>();

function foundBefore(key: string): Found | undefined {
  const known = found.get(key) ?? readTuning(key);
  if (!isFound(known)) return undefined;
  found.set(key, known);
  return known;
}

/** What lies in a cache may be anything. */
function isFound(value: unknown): value is Found {
  if (typeof value !== 'object' || value === null) return false;
  const { layout, seconds } = value as Partial<Found>;
  return layouts.some((name) => name === layout) && typeof seconds === 'number' && seconds > 0 && seconds < 1e3;
}

/** Chooses the layout by timing each on the first samples that are trained. */
export class LayoutChoice {
  /** Seconds a sample of each timed piece. */
  private readonly times: { readonly layout: Layout; readonly seconds: number }[] = [];

  /** @param fixed - a layout that is not to be chosen */
  constructor(
    private readonly key: string,
    private readonly fixed?: Layout,
  ) {}

  /** The next piece of `left` samples: how it is laid out, and whether its time is wanted. */
  next(left: number): { readonly layout: Layout; readonly samples: number; readonly timed: boolean } {
    const choice = foundBefore(this.key);
    if (this.fixed) return { layout: this.fixed, samples: Math.min(left, untimedSamples), timed: false };
    if (choice) return { layout: choice.layout, samples: Math.min(left, samplesIn(choice.seconds)), timed: false };
    const layout = layouts[this.times.length % layouts.length]!;
    return { layout, samples: Math.min(left, probeSamples), timed: true };
  }

  /** Takes the time of a piece; after two of each layout, the faster one stays. What is too short tells nothing. */
  took(layout: Layout, samples: number, seconds: number): void {
    if (samples < probeSamples && seconds < probeSeconds) return;
    this.times.push({ layout, seconds: seconds / samples });
    if (this.times.length < 2 * layouts.length) return;
    // The first of each pays for what a driver does at first use.
    const second = this.times.slice(-layouts.length);
    const best = second.reduce((one, other) => (other.seconds < one.seconds ? other : one));
    found.set(this.key, best);
    writeTuning(this.key, best);
  }
}

function samplesIn(seconds: number): number {
  return Math.min(Math.max(Math.floor(submissionSeconds / seconds), 1), 4096);
}
