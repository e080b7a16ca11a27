import { z } from 'zod';
import type { Key } from '../random.js';
import {
  cellDrift,
  cellNoise,
  cellRange,
  defineModel,
  deviceToDeviceSchema,
  documentation,
  drawCellOf,
  pulseCount,
  spreads,
  stretched,
  type DeviceToDevice,
} from './model.js';
import { compileRetention } from './retention/registry.js';
import { alphaOf, labelOfAlpha, nonlinearitySchema, tabulatedAlphaOfLabel } from './nonlinearity.js';
import { levelsOfStep, type AffineCell, type AffineStep } from './response.js';

const schema = z.strictObject({
  model: z.literal('exponential'),
  ...documentation,
  ...cellRange,
  /**
   * Pulses that carry the cell over its whole range (Pmax): one number, or one for each branch where depression takes
   * fewer pulses than potentiation, as in cells that one pulse all but resets.
   */
  states: z.union([pulseCount.min(2), z.strictObject({ ltp: pulseCount.min(2), ltd: pulseCount })]),
  nonlinearity: z.strictObject({ ltp: nonlinearitySchema, ltd: nonlinearitySchema }),
  ...cellNoise,
  ...cellDrift,
  /** `ltp` and `ltd`: σ of the labels NL. */
  deviceToDevice: deviceToDeviceSchema.optional(),
});

/**
 * NeuroSim's curve G(P) = Gmin + B·(1 − e^{−P/A}), B = (Gmax − Gmin)/(1 − e^{−Pmax/A}), with an A of its own for LTP
 * and for LTD; LTD is walked backwards. One pulse is affine in g, so whole pulses are exact without a table.
 * @see MLP+NeuroSim V3.0 manual, "Nonlinearity"
 */
export const exponential = defineModel({
  name: 'exponential',
  summary: "NeuroSim's exponential LTP and LTD curves, nonlinearity as NL label, A or alpha",
  schema,
  compile({ states, nonlinearity, deviceToDevice, retention, ...config }) {
    const pulses = typeof states === 'number' ? { up: states, down: states } : { up: states.ltp, down: states.ltd };
    const labels = {
      ltp: labelOfAlpha(alphaOf(nonlinearity.ltp)),
      ltd: labelOfAlpha(alphaOf(nonlinearity.ltd)),
    };
    const up = potentiation(alphaOf(nonlinearity.ltp), pulses.up);
    const down = depression(alphaOf(nonlinearity.ltd), pulses.down);
    return {
      kind: 'affine',
      nominal: { up, down, low: 0, high: 1 },
      drawCell: spreads(deviceToDevice) ? drawer(deviceToDevice) : undefined,
      pulsesPerRange: pulses,
      levels: levelsOfStep(up, pulses.up),
      retention: compileRetention(retention),
      ...config,
    };

    /** NL_i = NL + σ·ξ for LTP and LTD apart; bounds of the cell's own; its curve spans its own range. */
    function drawer(d2d: DeviceToDevice): (key: Key, index: number) => AffineCell {
      return (key, index) => {
        const cell = drawCellOf(d2d, config, key, index);
        const alpha = (nominal: number, deviate: number): number =>
          tabulatedAlphaOfLabel(Math.min(9, Math.max(-9, nominal + deviate)));
        return {
          up: stretched(potentiation(alpha(labels.ltp, d2d.ltp * cell.ltp), pulses.up), cell),
          down: stretched(depression(alpha(labels.ltd, d2d.ltd * cell.ltd), pulses.down), cell),
          low: cell.low,
          high: cell.high,
        };
      };
    }
  },
});

/** Δg of one pulse up the curve with α = Pmax/A: (1 − e^{−α/N})·(B − g). */
export function potentiation(alpha: number, states: number): AffineStep {
  if (Math.abs(alpha) < 1e-9) return { c0: 1 / states, c1: 0 };
  return { c0: Math.expm1(-alpha / states) / Math.expm1(-alpha), c1: -Math.expm1(-alpha / states) };
}

/** Δg of one pulse down the LTD curve with α = Pmax/A: −(e^{α/N} − 1)·(B − g), the curve walked backwards. */
export function depression(alpha: number, states: number): AffineStep {
  if (Math.abs(alpha) < 1e-9) return { c0: -1 / states, c1: 0 };
  return { c0: Math.expm1(alpha / states) / Math.expm1(-alpha), c1: -Math.expm1(alpha / states) };
}
