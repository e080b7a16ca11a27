import { z } from 'zod';
import type { CheckFailure } from '../checks.js';
import { seedSchema } from '../seed.js';

/** Whatever a place of an experiment can hold. */
export type PlainValue =
  string | number | boolean | null | readonly PlainValue[] | { readonly [key: string]: PlainValue };

const plain: z.ZodType<PlainValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(plain), z.record(z.string(), plain)]),
);

/** Points of one sweep, at most. */
export const mostPoints = 10_000_000;

const howMany = `expected how many values, a whole number from 2 to ${mostPoints}`;
const steps = z.int(howMany).min(2, howMany).max(mostPoints, howMany);
const end = z.union([z.number(), z.string().min(1)]).describe('a number, or a quantity such as 10 uS');
/** First value, last value and how many; a Latin hypercube draws between the two and needs no number. */
const range = z.tuple([end, end, steps.optional()]).describe('a list of first value, last value and how many');
const integer = z.boolean().default(false);

const axis = z
  .union([
    z.array(plain).min(1),
    z.strictObject({ linspace: range, integer }),
    z.strictObject({ logspace: range, integer }),
  ])
  .describe('a list of values, or a linspace or logspace');

const seeds = z
  .union([
    z.int().min(1).max(1_000_000),
    z.array(seedSchema).min(1),
    z.strictObject({ from: seedSchema, to: seedSchema }),
  ])
  .describe('a number of seeds, a list of them, or from and to');

/** One file of configs/sweeps. */
const conditionExample = 'device.states > 8';

export const sweepSchema = z.strictObject({
  /** Also the name of the sweep's folder unless another is told. */
  name: z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'expected a name of letters, digits, ".", "_" and "-"'),
  title: z.string().min(1).optional(),
  description: z.string().min(1).optional(),
  /** Experiment file, relative to the sweep's own, or the name of a shipped one. */
  experiment: z.string().min(1),
  /** Path of a value → value, laid upon the experiment of every trial. */
  overrides: z.record(z.string().min(1), plain).default({}),
  /** Path of a value → the values that it takes: every one with every one of the other axes, unless told below. */
  axes: z.record(z.string().min(1), axis),
  /** Groups of axes that step together: first values with first values. */
  zip: z.array(z.array(z.string()).min(2)).default([]),
  /** Points that are spread over the ranges of the axes, instead of every combination. */
  latinHypercube: z
    .union([steps, z.strictObject({ points: steps, seed: seedSchema.default(1) })])
    .describe('a number of points, or points and seed')
    .optional(),
  /** Every point is run with every one of them: that of the experiment unless told. */
  seeds: seeds.optional(),
  /** Conditions that a point must meet, all of them. */
  where: z
    .array(z.string().min(1).describe(`a condition, such as '${conditionExample}'`))
    .describe(`a list of conditions, such as ['${conditionExample}']`)
    .default([]),
});

export type SweepConfig = z.output<typeof sweepSchema>;
export type AxisConfig = z.output<typeof axis>;
export type RangeEnds = z.output<typeof range>;

/** Holds the values of a sweep against each other. */
export function checkSweep(sweep: SweepConfig): CheckFailure[] {
  return [
    ...Object.keys(sweep.axes).flatMap((path) => checkPath(path, ['axes', path])),
    ...Object.keys(sweep.overrides).flatMap((path) => checkPath(path, ['overrides', path])),
    ...checkOverlap(sweep),
    ...checkZip(sweep),
    ...checkHypercube(sweep),
    ...checkRepeats(sweep),
    ...checkSeeds(sweep),
    ...(Object.keys(sweep.axes).length === 0 && sweep.seeds === undefined
      ? [{ path: ['axes'], what: 'is empty, and there are no seeds', remedy: 'name a value and what it is to be' }]
      : []),
  ];
}

type At = readonly (string | number)[];

function checkPath(path: string, at: At): CheckFailure[] {
  if (path === 'seed') {
    return [{ path: at, what: 'sets the seed', remedy: 'write seeds: [1, 2, 3], or seeds: 3, beside the axes' }];
  }
  if (path === 'replicas' || path.startsWith('replicas.')) {
    return [{ path: at, what: 'sets replicas', remedy: 'write seeds and axes: each trial is one run' }];
  }
  if (/^[\w-]+(?:\.[\w-]+|\[\d+\])*$/.test(path)) return [];
  return [{ path: at, what: 'is not the path of a value', remedy: 'write it as in --set: network.layers[0].units' }];
}

function checkOverlap({ axes, overrides }: SweepConfig): CheckFailure[] {
  return Object.keys(axes).flatMap((path) => {
    if (!Object.hasOwn(overrides, path)) return [];
    return [{ path: ['overrides', path], what: 'is an axis too', remedy: 'leave one of the two out' }];
  });
}

function checkZip({ axes, zip, latinHypercube }: SweepConfig): CheckFailure[] {
  const all = zip.flat();
  return zip.flatMap((group, i) => {
    const known = Object.keys(axes);
    const stranger = group.find((path) => !known.includes(path));
    if (stranger !== undefined) {
      return [{ path: ['zip', i], what: `${stranger} is not an axis`, remedy: `axes are ${known.join(', ')}` }];
    }
    const twice = group.find((path) => all.filter((other) => other === path).length > 1);
    if (twice !== undefined) return [{ path: ['zip', i], what: `${twice} is there twice`, remedy: 'name it once' }];
    const counts = group.map((path) => countOf(axes[path]!));
    if (latinHypercube !== undefined || counts.every((count) => count === counts[0])) return [];
    const what = `has ${group.map((path, k) => `${counts[k] ?? 'no number of'} values of ${path}`).join(', ')}`;
    return [{ path: ['zip', i], what, remedy: 'give each as many: they step together' }];
  });
}

/** How many values an axis has; undefined of a range that does not say it. */
export function countOf(values: AxisConfig): number | undefined {
  if (Array.isArray(values)) return values.length;
  return rangeOf(values).ends[2];
}

export interface Range {
  readonly scale: 'linear' | 'log';
  readonly ends: RangeEnds;
  readonly integer: boolean;
}

export function rangeOf(axis: Exclude<AxisConfig, readonly PlainValue[]>): Range {
  const { integer: whole } = axis;
  return 'linspace' in axis
    ? { scale: 'linear', ends: axis.linspace, integer: whole }
    : { scale: 'log', ends: axis.logspace, integer: whole };
}

function checkHypercube({ axes, latinHypercube }: SweepConfig): CheckFailure[] {
  if (latinHypercube !== undefined) return [];
  return Object.entries(axes).flatMap(([path, values]) => {
    if (countOf(values) !== undefined) return [];
    const what = 'does not say how many values';
    return [{ path: ['axes', path], what, remedy: 'write [first, last, how many], or latinHypercube: n' }];
  });
}

/** A value that a list names twice would be run once; in axes that step together, and in slices of a hypercube, it means something. */
function checkRepeats({ axes, zip, latinHypercube }: SweepConfig): CheckFailure[] {
  if (latinHypercube !== undefined) return [];
  return Object.entries(axes).flatMap(([path, values]) => {
    if (!Array.isArray(values) || zip.flat().includes(path)) return [];
    const seen = new Set<string>();
    const twice = values
      .map((value) => JSON.stringify(value))
      .find((text) => {
        const known = seen.has(text);
        seen.add(text);
        return known;
      });
    if (twice === undefined) return [];
    return [{ path: ['axes', path], what: `has the value ${twice} twice`, remedy: 'name each value once' }];
  });
}

function checkSeeds({ seeds: asked }: SweepConfig): CheckFailure[] {
  if (asked === undefined || typeof asked === 'number') return [];
  if (!Array.isArray(asked)) {
    const few = 'from' in asked && asked.to - asked.from < 1_000_000;
    if ('from' in asked && asked.from <= asked.to && few) return [];
    return [
      { path: ['seeds'], what: 'expected from below to, and at most a million', remedy: 'write { from: 1, to: 5 }' },
    ];
  }
  const twice = asked.find((seed, i) => asked.indexOf(seed) !== i);
  if (twice === undefined) return [];
  return [{ path: ['seeds'], what: `has the seed ${twice} twice`, remedy: 'name each seed once' }];
}
