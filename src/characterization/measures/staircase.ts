import { z } from 'zod';
import { VolatileCell, volatileCellSchema } from '../../device/plasticity/volatile-cell.js';
import { positiveQuantity, quantity } from '../../device/quantity.js';
import { Draws } from '../draws.js';
import { defineMeasure } from '../measure.js';

/** Single pulses of growing amplitude, first of one polarity, then of the other. */
export const staircase = defineMeasure({
  name: 'staircase',
  summary: 'resistance along pulses of growing amplitude, of one polarity and then the other',
  keys: {
    cell: volatileCellSchema,
    /** The part of the range that stays, at the start. */
    start: z.number().min(0).max(1),
    /** Last amplitude of each flight, in order; a flight has equal steps from 0 V. */
    flights: z.array(quantity('voltage').refine((value) => value !== 0, 'must not be 0 V')).min(1),
    step: positiveQuantity('voltage'),
    width: positiveQuantity('time'),
    gap: positiveQuantity('time'),
    /** σ of a reading, relative to the conductance. */
    readNoise: z.number().min(0).max(1),
  },
  quantities: {
    pulses: 'number',
    'resistance rises at every pulse': 'property',
    'resistance falls at every pulse': 'property',
    'resistance at the end': 'resistance',
  },
  simulate: (config, key) => {
    const cell = new VolatileCell(config.cell, config.start);
    const draws = new Draws(key);
    const first = 1 / draws.reading(cell.conductance, config.readNoise);
    const flights = config.flights.map((last, k) => {
      const count = Math.round(Math.abs(last) / config.step);
      const amplitudes = Array.from({ length: count }, (_, i) =>
        Number((Math.sign(last) * config.step * (i + 1)).toFixed(9)),
      );
      const resistance = amplitudes.map((amplitude, i) => {
        if (k > 0 || i > 0) cell.rest(config.gap);
        cell.pulse(amplitude, config.width);
        return 1 / draws.reading(cell.conductance, config.readNoise);
      });
      return { name: last < 0 ? 'negative' : 'positive', amplitudes, resistance };
    });
    const before = (k: number): number => (k === 0 ? first : flights[k - 1]!.resistance.at(-1)!);
    const moved = (k: number, sign: 1 | -1): boolean =>
      flights[k]!.resistance.every((r, i, all) => sign * (r - (i === 0 ? before(k) : all[i - 1]!)) > 0);
    const number = flights.flatMap(({ resistance }) => resistance).map((_, i) => i + 1);
    let shown = 0;
    return {
      findings: flights.flatMap(({ name, resistance }, k) => [
        { quantity: 'pulses', at: name, value: resistance.length },
        name === 'negative'
          ? { quantity: 'resistance rises at every pulse', at: name, value: moved(k, 1) }
          : { quantity: 'resistance falls at every pulse', at: name, value: moved(k, -1) },
        { quantity: 'resistance at the end', at: name, value: resistance.at(-1)! },
      ]),
      traces: [
        {
          name: 'staircase',
          columns: [
            { name: 'pulse', values: number },
            { name: 'amplitude_V', values: flights.flatMap(({ amplitudes }) => amplitudes) },
            { name: 'resistance_ohm', values: flights.flatMap(({ resistance }) => resistance) },
          ],
        },
      ],
      figures: [
        {
          name: 'staircase',
          title: 'Resistance right after each pulse',
          panels: [
            {
              ...{ x: { title: 'pulse' }, y: { title: 'resistance (ohm)', scale: 'log' as const } },
              series: flights.map(({ name, resistance }) => {
                const x = resistance.map((_, i) => shown + i + 1);
                shown += resistance.length;
                return { name: `${name} pulses`, x, y: resistance, mark: 'points' as const };
              }),
            },
          ],
        },
      ],
    };
  },
});
