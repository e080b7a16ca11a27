import { UsageError } from '../errors.js';
import { fold, keyOf, type Key } from '../random.js';
import { affineCellSize, cellSizeOf, drawCells, packCells, type Response } from '../device/response.js';
import type { CrossbarConfig } from './schema.js';
import { seenConductance } from './read-scales.js';
import type { CrossbarProgram, CrossbarState } from './program.js';

/**
 * Programs weights into cells.
 * @param weights - shape [rows, cols]
 * @param config - for the window, `quantize: initial` and `initialWrite`
 */
export function encodeWeights(program: CrossbarProgram, weights: Float32Array, config: CrossbarConfig): CrossbarState {
  const cells = program.rows * program.cols;
  if (weights.length !== cells) {
    const what = `got ${weights.length} weights, expected ${program.rows} x ${program.cols}`;
    throw new UsageError({ where: 'encodeWeights', what });
  }
  const columns = new Float32Array(0);
  if (program.response.kind === 'ideal') return { plus: weights.slice(), minus: new Float32Array(0), columns };
  const levels = config.quantize === 'none' ? undefined : program.response.levels;
  const { low, high } = boundsOf(program.response);
  const missing = config.initialWrite === 'without-gmin' ? program.conductanceFloor : 0;
  const settle = (g: number): number => snapToLevel(Math.min(high, Math.max(low, g - missing)), levels);
  const centre = (config.window[0] + config.window[1]) / 2;
  const step = (w: number): number => w * program.conductancePerWeight;
  switch (config.coding) {
    case 'differential-pair':
      return {
        plus: weights.map((w) => settle(centre + step(w))),
        minus: weights.map((w) => settle(centre - step(w))),
        columns,
      };
    case 'one-sided-pair': {
      const erased = program.reference;
      const plus = weights.map((w) => settle(erased + step(Math.max(w, 0))));
      return { plus, minus: weights.map((w) => settle(erased + step(Math.max(-w, 0)))), columns };
    }
    case 'offset':
      return { plus: weights.map((w) => settle(centre + step(w))), minus: new Float32Array(0), columns };
    default:
      return config.coding satisfies never;
  }
}

/** Where the nominal cell ends. */
function boundsOf(response: Response): { readonly low: number; readonly high: number } {
  return response.kind === 'affine' ? response.nominal : { low: 0, high: 1 };
}

/**
 * Cells that are not alike hold at most what their own bounds allow: clips a freshly programmed state to them.
 * @param seed - and `layer`: whose device-to-device draws the cells have
 */
export function clipToCells(
  program: CrossbarProgram,
  state: CrossbarState,
  seed: number,
  layer: number,
): CrossbarState {
  const { response } = program;
  if (response.kind === 'ideal' || response.kind === 'table' || !response.drawCell) return state;
  const size = cellSizeOf(response);
  const clip = (g: Float32Array, polarity: number): Float32Array => {
    const cells = cellParameters(program, deviceKey(seed, layer, polarity));
    const bound = (cell: number, which: 4 | 5): number => cells[cell * size + which]!;
    return g.map((value, cell) => Math.min(Math.max(value, bound(cell, 4)), bound(cell, 5)));
  };
  return { plus: clip(state.plus, 0), minus: clip(state.minus, 1), columns: state.columns };
}

/** The level nearest to `g`, the lower one at a tie; `g` itself where there are no levels. */
export function snapToLevel(g: number, levels: Float32Array | undefined): number {
  if (!levels) return g;
  let low = 0;
  let high = levels.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (levels[middle]! <= g) low = middle;
    else high = middle;
  }
  const below = Math.fround(g - levels[low]!);
  const above = Math.fround(levels[high]! - g);
  return above < below ? levels[high]! : levels[low]!;
}

/** The weights that a read sees, shape [rows, cols]. */
export function decodeWeights(program: CrossbarProgram, state: CrossbarState): Float32Array {
  const { plus, minus, columns } = state;
  const { cols, readScale, reference } = program;
  const seen = (g: number): number => seenConductance(g, program.accessCurvature);
  switch (program.coding) {
    case 'ideal':
      return columns.length === 0 ? plus.slice() : plus.map((w, i) => w + columns[cols + (i % cols)]!);
    case 'offset':
      return plus.map((g) => readScale * (seen(g) - reference));
    case 'differential-pair':
    case 'one-sided-pair':
      return plus.map((g, i) => readScale * (seen(g) - seen(minus[i]!)));
    default:
      return program.coding satisfies never;
  }
}

/** Normalised conductances in siemens; undefined for the ideal device, which has no cells. */
export function toSiemens(response: Response, g: Float32Array): Float32Array | undefined {
  if (response.kind === 'ideal') return undefined;
  const { gMin, gMax } = response;
  return g.map((value) => gMin + value * (gMax - gMin));
}

/** Parameters of every cell of one polarity, packed as kernels read them; one single row where all cells are alike. */
export function cellParameters(program: CrossbarProgram, key: Key): Float32Array {
  const { response, rows, cols } = program;
  if (response.kind === 'ideal' || response.kind === 'table') return new Float32Array(affineCellSize);
  return response.drawCell ? drawCells(response, key, rows * cols) : packCells([response.nominal]);
}

/** The key of the device-to-device draws of one layer's polarity (0 plus, 1 minus). */
export function deviceKey(seed: number, layer: number, polarity: number): Key {
  return fold(fold(keyOf(seed, 'deviceToDevice'), layer), polarity);
}
