import { keyOf } from '../../random.js';
import { latinHypercube } from '../../statistics/sampling.js';
import { parseExpression, type Expression } from '../expression/expression.js';
import type { Value } from '../expression/values.js';
import { listOf, placed } from './axis-values.js';
import type { PlainValue, SweepConfig } from './schema.js';

/** What a trial has instead of the experiment's own values, by path. */
export type Point = Readonly<Record<string, PlainValue>>;

/** A point with a seed. */
export interface SeededPoint {
  readonly point: Point;
  readonly seed: number;
}

/** The points of a sweep: how many at most, and each in its order, last axis fastest, seeds faster still. */
export interface Points {
  /** Before conditions. */
  readonly most: number;
  readonly axes: readonly Axis[];
  readonly seeds: readonly number[];
  all(): Generator<SeededPoint>;
  /** Of those that meet the conditions. */
  count(): number;
}

export interface Axis {
  readonly path: string;
  readonly values: readonly PlainValue[];
}

/**
 * @param firstSeed - the experiment's own
 * @param valueOf - what stands at a path of the experiment that is no axis, for conditions; null where nothing does
 * @throws UsageError for ranges and conditions that cannot be read
 */
export function pointsOf(sweep: SweepConfig, firstSeed: number, valueOf: (path: string) => Value): Points {
  const seeds = seedsOf(sweep.seeds, firstSeed);
  const conditions = sweep.where.map((text, i) => parseExpression(text, `where[${i}]`));
  const rows = sweep.latinHypercube === undefined ? grid(sweep) : hypercube(sweep, sweep.latinHypercube);
  const { count, axes, pointAt } = rows;
  const meetsAll = (point: Point): boolean => conditions.every((condition) => meets(condition, point, valueOf));
  return {
    ...{ most: count * seeds.length, axes, seeds },
    *all() {
      for (let i = 0; i < count; i++) {
        const point = pointAt(i);
        if (meetsAll(point)) for (const seed of seeds) yield { point, seed };
      }
    },
    count: () => {
      if (conditions.length === 0) return count * seeds.length;
      return seeds.length * Array.from({ length: count }, (_, i) => pointAt(i)).filter(meetsAll).length;
    },
  };
}

function meets(condition: Expression, point: Point, valueOf: (path: string) => Value): boolean {
  return condition.holds((name) => (Object.hasOwn(point, name) ? scalar(point[name]!) : valueOf(name)));
}

/** A list or a mapping is compared as its JSON text. */
export function scalar(value: PlainValue): Value {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function seedsOf(asked: SweepConfig['seeds'], first: number): readonly number[] {
  if (asked === undefined) return [first];
  if (typeof asked === 'number') return Array.from({ length: asked }, (_, i) => first + i);
  return 'from' in asked ? Array.from({ length: asked.to - asked.from + 1 }, (_, i) => asked.from + i) : asked;
}

interface Rows {
  readonly count: number;
  readonly axes: readonly Axis[];
  readonly pointAt: (index: number) => Point;
}

/** Axes in groups that step together; an axis of no group is one of its own. Groups are in the order of their first axes. */
function groupsOf({ axes, zip }: SweepConfig): string[][] {
  const groups: string[][] = [];
  for (const path of Object.keys(axes)) {
    const group = zip.find((paths) => paths.includes(path)) ?? [path];
    if (!groups.includes(group)) groups.push(group);
  }
  return groups;
}

function grid(sweep: SweepConfig): Rows {
  const axes = Object.entries(sweep.axes).map(([path, axis]) => ({ path, values: listOf(axis, `axes.${path}`) }));
  const valuesOf = new Map(axes.map(({ path, values }) => [path, values]));
  const groups = groupsOf(sweep).map((paths) => ({ paths, length: valuesOf.get(paths[0]!)!.length }));
  return {
    ...{ count: groups.reduce((product, { length }) => product * length, 1), axes },
    pointAt: (index) => {
      const at = new Map<string, number>();
      let rest = index;
      for (const { paths, length } of [...groups].reverse()) {
        for (const path of paths) at.set(path, rest % length);
        rest = Math.floor(rest / length);
      }
      return Object.fromEntries(axes.map(({ path, values }) => [path, values[at.get(path)!]!]));
    },
  };
}

/** Every axis, or group of axes, has one point in each of as many slices as there are points. */
function hypercube(sweep: SweepConfig, asked: NonNullable<SweepConfig['latinHypercube']>): Rows {
  const { points: count, seed } = typeof asked === 'number' ? { points: asked, seed: 1 } : asked;
  const groups = groupsOf(sweep);
  const places = latinHypercube(keyOf(seed, 'sweepPoints'), count, groups.length);
  const axes = Object.entries(sweep.axes).map(([path, axis]) => {
    const group = groups.findIndex((paths) => paths.includes(path));
    const valueAt = placed(axis, `axes.${path}`);
    return { path, values: places.map((place) => valueAt(place[group]!)) };
  });
  return { count, axes, pointAt: (i) => Object.fromEntries(axes.map(({ path, values }) => [path, values[i]!])) };
}
