import { z } from 'zod';
import { overRange, tabulated } from './curve.js';
import { cellDrift, cellNoise, cellRange, defineModel, documentation } from './model.js';
import { compileRetention } from './retention/registry.js';
import type { CurveCell, CurveResponse } from './response.js';
import { branchStates, statesOf, stepNoise, stepSpreadSchema, type StepDraw } from './step.js';
import { stepResponse } from './step-response.js';

const exponent = z.number().min(0).max(20);
const exponentSpread = z.number().min(0).max(1).default(0);

/** Exponents that curves are tabulated for where cells have their own, within ±5σ. */
const shapes = 65;

/**
 * Steps that go with a power of the room left: up s₊·(1 − g)^γ₊, down −s₋·g^γ₋, with s = (1 + γ)/states, so that the mean
 * step over the range is 1/states.
 * @see aihwkit's PowStepDevice
 */
export const power = defineModel({
  name: 'power',
  summary: "steps in proportion to a power of the room left; aihwkit's power step",
  schema: z.strictObject({
    model: z.literal('power'),
    ...documentation,
    ...cellRange,
    states: branchStates(2),
    gamma: z.strictObject({ ltp: exponent, ltd: exponent }),
    ...cellNoise,
    stepNoise,
    ...cellDrift,
    /**
     * `ltp` and `ltd`: σ of the step size, relative to it. `gamma`: σ of both exponents at once, relative to them;
     * `gammaAsymmetry`: σ of what the one gains and the other loses.
     */
    deviceToDevice: stepSpreadSchema.extend({ gamma: exponentSpread, gammaAsymmetry: exponentSpread }).optional(),
  }),
  compile({ states, gamma, deviceToDevice: spread, retention, ...config }): CurveResponse {
    const pulses = statesOf(states);
    const reach = 5 * Math.hypot(spread?.gamma ?? 0, spread?.gammaAsymmetry ?? 0);
    const up = exponents(gamma.ltp, reach);
    const down = exponents(gamma.ltd, reach);
    const { values: rising, bins } = tabulated(up.map((power) => (u) => (1 - u) ** power));
    const { values: falling } = tabulated(down.map((power) => (u) => u ** power));
    const curves = { curves: { up: rising, down: falling }, bins, shapes: up.length };
    const cellOf = ({ factor, low, high, own: [both, apart] }: StepDraw, size: number): CurveCell => {
      const common = 1 + (spread?.gamma ?? 0) * both;
      const difference = (spread?.gammaAsymmetry ?? 0) * apart;
      return {
        up: {
          scale: (size * factor.up * (1 + gamma.ltp)) / pulses.up,
          shape: rowOf(gamma.ltp * (common + difference), up),
        },
        down: {
          scale: (-size * factor.down * (1 + gamma.ltd)) / pulses.down,
          shape: rowOf(gamma.ltd * (common - difference), down),
        },
        low,
        high,
        ...overRange({ low, high }),
      };
    };
    return {
      ...stepResponse(curves, spread, config, cellOf, pulses),
      retention: compileRetention(retention),
      ...config,
    };
  },
});

/** Equally spaced exponents about one; itself alone where all cells have it. */
function exponents(gamma: number, reach: number): readonly number[] {
  if (reach === 0) return [gamma];
  const low = gamma * Math.max(0, 1 - reach);
  const high = gamma * (1 + reach);
  return Array.from({ length: shapes }, (_, k) => low + ((high - low) * k) / (shapes - 1));
}

/** Where an exponent stands among those tabulated; one drawn below zero is turned, as aihwkit has it. */
function rowOf(gamma: number, rows: readonly number[]): number {
  const [low, high] = [rows[0]!, rows.at(-1)!];
  if (high === low) return 0;
  return Math.min(1, Math.max(0, (Math.abs(gamma) - low) / (high - low))) * (rows.length - 1);
}
