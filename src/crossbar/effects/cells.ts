import { keyOf, type Key } from '../../random.js';
import {
  curveStep,
  interpolate,
  levelsOfStep,
  type AffineCell,
  type AffineResponse,
  type CurveCell,
  type CurveResponse,
  type Directions,
  type OwnResponse,
  type TableResponse,
  type TableSteps,
} from '../../device/response.js';

/** Single effects taken out of response tables. Nothing here knows a device model. */

type CellResponse = OwnResponse | TableResponse;
type Direction = keyof Directions<never>;

interface Cells<Cell> {
  readonly nominal: Cell;
  readonly drawCell: ((key: Key, index: number) => Cell) | undefined;
}

/** Cells of a spread that are looked at to tell what it spreads. */
const probes = 16;

/** The nominal cell, and a few drawn ones where cells are not alike. */
export function sampleCells<Cell>({ nominal, drawCell }: Cells<Cell>): Cell[] {
  const key = keyOf(0, 'deviceToDevice');
  return drawCell ? [nominal, ...Array.from({ length: probes }, (_, i) => drawCell(key, i))] : [nominal];
}

/** Whether every pulse of a direction moves by the same step, wherever the cell is. */
export function isLinear(response: CellResponse, direction: Direction): boolean {
  if (response.kind === 'affine') return sampleCells(response).every((cell) => cell[direction].c1 === 0);
  if (response.kind === 'curve') return flatRows(response, direction);
  return devicesOf(response).every(({ mean }) => mean[direction].every((step) => step === mean[direction][0]));
}

/** The devices of a table, and the nominal one. */
function devicesOf(response: TableResponse): readonly TableSteps[] {
  return [response, ...(response.devices ?? [])];
}

/** The same of every device of a table, the nominal one included. */
function everyDevice(response: TableResponse, change: (device: TableSteps) => TableSteps): TableResponse {
  const { devices } = response;
  return { ...response, ...change(response), ...(devices && { devices: devices.map(change) }) };
}

function flatRows({ curves, bins }: CurveResponse, direction: Direction): boolean {
  return curves[direction].every((value, i, all) => value === all[i - (i % bins)]);
}

/**
 * Steps of 1/pulsesPerRange at every conductance. A cell of its own keeps its own size of step: that at the middle of
 * its range, relative to the nominal cell's there. Levels follow the straightened LTP curve.
 */
export function linearised(response: CellResponse, direction: Direction): CellResponse {
  const step = (direction === 'up' ? 1 : -1) / response.pulsesPerRange[direction];
  const straight = straightened(response, direction, step);
  return direction === 'up' ? { ...straight, levels: straightLevels(step) } : straight;
}

function straightened(response: CellResponse, direction: Direction, step: number): CellResponse {
  switch (response.kind) {
    case 'affine':
      return straightCells(response, direction, step);
    case 'curve':
      return straightCurve(response, direction, step);
    case 'table':
      return straightTable(response, direction, Math.fround(step));
    default:
      return response satisfies never;
  }
}

function straightLevels(step: number): Float32Array {
  // A whole number of pulses up to rounding: 1/(1/30) is not quite 30.
  return levelsOfStep({ c0: step, c1: 0 }, Math.ceil(1 / step - 1e-9));
}

function straightCells(response: AffineResponse, direction: Direction, step: number): AffineResponse {
  const { nominal, drawCell } = response;
  const straight = (cell: AffineCell): AffineCell => {
    const size = middleStep(cell, direction) / middleStep(nominal, direction);
    return { ...cell, [direction]: { c0: step * size, c1: 0 } };
  };
  return { ...response, nominal: straight(nominal), drawCell: drawCell && mapped(drawCell, straight) };
}

function middleStep(cell: AffineCell, direction: Direction): number {
  const { c0, c1 } = cell[direction];
  return c0 - (c1 * (cell.low + cell.high)) / 2;
}

/** The branch's curves become 1 everywhere; a cell's scale is then its step. */
function straightCurve(response: CurveResponse, direction: Direction, step: number): CurveResponse {
  const { nominal, drawCell, curves } = response;
  const middle = (cell: CurveCell): number => curveStep(response, cell, (cell.low + cell.high) / 2, direction);
  const whole = middle(nominal);
  // Where the curve is 0 in the middle, cells still differ by their scales.
  const size = (cell: CurveCell): number =>
    whole === 0 ? cell[direction].scale / nominal[direction].scale : middle(cell) / whole;
  const straight = (cell: CurveCell): CurveCell => {
    return { ...cell, [direction]: { scale: step * size(cell), shape: 0 } };
  };
  return {
    ...response,
    curves: { ...curves, [direction]: curves[direction].map(() => 1) },
    nominal: straight(nominal),
    drawCell: drawCell && mapped(drawCell, straight),
  };
}

/**
 * The noise about the mean stays as it was measured at each conductance. Of several devices each keeps its own size of
 * step, that at the middle of the range relative to the nominal one there.
 */
function straightTable(response: TableResponse, direction: Direction, step: number): TableResponse {
  const { bins } = response;
  const middle = ({ mean }: TableSteps): number => interpolate(mean[direction], 0.5);
  return everyDevice(response, (device) => {
    const { mean, quantiles } = device;
    const own = device === response ? step : Math.fround(step * (middle(device) / middle(response)));
    const moved = quantiles[direction].map((delta, i) => delta - mean[direction][i % bins]! + own);
    return {
      mean: { ...mean, [direction]: new Float32Array(bins).fill(own) },
      quantiles: { ...quantiles, [direction]: moved },
    };
  });
}

/** Whether a pulse always does the same at the same conductance. */
export function isNoiseless(response: CellResponse): boolean {
  if (response.kind !== 'table')
    return response.cycleToCycle === 0 && (response.stepNoise ?? 0) === 0 && (response.writeNoise ?? 0) === 0;
  const { bins } = response;
  const still = ({ mean, quantiles }: TableSteps, direction: Direction): boolean =>
    quantiles[direction].every((delta, i) => delta === mean[direction][i % bins]);
  return devicesOf(response).every((device) => still(device, 'up') && still(device, 'down'));
}

export function noiseless(response: CellResponse): CellResponse {
  if (response.kind !== 'table') {
    const { stepNoise, writeNoise } = response;
    const still = {
      ...(stepNoise === undefined ? {} : { stepNoise: 0 }),
      ...(writeNoise === undefined ? {} : { writeNoise: 0 }),
    };
    return { ...response, cycleToCycle: 0, ...still };
  }
  const { bins } = response;
  return everyDevice(response, ({ mean, quantiles }) => {
    const still = (direction: Direction): Float32Array =>
      quantiles[direction].map((_, i) => mean[direction][i % bins]!);
    return { mean, quantiles: { up: still('up'), down: still('down') } };
  });
}

/** Whether cells differ from each other. */
export function isSpread(response: CellResponse): boolean {
  return response.kind === 'table' ? response.devices !== undefined : response.drawCell !== undefined;
}

/** The same response with all cells alike: each the nominal one. */
export function alike(response: CellResponse): CellResponse {
  if (response.kind !== 'table') return { ...response, drawCell: undefined };
  return { ...response, devices: undefined };
}

/** Whether cells never differ in their constant steps and no pulse is noisy: what is left is only what bounds them. */
export function isPlain(response: CellResponse): boolean {
  return !isSpread(response) && isNoiseless(response) && isLinear(response, 'up') && isLinear(response, 'down');
}

/**
 * Cells whose steps go on beyond the ends of the range.
 * @param low - whether the lower bound goes too
 */
export function unbounded(response: AffineResponse, low: boolean): AffineResponse {
  const open = (cell: AffineCell): AffineCell => ({ ...cell, ...(low ? { low: -Infinity } : {}), high: Infinity });
  return {
    ...response,
    nominal: open(response.nominal),
    drawCell: response.drawCell && mapped(response.drawCell, open),
  };
}

export function isUnbounded(response: CellResponse): boolean {
  return response.kind === 'affine' && response.nominal.high === Infinity;
}

/** A plain table, or a curve straight in both directions, in closed form, which has steps beyond its ends too. */
export function closedForm(response: CurveResponse | TableResponse): AffineResponse {
  return response.kind === 'curve' ? closedCurve(response) : closedTable(response);
}

function closedTable(table: TableResponse): AffineResponse {
  const { pulsesPerRange, readNoise, levels, gMin, gMax, retention } = table;
  const up = { c0: 1 / pulsesPerRange.up, c1: 0 };
  const down = { c0: -1 / pulsesPerRange.down, c1: 0 };
  const nominal = { up, down, low: 0, high: 1 };
  const shared = { pulsesPerRange, readNoise, levels, gMin, gMax, retention };
  return { kind: 'affine', ...shared, nominal, cycleToCycle: 0, drawCell: undefined };
}

function closedCurve(response: CurveResponse): AffineResponse {
  const {
    pulsesPerRange,
    readNoise,
    levels,
    gMin,
    gMax,
    retention,
    cycleToCycle,
    stepNoise = 0,
    writeNoise,
  } = response;
  const closed = (cell: CurveCell): AffineCell => {
    const { low, high } = cell;
    const constant = (direction: Direction): AffineCell['up'] => {
      return { c0: curveStep(response, cell, (low + high) / 2, direction), c1: 0 };
    };
    return { up: constant('up'), down: constant('down'), low, high };
  };
  const shared = { pulsesPerRange, readNoise, levels, gMin, gMax, retention, cycleToCycle, stepNoise, writeNoise };
  const drawCell = response.drawCell && mapped(response.drawCell, closed);
  return { kind: 'affine', ...shared, nominal: closed(response.nominal), drawCell };
}

/** Whether a step turns round beyond a bound and then runs away: its curve gets steeper on the way to the bound. */
export function runsAway(response: AffineResponse): boolean {
  return sampleCells(response).some(({ up, down }) => up.c1 < 0 || down.c1 < 0);
}

function mapped<Cell, Changed>(
  draw: (key: Key, index: number) => Cell,
  change: (cell: Cell) => Changed,
): (key: Key, index: number) => Changed {
  return (key, index) => change(draw(key, index));
}
