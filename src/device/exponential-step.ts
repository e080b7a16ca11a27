import { z } from 'zod';
import { tabulated } from './curve.js';
import { cellDrift, cellNoise, cellRange, defineModel, documentation } from './model.js';
import { compileRetention } from './retention/registry.js';
import type { CurveCell, CurveResponse } from './response.js';
import { branchStates, statesOf, stepNoise, stepSpreadSchema, type StepDraw } from './step.js';
import { stepResponse } from './step-response.js';

const amplitude = z.number().min(0).max(1e6);
const rate = z.number().min(-100).max(100);

/** Places x that the curves cover; beyond, where only cells of shifted bounds come, the step is that of the end. */
const reach = 2;

/**
 * Steps that an exponential takes away: up s₊·y₊, down −s₋·y₋ with s = 1/states, y± = max(0, 1 − A±·e^{±γ±·z}),
 * z = 2a·x + b and x = (g − ½)/(width of the cell's range).
 * @see aihwkit's ExpStepDevice
 */
export const exponentialStep = defineModel({
  name: 'exponential-step',
  summary: "steps that fall off exponentially towards the bound; aihwkit's exponential step",
  schema: z
    .strictObject({
      model: z.literal('exponential-step'),
      ...documentation,
      ...cellRange,
      /** Pulses over the range at the full step s, where y = 1. */
      states: branchStates(1),
      amplitude: z.strictObject({ ltp: amplitude, ltd: amplitude }),
      gamma: z.strictObject({ ltp: rate, ltd: rate }),
      a: z.number().min(-10).max(10),
      b: z.number().min(-10).max(10),
      ...cellNoise,
      stepNoise,
      ...cellDrift,
      /** `ltp` and `ltd`: σ of the step size, relative to it. */
      deviceToDevice: stepSpreadSchema.optional(),
    })
    .superRefine((config, context) => {
      for (const [branch, direction] of [
        ['ltp', 1],
        ['ltd', -1],
      ] as const) {
        if (meanOf((x) => stepShare(config, branch, direction, x)) > 0) continue;
        const message = 'leaves no step anywhere in the range, expected a smaller amplitude or another gamma';
        context.addIssue({ code: 'custom', path: ['amplitude', branch], message });
      }
    }),
  compile({ states, amplitude, gamma, a, b, deviceToDevice: spread, retention, ...config }): CurveResponse {
    const full = statesOf(states);
    const shape = { amplitude, gamma, a, b };
    const place = (u: number): number => reach * (u - 0.5);
    const { values: up, bins } = tabulated([(u) => stepShare(shape, 'ltp', 1, place(u))]);
    const { values: down } = tabulated([(u) => stepShare(shape, 'ltd', -1, place(u))]);
    const curves = { curves: { up, down }, bins, shapes: 1 };
    const cellOf = ({ factor, low, high }: StepDraw, size: number): CurveCell => {
      const width = reach * (high - low);
      return {
        up: { scale: (size * factor.up) / full.up, shape: 0 },
        down: { scale: (-size * factor.down) / full.down, shape: 0 },
        ...{ low, high, origin: 0.5 - 0.5 / width, rate: 1 / width },
      };
    };
    return {
      ...stepResponse(curves, spread, config, cellOf),
      retention: compileRetention(retention),
      ...config,
    };
  },
});

interface Shape {
  readonly amplitude: { readonly ltp: number; readonly ltd: number };
  readonly gamma: { readonly ltp: number; readonly ltd: number };
  readonly a: number;
  readonly b: number;
}

/** y at x: the part of the full step that is left. */
function stepShare({ amplitude, gamma, a, b }: Shape, branch: 'ltp' | 'ltd', direction: 1 | -1, x: number): number {
  return Math.max(0, 1 - amplitude[branch] * Math.exp(direction * gamma[branch] * (2 * a * x + b)));
}

/** Mean over the range, x from −½ to ½. */
function meanOf(f: (x: number) => number): number {
  const samples = 256;
  let sum = 0;
  for (let i = 0; i < samples; i++) sum += f((i + 0.5) / samples - 0.5);
  return sum / samples;
}
