import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../../src/errors.js';
import { cellParameters, deviceKey } from '../../src/crossbar/weights.js';
import { devicesPerWeight, type CrossbarProgram } from '../../src/crossbar/program.js';
import { tableOfCells } from '../../src/crossbar/table-draws.js';
import { cellSizeOf } from '../../src/device/response.js';
import { packTable } from '../table.js';
import type { PackedTable } from '../table.js';

/** The numbers of a crossbar's cells, a tensor each: shape [1] where all cells are alike, or [rows·cols]. */
export interface CellNumbers {
  readonly up: readonly [tf.Tensor1D, tf.Tensor1D];
  readonly down: readonly [tf.Tensor1D, tf.Tensor1D];
  readonly low: tf.Tensor1D;
  readonly high: tf.Tensor1D;
  /** Of curves only. */
  readonly origin: tf.Tensor1D;
  readonly rate: tf.Tensor1D;
  /** Of tables only: where the cell's device has its blocks. */
  readonly block: tf.Tensor1D;
}

/** What never changes of a crossbar: its cells' numbers, and its response's curves or tables. */
export interface Device {
  readonly program: CrossbarProgram;
  /** By polarity. */
  readonly numbers: readonly CellNumbers[];
  /** Curves of upward pulses, then those of downward ones, or a table's blocks. */
  readonly curves: tf.Tensor1D | undefined;
  readonly table: PackedTable | undefined;
  /** What every write snaps to, where it does. */
  readonly levels: tf.Tensor1D | undefined;
}

/** Places in tables are computed in float32, which has all whole numbers up to here. */
const exactPlaces = 2 ** 24;

/** Uploads what never changes of a crossbar. */
export function deviceOf(program: CrossbarProgram, seed: number, layer: number): Device {
  const { response } = program;
  const table = response.kind === 'table' ? packTable(response) : undefined;
  const both = response.kind === 'curve' ? response.curves : table?.blocks;
  if (both && both.up.length + both.down.length > exactPlaces) {
    const what = `its tables have ${both.up.length + both.down.length} numbers, expected at most ${exactPlaces}`;
    throw new UsageError({ where: 'device', what, remedy: 'use another backend: --backend wasm' });
  }
  const snaps = program.quantizeWrites && response.kind !== 'ideal';
  return {
    ...{ program, table },
    numbers: Array.from({ length: devicesPerWeight(program.coding) }, (_, p) => {
      const tables = tableOfCells(program, seed, layer, p);
      const block = tf.tensor1d(Float32Array.from(tables, (one) => one * (table?.deviceSize ?? 0)));
      return { ...numbersOf(program, seed, layer, p), block };
    }),
    curves: both && tf.tensor1d([...both.up, ...both.down]),
    levels: snaps ? tf.tensor1d(response.levels) : undefined,
  };
}

function numbersOf(
  program: CrossbarProgram,
  seed: number,
  layer: number,
  polarity: number,
): Omit<CellNumbers, 'block'> {
  const { response } = program;
  const owns = response.kind === 'affine' || response.kind === 'curve';
  const size = owns ? cellSizeOf(response) : 0;
  const packed = cellParameters(program, deviceKey(seed, layer, polarity));
  const take = (which: number, otherwise = 0): tf.Tensor1D =>
    tf.tensor1d(owns && which < size ? packed.filter((_, i) => i % size === which) : [otherwise]);
  return {
    ...{ up: [take(0), take(1)], down: [take(2), take(3)] },
    ...{ low: take(4, 0), high: take(5, 1), origin: take(6), rate: take(7) },
  };
}

/** The numbers of the cells at some places; all of them without. */
export function numbersAt(numbers: CellNumbers, places: tf.Tensor1D | undefined): CellNumbers {
  if (!places) return numbers;
  const take = (values: tf.Tensor1D): tf.Tensor1D => (values.size === 1 ? values : tf.gather(values, places));
  const { up, down, low, high, origin, rate, block } = numbers;
  return {
    ...{ up: [take(up[0]), take(up[1])], down: [take(down[0]), take(down[1])] },
    ...{ low: take(low), high: take(high), origin: take(origin), rate: take(rate) },
    block: take(block),
  };
}

export function disposeDevice({ numbers, curves, levels }: Device): void {
  const ofCells = numbers.flatMap(({ up, down, low, high, origin, rate, block }) => {
    return [...up, ...down, low, high, origin, rate, block];
  });
  tf.dispose([...ofCells, ...(curves ? [curves] : []), ...(levels ? [levels] : [])]);
}
