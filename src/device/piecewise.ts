import { z } from 'zod';
import type { Key } from '../random.js';
import { levelsOfCurve, overRange, pulsesOverRange } from './curve.js';
import { cellDrift, cellNoise, cellRange, defineModel, documentation } from './model.js';
import { compileRetention } from './retention/registry.js';
import type { CurveCell, CurveResponse } from './response.js';
import {
  branchStates,
  drawStepCell,
  rangeFactor,
  statesOf,
  stepNoise,
  stepSpreadSchema,
  stepSpreads,
  type StepDraw,
} from './step.js';

const nodes = z
  .array(z.number().min(0).max(1000))
  .min(2)
  .max(4096)
  .refine((values) => values.some((value) => value > 0), 'are all zero, expected a step somewhere in the range');

/**
 * Steps given at equally spaced conductances over the cell's own range, from its lower bound to its upper one, and linear
 * in between: up s₊·node₊(g), down −s₋·node₋(g) with s = 1/states.
 * @see aihwkit's PiecewiseStepDevice
 */
export const piecewise = defineModel({
  name: 'piecewise',
  summary: "steps given at nodes over the range; aihwkit's piecewise step",
  schema: z
    .strictObject({
      model: z.literal('piecewise'),
      ...documentation,
      ...cellRange,
      /** Pulses over the range at the step s, where a node is 1. */
      states: branchStates(1),
      nodes: z.strictObject({ ltp: nodes, ltd: nodes }),
      ...cellNoise,
      stepNoise,
      ...cellDrift,
      /** `ltp` and `ltd`: σ of the step size, relative to it. */
      deviceToDevice: stepSpreadSchema.optional(),
    })
    .superRefine(({ nodes: { ltp, ltd } }, context) => {
      if (ltp.length === ltd.length) return;
      const message = `has ${ltd.length} nodes, expected as many as ltp, ${ltp.length}`;
      context.addIssue({ code: 'custom', path: ['nodes', 'ltd'], message });
    }),
  compile({ states, nodes: { ltp, ltd }, deviceToDevice: spread, retention, ...config }): CurveResponse {
    const full = statesOf(states);
    const curves = {
      curves: { up: Float32Array.from(ltp), down: Float32Array.from(ltd) },
      bins: ltp.length,
      shapes: 1,
    };
    const nominal = cellOf({ factor: { up: 1, down: 1 }, low: 0, high: 1 });
    const pulsesPerRange = pulsesOverRange(curves, nominal);
    return {
      kind: 'curve',
      ...curves,
      nominal,
      drawCell: stepSpreads(spread)
        ? (key: Key, index: number): CurveCell => cellOf(drawStepCell(spread, config, key, index))
        : undefined,
      pulsesPerRange,
      levels: levelsOfCurve(curves, nominal, Math.ceil(4 * pulsesPerRange.up)),
      retention: compileRetention(retention),
      ...config,
    };

    function cellOf({ factor, low, high }: Omit<StepDraw, 'own'>): CurveCell {
      const size = spread ? rangeFactor(spread, { low, high }) : 1;
      return {
        up: { scale: (size * factor.up) / full.up, shape: 0 },
        down: { scale: (-size * factor.down) / full.down, shape: 0 },
        ...{ low, high },
        ...overRange({ low, high }),
      };
    }
  },
});
