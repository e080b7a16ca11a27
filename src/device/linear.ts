import { z } from 'zod';
import {
  cellDrift,
  cellNoise,
  cellRange,
  defineModel,
  deviceToDeviceSchema,
  documentation,
  pulseCount,
  scaledCells,
} from './model.js';
import { compileRetention } from './retention/registry.js';
import { levelsOfStep } from './response.js';

/** Every pulse moves the cell by the same step, (gMax − gMin)/states, between hard bounds. */
export const linear = defineModel({
  name: 'linear',
  summary: 'equal steps between hard bounds',
  schema: z.strictObject({
    model: z.literal('linear'),
    ...documentation,
    ...cellRange,
    states: pulseCount,
    ...cellNoise,
    ...cellDrift,
    /** `ltp` and `ltd`: σ of the step size, relative to it. */
    deviceToDevice: deviceToDeviceSchema.optional(),
  }),
  compile({ states, deviceToDevice, retention, ...config }) {
    const up = { c0: 1 / states, c1: 0 };
    const down = { c0: -1 / states, c1: 0 };
    return {
      kind: 'affine',
      nominal: { up, down, low: 0, high: 1 },
      drawCell: scaledCells(deviceToDevice, config, up, down),
      pulsesPerRange: { up: states, down: states },
      levels: levelsOfStep(up, states),
      retention: compileRetention(retention),
      ...config,
    };
  },
});
