import { UsageError } from '../../errors.js';
import { keyOf } from '../../random.js';
import { latinHypercube } from '../../statistics/sampling.js';
import { parseExpression } from '../expression/expression.js';
import type { Value } from '../expression/values.js';
import { listOf, placed } from './axis-values.js';
import { formatPath, type ConfigPath } from '../place.js';
import { at } from './identity.js';
import { distinct } from './repeated.js';
import type { AxisConfig, PlainValue, SweepConfig } from './schema.js';

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
  /** Points, without their seeds: how many there are before conditions, and how many of them those leave out. */
  readonly asked: number;
  leftOut(): number;
  /** What of the file is not taken as it stands, in words. */
  readonly notes: readonly string[];
}

export interface Axis {
  readonly path: string;
  readonly values: readonly PlainValue[];
}

/** What a sweep is about, where it is not in the sweep itself. */
export interface PointsContext {
  /** The experiment's own. */
  readonly firstSeed: number;
  /**
   * What stands at a path of the experiment that is no axis, for conditions; null where nothing does.
   * @throws UsageError where the experiment can have none
   */
  readonly valueOf: (path: string, where: string) => Value;
  /** Where a value of the sweep's file stands; its path unless told. */
  readonly placeOf?: (path: ConfigPath) => string;
}

/** @throws UsageError for ranges and conditions that cannot be read */
export function pointsOf(sweep: SweepConfig, { firstSeed, valueOf, placeOf = formatPath }: PointsContext): Points {
  const seeds = seedsOf(sweep.seeds, firstSeed);
  const conditions = sweep.where.map((text, i) => {
    const where = placeOf(['where', i]);
    const condition = parseExpression(text, where);
    const isAxis = (name: string): boolean => Object.keys(sweep.axes).some((path) => isWithin(name, path));
    const names = condition.names.filter((name) => !isAxis(name));
    const others = new Map(names.map((name) => [name, valueOf(name, where)]));
    return (point: Point): boolean =>
      condition.holds((name) => (others.has(name) ? others.get(name)! : valueIn(point, name)));
  });
  const whereOf = (path: string): string => placeOf(['axes', path]);
  const rows =
    sweep.latinHypercube === undefined ? grid(sweep, whereOf) : hypercube(sweep, sweep.latinHypercube, whereOf);
  const { count, axes, pointAt, notes } = rows;
  const meetsAll = (point: Point): boolean => conditions.every((condition) => condition(point));
  let kept: number | undefined;
  const keptPoints = (): number => {
    if (conditions.length === 0) return count;
    if (kept === undefined) {
      kept = 0;
      for (let i = 0; i < count; i++) if (meetsAll(pointAt(i))) kept++;
    }
    return kept;
  };
  return {
    ...{ most: count * seeds.length, axes, seeds, asked: count, notes },
    *all() {
      for (let i = 0; i < count; i++) {
        const point = pointAt(i);
        if (meetsAll(point)) for (const seed of seeds) yield { point, seed };
      }
    },
    count: () => keptPoints() * seeds.length,
    leftOut: () => count - keptPoints(),
  };
}

/** Whether a path is another, or is of a value within it. */
function isWithin(path: string, outer: string): boolean {
  return path === outer || (path.startsWith(outer) && /^[.[]/.test(path.slice(outer.length)));
}

/** A value of a point, or one within a mapping or list that an axis puts in its place. */
function valueIn(point: Point, name: string): Value {
  if (Object.hasOwn(point, name)) return scalar(point[name]!);
  const axis = Object.keys(point).find((path) => isWithin(name, path))!;
  const whole = point[axis] ?? null;
  if (typeof whole !== 'string' || whole === 'none') {
    return scalar((at(whole, name.slice(axis.length)) ?? null) as PlainValue);
  }
  const what = `${name} is within the axis ${axis}, whose value ${JSON.stringify(whole)} does not show it`;
  throw new UsageError({ where: 'condition', what, remedy: `write a condition of ${axis} itself` });
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
  readonly notes: readonly string[];
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

/** Whether it is a list, or a range whose values are rounded to whole numbers. */
function mayRepeat(axis: AxisConfig): boolean {
  return Array.isArray(axis) || ('integer' in axis && axis.integer);
}

function grid(sweep: SweepConfig, whereOf: (path: string) => string): Rows {
  const given = new Map(Object.entries(sweep.axes).map(([path, axis]) => [path, listOf(axis, whereOf(path))]));
  const notes: string[] = [];
  const groups = groupsOf(sweep).map((paths) => {
    const length = given.get(paths[0]!)!.length;
    // A range of other numbers repeats none, and a long one is not looked through for nothing.
    if (!paths.some((path) => mayRepeat(sweep.axes[path]!))) return { paths, length };
    const { kept, note } = distinct(paths, given);
    if (note === undefined) return { paths, length };
    notes.push(`${whereOf(paths[0]!)}: ${note}`);
    for (const path of paths) {
      const values = given.get(path)!;
      given.set(
        path,
        kept.map((i) => values[i]!),
      );
    }
    return { paths, length: kept.length };
  });
  const axes = [...given].map(([path, values]) => ({ path, values }));
  return {
    ...{ count: groups.reduce((product, { length }) => product * length, 1), axes, notes },
    pointAt: (index) => {
      const place = new Map<string, number>();
      let rest = index;
      for (const { paths, length } of [...groups].reverse()) {
        for (const path of paths) place.set(path, rest % length);
        rest = Math.floor(rest / length);
      }
      return Object.fromEntries(axes.map(({ path, values }) => [path, values[place.get(path)!]!]));
    },
  };
}

/** Every axis, or group of axes, has one point in each of as many slices as there are points. */
function hypercube(
  sweep: SweepConfig,
  asked: NonNullable<SweepConfig['latinHypercube']>,
  whereOf: (path: string) => string,
): Rows {
  const { points: count, seed } = typeof asked === 'number' ? { points: asked, seed: 1 } : asked;
  const groups = groupsOf(sweep);
  const places = latinHypercube(keyOf(seed, 'sweepPoints'), count, groups.length);
  const axes = Object.entries(sweep.axes).map(([path, axis]) => {
    const group = groups.findIndex((paths) => paths.includes(path));
    const valueAt = placed(axis, whereOf(path));
    return { path, values: places.map((place) => valueAt(place[group]!)) };
  });
  const paths = axes.map(({ path }) => path);
  // Lists and whole numbers have few values: two slices can come to the same point.
  const { kept, note } = distinct(paths, new Map(axes.map(({ path, values }) => [path, values])));
  return {
    count: kept.length,
    axes,
    notes: note === undefined ? [] : [`latinHypercube: ${note}`],
    pointAt: (i) => Object.fromEntries(axes.map(({ path, values }) => [path, values[kept[i]!]!])),
  };
}
