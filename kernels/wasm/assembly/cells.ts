// Twin of kernels/cells.ts: the cells of one crossbar and what pulses do to them.
import { fold, normal, uniform } from './random';
import { Quantizer } from './arithmetic';
import { foldLedger, Ledger, recordErasure, recordMove, recordPart, recordPulses } from './ledger';

export const IDEAL: i32 = 0;
export const DIFFERENTIAL_PAIR: i32 = 1;
export const ONE_SIDED_PAIR: i32 = 2;
export const OFFSET: i32 = 3;

export const STOCHASTIC: i32 = 0;
export const FRACTIONAL: i32 = 1;
export const ROUND: i32 = 2;

export const AFFINE: i32 = 1;
export const TABLE: i32 = 2;
/** Affine steps whose noise goes with the step, and steps read from curves: both take the longer way. */
const AFFINE_STEP_NOISE: i32 = 3;
const CURVE: i32 = 4;

/**
 * One crossbar in memory, or some columns of one. Matrices are row-major with rows of `stride` floats, the columns
 * padded to a multiple of 16.
 */
@unmanaged
export class Crossbar {
  rows: i32;
  cols: i32;
  stride: i32;
  /** Floats of a row that are its own: `stride`, or the part of it that some columns fill. */
  width: i32;
  /** Columns in all and the first one of these: cells, columns and candidates are counted through the whole crossbar. */
  allCols: i32;
  firstCol: i32;
  coding: i32;
  devices: i32;
  policy: i32;
  plus: usize;
  minus: usize;
  difference: usize;
  columnSums: usize;
  columnOffsets: usize;
  readScale: f32;
  reference: f32;
  /** Of the transposed read: weight per unit of what it sees, and what it adds to each difference. */
  backwardScale: f32;
  backwardShift: f32;
  refreshAt: f32;
  /** Pulses per unit of requested outer product, up and down. */
  rateUp: f32;
  rateDown: f32;
  readSigma: f32;
  /** gMin in units of the range. */
  conductanceFloor: f32;
  /** k of what a read sees behind an access resistance. */
  accessCurvature: f32;
  response: i32;
  sigma: f32;
  /**
   * Packed cell parameters by polarity, or of a table the place of each cell's device in its blocks; and bytes from one
   * cell's to the next's: 0 where all are alike.
   */
  parametersPlus: usize;
  parametersMinus: usize;
  parameterStride: usize;
  levels: usize;
  levelCount: i32;
  bins: i32;
  /** The packed table of kernels/table.ts: floats a block, rows' nodes, guide, and blocks by direction. */
  blockSize: i32;
  nodes: usize;
  guide: usize;
  blocksUp: usize;
  blocksDown: usize;
  cycleToCyclePlus: u64;
  cycleToCycleMinus: u64;
  programmingPlus: u64;
  programmingMinus: u64;
  readKey: u64;
  predictKey: u64;
  backwardReadKey: u64;
  writeKey: u64;
  /** Six quantisers: forward input and output, backward input and output, update input and error. */
  quantizers: usize;
  /** σ of a pulse relative to its step. */
  stepSigma: f32;
  curvesUp: usize;
  curvesDown: usize;
  /** What pulses move: plus and minus themselves unless writes are noisy. */
  hiddenPlus: usize;
  hiddenMinus: usize;
  writeSigma: f32;
  /** What is recorded of pulses and reads; 0 where nothing is. */
  ledger: usize;
}

export function crossbarSize(): usize {
  return (offsetof<Crossbar>() + 15) & ~15;
}

export function setShape(at: usize, rows: i32, cols: i32, stride: i32, coding: i32, devices: i32, policy: i32): void {
  const c = changetype<Crossbar>(at);
  c.rows = rows;
  c.cols = cols;
  c.stride = stride;
  c.width = stride;
  c.allCols = cols;
  c.coding = coding;
  c.devices = devices;
  c.policy = policy;
}

export function setArrays(
  at: usize,
  plus: usize,
  minus: usize,
  difference: usize,
  columnSums: usize,
  columnOffsets: usize,
): void {
  const c = changetype<Crossbar>(at);
  c.plus = plus;
  c.minus = minus;
  c.hiddenPlus = plus;
  c.hiddenMinus = minus;
  c.difference = difference;
  c.columnSums = columnSums;
  c.columnOffsets = columnOffsets;
}

export function setScales(
  at: usize,
  readScale: f32,
  reference: f32,
  backwardScale: f32,
  backwardShift: f32,
  refreshAt: f32,
  rateUp: f32,
  rateDown: f32,
  readSigma: f32,
  conductanceFloor: f32,
  accessCurvature: f32,
): void {
  const c = changetype<Crossbar>(at);
  c.readScale = readScale;
  c.reference = reference;
  c.backwardScale = backwardScale;
  c.backwardShift = backwardShift;
  c.refreshAt = refreshAt;
  c.rateUp = rateUp;
  c.rateDown = rateDown;
  c.readSigma = readSigma;
  c.conductanceFloor = conductanceFloor;
  c.accessCurvature = accessCurvature;
}

export function setAffine(at: usize, sigma: f32, plus: usize, minus: usize, parameterStride: usize): void {
  const c = changetype<Crossbar>(at);
  c.response = AFFINE;
  c.sigma = sigma;
  c.parametersPlus = plus;
  c.parametersMinus = minus;
  c.parameterStride = parameterStride;
}

/** After setAffine: noise relative to each step. */
export function setStepNoise(at: usize, stepSigma: f32): void {
  const c = changetype<Crossbar>(at);
  c.response = AFFINE_STEP_NOISE;
  c.stepSigma = stepSigma;
}

/** After setArrays: reads see the hidden conductances with the noise of each write. */
export function setWriteNoise(at: usize, writeSigma: f32, hiddenPlus: usize, hiddenMinus: usize): void {
  const c = changetype<Crossbar>(at);
  c.writeSigma = writeSigma;
  c.hiddenPlus = hiddenPlus;
  c.hiddenMinus = hiddenMinus;
}

/** After setArrays: pulses and reads are recorded. */
export function attachLedger(at: usize, ledger: usize): void {
  changetype<Crossbar>(at).ledger = ledger;
  settleLedger(at);
}

/** Settles what the ledger has of reads. */
export function settleLedger(at: usize): void {
  const c = changetype<Crossbar>(at);
  if (c.ledger != 0) foldLedger(changetype<Ledger>(c.ledger), c.plus, c.devices == 2 ? c.minus : 0, c.rows);
}

/** After setAffine, whose parameters are then those of curve cells. */
export function setCurves(at: usize, bins: i32, curvesUp: usize, curvesDown: usize): void {
  const c = changetype<Crossbar>(at);
  c.response = CURVE;
  c.bins = bins;
  c.curvesUp = curvesUp;
  c.curvesDown = curvesDown;
}

export function setTable(
  at: usize,
  bins: i32,
  blockSize: i32,
  nodes: usize,
  guide: usize,
  blocksUp: usize,
  blocksDown: usize,
  cellsPlus: usize,
  cellsMinus: usize,
  cellStride: usize,
): void {
  const c = changetype<Crossbar>(at);
  c.response = TABLE;
  c.parametersPlus = cellsPlus;
  c.parametersMinus = cellsMinus;
  c.parameterStride = cellStride;
  c.bins = bins;
  c.blockSize = blockSize;
  c.nodes = nodes;
  c.guide = guide;
  c.blocksUp = blocksUp;
  c.blocksDown = blocksDown;
}

export function setLevels(at: usize, levels: usize, count: i32): void {
  const c = changetype<Crossbar>(at);
  c.levels = levels;
  c.levelCount = count;
}

export function setConverters(at: usize, quantizers: usize): void {
  changetype<Crossbar>(at).quantizers = quantizers;
}

/** Keys in the order of the fields; each as its two words. */
export function setKey(at: usize, which: i32, a: u32, b: u32): void {
  store<u64>(at + offsetof<Crossbar>('cycleToCyclePlus') + ((<usize>which) << 3), <u64>a | ((<u64>b) << 32));
}

// @ts-ignore: decorator
@inline
export function quantizer(c: Crossbar, which: i32): Quantizer {
  return changetype<Quantizer>(c.quantizers + <usize>which * 12);
}

/** Twin of seenConductance() in src/crossbar/program.ts. */
// @ts-ignore: decorator
@inline
export function seen(c: Crossbar, g: f32): f32 {
  const k = c.accessCurvature;
  return k == 0 ? g : (g * (<f32>1 + k)) / (<f32>1 + k * g);
}

// @ts-ignore: decorator
@inline
export function seen4(c: Crossbar, g: v128): v128 {
  if (c.accessCurvature == 0) return g;
  const k = f32x4.splat(c.accessCurvature);
  const one = f32x4.splat(1);
  return f32x4.div(f32x4.mul(g, f32x4.add(one, k)), f32x4.add(one, f32x4.mul(k, g)));
}

/** Conductances → differences, for every cell; then the column sums. */
export function readDifferences(at: usize): void {
  const c = changetype<Crossbar>(at);
  if (c.coding != IDEAL) {
    const count = (<usize>c.rows * <usize>c.stride) << 2;
    const reference = f32x4.splat(c.reference);
    for (let i: usize = 0; i < count; i += 16) {
      const minus = c.devices == 2 ? seen4(c, v128.load(c.minus + i)) : reference;
      v128.store(c.difference + i, f32x4.sub(seen4(c, v128.load(c.plus + i)), minus));
    }
    zeroPadding(c, c.difference);
  }
}

function zeroPadding(c: Crossbar, array: usize): void {
  for (let i = 0; i < c.rows; i++) {
    for (let j = c.cols; j < c.stride; j++) store<f32>(array + ((<usize>(i * c.stride + j)) << 2), 0);
  }
}

export function sumColumns(at: usize): void {
  const c = changetype<Crossbar>(at);
  const width = (<usize>c.width) << 2;
  const stride = (<usize>c.stride) << 2;
  memory.fill(c.columnSums, 0, width);
  let row = c.difference;
  for (let i = 0; i < c.rows; i++, row += stride) {
    for (let j: usize = 0; j < width; j += 16) {
      v128.store(c.columnSums + j, f32x4.add(v128.load(c.columnSums + j), v128.load(row + j)));
    }
  }
}

/** What one pulse call needs of a step; one for each polarity. */
@unmanaged
export class Polarity {
  g: usize;
  parameters: usize;
  cycleToCycle: u64;
  programming: u64;
  writeNoise: u64;
  device: i32;
  /** The weight's other cells; 0 where they are the reference. */
  other: usize;
  /** Whether a pulse moves its cell and does nothing else: no levels, refresh, write noise or access resistance. */
  plain: bool;
}

export const polaritySize: usize = 48;

export function preparePolarity(c: Crossbar, device: i32, step: u32, p: Polarity): void {
  p.device = device;
  p.g = device == 0 ? c.hiddenPlus : c.hiddenMinus;
  p.parameters = device == 0 ? c.parametersPlus : c.parametersMinus;
  p.other = device == 1 ? c.plus : c.devices == 2 ? c.minus : 0;
  p.plain = c.levelCount == 0 && c.coding != ONE_SIDED_PAIR && c.writeSigma == 0 && c.accessCurvature == 0;
  p.cycleToCycle = fold(device == 0 ? c.cycleToCyclePlus : c.cycleToCycleMinus, step);
  p.programming = fold(device == 0 ? c.programmingPlus : c.programmingMinus, step);
  if (c.writeSigma != 0) p.writeNoise = fold(c.writeKey, step);
}

/** The mean path: whole pulses one after the other, until a bound is passed or nothing moves; then the rest of one. */
// @ts-ignore: decorator
@inline
function climb(g: f32, parameters: usize, up: bool, pulses: f32): f32 {
  const at = parameters + (up ? 0 : 8);
  const c0 = load<f32>(at);
  const c1 = load<f32>(at, 4);
  if (pulses == 1) return g + (c0 - c1 * g);
  return climbFar(g, c0, c1, up, pulses, load<f32>(parameters, 16), load<f32>(parameters, 20));
}

function climbFar(g: f32, c0: f32, c1: f32, up: bool, pulses: f32, low: f32, high: f32): f32 {
  let left = pulses;
  for (; left >= 1; left -= 1) {
    const next = g + (c0 - c1 * g);
    if (next == g || (up ? next >= high : next <= low)) return next;
    g = next;
  }
  return left > 0 ? g + left * (c0 - c1 * g) : g;
}

// @ts-ignore: decorator
@inline
function along(values: usize, t: f32): f32 {
  const a = load<f32>(values);
  return a + t * (load<f32>(values, 4) - a);
}

/** The row whose probability is the last that does not exceed q; `row` where it begins to look. */
// @ts-ignore: decorator
@inline
export function rowFrom(c: Crossbar, row: i32, q: f32): i32 {
  const last = c.blockSize - 4;
  while (row < last && load<f32>(c.nodes + ((<usize>(row + 1)) << 3)) <= q) row++;
  return row;
}

/** Where a cell's device has its blocks. */
// @ts-ignore: decorator
@inline
function blocksOf(c: Crossbar, parameters: usize, up: bool): usize {
  return (up ? c.blocksUp : c.blocksDown) + <usize>load<u32>(parameters);
}

function tableMean(c: Crossbar, parameters: usize, g: f32, up: bool): f32 {
  const place = g * <f32>(c.bins - 1);
  const bin = min<i32>(<i32>place, c.bins - 2);
  const block = blocksOf(c, parameters, up) + ((<usize>(bin * c.blockSize)) << 2);
  return load<f32>(block) + (place - <f32>bin) * load<f32>(block, 4);
}

/** pulses·mean + √pulses·deviation of a draw of probability q. */
function tableChange(c: Crossbar, parameters: usize, g: f32, up: bool, pulses: f32, q: f32): f32 {
  const place = g * <f32>(c.bins - 1);
  const bin = min<i32>(<i32>place, c.bins - 2);
  const t = place - <f32>bin;
  const row = rowFrom(c, load<i32>(c.guide + ((<usize>(q * <f32>256)) << 3)) & 0x7fffffff, q);
  const node = c.nodes + ((<usize>row) << 3);
  const u = (q - load<f32>(node)) * load<f32>(node, 4);
  const size = (<usize>c.blockSize) << 2;
  const block = blocksOf(c, parameters, up) + <usize>bin * size;
  const at = block + ((<usize>row) << 2);
  const here = load<f32>(at, 8);
  const next = load<f32>(at, 12);
  const below = here + t * (load<f32>(at + size, 8) - here);
  const above = next + t * (load<f32>(at + size, 12) - next);
  const mean = load<f32>(block) + t * load<f32>(block, 4);
  return pulses * mean + sqrt<f32>(pulses) * (below + u * (above - below));
}

/** One pulse's mean step of cells that take the longer way. */
function stepAt(c: Crossbar, parameters: usize, g: f32, up: bool): f32 {
  const at = parameters + (up ? 0 : 8);
  if (c.response != CURVE) return load<f32>(at) - load<f32>(at, 4) * g;
  const shape = load<f32>(at, 4);
  const coordinate = min<f32>(max<f32>(load<f32>(parameters, 24) + load<f32>(parameters, 28) * g, 0), 1);
  const place = coordinate * <f32>(c.bins - 1);
  const bin = min<i32>(<i32>place, c.bins - 2);
  const t = place - <f32>bin;
  const row = <i32>shape;
  const part = shape - <f32>row;
  const values = (up ? c.curvesUp : c.curvesDown) + ((<usize>(row * c.bins + bin)) << 2);
  const near = along(values, t);
  if (part == 0) return load<f32>(at) * near;
  return load<f32>(at) * (near + part * (along(values + ((<usize>c.bins) << 2), t) - near));
}

/** The mean path pulse by pulse, and noise of a part that is the range's and one that goes with the steps. */
function moveAlong(c: Crossbar, parameters: usize, from: f32, cell: u32, up: bool, pulses: f32, key: u64): f32 {
  const low = load<f32>(parameters, 16);
  const high = load<f32>(parameters, 20);
  let g = from;
  let squares: f32 = 0;
  let left = pulses;
  for (; left >= 1; left -= 1) {
    const by = stepAt(c, parameters, g, up);
    const next = g + by;
    const ends = next == g || (up ? next >= high : next <= low);
    squares += by * by;
    g = next;
    if (ends) {
      left = 0;
      break;
    }
  }
  if (left > 0) {
    const by = stepAt(c, parameters, g, up);
    g = g + left * by;
    squares += left * (by * by);
  }
  const variance = c.sigma * c.sigma * pulses + c.stepSigma * c.stepSigma * squares;
  return variance == 0 ? g : g + sqrt<f32>(variance) * normal(key, cell);
}

// @ts-ignore: decorator
@inline
function move(c: Crossbar, parameters: usize, g: f32, cell: u32, up: bool, pulses: f32, key: u64): f32 {
  if (c.response != AFFINE) {
    if (c.response != TABLE) return moveAlong(c, parameters, g, cell, up, pulses, key);
    return g + tableChange(c, parameters, g, up, pulses, uniform(key, cell));
  }
  const moved = climb(g, parameters, up, pulses);
  return c.sigma == 0 ? moved : moved + c.sigma * sqrt<f32>(pulses) * normal(key, cell);
}

function snap(c: Crossbar, g: f32): f32 {
  let low = 0;
  let high = c.levelCount - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f32>(c.levels + ((<usize>middle) << 2)) <= g) low = middle;
    else high = middle;
  }
  const under = load<f32>(c.levels + ((<usize>low) << 2));
  const over = load<f32>(c.levels + ((<usize>high) << 2));
  return over - g < g - under ? over : under;
}

/** Gives pulses to the cell at (row, column), and renews its weight and its column's sum. */
// @ts-ignore: decorator
@inline
export function pulse(c: Crossbar, p: Polarity, row: i32, column: i32, up: bool, pulses: f32): void {
  if (!p.plain) {
    pulseFully(c, p, row, column, up, pulses);
    return;
  }
  const cell = <u32>(row * c.allCols + c.firstCol + column);
  const place = (<usize>(row * c.stride + column)) << 2;
  const parameters = p.parameters + <usize>cell * c.parameterStride;
  const before = load<f32>(p.g + place);
  const moved = move(c, parameters, before, cell, up, pulses, p.cycleToCycle);
  let low: f32 = 0;
  let high: f32 = 1;
  if (c.response != TABLE) {
    low = load<f32>(parameters, 16);
    high = load<f32>(parameters, 20);
  }
  const g = min<f32>(max<f32>(moved, low), high);
  store<f32>(p.g + place, g);
  if (c.ledger != 0) {
    recordWrite(c, p.device, place, column, up, pulses, before, g);
    recordMove(changetype<Ledger>(c.ledger), (<usize>row) << 2, (<usize>column) << 2, g - before);
  }
  const other = p.other == 0 ? c.reference : load<f32>(p.other + place);
  renew(c, column, place, p.device == 0 ? g - other : other - g);
}

/** Whether the update weighs the read before it: with tables most columns may stand still, and would be read for that alone. */
// @ts-ignore: decorator
@inline
export function weighsReads(c: Crossbar): bool {
  return c.policy == FRACTIONAL && c.response != TABLE;
}

/** Enters the pulses of an update in the ledger. */
// @ts-ignore: decorator
@inline
function recordWrite(c: Crossbar, device: i32, place: usize, column: i32, up: bool, n: f32, from: f32, to: f32): void {
  const ledger = changetype<Ledger>(c.ledger);
  const at = (<usize>column) << 2;
  if (c.policy == FRACTIONAL) recordPart(ledger, device, place, n);
  else recordPulses(ledger, device, place, at, up, n, from, to);
}

/** Puts a weight at `difference`, and its column's sum with it. */
// @ts-ignore: decorator
@inline
function renew(c: Crossbar, column: i32, place: usize, difference: f32): void {
  const sum = c.columnSums + ((<usize>column) << 2);
  store<f32>(sum, load<f32>(sum) + (difference - load<f32>(c.difference + place)));
  store<f32>(c.difference + place, difference);
}

function pulseFully(c: Crossbar, p: Polarity, row: i32, column: i32, up: bool, pulses: f32): void {
  const cell = <u32>(row * c.allCols + c.firstCol + column);
  const place = (<usize>(row * c.stride + column)) << 2;
  const parameters = p.parameters + <usize>cell * c.parameterStride;
  const before = load<f32>(p.g + place);
  const moved = move(c, parameters, before, cell, up, pulses, p.cycleToCycle);
  let low: f32 = 0;
  let high: f32 = 1;
  if (c.response != TABLE) {
    low = load<f32>(parameters, 16);
    high = load<f32>(parameters, 20);
  }
  let g = min<f32>(max<f32>(moved, low), high);
  if (c.levelCount > 0) g = min<f32>(max<f32>(snap(c, g), low), high);
  if (c.ledger != 0) recordWrite(c, p.device, place, column, up, pulses, before, g);
  write(c, p, p.device, cell, place, row, column, g);
  if (c.coding == ONE_SIDED_PAIR && g >= low + c.refreshAt * (high - low)) refresh(c, p, cell, place, row, column);
  const other = c.devices == 2 ? seen(c, load<f32>(c.minus + place)) : c.reference;
  renew(c, column, place, seen(c, load<f32>(c.plus + place)) - other);
}

/** Puts a cell at g. What a read then sees is off by the noise of this write, and never below zero siemens. */
// @ts-ignore: decorator
@inline
function write(c: Crossbar, p: Polarity, device: i32, cell: u32, place: usize, row: i32, column: i32, g: f32): void {
  const at = (device == 0 ? c.plus : c.minus) + place;
  const before = load<f32>(at);
  store<f32>((device == 0 ? c.hiddenPlus : c.hiddenMinus) + place, g);
  if (c.writeSigma != 0) {
    const shown = g + c.writeSigma * normal(p.writeNoise, 2 * cell + <u32>device);
    store<f32>(at, max<f32>(shown, -c.conductanceFloor));
  }
  if (c.ledger == 0) return;
  recordMove(changetype<Ledger>(c.ledger), (<usize>row) << 2, (<usize>column) << 2, load<f32>(at) - before);
}

function refresh(c: Crossbar, p: Polarity, cell: u32, place: usize, row: i32, column: i32): void {
  const difference = load<f32>(c.plus + place) - load<f32>(c.minus + place);
  const offset = <usize>cell * c.parameterStride;
  const positive = difference >= 0;
  const target = c.reference + abs<f32>(difference);
  rewrite(c, p, 0, cell, place, row, column, c.parametersPlus + offset, positive ? target : 0);
  rewrite(c, p, 1, cell, place, row, column, c.parametersMinus + offset, positive ? 0 : target);
}

/** Erases one cell and potentiates it towards `target`; 0 leaves it erased. */
function rewrite(
  c: Crossbar,
  p: Polarity,
  device: i32,
  cell: u32,
  place: usize,
  row: i32,
  column: i32,
  parameters: usize,
  target: f32,
): void {
  const own = c.response != TABLE;
  const low = own ? load<f32>(parameters, 16) : <f32>0;
  const high = own ? load<f32>(parameters, 20) : <f32>1;
  const erased = min<f32>(max<f32>(c.reference, low), high);
  let g = erased;
  if (c.ledger != 0) {
    const from = load<f32>((device == 0 ? c.hiddenPlus : c.hiddenMinus) + place);
    recordErasure(changetype<Ledger>(c.ledger), device, place, (<usize>column) << 2, from, erased);
  }
  const pulses = target == 0 ? 0 : pulsesTo(c, parameters, g, target, high);
  if (pulses > 0) g = min<f32>(max<f32>(move(c, parameters, g, cell, true, <f32>pulses, p.programming), low), high);
  if (c.levelCount > 0) g = min<f32>(max<f32>(snap(c, g), low), high);
  if (c.ledger != 0 && pulses > 0) {
    recordPulses(changetype<Ledger>(c.ledger), device, place, (<usize>column) << 2, true, <f32>pulses, erased, g);
  }
  write(c, p, device, cell, place, row, column, g);
}

function pulsesTo(c: Crossbar, parameters: usize, erased: f32, target: f32, high: f32): i32 {
  let g = erased;
  for (let count = 0; count < 65536; count++) {
    const next =
      c.response == TABLE
        ? g + tableMean(c, parameters, g, true)
        : g + stepAt(c, parameters, g, true);
    if (next <= g || g >= high || next - target > target - g) return count;
    g = min<f32>(next, high);
  }
  return 65536;
}
