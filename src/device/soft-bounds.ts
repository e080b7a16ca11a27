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

/**
 * Steps shrink in proportion to the room left: up s·(1 − g), down −s·g (aihwkit's SoftBounds in the unit range).
 * s = 2/states, so that the mean step over the range is 1/states, as for every other model.
 */
export const softBounds = defineModel({
  name: 'soft-bounds',
  summary: 'steps in proportion to the room left before the bound',
  schema: z.strictObject({
    model: z.literal('soft-bounds'),
    ...documentation,
    ...cellRange,
    states: pulseCount.min(2),
    ...cellNoise,
    ...cellDrift,
    /** `ltp` and `ltd`: σ of the step size, relative to it. */
    deviceToDevice: deviceToDeviceSchema.optional(),
  }),
  compile({ states, deviceToDevice, retention, ...config }) {
    const s = 2 / states;
    const up = { c0: s, c1: s };
    const down = { c0: 0, c1: s };
    return {
      kind: 'affine',
      nominal: { up, down, low: 0, high: 1 },
      drawCell: scaledCells(deviceToDevice, config, up, down),
      pulsesPerRange: { up: states, down: states },
      // Soft bounds are only approached: after 4·states pulses to 1 part in 3000.
      levels: levelsOfStep(up, 4 * states),
      retention: compileRetention(retention),
      ...config,
    };
  },
});
