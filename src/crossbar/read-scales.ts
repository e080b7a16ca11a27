import type { CrossbarConfig, Reference } from './schema.js';
import type { CrossbarProgram } from './program.js';

/** What a read sees of a normalised conductance behind the access resistance: 0 and 1 stay. */
export function seenConductance(g: number, curvature: number): number {
  if (curvature === 0) return g;
  const f = Math.fround;
  const k = f(curvature);
  return f(f(g * f(1 + k)) / f(1 + f(k * g)));
}

type ReadScales = Pick<CrossbarProgram, 'readScale' | 'reference' | 'backwardScale' | 'backwardShift'>;
type Scales = ReadScales & Pick<CrossbarProgram, 'conductancePerWeight'>;

/** A transposed read that sees the same weights. */
export function bothWays(readScale: number, reference: number): ReadScales {
  return { readScale, reference, backwardScale: readScale, backwardShift: 0 };
}

/** What a read sees of a cell, as far as its scale depends on it. */
type Seen = Pick<CrossbarProgram, 'conductanceFloor' | 'accessCurvature'>;

/** ±limit ↔ the window's edges, for each coding. */
export function scalesOf(config: CrossbarConfig, limit: number, seen: Seen): Scales {
  const [low, high] = config.window;
  const width = high - low;
  switch (config.coding) {
    // g± = centre ± w·width/(2·limit): each cell takes half of the change, in opposite directions.
    case 'differential-pair':
      return { ...bothWays(limit / width, 0), conductancePerWeight: width / (2 * limit) };
    // Only one cell of a pair moves, by the whole change, upwards from the erased state.
    case 'one-sided-pair':
      return { ...bothWays(limit / width, low), conductancePerWeight: width / limit };
    case 'offset':
      return { ...offsetRead(config, limit, seen), conductancePerWeight: width / (2 * limit) };
    default:
      return config.coding satisfies never;
  }
}

/** Offset coding: which of the conductances that a read sees is 0, and what one of them more weighs. */
function offsetRead({ window, reference }: CrossbarConfig, limit: number, seen: Seen): ReadScales {
  if (reference === undefined) return bothWays((2 * limit) / (window[1] - window[0]), (window[0] + window[1]) / 2);
  const { forward, backward = forward, accessResistance } = reference;
  const { noCurrent, alone } = currentsSeen(seen);
  const [low, high] = accessResistance === 'none' ? [alone(window[0]), alone(window[1])] : window;
  const against = (kind: Reference): { readonly scale: number; readonly zero: number } => {
    const bottom = kind === 'mid-range' ? low : noCurrent;
    return { scale: (2 * limit) / (high - bottom), zero: (bottom + high) / 2 };
  };
  const [ahead, back] = [against(forward), against(backward)];
  return {
    ...{ readScale: ahead.scale, reference: ahead.zero },
    ...{ backwardScale: back.scale, backwardShift: ahead.zero - back.zero },
  };
}

/**
 * Currents in units of what a read sees, in which they are straight: behind a resistance a cell at g gives
 * bottom + slope·seen(g) of its range. Where there would be no current, and what a cell at g conducts with nothing in
 * series.
 */
function currentsSeen({ conductanceFloor, accessCurvature }: Seen) {
  const share = 1 - accessCurvature * conductanceFloor;
  const bottom = conductanceFloor * share;
  const slope = (share * share) / (1 + accessCurvature);
  return {
    bottom,
    slope,
    noCurrent: -bottom / slope,
    alone: (g: number): number => (conductanceFloor + g - bottom) / slope,
  };
}

/**
 * Offset coding: the conductance that a forward read subtracts from what it sees of a cell, which lies behind the access
 * resistance where there is one [S]; undefined of other codings.
 */
export function referenceConductance(program: CrossbarProgram): number | undefined {
  const { response, coding, reference } = program;
  if (response.kind === 'ideal' || coding !== 'offset') return undefined;
  const { bottom, slope } = currentsSeen(program);
  return (response.gMax - response.gMin) * (bottom + slope * reference);
}
