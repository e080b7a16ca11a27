import { UsageError } from '../errors.js';
import { writeNoiseOf, type Response } from '../device/response.js';
import type { Coding, Converter, Converters, CrossbarConfig, PulsePolicy } from './schema.js';
import { bothWays, scalesOf } from './read-scales.js';

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

/**
 * What is in series with every cell [ohm], 0 where nothing is.
 * @param gMax - of a cell [S]
 */
export function accessResistanceOf({ accessResistance = 'none' }: CrossbarConfig, gMax: number): number {
  if (accessResistance === 'none') return 0;
  return typeof accessResistance === 'number' ? accessResistance : accessResistance.ofOn / gMax;
}

export function accessCurvature(config: CrossbarConfig, response: Response): number {
  if (response.kind === 'ideal') return 0;
  const { gMin, gMax, readNoise } = response;
  const resistance = accessResistanceOf(config, gMax);
  if (resistance === 0) return 0;
  if (readNoise > 0) {
    const what = 'is not modelled together with the read noise of the device';
    const remedy = 'say --set device.readNoise=0, or --set crossbar.accessResistance=none';
    throw new UsageError({ where: 'crossbar.accessResistance', what, remedy });
  }
  return (resistance * (gMax - gMin)) / (1 + resistance * gMin);
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

/** Cells pulsed per weight. */
export function devicesPerWeight(coding: CrossbarProgram['coding']): 1 | 2 {
  return coding === 'differential-pair' || coding === 'one-sided-pair' ? 2 : 1;
}
