import { fold, keyOf, normal, type Key } from '../random.js';
import {
  meanStep,
  pulseOnce,
  sigmaOf,
  tableQuantile,
  writeNoiseOf,
  type Directions,
  type OwnResponse,
  type TableResponse,
} from './response.js';

/** Responses with cells. */
type CellsResponse = OwnResponse | TableResponse;

/** A curve with the band that holds 68 % of what noise makes of it, ±1σ where it is normal. */
export interface BandedCurve {
  /** Pulse numbers, or normalised conductances. */
  readonly at: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Cells whose trains make a band: its edges are then good to a fourteenth of σ. */
const cells = 400;
/** A train of more pulses is kept at about so many of them. */
const keptPulses = 500;
/** Φ(−1) and Φ(1). */
const [below, above] = [0.158655, 0.841345];

/** Pulses that carry the nominal cell over its range at the mean step, for each direction; one at least. */
export function pulsesOverRange({ pulsesPerRange }: CellsResponse): Directions<number> {
  const whole = (pulses: number): number => Math.max(1, Math.round(pulses));
  return { up: whole(pulsesPerRange.up), down: whole(pulsesPerRange.down) };
}

/** A mean curve that came this near to an end of the range has covered it. */
const covered = 0.995;
/** Times the pulses at the mean step after which a curve that has not arrived is left where it is. */
const patience = 4;

/**
 * Pulses that a train should have to show the whole range: those of the mean step, or more where the curve without noise
 * takes longer because its steps shrink, up to four times as many.
 */
export function pulsesToCover(response: CellsResponse): Directions<number> {
  const mean = pulsesOverRange(response);
  const up = arrival(response, 'up', { from: 0, least: mean.up });
  return { up: up.pulses, down: arrival(response, 'down', { from: up.g, least: mean.down }).pulses };
}

function arrival(
  response: CellsResponse,
  direction: keyof Directions<never>,
  { from, least }: { readonly from: number; readonly least: number },
): { readonly pulses: number; readonly g: number } {
  const way = (g: number): number => (direction === 'up' ? g : 1 - g);
  let [g, pulses] = [from, 0];
  for (; pulses < least || (way(g) < covered && pulses < patience * least); pulses++) {
    g = clamped(g + meanStep(response, g, direction));
  }
  return { pulses, g };
}

function clamped(g: number): number {
  return Math.min(1, Math.max(0, g));
}

/**
 * Potentiating pulses from the bottom of the range and then depressing ones, in normalised conductance. The curve is the
 * path without noise; the band is that of cells pulsed one by one with the noise of each pulse, all of them nominal.
 * @param banded - cells of the band, one at least
 */
export function pulseTrains(
  response: CellsResponse,
  pulses: Directions<number>,
  banded = cells,
): Directions<BandedCurve> {
  const noisy = new Float64Array(banded);
  const key = keyOf(1, 'pulseTrains');
  const up = train(response, 'up', { from: 0, first: 0, pulses: pulses.up, noisy, key });
  const down = { from: up.mean.at(-1)!, first: pulses.up, pulses: pulses.down, noisy, key };
  return { up, down: train(response, 'down', down) };
}

interface TrainStart {
  readonly from: number;
  /** Pulses that were given before. */
  readonly first: number;
  readonly pulses: number;
  /** Where each cell stands; moved along. */
  readonly noisy: Float64Array;
  readonly key: Key;
}

function train(response: CellsResponse, direction: keyof Directions<never>, start: TrainStart): BandedCurve {
  const { first, pulses, noisy, key } = start;
  const stride = Math.ceil(pulses / keptPulses);
  const [at, mean, low, high]: number[][] = [[], [], [], []];
  let g = start.from;
  for (let p = 0; p <= pulses; p++) {
    if (p > 0) {
      g = clamped(g + meanStep(response, g, direction));
      const pulseKey = fold(key, first + p);
      for (let c = 0; c < noisy.length; c++) noisy[c] = pulseOnce(response, noisy[c]!, direction, pulseKey, c);
    }
    if (p % stride !== 0 && p !== pulses) continue;
    const sorted = seenOf(noisy, response, first + p).toSorted();
    at!.push(first + p);
    mean!.push(g);
    low!.push(quantile(sorted, below));
    high!.push(quantile(sorted, above));
  }
  return { at: at!, mean: mean!, low: low!, high: high! };
}

/** What a read sees of cells that stand at `g` after so many pulses: write noise hides them from the first pulse on. */
function seenOf(g: Float64Array, response: CellsResponse, pulses: number): Float64Array {
  const sigma = writeNoiseOf(response);
  if (sigma === 0 || pulses === 0) return g;
  const key = fold(keyOf(1, 'writeNoise'), pulses);
  // Zero siemens.
  const nothing = -response.gMin / (response.gMax - response.gMin);
  return g.map((hidden, c) => Math.max(nothing, hidden + sigma * normal(key, c)));
}

function quantile(sorted: Float64Array, q: number): number {
  const place = q * (sorted.length - 1);
  const i = Math.floor(place);
  return sorted[i]! + (place - i) * ((sorted[i + 1] ?? sorted[i]!) - sorted[i]!);
}

/** The step of one pulse against normalised conductance, before the bounds cut it, for each direction. */
export function stepCurves(response: CellsResponse, nodes = 101): Directions<BandedCurve> {
  const at = Array.from({ length: nodes }, (_, i) => i / (nodes - 1));
  const curve = (direction: keyof Directions<never>): BandedCurve => {
    const mean = at.map((g) => meanStep(response, g, direction));
    const edge = (sign: -1 | 1) => at.map((g, i) => stepEdge(response, direction, g, mean[i]!, sign));
    return { at, mean, low: edge(-1), high: edge(1) };
  };
  return { up: curve('up'), down: curve('down') };
}

function stepEdge(
  response: CellsResponse,
  direction: keyof Directions<never>,
  g: number,
  step: number,
  sign: -1 | 1,
): number {
  if (response.kind === 'table') return tableQuantile(response, g, direction, sign < 0 ? below : above);
  return step + sign * sigmaOf(response, step);
}
