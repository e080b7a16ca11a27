import { z } from 'zod';
import { cellDrift, cellNoise, cellRange, defineModel, documentation, pulseCount } from './model.js';
import { compileRetention } from './retention/registry.js';
import { interpolate, normalQuantile, type TableResponse } from './response.js';

const exponent = z.number().min(0).max(10);

/** Nodes of the tabulated step, and of its noise's CDF; docs/devices.md states what the interpolation costs. */
const bins = 257;
const probabilities = 129;

/**
 * Steps are a power of the room left before the bound: up s·(1 − g)^γ, down s·g^γ (aihwkit's PowStep in the unit
 * range). s = (γ + 1)/states, so that the mean step over the range is 1/states, as for every other model: γ = 0 is
 * `linear` and γ = 1 is `soft-bounds`. No pulse of it is affine in g, so it compiles to a table.
 */
export const power = defineModel({
  name: 'power',
  summary: 'steps as a power of the room left before the bound',
  schema: z.strictObject({
    model: z.literal('power'),
    ...documentation,
    ...cellRange,
    /** Pulses over the range at the mean step; one number, or one for each branch. */
    states: z.union([pulseCount, z.strictObject({ ltp: pulseCount, ltd: pulseCount })]),
    /** γ of each branch. */
    exponent: z.strictObject({ ltp: exponent, ltd: exponent }),
    ...cellNoise,
    ...cellDrift,
  }),
  compile({ states, exponent: gamma, cycleToCycle, retention, ...config }): TableResponse {
    const pulses = typeof states === 'number' ? { up: states, down: states } : { up: states.ltp, down: states.ltd };
    const nodes = Float64Array.from({ length: bins }, (_, i) => i / (bins - 1));
    const up = Float32Array.from(nodes, (g) => powerStep(1 - g, gamma.ltp, pulses.up));
    const down = Float32Array.from(nodes, (g) => -powerStep(g, gamma.ltd, pulses.down));
    const cdf = Float32Array.from({ length: probabilities }, (_, r) => r / (probabilities - 1));
    const noise = Array.from(cdf, (q) => cycleToCycle * normalQuantile(q));
    const spread = (mean: Float32Array): Float32Array =>
      Float32Array.from(noise.flatMap((deviate) => Array.from(mean, (step) => step + deviate)));
    return {
      kind: 'table',
      mean: { up, down },
      quantiles: { up: spread(up), down: spread(down) },
      bins,
      cdf,
      pulsesPerRange: pulses,
      levels: climb(up, 4 * pulses.up),
      retention: compileRetention(retention),
      readNoise: config.readNoise,
      gMin: config.gMin,
      gMax: config.gMax,
    };
  },
});

/** Size of one pulse's step with `room` left before the bound: (γ + 1)/N·room^γ. */
export function powerStep(room: number, gamma: number, states: number): number {
  return ((gamma + 1) / states) * Math.max(0, room) ** gamma;
}

/** The levels that mean potentiating pulses visit from the bottom, as far as the top or `most` pulses. */
function climb(up: Float32Array, most: number): Float32Array {
  const levels = [0];
  for (let g = 0; g < 1 && levels.length <= Math.min(most, 65_536);) {
    g = Math.min(1, g + interpolate(up, g));
    levels.push(g);
  }
  return Float32Array.from(levels);
}
