import { z } from 'zod';
import { barrierOfDecay, directTunnelling } from '../../device/conduction/direct-tunnelling.js';
import { positiveQuantity } from '../../device/quantity.js';
import { Draws } from '../draws.js';
import { straightLine } from '../estimators/line.js';
import { defineMeasure } from '../measure.js';

/** Currents through barriers of several thicknesses; their height is read off the slope of ln I against thickness. */
export const barrierThickness = defineMeasure({
  name: 'barrier-thickness',
  summary: 'tunnelling current against the thickness of the barrier',
  keys: {
    barrier: positiveQuantity('energy'),
    /** In electron masses. */
    effectiveMass: z.number().positive(),
    /** Current of a barrier of no thickness. */
    prefactor: positiveQuantity('current'),
    thicknesses: z.array(positiveQuantity('length')).min(3),
    /** σ of a reading, relative. */
    readNoise: z.number().min(0).max(1),
  },
  quantities: {
    'fitted barrier': 'energy',
    'thinner conducts more': 'property',
  },
  simulate: (config, key) => {
    const draws = new Draws(key);
    const order = [...config.thicknesses].sort((a, b) => a - b);
    const currents = order.map((thickness) => {
      const current = config.prefactor * directTunnelling(thickness, config.barrier, config.effectiveMass);
      return draws.reading(current, config.readNoise);
    });
    const { slope, intercept } = straightLine(order, currents.map(Math.log));
    const fitted = barrierOfDecay(-slope, config.effectiveMass);
    const thicker = order.map((thickness) => thickness * 1e9);
    return {
      findings: [
        { quantity: 'fitted barrier', value: fitted },
        { quantity: 'thinner conducts more', value: currents.every((one, i) => i === 0 || one < currents[i - 1]!) },
      ],
      traces: [
        {
          name: 'current',
          columns: [
            { name: 'thickness_m', values: order },
            { name: 'current_A', values: currents },
          ],
        },
      ],
      figures: [
        {
          name: 'current',
          title: 'Direct tunnelling against the thickness of the barrier',
          panels: [
            {
              x: { title: 'thickness (nm)' },
              y: { title: 'current (A)', scale: 'log' },
              series: [
                { name: 'simulated, with read noise', x: thicker, y: currents, mark: 'points' },
                {
                  name: 'fitted line of ln I',
                  x: thicker,
                  y: order.map((thickness) => Math.exp(intercept + slope * thickness)),
                  mark: 'line',
                },
              ],
            },
          ],
        },
      ],
    };
  },
});
