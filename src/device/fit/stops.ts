import { extentOf } from '../../statistics/extent.js';
import { branches, type Branch, type Ramp, type RampSet } from './ramps.js';
import type { Scale } from './scale.js';

/** Hard bounds at which cells were stopped: pulses that would lead beyond end there. Undefined where none was seen. */
export interface Stops {
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** How well readings tell where a bound lies. */
  readonly resolution: number;
}

/** Readings that must repeat a value for it to be a bound, and how many times as often as those next to it. */
const repeats = 3;

/** Part of the ramps that may be stopped at a pulse that still counts as free. */
const fewStopped = 0.02;

/**
 * Finds the bounds of one device [S]: an extreme that readings repeat exactly, more often than any value beside it.
 * Readings before the first pulse do not count, since ramps may be started from one state.
 */
export function stopsOf(ramps: RampSet, device: number): Stops {
  const own = branches.flatMap((branch) => ramps[branch].filter((ramp) => ramp.device === device));
  const readings = own.flatMap(({ values }) => values.slice(1)).sort((a, b) => a - b);
  const range = readings.at(-1)! - readings[0]!;
  const distinct = countsOf(readings, 1e-9 * range);
  const gaps = distinct.slice(1).map(({ value }, i) => value - distinct[i]!.value);
  return {
    ...{ low: pileAt(distinct.slice(0, 6)), high: pileAt(distinct.slice(-6).reverse()) },
    resolution: Math.max(1e-9 * range, Math.min(range, extentOf(gaps)[0]) / 2),
  };
}

interface Count {
  readonly value: number;
  count: number;
}

/** Sorted values and how often each occurs. */
function countsOf(sorted: readonly number[], tolerance: number): Count[] {
  const distinct: Count[] = [];
  for (const value of sorted) {
    const last = distinct.at(-1);
    if (last && value - last.value <= tolerance) last.count++;
    else distinct.push({ value, count: 1 });
  }
  return distinct;
}

/** The first value where it stands out from those beside it; coarse readings repeat those as well. */
function pileAt([extreme, ...beside]: readonly Count[]): number | undefined {
  if (extreme === undefined || beside.length < 5) return undefined;
  const usual = beside.reduce((sum, { count }) => sum + count, 0) / beside.length;
  return extreme.count >= repeats * usual && extreme.count >= repeats ? extreme.value : undefined;
}

/** The stops of every device, and of all: the mean over devices, where at least half of them have one. */
export interface StopSet {
  readonly of: ReadonlyMap<number, Stops>;
  readonly mean: Stops;
  /** Of each device as it was measured, where its ramps are {@link aligned}. */
  readonly measured: ReadonlyMap<number, Stops>;
}

/**
 * Ramps of several devices told over one range: each from its own bounds to the mean of all. A model's curve leads from
 * bound to bound, and its noise is a part of the range, of every device by itself.
 */
export function aligned(ramps: RampSet, stops: StopSet): { readonly ramps: RampSet; readonly stops: StopSet } {
  if (stops.of.size < 2) return { ramps, stops };
  const maps = new Map([...stops.of].map(([device, own]) => [device, alignment(own, stops.mean)]));
  const moved = (all: readonly Ramp[]): Ramp[] =>
    all.map((ramp) => ({ ...ramp, values: ramp.values.map(maps.get(ramp.device)!) }));
  const of = new Map(
    [...stops.of].map(([device, { low, high, resolution }]) => {
      const to = (bound: number | undefined) => (bound === undefined ? undefined : maps.get(device)!(bound));
      return [device, { low: to(low), high: to(high), resolution }];
    }),
  );
  return { ramps: { ltp: moved(ramps.ltp), ltd: moved(ramps.ltd) }, stops: { ...stops, of, measured: stops.of } };
}

function alignment(own: Stops, mean: Stops): (g: number) => number {
  const pairs = (['low', 'high'] as const).flatMap((end) =>
    own[end] === undefined || mean[end] === undefined ? [] : [[own[end], mean[end]] as const],
  );
  const [[from, to] = [0, 0], [last, lastTo] = [from + 1, to + 1]] = pairs;
  const slope = (lastTo - to) / (last - from);
  return (g) => to + slope * (g - from);
}

/** Undefined where no cell was stopped. */
export function stopSet(ramps: RampSet): StopSet | undefined {
  const devices = [...new Set(branches.flatMap((branch) => ramps[branch].map(({ device }) => device)))];
  const of = new Map(devices.map((device) => [device, stopsOf(ramps, device)]));
  const all = [...of.values()];
  const mean = (values: readonly (number | undefined)[]): number | undefined => {
    const seen = values.filter((value) => value !== undefined);
    return 2 * seen.length >= all.length && seen.length > 0
      ? seen.reduce((sum, value) => sum + value, 0) / seen.length
      : undefined;
  };
  const [low, high] = [mean(all.map((stops) => stops.low)), mean(all.map((stops) => stops.high))];
  if (low === undefined && high === undefined) return undefined;
  return { of, measured: of, mean: { low, high, resolution: extentOf(all.map(({ resolution }) => resolution))[1] } };
}

/** +1 of a reading at the upper bound, −1 at the lower, 0 between. */
export function stoppedAt(value: number, { low, high, resolution }: Stops): 1 | 0 | -1 {
  if (high !== undefined && value >= high - resolution) return 1;
  return low !== undefined && value <= low + resolution ? -1 : 0;
}

/** Part of the readings after a pulse that stand at a bound. */
export function stoppedShare(ramps: readonly Ramp[], stops: StopSet): number {
  let [stopped, count] = [0, 0];
  for (const { values, device } of ramps) {
    for (const value of values.slice(1)) stopped += Math.abs(stoppedAt(value, stops.of.get(device)!));
    count += values.length - 1;
  }
  return stopped / count;
}

/**
 * The longest row of pulses that hardly a ramp was stopped at, of every ramp. Which pulses these are goes by all ramps
 * together: steps that were chosen by where they led would be a choice of small ones.
 */
export function freeStretch(ramps: readonly Ramp[], stops: StopSet): Ramp[] {
  const [, longest] = extentOf(ramps.map(({ values }) => values.length));
  let [from, to, start] = [0, 0, 0];
  for (let k = 1; k < longest; k++) {
    const here = ramps.filter(({ values }) => k < values.length);
    const stopped = here.filter(({ values, device }) => stoppedAt(values[k]!, stops.of.get(device)!) !== 0).length;
    if (stopped > fewStopped * here.length) start = k;
    else if (k - start > to - from) [from, to] = [start, k];
  }
  if (to - from < 3) return [...ramps];
  const cut = ramps.map((ramp) => ({ ...ramp, values: ramp.values.slice(from, to + 1) }));
  return cut.filter(({ values }) => values.length > 1);
}

/** Stops in the unit of the fit. */
export function unitStops({ low, high, resolution }: Stops, { base, span }: Scale): Stops {
  const unit = (g: number | undefined): number | undefined => (g === undefined ? undefined : (g - base) / span);
  return { low: unit(low), high: unit(high), resolution: resolution / span };
}

/** Where a branch leads to. */
export function boundAhead(branch: Branch, { low, high }: Stops): number | undefined {
  return branch === 'ltp' ? high : low;
}
