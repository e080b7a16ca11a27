import { z } from 'zod';
import { overRange } from './curve.js';
import { cellDrift, cellNoise, cellRange, defineModel, documentation } from './model.js';
import { compileRetention } from './retention/registry.js';
import type { CurveCell, CurveResponse } from './response.js';
import { branchStates, statesOf, stepNoise, stepSpreadSchema, type StepDraw } from './step.js';
import { stepResponse } from './step-response.js';

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
    const cellOf = ({ factor, low, high }: StepDraw, size: number): CurveCell => ({
      up: { scale: (size * factor.up) / full.up, shape: 0 },
      down: { scale: (-size * factor.down) / full.down, shape: 0 },
      ...{ low, high },
      ...overRange({ low, high }),
    });
    return {
      ...stepResponse(curves, spread, config, cellOf),
      retention: compileRetention(retention),
      ...config,
    };
  },
});
