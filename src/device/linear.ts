import { z } from 'zod';
import type { Key } from '../random.js';
import { cellDrift, cellNoise, cellRange, defineModel, documentation, stretched } from './model.js';
import { compileRetention } from './retention/registry.js';
import { levelsOfStep, type AffineCell, type AffineStep } from './response.js';
import { branchStates, drawStepCell, statesOf, stepNoise, stepSpreadSchema, stepSpreads } from './step.js';

const slope = z.number().min(0).max(1).default(0);
const slopeSpread = z.number().min(0).max(5).default(0);

/**
 * Steps between hard bounds that are equal, or fall off in a straight line: (gMax − gMin)/states in the middle of the
 * range, that times 1 ∓ slope at its ends.
 * @see aihwkit's ConstantStepDevice (slope 0) and LinearStepDevice, whose gamma the slope is
 */
export const linear = defineModel({
  name: 'linear',
  summary: "equal or linearly falling steps between hard bounds; aihwkit's constant and linear step",
  schema: z.strictObject({
    model: z.literal('linear'),
    ...documentation,
    ...cellRange,
    states: branchStates(1),
    /** By how much of itself the step has fallen off at the bound that it leads to. */
    slope: z.strictObject({ ltp: slope, ltd: slope }).default({ ltp: 0, ltd: 0 }),
    ...cellNoise,
    stepNoise,
    ...cellDrift,
    /** `ltp` and `ltd`: σ of the step size, relative to it; `slope`: σ of the slopes. */
    deviceToDevice: stepSpreadSchema
      .extend({ slope: z.strictObject({ ltp: slopeSpread, ltd: slopeSpread }).optional() })
      .optional(),
  }),
  compile({ states, slope, deviceToDevice: spread, retention, ...config }) {
    const pulses = statesOf(states);
    const slopes = { up: slope.ltp, down: slope.ltd };
    const up = rising(1 / pulses.up, slopes.up);
    const down = falling(1 / pulses.down, slopes.down);
    return {
      kind: 'affine',
      nominal: { up, down, low: 0, high: 1 },
      drawCell: stepSpreads(spread) ? drawCell : undefined,
      pulsesPerRange: pulses,
      // A step that falls off takes longer to the top, or only comes near it.
      levels: levelsOfStep(up, slopes.up === 0 ? pulses.up : 4 * pulses.up),
      retention: compileRetention(retention),
      ...config,
    };

    function drawCell(key: Key, index: number): AffineCell {
      const { factor, low, high, own } = drawStepCell(spread!, config, key, index);
      // As aihwkit has it, a slope that is drawn below zero is turned.
      const slopeOf = (nominal: number, sigma = 0, deviate: number): number =>
        sigma === 0 ? nominal : Math.abs(nominal + sigma * deviate);
      const cell = {
        up: rising((1 / pulses.up) * factor.up, slopeOf(slopes.up, spread!.slope?.ltp, own[0])),
        down: falling((1 / pulses.down) * factor.down, slopeOf(slopes.down, spread!.slope?.ltd, own[1])),
      };
      if (spread!.stepsOf === 'nominal-range') return { ...cell, low, high };
      const range = { low, high };
      return { up: stretched(cell.up, range), down: stretched(cell.down, range), low, high };
    }
  },
});

/** s·(1 − slope·(2g − 1)). */
function rising(s: number, slope: number): AffineStep {
  return { c0: s * (1 + slope), c1: 2 * s * slope };
}

/** −s·(1 − slope·(1 − 2g)). */
function falling(s: number, slope: number): AffineStep {
  return { c0: -s * (1 - slope), c1: 2 * s * slope };
}
