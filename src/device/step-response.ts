import type { Key } from '../random.js';
import { levelsOfCurve, pulsesOverRange } from './curve.js';
import type { CurveCell, CurveResponse, Directions } from './response.js';
import { drawStepCell, rangeFactor, stepSpreads, type StepDraw, type StepSpread } from './step.js';

type Curves = Pick<CurveResponse, 'curves' | 'bins' | 'shapes'>;

/** What a cell makes of its draw; `size` is the factor by which its steps go with its own range. */
type CellOf = (draw: StepDraw, size: number) => CurveCell;

/** A cell that differs in nothing from the nominal one. */
const undrawn: StepDraw = { factor: { up: 1, down: 1 }, low: 0, high: 1, own: [0, 0] };

/**
 * What a model of tabulated steps compiles to, its noise and its retention left out: the nominal cell, how others differ from it, and
 * its levels.
 * @param pulsesPerRange - of the nominal cell; 1 over its mean step unless told
 */
export function stepResponse(
  curves: Curves,
  spread: StepSpread | undefined,
  range: { readonly gMin: number; readonly gMax: number },
  cellOf: CellOf,
  pulsesPerRange?: Directions<number>,
): Pick<CurveResponse, 'kind' | 'nominal' | 'drawCell' | 'pulsesPerRange' | 'levels' | keyof Curves> {
  const cell = (draw: StepDraw): CurveCell => cellOf(draw, spread ? rangeFactor(spread, draw) : 1);
  const nominal = cell(undrawn);
  const pulses = pulsesPerRange ?? pulsesOverRange(curves, nominal);
  return {
    kind: 'curve',
    ...curves,
    nominal,
    drawCell: stepSpreads(spread)
      ? (key: Key, index: number): CurveCell => cell(drawStepCell(spread, range, key, index))
      : undefined,
    pulsesPerRange: pulses,
    levels: levelsOfCurve(curves, nominal, Math.ceil(4 * pulses.up)),
  };
}
