import { z } from 'zod';
import type { Key } from '../random.js';
import { cellNoise, cellRange, defineModel, documentation, pulseCount } from './model.js';
import { alphaOf, labelOfAlpha, nonlinearitySchema, tabulatedAlphaOfLabel } from './nonlinearity.js';
import { cellNormals, levelsOfStep, type AffineCell, type AffineStep } from './response.js';

const spread = z.number().min(0).max(5).default(0);

const schema = z.strictObject({
  model: z.literal('exponential'),
  ...documentation,
  ...cellRange,
  /** Pulses that carry the cell over its whole range (Pmax). */
  states: pulseCount.min(2),
  nonlinearity: z.strictObject({ ltp: nonlinearitySchema, ltd: nonlinearitySchema }),
  ...cellNoise,
  /** σ over cells: of the labels NL (LTP and LTD drawn apart), and of gMax and gMin as fractions of the range. */
  deviceToDevice: z
    .strictObject({
      ltp: spread,
      ltd: spread,
      gMax: spread.pipe(z.number().max(0.5)),
      gMin: spread.pipe(z.number().max(0.5)),
    })
    .optional(),
});

/**
 * NeuroSim's curve G(P) = Gmin + B·(1 − e^{−P/A}), B = (Gmax − Gmin)/(1 − e^{−Pmax/A}), with an A of its own for LTP
 * and for LTD; LTD is walked backwards. One pulse is affine in g, so n pulses are exact without a table.
 * @see MLP+NeuroSim V3.0 manual, "Nonlinearity"
 */
export const exponential = defineModel({
  name: 'exponential',
  summary: "NeuroSim's exponential LTP and LTD curves, nonlinearity as NL label, A or alpha",
  schema,
  compile({ states, nonlinearity, deviceToDevice, ...config }) {
    const labels = {
      ltp: labelOfAlpha(alphaOf(nonlinearity.ltp)),
      ltd: labelOfAlpha(alphaOf(nonlinearity.ltd)),
    };
    const up = potentiation(alphaOf(nonlinearity.ltp), states);
    const down = depression(alphaOf(nonlinearity.ltd), states);
    const spreads = Object.values(deviceToDevice ?? {});
    return {
      kind: 'affine',
      nominal: { up, down, low: 0, high: 1 },
      drawCell: spreads.some((s) => s > 0) ? (key, index) => drawCell(key, index) : undefined,
      pulsesPerRange: { up: states, down: states },
      levels: levelsOfStep(up, states),
      ...config,
    };

    /** NL_i = NL + σ·ξ for LTP and LTD apart; bounds of the cell's own; its curve spans its own range. */
    function drawCell(key: Key, index: number): AffineCell {
      const d2d = deviceToDevice!;
      const [x0, x1, x2, x3] = cellNormals(key, index);
      const label = (nominal: number, s: number, x: number): number => Math.min(9, Math.max(-9, nominal + s * x));
      const low = d2d.gMin * x2;
      // A cell keeps at least a twentieth of the nominal range, or its curve would have no steps left.
      const high = Math.max(low + 0.05, 1 + d2d.gMax * x3);
      const own = (step: AffineStep): AffineStep => ({ c0: step.c0 * (high - low) + step.c1 * low, c1: step.c1 });
      return {
        up: own(potentiation(tabulatedAlphaOfLabel(label(labels.ltp, d2d.ltp, x0)), states)),
        down: own(depression(tabulatedAlphaOfLabel(label(labels.ltd, d2d.ltd, x1)), states)),
        low,
        high,
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
