import { extentOf } from '../../statistics/extent.js';
import { normalBelow } from '../../statistics/normal.js';
import type { Stops } from './stops.js';

/** Mean step at x, and the σ that one pulse adds to it. */
export interface NoisyStep {
  readonly step: (x: number) => number;
  readonly sigma: number;
}

/** Most states that a chain is cut into. */
const mostStates = 900;

/**
 * Mean over cells after 0 … count − 1 pulses, each of which moves a cell by its step and noise but not beyond the stops:
 * noise that presses against a bound keeps the mean inside it, and a mean curve of cells is not the curve of a mean cell.
 * The distribution of the cells is followed over a chain of states, with the bounds as two of them.
 * @param starts - where cells start, each as probable
 */
export function stoppedMean(pulse: NoisyStep, starts: readonly number[], stops: Stops, count: number): Float64Array {
  const [least, most] = extentOf(starts);
  const reach = 8 * pulse.sigma * Math.sqrt(count);
  const low = Math.min(stops.low ?? least - 0.5 - reach, least);
  const high = Math.max(stops.high ?? most + 0.5 + reach, most);
  const bins = Math.ceil((high - low) / (0.5 * pulse.sigma));
  if (!(bins <= mostStates)) return clippedWalk(pulse, starts, { low, high }, count);
  const chain = chainOf(pulse, low, high, bins);
  const mean = new Float64Array(count);
  let now = placed(starts, chain.states);
  for (let p = 0; p < count; p++) {
    for (let i = 0; i < now.length; i++) mean[p]! += now[i]! * chain.states[i]!;
    if (p + 1 < count) now = moved(now, chain);
  }
  return mean;
}

/** Where noise is small against the range a bound is felt over a pulse or two alone. */
function clippedWalk(
  { step }: NoisyStep,
  starts: readonly number[],
  { low, high }: { low: number; high: number },
  count: number,
): Float64Array {
  const mean = new Float64Array(count);
  for (const start of starts) {
    for (let p = 0, x = start; p < count; p++, x = Math.min(high, Math.max(low, x + step(x))))
      mean[p]! += x / starts.length;
  }
  return mean;
}

interface Chain {
  /** The lower bound, the middles of the bins, the upper bound. */
  readonly states: Float64Array;
  /** First state that can be reached from each, and the probabilities of it and those above it. */
  readonly first: Int32Array;
  readonly rows: readonly Float64Array[];
}

function chainOf({ step, sigma }: NoisyStep, low: number, high: number, bins: number): Chain {
  const width = (high - low) / bins;
  const states = Float64Array.from({ length: bins + 2 }, (_, i) =>
    i === 0 ? low : i === bins + 1 ? high : low + (i - 0.5) * width,
  );
  const first = new Int32Array(states.length);
  // State i ≥ 1 begins at low + (i − 1)·width; the lower bound holds all below it.
  const within = (i: number): number => Math.min(bins + 1, Math.max(0, i));
  const rows = Array.from(states, (x, i) => {
    const mean = x + step(x);
    const from = within(Math.floor((mean - 6 * sigma - low) / width) + 1);
    const to = within(Math.ceil((mean + 6 * sigma - low) / width) + 1);
    first[i] = from;
    let below = 0;
    return Float64Array.from({ length: to - from + 1 }, (_, j) => {
      const end = from + j;
      const until = end === to ? 1 : normalBelow((low + end * width - mean) / sigma);
      const probability = until - below;
      below = until;
      return probability;
    });
  });
  return { states, first, rows };
}

/** Starts shared between the two states around each, so that their mean is kept. */
function placed(starts: readonly number[], states: Float64Array): Float64Array {
  const now = new Float64Array(states.length);
  for (const start of starts) {
    let i = 0;
    while (i < states.length - 2 && states[i + 1]! < start) i++;
    const part = Math.min(1, Math.max(0, (start - states[i]!) / (states[i + 1]! - states[i]!)));
    now[i]! += (1 - part) / starts.length;
    now[i + 1]! += part / starts.length;
  }
  return now;
}

function moved(now: Float64Array, { first, rows }: Chain): Float64Array {
  const next = new Float64Array(now.length);
  for (let i = 0; i < now.length; i++) {
    const [row, at, share] = [rows[i]!, first[i]!, now[i]!];
    if (share > 0) for (let j = 0; j < row.length; j++) next[at + j]! += share * row[j]!;
  }
  return next;
}
