import { z } from 'zod';
import { VolatileCell, volatileCellSchema } from '../../device/plasticity/volatile-cell.js';
import { positiveQuantity } from '../../device/quantity.js';
import { fold, type Key } from '../../random.js';
import { Draws } from '../draws.js';
import { decayAt, fitDecay, type Decay } from '../estimators/exponentials.js';
import { mean } from '../estimators/line.js';
import { defineMeasure } from '../measure.js';

const keys = {
  cell: volatileCellSchema,
  /** The part of the range that stays, at the start. */
  start: z.number().min(0).max(1),
  /**
   * A spike is a pulse below zero at its own electrode: the presynaptic one is negative at the cell, the postsynaptic one
   * positive.
   */
  spike: z.strictObject({ amplitude: positiveQuantity('voltage'), width: positiveQuantity('time') }),
  /** Times between the spikes, alike for both orders, spaced evenly. */
  delays: z.strictObject({
    from: positiveQuantity('time'),
    to: positiveQuantity('time'),
    count: z.int().min(6).max(1000),
  }),
  /** How long after the pair the weight is read, so that what is volatile has gone. */
  readAfter: positiveQuantity('time'),
  repetitions: z.int().min(1).max(100_000),
  /** σ of a reading, relative to the conductance. */
  readNoise: z.number().min(0).max(1),
};

type Config = z.output<z.ZodObject<typeof keys>>;

interface Side {
  readonly name: 'pre before post' | 'post before pre';
  readonly sign: 1 | -1;
  readonly delays: readonly number[];
  /** Change of the conductance over itself. */
  readonly change: readonly number[];
  /** ΔW0 + A·exp(−|Δt|/τ) */
  readonly fit: Decay;
}

/** Pairs of spikes: how the lasting change of the weight depends on which comes first, and by how much. */
export const spikeTiming = defineMeasure({
  name: 'spike-timing',
  summary: 'spike-timing-dependent plasticity and the parameters of its window',
  keys,
  quantities: {
    'sign of the change': 'property',
    'closer spikes change more': 'property',
    tau: 'time',
    A: 'number',
    W0: 'number',
  },
  simulate: (config, key) => {
    const sides = [sideOf(config, 1, fold(key, 0)), sideOf(config, -1, fold(key, 1))];
    return {
      findings: sides.flatMap(({ name, sign, change, fit }) => [
        { quantity: 'sign of the change', at: name, value: change.every((one) => sign * one > 0) },
        { quantity: 'closer spikes change more', at: name, value: closer(fit, sign, config) },
        { quantity: 'tau', at: name, value: fit.taus[0]! },
        { quantity: 'A', at: name, value: fit.amplitudes[0]! },
        { quantity: 'W0', at: name, value: fit.constant },
      ]),
      traces: [
        {
          name: 'pairs',
          columns: [
            { name: 'delay_s', values: sides.flatMap(({ sign, delays }) => delays.map((t) => sign * t)) },
            { name: 'change', values: sides.flatMap(({ change }) => change) },
          ],
        },
      ],
      figures: [
        {
          name: 'window',
          title: 'Lasting change of the conductance against the delay of the postsynaptic spike',
          panels: [
            {
              ...{ x: { title: 'Δt (µs)' }, y: { title: 'ΔW (%)', zero: true } },
              series: sides.flatMap(({ name, sign, delays, change, fit }) => [
                { name, x: delays.map((t) => sign * t * 1e6), y: change.map((w) => 100 * w), mark: 'points' as const },
                {
                  name: `equation 5, ${name}`,
                  x: delays.map((t) => sign * t * 1e6),
                  y: delays.map((t) => 100 * decayAt(fit, t)),
                  mark: 'line' as const,
                },
              ]),
            },
          ],
        },
      ],
    };
  },
});

function sideOf(config: Config, sign: 1 | -1, key: Key): Side {
  const { from, to, count } = config.delays;
  const delays = Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  const draws = new Draws(key);
  const change = delays.map((delay) =>
    mean(Array.from({ length: config.repetitions }, () => pairOf(config, sign, delay, draws))),
  );
  const name = sign > 0 ? ('pre before post' as const) : ('post before pre' as const);
  return { name, sign, delays, change, fit: fitDecay(delays, change, [(to - from) / 3], true) };
}

function pairOf(config: Config, sign: 1 | -1, delay: number, draws: Draws): number {
  const { amplitude, width } = config.spike;
  const cell = new VolatileCell(config.cell, config.start);
  const before = draws.reading(cell.conductance, config.readNoise);
  cell.pulse(-sign * amplitude, width);
  cell.rest(delay);
  cell.pulse(sign * amplitude, width);
  cell.rest(config.readAfter);
  return draws.reading(cell.conductance, config.readNoise) / before - 1;
}

/** Whether the fitted window falls off, and the nearest pair changes more than the farthest. */
function closer(fit: Decay, sign: 1 | -1, { delays: { from, to } }: Config): boolean {
  return sign * fit.amplitudes[0]! > 0 && sign * (decayAt(fit, from) - decayAt(fit, to)) > 0;
}
