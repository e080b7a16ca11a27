import { z } from 'zod';
import { positiveQuantity } from '../../device/quantity.js';
import { VolatileCell, volatileCellSchema } from '../../device/plasticity/volatile-cell.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { decayAt, fitDecay, type Decay } from '../estimators/exponentials.js';
import { defineMeasure, type Panel } from '../measure.js';
import { applyTrain, namedTrainSchema } from '../trains.js';

const keys = {
  cell: volatileCellSchema,
  trains: z.array(namedTrainSchema).min(1),
  /** The tail after the last pulse. */
  tail: z.strictObject({ length: positiveQuantity('time'), points: z.int().min(10).max(100_000) }),
  /** σ of a reading, relative to the conductance. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;

interface Tail {
  readonly name: string;
  readonly time: readonly number[];
  readonly conductance: readonly number[];
  /** M(t) = Me + (M0 − Me)·exp(−t/τ) */
  readonly fit: Decay;
  /** τ in the cell's state, which no experimenter sees. */
  readonly own: number;
}

/** Tails after trains of pulses, and the relaxation time that equation 4 finds in each. */
export const relaxation = defineMeasure({
  name: 'relaxation',
  summary: 'tails after trains of pulses and their relaxation times',
  keys,
  quantities: { tau: 'time', 'tau over that of the state': 'number', 'part that relaxes': 'number' },
  simulate: (config, key) => {
    const tails = config.trains.map((_, i) => tailOf(config, i, fold(key, i)));
    return {
      findings: tails.flatMap(({ name, fit, own }) => [
        { quantity: 'tau', at: name, value: fit.taus[0]! },
        { quantity: 'tau over that of the state', at: name, value: fit.taus[0]! / own },
        { quantity: 'part that relaxes', at: name, value: fit.amplitudes[0]! / (fit.amplitudes[0]! + fit.constant) },
      ]),
      traces: [
        {
          name: 'tails',
          columns: [
            { name: 'train', values: tails.flatMap(({ name, time }) => time.map(() => name)) },
            { name: 'time_s', values: tails.flatMap(({ time }) => time) },
            { name: 'conductance_S', values: tails.flatMap(({ conductance }) => conductance) },
          ],
        },
      ],
      figures: [{ name: 'tails', title: 'Conductance after the last pulse', panels: panels(tails) }],
    };
  },
});

function tailOf({ cell: config, trains, tail, readNoise }: Config, index: number, key: Key): Tail {
  const cell = new VolatileCell(config);
  const { name, ...train } = trains[index]!;
  applyTrain(cell, train);
  const draws = new Draws(key);
  const [own, step] = [cell.tau, tail.length / (tail.points - 1)];
  const time = Array.from({ length: tail.points }, (_, i) => i * step);
  const conductance = time.map((_, i) => {
    if (i > 0) cell.rest(step);
    return draws.reading(cell.conductance, readNoise);
  });
  return { name, time, conductance, fit: fitDecay(time, conductance, [tail.length / 5], true), own };
}

/** Four panels: as many tails in each as go together by the first word of their names. */
function panels(tails: readonly Tail[]): Panel[] {
  const groups = [...new Set(tails.map(groupOf))];
  return groups.map((group) => ({
    title: group,
    ...{ x: { title: 'time after the last pulse (µs)', zero: true }, y: { title: 'conductance (nS)' } },
    series: tails
      .filter((tail) => groupOf(tail) === group)
      .flatMap(({ name, time, conductance, fit }) => {
        const x = time.map((t) => t * 1e6);
        // So few points that the line shows between them.
        const few = <T>(values: readonly T[]): T[] => values.filter((_, i) => i % Math.ceil(values.length / 40) === 0);
        const tau = Number((fit.taus[0]! * 1e6).toPrecision(3));
        return [
          { name: `${name}: τ ${tau} µs`, x: few(x), y: few(conductance.map((g) => g * 1e9)), mark: 'points' as const },
          { name: 'fits', x, y: time.map((t) => decayAt(fit, t) * 1e9), mark: 'line' as const },
        ];
      }),
  }));
}

function groupOf({ name }: Tail): string {
  return name.split(' ')[0]!;
}
