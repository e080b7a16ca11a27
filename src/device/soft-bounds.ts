import { z } from 'zod';
import type { Key } from '../random.js';
import { cellDrift, cellNoise, cellRange, defineModel, documentation, stretched } from './model.js';
import { compileRetention } from './retention/registry.js';
import { levelsOfStep, type AffineCell } from './response.js';
import { branchStates, drawStepCell, statesOf, stepNoise, stepSpreadSchema, stepSpreads } from './step.js';

/** The nearest to the middle of the range that a bound may come whose distance from it a step is a fraction of. */
const nearestBound = 0.025;

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
    states: branchStates(2),
    ...cellNoise,
    stepNoise,
    ...cellDrift,
    /** `ltp` and `ltd`: σ of the step size, relative to it. */
    deviceToDevice: stepSpreadSchema.optional(),
  }),
  compile({ states, deviceToDevice: spread, retention, ...config }) {
    const pulses = statesOf(states);
    const nominal = between(2 / pulses.up, 2 / pulses.down, 0, 1);
    return {
      kind: 'affine',
      nominal,
      drawCell: stepSpreads(spread) ? drawCell : undefined,
      pulsesPerRange: pulses,
      // Soft bounds are only approached: after 4·states pulses to 1 part in 3000.
      levels: levelsOfStep(nominal.up, 4 * pulses.up),
      retention: compileRetention(retention),
      ...config,
    };

    function drawCell(key: Key, index: number): AffineCell {
      const { factor, ...range } = drawStepCell(spread!, config, key, index);
      const s = { up: (2 / pulses.up) * factor.up, down: (2 / pulses.down) * factor.down };
      if (spread!.stepsOf === 'own-range') {
        const { up, down } = between(s.up, s.down, 0, 1);
        return { up: stretched(up, range), down: stretched(down, range), ...range };
      }
      // aihwkit's: in the middle of the nominal range every cell has the step of its size, wherever its bounds are.
      const low = Math.min(range.low, 0.5 - nearestBound);
      const high = Math.max(range.high, 0.5 + nearestBound);
      return between((0.5 * s.up) / (high - 0.5), (0.5 * s.down) / (0.5 - low), low, high);
    }
  },
});

/** Up by `up` of the room below `high`, down by `down` of that above `low`. */
function between(up: number, down: number, low: number, high: number): AffineCell {
  return { up: { c0: up * high, c1: up }, down: { c0: down * low, c1: down }, low, high };
}
