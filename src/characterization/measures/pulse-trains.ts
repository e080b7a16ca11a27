import { z } from 'zod';
import { VolatileCell, volatileCellSchema } from '../../device/plasticity/volatile-cell.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { defineMeasure, type Finding } from '../measure.js';
import { applyTrain, namedTrainSchema } from '../trains.js';

const keys = {
  cell: volatileCellSchema,
  /** From the weakest to the strongest, each of as many pulses. */
  trains: z.array(namedTrainSchema).min(2),
  /** From which pulse on the trains are compared: the first differs by nothing where the gaps alone differ. */
  comparedFrom: z.int().min(1),
  /** σ of a reading, relative to the conductance. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;

/** Conductance right after each pulse of trains that differ in one thing. */
export const pulseTrains = defineMeasure({
  name: 'pulse-trains',
  summary: 'conductance against pulse number, for trains from weak to strong',
  keys,
  quantities: {
    'rises at every pulse': 'property',
    'stronger is higher at every pulse': 'property',
    'stronger rises faster': 'property',
    'stronger saturates sooner': 'property',
    'rate of rise': 'conductance',
    'pulses to 90 %': 'number',
  },
  simulate: (config, key) => {
    const curves = config.trains.map((_, i) => curveOf(config, i, fold(key, i)));
    const names = config.trains.map(({ name }) => name);
    const number = curves.map((curve) => curve.map((_, n) => n + 1));
    return {
      findings: [...comparisons(config, curves), ...values(names, curves)],
      traces: [
        {
          name: 'trains',
          columns: [
            { name: 'train', values: curves.flatMap((curve, i) => curve.map(() => names[i]!)) },
            { name: 'pulse', values: number.flat() },
            { name: 'conductance_S', values: curves.flat() },
          ],
        },
      ],
      figures: [
        {
          name: 'trains',
          title: 'Conductance right after each pulse',
          panels: [
            {
              ...{ x: { title: 'pulse' }, y: { title: 'conductance (nS)', zero: true } },
              series: curves.map((curve, i) => ({
                ...{ name: names[i]!, x: number[i]!, mark: 'points' as const },
                y: curve.map((g) => g * 1e9),
              })),
            },
          ],
        },
      ],
    };
  },
});

function curveOf({ cell: config, trains, readNoise }: Config, index: number, key: Key): number[] {
  const cell = new VolatileCell(config);
  const draws = new Draws(key);
  const curve: number[] = [];
  applyTrain(cell, trains[index]!, (conductance) => curve.push(draws.reading(conductance, readNoise)));
  return curve;
}

function comparisons({ comparedFrom }: Config, curves: readonly (readonly number[])[]): Finding[] {
  const pairs = curves.slice(1).map((stronger, i) => [curves[i]!, stronger] as const);
  const all = (holds: (weaker: readonly number[], stronger: readonly number[]) => boolean): boolean =>
    pairs.every(([weaker, stronger]) => holds(weaker, stronger));
  const higher = all((weaker, stronger) => weaker.every((g, n) => n + 1 < comparedFrom || stronger[n]! > g));
  const soonest = curves.map((curve) => ninety(curve, saturation(curves)));
  // Trains that do not come so far in their pulses are not told apart.
  const falling = soonest.slice(1).every((one, i) => one < soonest[i]! || soonest[i] === Infinity);
  return [
    { quantity: 'stronger is higher at every pulse', value: higher },
    { quantity: 'stronger rises faster', value: all((weaker, stronger) => rateOf(stronger) > rateOf(weaker)) },
    { quantity: 'stronger saturates sooner', value: soonest.some(Number.isFinite) && falling },
  ];
}

function values(names: readonly string[], curves: readonly (readonly number[])[]): Finding[] {
  return curves.flatMap((curve, i) => [
    { quantity: 'rises at every pulse', at: names[i]!, value: curve.every((g, n) => n === 0 || g > curve[n - 1]!) },
    { quantity: 'rate of rise', at: names[i]!, value: rateOf(curve) },
    ...reached(curve, saturation(curves)).map((value) => ({ quantity: 'pulses to 90 %', at: names[i]!, value })),
  ]);
}

/** Mean rise a pulse over the first third of a train, from which on strong trains are at their end [S]. */
function rateOf(curve: readonly number[]): number {
  const third = Math.max(2, Math.ceil(curve.length / 3));
  return (curve[third - 1]! - curve[0]!) / (third - 1);
}

/** The highest conductance that any train reaches [S]. */
function saturation(curves: readonly (readonly number[])[]): number {
  return Math.max(...curves.flat());
}

/** Pulses to nine tenths of saturation, between pulses by a straight line; Infinity where the train ends before. */
function ninety(curve: readonly number[], saturated: number): number {
  const level = 0.9 * saturated;
  const n = curve.findIndex((g) => g >= level);
  if (n < 0) return Infinity;
  return n === 0 ? 1 : n + (level - curve[n - 1]!) / (curve[n]! - curve[n - 1]!);
}

function reached(curve: readonly number[], saturated: number): number[] {
  return [ninety(curve, saturated)].filter(Number.isFinite);
}
