import { fold, keyOf, normal } from '../random.js';
import { rateFactor, type Retention, type Stay } from '../device/retention/law.js';
import { staysOver, type Temperature } from '../device/retention/temperature.js';
import { cellSizeOf } from '../device/response.js';
import { cellParameters, deviceKey } from './weights.js';
import { devicesPerWeight, type CrossbarProgram } from './program.js';

/**
 * What a stretch of time takes from each class of traps, by polarity: the part lost, 1 − exp(−exposure), as float32.
 * Each array holds one value where all cells are alike, or one a cell, row-major. The part lost, not the part kept: near
 * 1 a float32 has steps of 6e-8, near 0 it has none to speak of.
 */
export type DriftLosses = readonly (readonly Float32Array[])[];

/** Where the cells of one polarity drift to and between; one value where all cells are alike, or one a cell. */
export interface DriftBounds {
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** The unprogrammed conductance. */
  readonly rest: Float32Array;
}

/** Bounds and unprogrammed conductances of a layer's polarity (0 plus, 1 minus), in float32 throughout. */
export function driftBounds(program: CrossbarProgram, seed: number, layer: number, polarity: number): DriftBounds {
  const unprogrammed = retentionOf(program)?.unprogrammed ?? 0;
  const { response } = program;
  if (response.kind === 'ideal' || response.kind === 'table') {
    return { low: Float32Array.of(0), high: Float32Array.of(1), rest: Float32Array.of(unprogrammed) };
  }
  const cells = cellParameters(program, deviceKey(seed, layer, polarity));
  const size = cellSizeOf(response);
  const take = (which: number): Float32Array =>
    Float32Array.from({ length: cells.length / size }, (_, i) => cells[i * size + which]!);
  const [low, high] = [take(4), take(5)];
  return { low, high, rest: low.map((bottom, i) => bottom + unprogrammed * (high[i]! - bottom)) };
}

/** How a crossbar's cells forget; undefined where they do not. */
export function retentionOf({ response }: CrossbarProgram): Retention | undefined {
  return response.kind === 'ideal' ? undefined : response.retention;
}

/**
 * A class of traps is moved once Σ rate·time of it has come to this much. A smaller part of a float32 conductance would
 * be lost to rounding: at this size a step is rounded by less than 2^-12 of itself. Until then the time is kept.
 */
export const smallestExposure = 2 ** -12;

/**
 * The time that a crossbar's cells have yet to feel. It passes in any number of pieces, at any temperatures, and takes
 * effect class by class when it matters; what has not taken effect yet is below {@link smallestExposure} of an
 * increment, and never lost.
 */
export class DriftClock {
  private readonly retention: Retention | undefined;
  private readonly pending: Stay[][];
  private readonly cells: CellFactors;
  /** The last losses of each class with the time that made them: at regular steps they are the same every time. */
  private readonly known: { after: string; losses: readonly Float32Array[] }[] = [];

  /**
   * @param layer - with `seed`: whose draws of trap depths the cells have
   * @param like - a clock of the same cells, whose time that is not felt yet is taken over
   */
  constructor(
    private readonly program: CrossbarProgram,
    private readonly seed: number,
    private readonly layer: number,
    like?: DriftClock,
  ) {
    this.retention = retentionOf(program);
    this.pending = like?.pending.map((stays) => [...stays]) ?? this.retention?.weights.map(() => []) ?? [];
    this.cells = like?.cells ?? new CellFactors(program, this.retention, seed, layer);
  }

  /** A clock of its own for the same cells, which have as much time yet to feel. */
  fork(): DriftClock {
    return new DriftClock(this.program, this.seed, this.layer, this);
  }

  /** The time that is not felt yet, by class of traps. */
  waiting(): Stay[][] {
    return this.pending.map((stays) => [...stays]);
  }

  /** Takes over the time that a clock of the same cells had not felt yet. */
  takeUp(waiting: readonly (readonly Stay[])[]): void {
    this.pending.splice(0, this.pending.length, ...waiting.map((stays) => [...stays]));
  }

  /**
   * Lets time pass.
   * @throws UsageError where the law does not hold at the temperature
   */
  pass(stay: Stay): void {
    const rates = this.retention?.rates(stay.temperature);
    for (const [k, stays] of this.pending.entries()) {
      if (rates![k] === 0) continue;
      const last = stays.at(-1);
      if (last?.temperature === stay.temperature) {
        stays[stays.length - 1] = { temperature: stay.temperature, time: last.time + stay.time };
      } else stays.push(stay);
    }
  }

  /**
   * Lets a stretch of a temperature profile pass.
   * @param from - time since the profile began [s]
   * @throws UsageError where the law does not hold at a temperature that it comes to
   */
  passAlong(temperature: Temperature, from: number, time: number): void {
    if (!this.retention) return;
    for (const stay of staysOver(this.retention, temperature, from, time)) this.pass(stay);
  }

  /**
   * What is due now, which then counts as felt; undefined where nothing is.
   * @param all - also what is too small to wait for no more: at the end of a hold
   */
  due(all = false): DriftLosses | undefined {
    const moved = this.pending.map((stays, k) => {
      const exposure = this.exposure(stays, k);
      return all ? exposure > 0 : exposure >= smallestExposure;
    });
    if (!moved.includes(true)) return undefined;
    const byClass = moved.map((isDue, k) => (isDue ? this.take(k) : this.cells.nothing));
    return Array.from({ length: this.cells.polarities }, (_, p) => byClass.map((losses) => losses[p]!));
  }

  private exposure(stays: readonly Stay[], k: number): number {
    return stays.reduce((sum, { temperature, time }) => sum + this.retention!.rates(temperature)[k]! * time, 0);
  }

  private take(k: number): readonly Float32Array[] {
    const stays = this.pending[k]!;
    this.pending[k] = [];
    const after = JSON.stringify(stays);
    if (this.known[k]?.after !== after) this.known[k] = { after, losses: this.lossesOf(stays, k) };
    return this.known[k].losses;
  }

  private lossesOf(stays: readonly Stay[], k: number): Float32Array[] {
    const exposures = stays.map(({ temperature, time }) => this.retention!.rates(temperature)[k]! * time);
    return Array.from({ length: this.cells.polarities }, (_, polarity) => {
      const sums = new Float64Array(this.cells.count);
      stays.forEach(({ temperature }, s) => {
        const factors = this.cells.at(temperature, k)[polarity]!;
        for (let cell = 0; cell < sums.length; cell++) sums[cell]! += exposures[s]! * factors[cell]!;
      });
      return Float32Array.from(sums, (sum) => -Math.expm1(-sum));
    });
  }
}

/**
 * How much faster or slower than the stated rate each cell of a crossbar is: exp(−ΔE/kT), ΔE = spread·ξ, or what the law
 * says of a cell whose draw is ξ.
 */
class CellFactors {
  readonly polarities: number;
  /** Cells of a polarity; 1 where all are alike. */
  readonly count: number;
  /** The losses of a class that is not due. */
  readonly nothing: readonly Float32Array[];
  private readonly offsets: readonly Float64Array[];
  private known: { temperature: number; factors: readonly Float64Array[] } | undefined;
  /** By class, of a law that has factors of its own. */
  private readonly own: readonly (readonly Float64Array[])[] | undefined;

  constructor({ rows, cols, coding }: CrossbarProgram, retention: Retention | undefined, seed: number, layer: number) {
    this.polarities = devicesPerWeight(coding);
    const { spread = 0, cellFactors } = retention ?? {};
    const differ = spread > 0 || cellFactors !== undefined;
    this.count = differ ? rows * cols : 1;
    const key = fold(keyOf(seed, 'trapDepth'), layer);
    const deviates = Array.from({ length: this.polarities }, (_, polarity) => {
      const own = fold(key, polarity);
      return Float64Array.from({ length: this.count }, (_, cell) => (differ ? normal(own, cell) : 0));
    });
    this.offsets = deviates.map((ofCells) => ofCells.map((deviate) => spread * deviate));
    this.own = cellFactors && ownFactors(deviates, cellFactors, retention!.weights.length);
    this.nothing = this.offsets.map(() => Float32Array.of(0));
  }

  /** Of one class, by polarity. */
  at(temperature: number, k: number): readonly Float64Array[] {
    if (this.own) return this.own[k]!;
    if (this.known?.temperature !== temperature) {
      const factors = this.offsets.map((offsets) => offsets.map((offset) => rateFactor(offset, temperature)));
      this.known = { temperature, factors };
    }
    return this.known.factors;
  }
}

/** Factors by class and polarity, a cell each. */
function ownFactors(
  deviates: readonly Float64Array[],
  factorsOf: (deviate: number) => readonly number[],
  classes: number,
): readonly (readonly Float64Array[])[] {
  const all = Array.from({ length: classes }, () => deviates.map(({ length }) => new Float64Array(length)));
  deviates.forEach((ofCells, polarity) => {
    ofCells.forEach((deviate, cell) => {
      factorsOf(deviate).forEach((factor, k) => (all[k]![polarity]![cell] = factor));
    });
  });
  return all;
}

/** The losses of a crossbar whose cells feel a succession of stays at once; undefined where nothing is lost. */
export function lossesAfter(
  program: CrossbarProgram,
  profile: readonly Stay[],
  place: { readonly seed: number; readonly layer: number },
): DriftLosses | undefined {
  const clock = new DriftClock(program, place.seed, place.layer);
  for (const stay of profile) clock.pass(stay);
  return clock.due(true);
}
