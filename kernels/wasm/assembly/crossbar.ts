// One crossbar in memory, as the host describes it.
import { Quantizer } from './arithmetic';

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
export const CURVE: i32 = 4;

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

/** Whether the update weighs the read before it: with tables most columns may stand still, and would be read for that alone. */
// @ts-ignore: decorator
@inline
export function weighsReads(c: Crossbar): bool {
  return c.policy == FRACTIONAL && c.response != TABLE;
}
