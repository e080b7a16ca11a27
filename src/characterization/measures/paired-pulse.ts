import { z } from 'zod';
import { VolatileCell, volatileCellSchema } from '../../device/plasticity/volatile-cell.js';
import { positiveQuantity, quantity } from '../../device/quantity.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { decayAt, fitDecay, type Decay } from '../estimators/exponentials.js';
import { mean } from '../estimators/line.js';
import { defineMeasure } from '../measure.js';

const keys = {
  cell: volatileCellSchema,
  pairs: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        amplitude: quantity('voltage'),
        width: positiveQuantity('time'),
        /** The part of the range that stays, at the start. */
        start: z.number().min(0).max(1),
      }),
    )
    .min(1),
  /** Gaps between the two pulses, spaced alike on a logarithmic scale. */
  gaps: z.strictObject({
    from: positiveQuantity('time'),
    to: positiveQuantity('time'),
    count: z.int().min(8).max(1000),
  }),
  /** Pairs at each gap, each on a rested cell, whose mean is taken. */
  repetitions: z.int().min(1).max(100_000),
  /** σ of a reading, relative to the conductance. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;

interface Facilitation {
  readonly name: string;
  readonly gaps: readonly number[];
  /** (G2 − G1)/G1 */
  readonly ratio: readonly number[];
  readonly fit: Decay;
}

/** Two pulses a gap apart: by how much the second finds more than the first, and the two times in which that is lost. */
export const pairedPulse = defineMeasure({
  name: 'paired-pulse',
  summary: 'paired-pulse facilitation against the gap, and its two relaxation times',
  keys,
  quantities: { tau1: 'time', tau2: 'time', C1: 'number', C2: 'number', 'falls off with the gap': 'property' },
  simulate: (config, key) => {
    const found = config.pairs.map((_, i) => facilitation(config, i, fold(key, i)));
    return {
      findings: found.flatMap(({ name, ratio, fit }) => [
        { quantity: 'tau1', at: name, value: fit.taus[0]! },
        { quantity: 'tau2', at: name, value: fit.taus[1]! },
        { quantity: 'C1', at: name, value: fit.amplitudes[0]! },
        { quantity: 'C2', at: name, value: fit.amplitudes[1]! },
        {
          quantity: 'falls off with the gap',
          at: name,
          value: ratio.every((one, i) => i === 0 || Math.abs(one) < Math.abs(ratio[i - 1]!)),
        },
      ]),
      traces: [
        {
          name: 'pairs',
          columns: [
            { name: 'pair', values: found.flatMap(({ name, gaps }) => gaps.map(() => name)) },
            { name: 'gap_s', values: found.flatMap(({ gaps }) => gaps) },
            { name: 'ppf', values: found.flatMap(({ ratio }) => ratio) },
          ],
        },
      ],
      figures: [
        {
          name: 'pairs',
          title: 'PPF = (G2 − G1)/G1 against the gap',
          panels: found.map(({ name, gaps, ratio, fit }) => ({
            title: `${name}: τ1 ${micro(fit.taus[0]!)}, τ2 ${micro(fit.taus[1]!)} µs`,
            ...{ x: { title: 'gap (µs)', zero: true }, y: { title: 'PPF (%)', zero: true } },
            series: [
              { name: 'simulated', x: gaps.map((t) => t * 1e6), y: ratio.map((r) => 100 * r), mark: 'points' as const },
              {
                name: 'equation 6, fitted',
                x: gaps.map((t) => t * 1e6),
                y: gaps.map((t) => 100 * decayAt(fit, t)),
                mark: 'line' as const,
              },
            ],
          })),
        },
      ],
    };
  },
});

function facilitation(config: Config, index: number, key: Key): Facilitation {
  const { amplitude, width, start, name } = config.pairs[index]!;
  const { from, to, count } = config.gaps;
  const gaps = Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));
  const draws = new Draws(key);
  const once = (gap: number): number => {
    const cell = new VolatileCell(config.cell, start);
    cell.pulse(amplitude, width);
    const first = draws.reading(cell.conductance, config.readNoise);
    cell.rest(gap);
    cell.pulse(amplitude, width);
    return draws.reading(cell.conductance, config.readNoise) / first - 1;
  };
  const ratio = gaps.map((gap) => mean(Array.from({ length: config.repetitions }, () => once(gap))));
  return { name, gaps, ratio, fit: fitDecay(gaps, ratio, [from * 3, to / 4], false) };
}

function micro(time: number): number {
  return Number((time * 1e6).toPrecision(3));
}
