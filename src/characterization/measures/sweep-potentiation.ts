import { z } from 'zod';
import { ChargeTrapCell, chargeTrapCellSchema } from '../../device/plasticity/charge-trap-cell.js';
import { sweepVoltages } from '../../device/conduction/sweep.js';
import { positiveQuantity, quantity } from '../../device/quantity.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { defineMeasure } from '../measure.js';

const keys = {
  cell: chargeTrapCellSchema,
  /** Turning point of each series of sweeps, from 0 V and back to it. */
  tops: z.array(quantity('voltage').refine((value) => value !== 0, 'must not be 0 V')).min(1),
  sweeps: z.int().min(2).max(10_000),
  step: positiveQuantity('voltage'),
  dwell: positiveQuantity('time'),
  /** σ of a reading, relative to the current. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;

interface Series {
  readonly name: string;
  /** Conductance at the turning point of each sweep [S]. */
  readonly conductance: readonly number[];
  readonly voltage: readonly number[];
  readonly current: readonly number[];
}

/** Sweeps of one polarity again and again: the conductance that each finds at its turning point. */
export const sweepPotentiation = defineMeasure({
  name: 'sweep-potentiation',
  summary: 'conductance along repeated sweeps of one polarity',
  keys,
  quantities: { 'rises at every sweep': 'property', 'last over first': 'number' },
  simulate: (config, key) => {
    const series = config.tops.map((top, i) => seriesOf(config, top, fold(key, i)));
    const number = Array.from({ length: config.sweeps }, (_, n) => n + 1);
    return {
      findings: series.flatMap(({ name, conductance }) => [
        {
          quantity: 'rises at every sweep',
          at: name,
          value: conductance.every((g, n) => n === 0 || g > conductance[n - 1]!),
        },
        { quantity: 'last over first', at: name, value: conductance.at(-1)! / conductance[0]! },
      ]),
      traces: series.map(({ name, voltage, current }) => ({
        name: `sweeps-${name}`,
        columns: [
          { name: 'voltage_V', values: voltage },
          { name: 'current_A', values: current },
        ],
      })),
      figures: [
        {
          name: 'sweeps',
          title: `${config.sweeps} sweeps of either polarity`,
          panels: [
            ...series.map(({ name, voltage, current }) => ({
              title: name,
              ...{ x: { title: 'voltage (V)', zero: true }, y: { title: 'current (nA)', zero: true } },
              series: shownSweeps(config.sweeps).map((n) => {
                const points = voltage.length / config.sweeps;
                const own = <T>(values: readonly T[]): T[] => values.slice((n - 1) * points, n * points);
                return {
                  name: `sweep ${n}`,
                  x: own(voltage),
                  y: own(current).map((i) => i * 1e9),
                  mark: 'points' as const,
                };
              }),
            })),
            {
              ...{ x: { title: 'sweep' }, y: { title: 'conductance (nS)', zero: true } },
              series: series.map(({ name, conductance }) => {
                return { name, x: number, y: conductance.map((g) => g * 1e9), mark: 'points' as const };
              }),
            },
          ],
        },
      ],
    };
  },
});

/** The first sweep, the last, and some between. */
function shownSweeps(sweeps: number): number[] {
  return [...new Set([1, Math.ceil(sweeps / 10), Math.ceil(sweeps / 3), sweeps])];
}

function seriesOf({ cell: config, sweeps, step, dwell, readNoise }: Config, top: number, key: Key): Series {
  const cell = new ChargeTrapCell(config);
  const draws = new Draws(key);
  const voltages = sweepVoltages([0, top, 0], step);
  const [voltage, current, conductance]: number[][] = [[], [], []];
  for (let n = 0; n < sweeps; n++) {
    for (const at of voltages) {
      cell.hold(at, dwell);
      const read = draws.reading(cell.conductance * at, readNoise);
      voltage!.push(at);
      current!.push(read);
      if (at === top) conductance!.push(read / at);
    }
  }
  return { name: top > 0 ? 'positive' : 'negative', conductance: conductance!, voltage: voltage!, current: current! };
}
