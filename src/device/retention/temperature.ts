import { z } from 'zod';
import { positiveQuantity, quantity } from '../quantity.js';
import { celsius, exposures, type Retention, type Stay } from './law.js';

/** Temperature at a time since the profile began. */
export interface TemperaturePoint {
  /** s */
  readonly at: number;
  /** K */
  readonly value: number;
}

/**
 * A temperature that stays as it is [K], or one that goes from point to point in straight lines; two points at the same
 * time are a step, and behind the last point it stays. The first point is at 0 s.
 */
export type Temperature = number | readonly TemperaturePoint[];

/** A time at a temperature, whose profile begins with it. */
export interface Phase {
  readonly temperature: Temperature;
  /** s */
  readonly time: number;
}

const pointSchema = z.strictObject({
  at: quantity('time').refine((value) => value >= 0, 'must not be negative'),
  value: positiveQuantity('temperature'),
});

const profileSchema = z
  .array(pointSchema)
  .min(1)
  .max(10_000)
  .superRefine((points, context) => {
    const refuse = (i: number, message: string): void => {
      context.addIssue({ code: 'custom', path: [i, 'at'], message });
    };
    points.forEach(({ at }, i) => {
      if (i === 0 && at !== 0) refuse(0, 'must be 0 s: the first point is where the profile begins');
      const before = points[i - 1]?.at ?? 0;
      if (at < before) refuse(i, `must not lie before the point before it, ${before} s; write the points in order`);
      if (i > 1 && at === points[i - 2]!.at) refuse(i, 'is the third point at that time; two make a step');
    });
  });

export const temperatureSchema = z.union([positiveQuantity('temperature'), profileSchema]);

/** The highest and every other temperature that a profile comes to within a stretch of it [K]. */
export function extremes(temperature: Temperature, from = 0, time = Infinity): { lowest: number; highest: number } {
  const values = segmentsOf(temperature, from, time).flatMap(({ start, end }) => [start, end]);
  return { lowest: Math.min(...values), highest: Math.max(...values) };
}

/** `100 degC`, or `25 degC to 100 degC` of a profile's first `time` seconds. */
export function showTemperature(temperature: Temperature, time = Infinity): string {
  const { lowest, highest } = extremes(temperature, 0, time);
  return lowest === highest ? celsius(lowest) : `${celsius(lowest)} to ${celsius(highest)}`;
}

/** A straight line of temperature over a time. */
interface Segment {
  readonly start: number;
  readonly end: number;
  readonly time: number;
}

/** A stretch of a profile as straight lines. */
function segmentsOf(temperature: Temperature, from: number, time: number): Segment[] {
  if (typeof temperature === 'number') return [{ start: temperature, end: temperature, time }];
  const segments = temperature.slice(1).flatMap((point, i) => part(temperature[i]!, point, from, from + time));
  const last = temperature.at(-1)!;
  const behind = from + time - Math.max(last.at, from);
  return behind > 0 ? [...segments, { start: last.value, end: last.value, time: behind }] : segments;
}

/** What of the line between two points lies within a stretch of time. */
function part(a: TemperaturePoint, b: TemperaturePoint, from: number, to: number): Segment[] {
  const [begin, end] = [Math.max(a.at, from), Math.min(b.at, to)];
  if (!(end > begin)) return [];
  const at = (t: number): number => a.value + ((b.value - a.value) * (t - a.at)) / (b.at - a.at);
  return [{ start: at(begin), end: at(end), time: end - begin }];
}

/**
 * A stretch of a profile as stays. A ramp is the sum of stays at the nodes of a Gauss and Legendre rule in panels over
 * which no rate grows by more than e^{@link panelGrowth} and the rule agrees with that of the panel's halves: Σ rate·time
 * is the integral over the ramp to 1e-11, and to 1e-8 for cells whose traps are deeper or shallower by up to 0.2 eV.
 * @throws UsageError where the law does not hold at a temperature that it comes to
 */
export function staysOver(retention: Retention, temperature: Temperature, from: number, time: number): Stay[] {
  if (!(time > 0)) return [];
  return segmentsOf(temperature, from, time).flatMap((segment) => {
    retention.rates(Math.max(segment.start, segment.end));
    if (segment.start === segment.end) return [{ temperature: segment.start, time: segment.time }];
    return panels(retention, segment);
  });
}

/** ln of the largest factor by which a rate may grow over one panel. */
const panelGrowth = 3;

/** What a panel's integral may differ by from that of its halves. */
const panelError = 1e-11;

function panels(retention: Retention, segment: Segment): Stay[] {
  const growth = growthOf(retention, segment);
  const halves = halvesOf(segment);
  const stays = nodesOf(segment, growth);
  const parts = halves.flatMap((half) => nodesOf(half, growth));
  if (growth > panelGrowth || !agree(exposures(retention, stays), exposures(retention, parts))) {
    return halves.flatMap((half) => panels(retention, half));
  }
  return stays;
}

function halvesOf({ start, end, time }: Segment): Segment[] {
  const middle = (start + end) / 2;
  return [
    { start, end: middle, time: time / 2 },
    { start: middle, end, time: time / 2 },
  ];
}

function agree(whole: readonly number[], parts: readonly number[]): boolean {
  return whole.every((value, k) => Math.abs(value - parts[k]!) <= panelError * value);
}

function nodesOf({ start, end, time }: Segment, growth: number): Stay[] {
  return ruleFor(growth).map(([place, weight]) => ({
    temperature: start + place * (end - start),
    time: weight * time,
  }));
}

/** How many e-folds the fastest growing class's rate goes through. */
function growthOf(retention: Retention, { start, end }: Segment): number {
  const [first, last] = [retention.rates(start), retention.rates(end)];
  return first.reduce((most, rate, k) => {
    const other = last[k]!;
    return rate > 0 && other > 0 ? Math.max(most, Math.abs(Math.log(other / rate))) : most;
  }, 0);
}

type Rule = readonly (readonly [place: number, weight: number])[];

/** Few nodes where rates hardly change: with one of them the error is growth²/24 of the whole. */
function ruleFor(growth: number): Rule {
  if (growth < 1e-5) return rules.one;
  return growth < 0.01 ? rules.three : rules.eight;
}

/** Nodes and weights on 0 … 1 from the positive ones on −1 … 1. */
function legendre(half: readonly (readonly [number, number])[], middle?: number): Rule {
  const mirrored = half.flatMap(([x, w]): Rule => [
    [(1 - x) / 2, w / 2],
    [(1 + x) / 2, w / 2],
  ]);
  const all: Rule = middle === undefined ? mirrored : [...mirrored, [0.5, middle / 2]];
  return [...all].sort(([a], [b]) => a - b);
}

const rules = {
  one: [[0.5, 1]],
  three: legendre([[Math.sqrt(3 / 5), 5 / 9]], 8 / 9),
  eight: legendre([
    [0.1834346424956498, 0.362683783378362],
    [0.525532409916329, 0.3137066458778873],
    [0.7966664774136267, 0.2223810344533745],
    [0.9602898564975363, 0.1012285362903763],
  ]),
} satisfies Record<string, Rule>;
