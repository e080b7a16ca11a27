import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import { retentionOf, type DriftLosses } from '../../src/crossbar/drift.js';
import { UsageError } from '../../src/errors.js';
import type { Later } from '../later.js';
import { validateSeed, validateState } from '../online-sgd/validation.js';

/**
 * `Drift` moves conductances back towards the unprogrammed one: each class of traps loses its part of a cell's programmed
 * increment. The law, the elapsed time and the temperature are in `losses`, so a kernel multiplies and adds.
 *
 * A cell's increment s = g − unprogrammed is the sum of what its classes hold. Where there is more than one class, pulses
 * since the last drift are put into them first:
 * - away from the unprogrammed conductance: new charge goes where a fresh write puts it, by the classes' weights;
 * - back towards it: every class gives in proportion to what it holds, because the field of a pulse empties traps
 *   whatever their depth, which is what the temperature tells apart;
 * - across it, or from nothing: all of it is a fresh write.
 *
 * Then every class k keeps c − c·loss, and g = unprogrammed + Σ c within the cell's bounds.
 */
export interface DriftCall {
  readonly crossbar: CrossbarProgram;
  /** `traps` is what the last drift of these cells returned; without it they count as freshly written. */
  readonly state: CrossbarState;
  /** [polarity][class]: one value, or one a cell. Arrays stay as they are once handed over: kernels know them again. */
  readonly losses: DriftLosses;
  readonly seed: number;
  /** Which crossbar of a network this is: whose bounds the cells have. */
  readonly layer: number;
}

export interface HostDriftKernel {
  readonly name: 'Drift';
  readonly backend: string;
  run(call: DriftCall): CrossbarState;
}

export type DriftKernel = Later<HostDriftKernel>;

export function validateDrift({ crossbar, state, losses, seed }: DriftCall): void {
  validateState(crossbar, state, 'Drift');
  validateSeed(seed, 'Drift');
  validateLosses(crossbar, losses, 'Drift');
}

/** Checks losses against the cells that are to feel them. */
export function validateLosses(crossbar: CrossbarProgram, losses: DriftLosses, where: string): void {
  const retention = retentionOf(crossbar);
  if (!retention) {
    const what = crossbar.coding === 'ideal' ? 'the ideal device has no cells to drift' : 'the device forgets nothing';
    throw new UsageError({ where, what, remedy: 'give the device a retention law, or leave drift out' });
  }
  const polarities = devicesPerWeight(crossbar.coding);
  const [classes, cells] = [retention.weights.length, crossbar.rows * crossbar.cols];
  if (losses.length !== polarities) {
    throw new UsageError({ where, what: `got losses of ${losses.length} polarities, expected ${polarities}` });
  }
  for (const [p, ofClasses] of losses.entries()) {
    if (ofClasses.length !== classes) {
      throw new UsageError({
        where,
        what: `losses[${p}] has ${ofClasses.length} classes of traps, expected ${classes}`,
      });
    }
    for (const [k, values] of ofClasses.entries()) validateClass(values, cells, `${where}: losses[${p}][${k}]`);
  }
}

/** At regular steps the same losses come again and again; looking through them would cost more than the drift itself. */
const looked = new WeakSet<Float32Array>();

function validateClass(values: Float32Array, cells: number, where: string): void {
  if (values.length !== 1 && values.length !== cells) {
    throw new UsageError({ where, what: `has ${values.length} values, expected 1, or one a cell, ${cells}` });
  }
  if (looked.has(values)) return;
  const wrong = values.findIndex((value) => !(value >= 0 && value <= 1));
  if (wrong >= 0) throw new UsageError({ where, what: `[${wrong}] is ${values[wrong]}, expected 0 … 1` });
  looked.add(values);
}
