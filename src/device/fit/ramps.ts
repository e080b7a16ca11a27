/** The two directions of a ramp: potentiation climbs, depression descends. */
export type Branch = 'ltp' | 'ltd';

export const branches = ['ltp', 'ltd'] as const;

/** Conductance of one cell before the first and after every pulse of one polarity. */
export interface Ramp {
  /** As its file calls it, for messages. */
  readonly name: string;
  readonly file: string;
  /** Number of the device that it was measured on, from 0. */
  readonly device: number;
  /** What a column of its file calls that device, where one does: `device` alone is then that of the file. */
  readonly cell?: string | undefined;
  /** [S]; values[0] is where the ramp starts, values[k] the conductance after k pulses. */
  readonly values: readonly number[];
  /** Where each value stands, `file:line: column 3 (rmp3)`; absent of ramps that no file holds. */
  readonly places?: readonly string[] | undefined;
  /** Pulses between two values, where its file counts them: more than one are a train, which is a pulse of the device. */
  readonly stride?: number | undefined;
}

/** Where a value of a ramp stands, as well as it is known. */
export function placeOf({ file, places }: Ramp, k = 0): string {
  return places?.[k] ?? file;
}

/** Repeated ramps of both directions. */
export type RampSet = Readonly<Record<Branch, readonly Ramp[]>>;

/** Mean over ramps, pulse by pulse. */
export interface MeanCurve {
  /** [S], at P = 0 … pulses. */
  readonly mean: Float64Array;
  /** Sample standard deviation over ramps [S]; 0 of a single ramp. */
  readonly deviation: Float64Array;
  readonly ramps: number;
  /** Pulses of the curve. */
  readonly pulses: number;
}

/**
 * Part of the ramps that must have a pulse for it to count. Ramps that stop at a target leave the slow ones behind, so
 * a mean over the few that are left would be a mean of other ramps than before.
 */
const present = 0.9;

/** The pulses that at least nine tenths of the ramps have. */
export function commonPulses(ramps: readonly Ramp[]): number {
  const lengths = ramps.map(({ values }) => values.length - 1).sort((a, b) => b - a);
  return lengths[Math.ceil(present * lengths.length) - 1]!;
}

/** The mean curve over {@link commonPulses}, or over as many pulses as told. */
export function meanCurve(ramps: readonly Ramp[], pulses: number = commonPulses(ramps)): MeanCurve {
  const mean = new Float64Array(pulses + 1);
  const deviation = new Float64Array(pulses + 1);
  for (let k = 0; k <= pulses; k++) {
    let [count, sum, squares] = [0, 0, 0];
    for (const { values } of ramps) if (k < values.length) [count, sum] = [count + 1, sum + values[k]!];
    mean[k] = sum / count;
    for (const { values } of ramps) if (k < values.length) squares += (values[k]! - mean[k]!) ** 2;
    deviation[k] = count < 2 ? 0 : Math.sqrt(squares / (count - 1));
  }
  return { mean, deviation, ramps: ramps.length, pulses };
}
