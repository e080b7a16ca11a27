import { z } from 'zod';
import { positiveQuantity, quantity } from '../../device/quantity.js';
import { fold } from '../../random.js';
import { Draws } from '../draws.js';
import { defineMeasure } from '../measure.js';

const branch = z.strictObject({
  /** Where the cell switches. */
  voltage: quantity('voltage').refine((value) => value !== 0, 'must not be zero'),
  /** Of the cell just before and just after. */
  before: positiveQuantity('conductance'),
  after: positiveQuantity('conductance'),
});

/** Power V·I at the last point of a sweep before the current jumps, over many cycles. */
export const switchingPower = defineMeasure({
  name: 'switching-power',
  summary: 'power just before a cell switches, from sweeps of voltage',
  keys: {
    set: branch,
    reset: branch,
    /** Voltage from one point of a sweep to the next, and how far beyond switching it goes, relative. */
    step: positiveQuantity('voltage'),
    beyond: z.number().min(0.1).max(10),
    cycles: z.int().min(1).max(10_000),
    readNoise: z.number().min(0).max(0.2),
  },
  quantities: { power: 'power', 'switching voltage': 'voltage' },
  simulate: (config, key) => {
    const found = (['set', 'reset'] as const).map((name, b) => {
      const draws = new Draws(fold(key, b));
      return { name, ...switchesOf(config[name], config, draws) };
    });
    const cycles = Array.from({ length: config.cycles }, (_, n) => n + 1);
    return {
      findings: found.flatMap(({ name, powers, voltages }) => [
        { quantity: 'power', at: name, value: mean(powers) },
        { quantity: 'switching voltage', at: name, value: mean(voltages) },
      ]),
      traces: [
        {
          name: 'power',
          columns: [
            { name: 'cycle', values: cycles },
            ...found.map(({ name, powers }) => ({ name: `${name}_W`, values: powers })),
          ],
        },
      ],
      figures: [
        {
          name: 'power',
          title: 'Power just before the cell switches',
          panels: [
            {
              x: { title: 'cycle' },
              y: { title: 'power (nW)', scale: 'log' },
              series: found.map(({ name, powers }) => ({
                ...{ name, x: cycles, y: powers.map((p) => p * 1e9), mark: 'points' as const },
              })),
            },
          ],
        },
      ],
    };
  },
});

interface Sweep {
  readonly step: number;
  readonly beyond: number;
  readonly cycles: number;
  readonly readNoise: number;
}

/** Sweeps from 0 V again and again; the jump is the largest change of ln I, and the power that of the point before it. */
function switchesOf(
  { voltage, before, after }: z.output<typeof branch>,
  { step, beyond, cycles, readNoise }: Sweep,
  draws: Draws,
): { readonly powers: number[]; readonly voltages: number[] } {
  const points = Math.round((Math.abs(voltage) * (1 + beyond)) / step);
  const all = Array.from({ length: cycles }, () => {
    const sweep = Array.from({ length: points }, (_, n) => {
      const v = Math.sign(voltage) * step * (n + 1);
      // It switches behind the point at its voltage, whatever rounding makes of that.
      const switched = Math.abs(v) > Math.abs(voltage) + step / 2;
      return { v, i: draws.reading((switched ? after : before) * v, readNoise) };
    });
    const jumps = sweep.slice(1).map(({ v, i }, n) => Math.abs(Math.log(i / v / (sweep[n]!.i / sweep[n]!.v))));
    const at = jumps.indexOf(Math.max(...jumps));
    return sweep[at]!;
  });
  return { powers: all.map(({ v, i }) => v * i), voltages: all.map(({ v }) => v) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
