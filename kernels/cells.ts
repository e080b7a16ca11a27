import { fold, keyOf, normal, uniform, type Key } from '../src/random.js';
import { cellParameters, deviceKey, snapToLevel } from '../src/crossbar/weights.js';
import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../src/crossbar/program.js';
import { seenConductance } from '../src/crossbar/read-scales.js';
import { tableOfCells } from '../src/crossbar/table-draws.js';
import { cellSizeOf, writeNoiseOf, type CurveResponse, type OwnResponse } from '../src/device/response.js';
import { f32 } from './arithmetic.js';
import type { StepKeys } from './keys.js';
import { ReferenceLedger, type LedgerState } from './ledger.js';
import { packTable, readTable, type PackedTable, type TableDraw } from './table.js';

/**
 * The cells of one crossbar and what pulses do to them, one cell at a time: the specification that every backend's
 * cells are held against.
 */

export class ReferenceCells {
  readonly devices: 1 | 2;
  /** Normalised conductances by polarity; for the ideal device one array of weights. */
  readonly g: readonly Float32Array[];
  /** What pulses move: `g` itself unless writes are noisy. */
  readonly hidden: readonly Float32Array[];
  private readonly writeSigma: number;
  /** What the read multiplies: g⁺ − g⁻, g − reference, or the ideal weight; shape [rows, cols]. */
  readonly difference: Float32Array;
  /** Sums of `difference` over rows, and the ideal device's column offsets; shape [cols] each. */
  readonly columnSums: Float32Array;
  readonly columnOffsets: Float32Array;
  private readonly parameters: readonly Float32Array[];
  private readonly table: PackedTable | undefined;
  /** By polarity: each cell's device in the table. */
  private readonly tables: readonly Uint32Array[];
  /** What every write snaps to, where it does. */
  private readonly levels: Float32Array | undefined;
  private readonly cycleToCycleKeys: readonly Key[];
  private readonly programmingKeys: readonly Key[];
  private readonly writeKey: Key;
  /** Pulses and reads, where they are recorded. */
  ledger: ReferenceLedger | undefined;

  constructor(
    readonly program: CrossbarProgram,
    state: CrossbarState,
    seed: number,
    layer: number,
  ) {
    const { cols, response } = program;
    this.devices = devicesPerWeight(program.coding);
    const arrays = this.devices === 2 ? [state.plus, state.minus] : [state.plus];
    this.g = arrays.map((array) => array.slice());
    this.writeSigma = f32(writeNoiseOf(response));
    const hidden = state.hidden && [state.hidden.plus, state.hidden.minus];
    this.hidden = this.writeSigma === 0 ? this.g : this.g.map((array, device) => (hidden?.[device] ?? array).slice());
    this.difference = program.coding === 'ideal' ? this.g[0]! : new Float32Array(state.plus.length);
    this.columnSums = new Float32Array(cols);
    this.columnOffsets = new Float32Array(cols);
    const keys = (purpose: 'cycleToCycle' | 'programming'): Key[] =>
      [0, 1].map((device) => fold(fold(keyOf(seed, purpose), layer), device));
    this.cycleToCycleKeys = keys('cycleToCycle');
    this.programmingKeys = keys('programming');
    this.writeKey = fold(keyOf(seed, 'writeNoise'), layer);
    this.parameters = [0, 1].map((device) => cellParameters(program, deviceKey(seed, layer, device)));
    this.levels = program.quantizeWrites && response.kind !== 'ideal' ? response.levels : undefined;
    this.table = response.kind === 'table' ? packTable(response) : undefined;
    this.tables = [0, 1].map((device) => tableOfCells(program, seed, layer, device));
    if (program.coding !== 'ideal') this.readDifferences();
    if (state.columns.length > 0) {
      this.columnSums.set(state.columns.subarray(0, cols));
      this.columnOffsets.set(state.columns.subarray(cols));
    } else this.sumColumns();
  }

  stepKeys(device: number, step: number): StepKeys {
    return {
      cycleToCycle: fold(this.cycleToCycleKeys[device]!, step),
      programming: fold(this.programmingKeys[device]!, step),
      writeNoise: fold(this.writeKey, step),
    };
  }

  /** Records pulses and reads from now on, or goes on with what another ledger of the same cells recorded. */
  keepLedger(from: LedgerState | undefined): void {
    const { rows, cols, conductanceFloor } = this.program;
    this.ledger = new ReferenceLedger(this.g, rows, cols, conductanceFloor, from);
  }

  /** Column sums afresh, row after row; done at fixed steps so that rounding errors cannot build up. */
  sumColumns(): void {
    const { cols } = this.program;
    this.columnSums.fill(0);
    for (let i = 0; i < this.difference.length; i++) {
      const j = i % cols;
      this.columnSums[j] = f32(this.columnSums[j]! + this.difference[i]!);
    }
  }

  /** Differences and column sums afresh, after something other than pulses has moved the conductances. */
  readAll(): void {
    this.readDifferences();
    this.sumColumns();
  }

  state(): CrossbarState {
    const columns = Float32Array.from([...this.columnSums, ...this.columnOffsets]);
    const copied = ([plus, minus]: readonly Float32Array[]) => {
      return { plus: plus!.slice(), minus: minus?.slice() ?? new Float32Array(0) };
    };
    const hidden = this.writeSigma === 0 ? {} : { hidden: copied(this.hidden) };
    return { ...copied(this.g), columns, ...hidden };
  }

  private readDifferences(): void {
    for (let i = 0; i < this.difference.length; i++) this.readDifference(i);
  }

  private readDifference(cell: number): void {
    const { accessCurvature, reference } = this.program;
    const seen = (device: 0 | 1): number => seenConductance(this.g[device]![cell]!, accessCurvature);
    this.difference[cell] = f32(seen(0) - (this.devices === 2 ? seen(1) : f32(reference)));
  }

  /**
   * Gives `pulses` (whole or fractional, > 0) to one cell and renews its weight and its column's sum.
   * A fraction of a pulse moves the cell by that fraction of a step, and noise goes with √pulses.
   */
  pulse(device: number, cell: number, up: boolean, pulses: number, keys: StepKeys): void {
    const { coding } = this.program;
    const [low, high] = this.bounds(device, cell);
    const from = this.hidden[device]![cell]!;
    const moved = this.move(from, device, cell, up, pulses, keys.cycleToCycle);
    const g = this.settle(Math.min(Math.max(moved, low), high), low, high);
    if (this.program.pulsePolicy === 'fractional') this.ledger?.part(device, cell, pulses);
    else this.ledger?.pulse(device, cell, up, pulses, from, g);
    this.write(device, cell, g, keys);
    const saturated = f32(low + f32(f32(this.program.refreshAt) * f32(high - low)));
    if (coding === 'one-sided-pair' && g >= saturated) this.refresh(cell, keys);
    this.renew(cell);
  }

  /** Puts a cell at g. What a read then sees is off by the noise of this write, and never below zero siemens. */
  private write(device: number, cell: number, g: number, keys: StepKeys): void {
    const before = this.g[device]![cell]!;
    this.hidden[device]![cell] = g;
    if (this.writeSigma !== 0) {
      const seen = f32(g + f32(this.writeSigma * normal(keys.writeNoise, 2 * cell + device)));
      this.g[device]![cell] = Math.max(seen, f32(-this.program.conductanceFloor));
    }
    this.ledger?.moved(device, cell, before);
  }

  private renew(cell: number): void {
    const before = this.difference[cell]!;
    this.readDifference(cell);
    const j = cell % this.program.cols;
    this.columnSums[j] = f32(this.columnSums[j]! + f32(this.difference[cell]! - before));
  }

  private bounds(device: number, cell: number): readonly [number, number] {
    const { response } = this.program;
    if (response.kind === 'ideal' || response.kind === 'table') return [0, 1];
    const at = this.parameterOffset(response, device, cell);
    return [this.parameters[device]![at + 4]!, this.parameters[device]![at + 5]!];
  }

  private parameterOffset(response: OwnResponse, device: number, cell: number): number {
    const size = cellSizeOf(response);
    return this.parameters[device]!.length === size ? 0 : cell * size;
  }

  private move(g: number, device: number, cell: number, up: boolean, pulses: number, key: Key): number {
    const { response } = this.program;
    if (response.kind === 'ideal') throw new TypeError('the ideal device has no pulses');
    if (response.kind === 'table') {
      const { mean, deviation } = this.draw(device, cell, g, up, uniform(key, cell));
      return f32(g + f32(f32(pulses * mean) + f32(f32(Math.sqrt(pulses)) * deviation)));
    }
    const step = this.stepOf(response, device, cell, up);
    const bounds = this.bounds(device, cell);
    const { moved, squares } = climb(g, step, up, pulses, bounds);
    const sigma = f32(response.cycleToCycle);
    const relative = f32(response.stepNoise ?? 0);
    if (response.kind === 'affine' && relative === 0) {
      if (sigma === 0) return moved;
      return f32(moved + f32(f32(sigma * f32(Math.sqrt(pulses))) * normal(key, cell)));
    }
    const variance = f32(f32(f32(sigma * sigma) * pulses) + f32(f32(relative * relative) * squares));
    if (variance === 0) return moved;
    return f32(moved + f32(f32(Math.sqrt(variance)) * normal(key, cell)));
  }

  /** One pulse's mean step against g, of one cell in one direction. */
  private stepOf(response: OwnResponse, device: number, cell: number, up: boolean): (g: number) => number {
    const parameters = this.parameters[device]!;
    const at = this.parameterOffset(response, device, cell);
    const first = parameters[at + (up ? 0 : 2)]!;
    const second = parameters[at + (up ? 1 : 3)]!;
    if (response.kind === 'affine') return (g) => f32(first - f32(second * g));
    return this.curveStepOf(response, first, second, parameters[at + 6]!, parameters[at + 7]!, up);
  }

  private curveStepOf(
    { curves, bins }: CurveResponse,
    scale: number,
    shape: number,
    origin: number,
    rate: number,
    up: boolean,
  ): (g: number) => number {
    const row = Math.floor(shape);
    const part = f32(shape - row);
    const values = up ? curves.up : curves.down;
    return (g) => {
      const coordinate = Math.min(Math.max(f32(origin + f32(rate * g)), 0), 1);
      const place = f32(coordinate * (bins - 1));
      const bin = Math.min(Math.floor(place), bins - 2);
      const t = f32(place - bin);
      const along = (from: number): number => f32(values[from]! + f32(t * f32(values[from + 1]! - values[from]!)));
      const near = along(row * bins + bin);
      if (part === 0) return f32(scale * near);
      return f32(scale * f32(near + f32(part * f32(along((row + 1) * bins + bin) - near))));
    };
  }

  private draw(device: number, cell: number, g: number, up: boolean, q: number): TableDraw {
    const tables = this.tables[device]!;
    return readTable(this.table!, tables[tables.length === 1 ? 0 : cell]!, g, up, q);
  }

  /**
   * A one-sided pair that ran into saturation: both cells are erased, and the one that holds the larger part is
   * potentiated by as many whole pulses as come nearest to the difference.
   */
  private refresh(cell: number, keys: StepKeys): void {
    const difference = f32(this.g[0]![cell]! - this.g[1]![cell]!);
    const target = f32(f32(this.program.reference) + Math.abs(difference));
    this.rewrite(0, cell, difference >= 0 ? target : undefined, keys);
    this.rewrite(1, cell, difference >= 0 ? undefined : target, keys);
  }

  /** Erases one cell, and potentiates it towards a target where it has one. */
  private rewrite(device: number, cell: number, target: number | undefined, keys: StepKeys): void {
    const [low, high] = this.bounds(device, cell);
    const erased = Math.min(Math.max(f32(this.program.reference), low), high);
    this.ledger?.erase(device, cell, this.hidden[device]![cell]!, erased);
    const pulses = target === undefined ? 0 : this.pulsesTo(target, erased, device, cell);
    const moved = pulses > 0 ? this.move(erased, device, cell, true, pulses, keys.programming) : erased;
    const g = this.settle(Math.min(Math.max(moved, low), high), low, high);
    if (pulses > 0) this.ledger?.pulse(device, cell, true, pulses, erased, g);
    this.write(device, cell, g, keys);
  }

  /** A written conductance on its level where writes are quantised; a cell's own bounds hold for levels too. */
  private settle(g: number, low: number, high: number): number {
    return this.levels ? Math.min(Math.max(snapToLevel(g, this.levels), low), high) : g;
  }

  /** Whole potentiating pulses whose mean path from the erased state ends nearest to `target`. */
  private pulsesTo(target: number, erased: number, device: number, cell: number): number {
    const { response } = this.program;
    if (response.kind === 'ideal') throw new TypeError('the ideal device has no pulses');
    const high = this.bounds(device, cell)[1];
    const step =
      response.kind === 'table'
        ? (at: number) => this.draw(device, cell, at, true, 0).mean
        : this.stepOf(response, device, cell, true);
    let g = erased;
    for (let count = 0; count < 65_536; count++) {
      const next = f32(g + step(g));
      if (next <= g || g >= high || f32(next - target) > f32(target - g)) return count;
      g = Math.min(next, high);
    }
    return 65_536;
  }
}

/**
 * The mean path along the curve: whole pulses one after the other, then the rest of one. It ends where a bound is
 * passed or a pulse moves nothing any more, whatever number is left. `squares` is the sum of the steps' squares, that of
 * the rest in its proportion: the variance of noise that goes with the step.
 */
function climb(
  from: number,
  step: (g: number) => number,
  up: boolean,
  pulses: number,
  [low, high]: readonly [number, number],
): { readonly moved: number; readonly squares: number } {
  let g = from;
  let squares = 0;
  let left = pulses;
  for (; left >= 1; left = f32(left - 1)) {
    const by = step(g);
    const next = f32(g + by);
    squares = f32(squares + f32(by * by));
    if (next === g || (up ? next >= high : next <= low)) return { moved: next, squares };
    g = next;
  }
  if (left === 0) return { moved: g, squares };
  const by = step(g);
  return { moved: f32(g + f32(left * by)), squares: f32(squares + f32(left * f32(by * by))) };
}
