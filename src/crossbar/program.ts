import { UsageError } from '../errors.js';
import { fold, keyOf, type Key } from '../random.js';
import { affineCellSize, cellSizeOf, drawCells, packCells, writeNoiseOf, type Response } from '../device/response.js';
import type { Coding, Converter, Converters, CrossbarConfig, PulsePolicy, Reference } from './schema.js';

/**
 * One crossbar as the kernels see it: geometry, coding, pulse policy, converters and the device's response tables.
 * Conductances are normalised; a weight is `readScale` times (g⁺ − g⁻), or (g − reference) with offset coding.
 */
export interface CrossbarProgram {
  readonly rows: number;
  readonly cols: number;
  readonly coding: Coding | 'ideal';
  readonly response: Response;
  /** Weight per unit of normalised conductance difference. */
  readonly readScale: number;
  /**
   * Offset coding: the conductance that is read as 0, below 0 where every cell is read as more; one-sided pairs: the
   * conductance both cells are erased to; else 0.
   */
  readonly reference: number;
  /**
   * The transposed read: weight per unit of what it sees, `readScale` unless errors are read against something else; and
   * what is then added to each conductance difference.
   */
  readonly backwardScale: number;
  readonly backwardShift: number;
  /** Δg asked of each pulsed cell per unit of ΔW. */
  readonly conductancePerWeight: number;
  readonly pulsePolicy: PulsePolicy;
  /** gMin/(gMax − gMin): what a read's noise adds to g, being relative to the whole conductance. */
  readonly conductanceFloor: number;
  /**
   * k of what a read sees of a conductance, g·(1 + k)/(1 + k·g): R·(gMax − gMin)/(1 + R·gMin) behind an access
   * resistance R, 0 without.
   */
  readonly accessCurvature: number;
  /** Conductances snap to the LTP curve's levels after every write. */
  readonly quantizeWrites: boolean;
  /** Part of a cell's own range at which a one-sided pair is written anew. */
  readonly refreshAt: number;
  readonly converters: Converters;
}

/**
 * The cells of one crossbar, row-major [rows, cols], in normalised conductance. `minus` is empty with offset coding.
 * For the ideal device `plus` holds weights, and the effective weight adds `offsets` of its column (see `columns`).
 */
export interface CrossbarState {
  readonly plus: Float32Array;
  readonly minus: Float32Array;
  /**
   * Shape [2, cols]: column sums of the weights in conductance units, then column offsets. They keep a constant input
   * sparse and travel with the cells, so a run cut in two has the bits of one that was not. Empty: made from the cells.
   */
  readonly columns: Float32Array;
  /**
   * What the classes of traps hold of each cell's increment, once it has drifted and where there are several classes.
   * Absent: everything counts as freshly written.
   */
  readonly traps?: TrapState | undefined;
  /**
   * What pulses move, where `plus` and `minus` are what a noisy write lets reads see of it. Absent: the same.
   */
  readonly hidden?: HiddenState | undefined;
}

/** Conductances under write noise, shape [rows, cols]; `minus` is empty with offset coding. */
export interface HiddenState {
  readonly plus: Float32Array;
  readonly minus: Float32Array;
}

/** Increments over the unprogrammed conductance, shape [classes, rows, cols]; `minus` is empty with offset coding. */
export interface TrapState {
  readonly plus: Float32Array;
  readonly minus: Float32Array;
}

export interface Geometry {
  readonly rows: number;
  readonly cols: number;
  /** |w| at the window's edge; undefined only for the ideal device. */
  readonly weightLimit: number | undefined;
}

/** Joins a crossbar's config, its size and its device's response tables. */
export function compileCrossbar(config: CrossbarConfig, response: Response, geometry: Geometry): CrossbarProgram {
  const { rows, cols } = geometry;
  requireKept(response);
  const common = {
    ...{ rows, cols, response },
    conductanceFloor: response.kind === 'ideal' ? 0 : response.gMin / (response.gMax - response.gMin),
    accessCurvature: accessCurvature(config, response),
    pulsePolicy: config.pulsePolicy,
    quantizeWrites: config.quantize === 'every-write',
    refreshAt: config.refreshAt,
    converters: config.converters === 'none' ? {} : resolveConverters(config.converters, geometry),
  };
  if (response.kind === 'ideal') {
    return { ...common, coding: 'ideal', ...bothWays(1, 0), conductancePerWeight: 1 };
  }
  if (geometry.weightLimit === undefined)
    throw new TypeError('compileCrossbar: a device with cells needs a weightLimit');
  return { ...common, coding: config.coding, ...scalesOf(config, geometry.weightLimit, common) };
}

/** Cells with write noise have no law of forgetting: whether what is hidden or what is seen decays, no source says. */
function requireKept(response: Response): void {
  if (writeNoiseOf(response) === 0 || response.kind === 'ideal' || !response.retention) return;
  const what = 'is not modelled together with the retention of the device';
  throw new UsageError({ where: 'device.writeNoise', what, remedy: 'leave out one of them, or conditions' });
}

function accessCurvature({ accessResistance }: CrossbarConfig, response: Response): number {
  if (accessResistance === undefined || accessResistance === 'none' || response.kind === 'ideal') return 0;
  const { gMin, gMax, readNoise } = response;
  if (readNoise > 0) {
    const what = 'is not modelled together with the read noise of the device';
    const remedy = 'say --set device.readNoise=0, or --set crossbar.accessResistance=none';
    throw new UsageError({ where: 'crossbar.accessResistance', what, remedy });
  }
  return (accessResistance * (gMax - gMin)) / (1 + accessResistance * gMin);
}

/** What a read sees of a normalised conductance behind the access resistance: 0 and 1 stay. */
export function seenConductance(g: number, curvature: number): number {
  if (curvature === 0) return g;
  const f = Math.fround;
  const k = f(curvature);
  return f(f(g * f(1 + k)) / f(1 + f(k * g)));
}

type Configured = Exclude<CrossbarConfig['converters'], 'none'>;

/** Puts numbers for `full-scale`: the largest sum that inputs within ±1 can give. */
function resolveConverters(converters: Configured, { rows, cols, weightLimit }: Geometry): Converters {
  const { forwardOutput, backwardOutput, ...others } = converters;
  const ranged = (converter: Configured['forwardOutput'], lines: number): Converter | undefined => {
    if (converter?.max !== 'full-scale') return converter as Converter | undefined;
    if (weightLimit !== undefined) return { ...converter, max: lines * weightLimit };
    const what = 'a converter of full-scale needs a weightLimit, and the layer has none';
    throw new UsageError({
      where: 'crossbar.converters',
      what,
      remedy: 'give the layer a weightLimit, or max a number',
    });
  };
  return { ...others, forwardOutput: ranged(forwardOutput, rows), backwardOutput: ranged(backwardOutput, cols) };
}

type ReadScales = Pick<CrossbarProgram, 'readScale' | 'reference' | 'backwardScale' | 'backwardShift'>;
type Scales = ReadScales & Pick<CrossbarProgram, 'conductancePerWeight'>;

/** A transposed read that sees the same weights. */
function bothWays(readScale: number, reference: number): ReadScales {
  return { readScale, reference, backwardScale: readScale, backwardShift: 0 };
}

/** What a read sees of a cell, as far as its scale depends on it. */
type Seen = Pick<CrossbarProgram, 'conductanceFloor' | 'accessCurvature'>;

/** ±limit ↔ the window's edges, for each coding. */
function scalesOf(config: CrossbarConfig, limit: number, seen: Seen): Scales {
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

/** Cells pulsed per weight. */
export function devicesPerWeight(coding: CrossbarProgram['coding']): 1 | 2 {
  return coding === 'differential-pair' || coding === 'one-sided-pair' ? 2 : 1;
}

/**
 * Programs weights into cells.
 * @param weights - shape [rows, cols]
 * @param config - for the window, `quantize: initial` and `initialWrite`
 */
export function encodeWeights(program: CrossbarProgram, weights: Float32Array, config: CrossbarConfig): CrossbarState {
  const cells = program.rows * program.cols;
  if (weights.length !== cells) {
    const what = `got ${weights.length} weights, expected ${program.rows} x ${program.cols}`;
    throw new UsageError({ where: 'encodeWeights', what });
  }
  const columns = new Float32Array(0);
  if (program.response.kind === 'ideal') return { plus: weights.slice(), minus: new Float32Array(0), columns };
  const levels = config.quantize === 'none' ? undefined : program.response.levels;
  const { low, high } = boundsOf(program.response);
  const missing = config.initialWrite === 'without-gmin' ? program.conductanceFloor : 0;
  const settle = (g: number): number => snapToLevel(Math.min(high, Math.max(low, g - missing)), levels);
  const centre = (config.window[0] + config.window[1]) / 2;
  const step = (w: number): number => w * program.conductancePerWeight;
  switch (config.coding) {
    case 'differential-pair':
      return {
        plus: weights.map((w) => settle(centre + step(w))),
        minus: weights.map((w) => settle(centre - step(w))),
        columns,
      };
    case 'one-sided-pair': {
      const erased = program.reference;
      const plus = weights.map((w) => settle(erased + step(Math.max(w, 0))));
      return { plus, minus: weights.map((w) => settle(erased + step(Math.max(-w, 0)))), columns };
    }
    case 'offset':
      return { plus: weights.map((w) => settle(centre + step(w))), minus: new Float32Array(0), columns };
    default:
      return config.coding satisfies never;
  }
}

/** Where the nominal cell ends. */
function boundsOf(response: Response): { readonly low: number; readonly high: number } {
  return response.kind === 'affine' ? response.nominal : { low: 0, high: 1 };
}

/**
 * Cells that are not alike hold at most what their own bounds allow: clips a freshly programmed state to them.
 * @param seed - and `layer`: whose device-to-device draws the cells have
 */
export function clipToCells(
  program: CrossbarProgram,
  state: CrossbarState,
  seed: number,
  layer: number,
): CrossbarState {
  const { response } = program;
  if (response.kind === 'ideal' || response.kind === 'table' || !response.drawCell) return state;
  const size = cellSizeOf(response);
  const clip = (g: Float32Array, polarity: number): Float32Array => {
    const cells = cellParameters(program, deviceKey(seed, layer, polarity));
    const bound = (cell: number, which: 4 | 5): number => cells[cell * size + which]!;
    return g.map((value, cell) => Math.min(Math.max(value, bound(cell, 4)), bound(cell, 5)));
  };
  return { plus: clip(state.plus, 0), minus: clip(state.minus, 1), columns: state.columns };
}

/** The level nearest to `g`, the lower one at a tie; `g` itself where there are no levels. */
export function snapToLevel(g: number, levels: Float32Array | undefined): number {
  if (!levels) return g;
  let low = 0;
  let high = levels.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (levels[middle]! <= g) low = middle;
    else high = middle;
  }
  const below = Math.fround(g - levels[low]!);
  const above = Math.fround(levels[high]! - g);
  return above < below ? levels[high]! : levels[low]!;
}

/** The weights that a read sees, shape [rows, cols]. */
export function decodeWeights(program: CrossbarProgram, state: CrossbarState): Float32Array {
  const { plus, minus, columns } = state;
  const { cols, readScale, reference } = program;
  const seen = (g: number): number => seenConductance(g, program.accessCurvature);
  switch (program.coding) {
    case 'ideal':
      return columns.length === 0 ? plus.slice() : plus.map((w, i) => w + columns[cols + (i % cols)]!);
    case 'offset':
      return plus.map((g) => readScale * (seen(g) - reference));
    case 'differential-pair':
    case 'one-sided-pair':
      return plus.map((g, i) => readScale * (seen(g) - seen(minus[i]!)));
    default:
      return program.coding satisfies never;
  }
}

/** Normalised conductances in siemens; undefined for the ideal device, which has no cells. */
export function toSiemens(response: Response, g: Float32Array): Float32Array | undefined {
  if (response.kind === 'ideal') return undefined;
  const { gMin, gMax } = response;
  return g.map((value) => gMin + value * (gMax - gMin));
}

/** Parameters of every cell of one polarity, packed as kernels read them; one single row where all cells are alike. */
export function cellParameters(program: CrossbarProgram, key: Key): Float32Array {
  const { response, rows, cols } = program;
  if (response.kind === 'ideal' || response.kind === 'table') return new Float32Array(affineCellSize);
  return response.drawCell ? drawCells(response, key, rows * cols) : packCells([response.nominal]);
}

/** The key of the device-to-device draws of one layer's polarity (0 plus, 1 minus). */
export function deviceKey(seed: number, layer: number, polarity: number): Key {
  return fold(fold(keyOf(seed, 'deviceToDevice'), layer), polarity);
}
