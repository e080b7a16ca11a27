import { fold, keyOf, type Key, type Purpose } from '../../src/random.js';
import { cellParameters, deviceKey } from '../../src/crossbar/weights.js';
import { devicesPerWeight, type CrossbarProgram, type CrossbarState } from '../../src/crossbar/program.js';
import { tableOfCells } from '../../src/crossbar/table-draws.js';
import { cellSizeOf, writeNoiseOf, type OwnResponse, type TableResponse } from '../../src/device/response.js';
import { quantizerOf } from '../arithmetic.js';
import { layerKeys } from '../keys.js';
import { blockHead, guideOf, moreRows, packTable, type Guide, type PackedTable } from '../table.js';
import type { KernelMemory } from './memory.js';

/** Numbers that stand for names in kernels/wasm/assembly/crossbar.ts. */
const codings = { ideal: 0, 'differential-pair': 1, 'one-sided-pair': 2, offset: 3 } as const;
const policies = { stochastic: 0, fractional: 1, round: 2 } as const;

/** A crossbar placed in a kernel's memory. */
export interface PlacedCrossbar {
  readonly address: number;
  readonly stride: number;
  /** @param memory - the one that it was placed in */
  state(memory: KernelMemory): CrossbarState;
}

/** Columns of a padded row: a multiple of 16, so that rows begin on cache lines and end on whole blocks of vectors. */
export function strideOf(cols: number): number {
  return Math.ceil(cols / 16) * 16;
}

/**
 * Copies a crossbar's cells and tables into memory and describes them to the kernels.
 * @param learningRate - multiplies every request; 1 where the caller asks for ΔW itself
 */
export function placeCrossbar(
  memory: KernelMemory,
  program: CrossbarProgram,
  state: CrossbarState,
  place: { readonly seed: number; readonly layer: number; readonly learningRate: number },
): PlacedCrossbar {
  const { exports } = memory;
  const { rows, cols, coding } = program;
  const stride = strideOf(cols);
  const devices = devicesPerWeight(coding);
  const address = memory.allocate(exports.crossbarSize());
  // Three spare rows: the transposed read takes four rows at a time.
  const spare = 3 * stride;
  const plus = memory.copyInPadded(state.plus, cols, stride, spare);
  const minus = devices === 2 ? memory.copyInPadded(state.minus, cols, stride, spare) : 0;
  const difference = coding === 'ideal' ? plus : memory.floats(rows * stride + spare);
  const columnSums = memory.floats(stride);
  const columnOffsets = memory.floats(stride);
  exports.setShape(address, rows, cols, stride, codings[coding], devices, policies[program.pulsePolicy]);
  exports.setArrays(address, plus, minus, difference, columnSums, columnOffsets);
  const writeNoise = writeNoiseOf(program.response);
  const hidden = state.hidden ?? state;
  const hiddenPlus = writeNoise > 0 ? memory.copyInPadded(hidden.plus, cols, stride, spare) : plus;
  const hiddenMinus = writeNoise > 0 && devices === 2 ? memory.copyInPadded(hidden.minus, cols, stride, spare) : minus;
  if (writeNoise > 0) exports.setWriteNoise(address, writeNoise, hiddenPlus, hiddenMinus);
  placeScales(memory, address, program, place.learningRate);
  placeResponse(memory, address, program, place.seed, place.layer);
  placeKeys(memory, address, place.seed, place.layer);
  exports.readDifferences(address);
  exports.sumColumns(address);
  if (state.columns.length > 0) {
    memory.write(columnSums, state.columns.subarray(0, cols));
    memory.write(columnOffsets, state.columns.subarray(cols));
  }
  const cellsAt = (memory: KernelMemory, plus: number, minus: number) => ({
    plus: memory.readPadded(plus, rows, cols, stride),
    minus: devices === 2 ? memory.readPadded(minus, rows, cols, stride) : new Float32Array(0),
  });
  return {
    address,
    stride,
    state: (memory) => ({
      ...cellsAt(memory, plus, minus),
      columns: Float32Array.from([...memory.readFloats(columnSums, cols), ...memory.readFloats(columnOffsets, cols)]),
      ...(writeNoise > 0 ? { hidden: cellsAt(memory, hiddenPlus, hiddenMinus) } : {}),
    }),
  };
}

function placeScales(memory: KernelMemory, address: number, program: CrossbarProgram, learningRate: number): void {
  const { response, conductancePerWeight, converters } = program;
  const perRange = response.kind === 'ideal' ? { up: 1, down: 1 } : response.pulsesPerRange;
  memory.exports.setScales(
    address,
    program.readScale,
    program.reference,
    program.backwardScale,
    program.backwardShift,
    program.refreshAt,
    learningRate * conductancePerWeight * perRange.up,
    learningRate * conductancePerWeight * perRange.down,
    response.kind === 'ideal' ? 0 : response.readNoise,
    program.conductanceFloor,
    program.accessCurvature,
  );
  const { forwardInput, forwardOutput, backwardInput, backwardOutput, updateInput, updateError } = converters;
  const order = [forwardInput, forwardOutput, backwardInput, backwardOutput, updateInput, updateError];
  const quantizers = order.map(quantizerOf).flatMap(({ limit, step, inverse }) => [limit, step, inverse]);
  memory.exports.setConverters(address, memory.copyIn(Float32Array.from(quantizers)));
}

function placeResponse(
  memory: KernelMemory,
  address: number,
  program: CrossbarProgram,
  seed: number,
  layer: number,
): void {
  const { response } = program;
  if (response.kind === 'ideal') return;
  if (program.quantizeWrites) {
    memory.exports.setLevels(address, memory.copyIn(response.levels), response.levels.length);
  }
  if (response.kind === 'table') placeTable(memory, address, program, response, seed, layer);
  else placeCells(memory, address, program, response, seed, layer);
}

function placeTable(
  memory: KernelMemory,
  address: number,
  program: CrossbarProgram,
  response: TableResponse,
  seed: number,
  layer: number,
): void {
  const table = packTable(response);
  const blockSize = 2 * table.blockSize - blockHead;
  const deviceSize = response.bins * blockSize;
  const placed = [0, 1].map((polarity) =>
    memory.copyIn(tableOfCells(program, seed, layer, polarity).map((device) => 4 * device * deviceSize)),
  ) as [number, number];
  memory.exports.setTable(
    address,
    response.bins,
    blockSize,
    memory.copyIn(table.nodes.map((value, i) => (i % 2 === 0 ? value * draws : value / draws))),
    memory.copyIn(nestedGuide(response.cdf)),
    memory.copyIn(withDifferences(table, table.blocks.up)),
    memory.copyIn(withDifferences(table, table.blocks.down)),
    ...placed,
    response.devices ? 4 : 0,
  );
}

/**
 * Blocks with each deviation's difference to that of the next bin beside it: what a draw takes of a table's two rows and two bins
 * lies in one vector.
 */
function withDifferences({ blockSize }: PackedTable, blocks: Float32Array): Float32Array {
  const rows = blockSize - blockHead;
  const wide = new Float32Array((blocks.length / blockSize) * (blockHead + 2 * rows));
  for (let from = 0, to = 0; from < blocks.length; from += blockSize, to += blockHead + 2 * rows) {
    wide.set(blocks.subarray(from, from + blockHead), to);
    for (let row = blockHead; row < blockSize; row++) {
      const deviation = blocks[from + row]!;
      wide[to + 2 * row - blockHead] = deviation;
      // Behind a device's last bin there is none: its block is never the lower one.
      wide[to + 2 * row - blockHead + 1] = (blocks[from + blockSize + row] ?? deviation) - deviation;
    }
  }
  return wide;
}

/** Kernels count probabilities in draws, which have 24 bits: powers of two change no bit of what is computed with them. */
const draws = 2 ** 24;

/**
 * Where to look for a probability, as pairs of a row's byte offset among the nodes and of the probability from which the next row
 * holds, each pair one load of a kernel: 1024 entries, so that few have more than two rows. Such an entry has 256 of its own behind
 * the others; its first word says where, with the sign bit set.
 */
function nestedGuide(cdf: Float32Array): Int32Array {
  const guide = guideOf(cdf, 1024, 0, 2 ** -10);
  const words = [interleaved(guide)];
  for (const [k, row] of guide.firstRow.entries()) {
    if (row >= 0) continue;
    words[0]![2 * k] = moreRows | (1024 + 256 * (words.length - 1));
    words.push(interleaved(guideOf(cdf, 256, k / 1024, 2 ** -18)));
  }
  return Int32Array.from(words.flat());
}

function interleaved({ firstRow, nextFrom }: Guide): number[] {
  const probabilities = new Int32Array(nextFrom.map((q) => q * draws).buffer);
  return Array.from(firstRow, (row, i) => [(row & moreRows) | ((row & ~moreRows) << 3), probabilities[i]!]).flat();
}

/** Parameters of cells, their noise, and the curves that some are read from. */
function placeCells(
  memory: KernelMemory,
  address: number,
  program: CrossbarProgram,
  response: OwnResponse,
  seed: number,
  layer: number,
): void {
  const { cycleToCycle, stepNoise = 0 } = response;
  const [plus, minus] = [0, 1].map((device) =>
    memory.copyIn(cellParameters(program, deviceKey(seed, layer, device))),
  ) as [number, number];
  memory.exports.setAffine(address, cycleToCycle, plus, minus, response.drawCell ? 4 * cellSizeOf(response) : 0);
  if (stepNoise > 0) memory.exports.setStepNoise(address, stepNoise);
  if (response.kind === 'affine') return;
  const { curves, bins } = response;
  memory.exports.setCurves(address, bins, memory.copyIn(curves.up), memory.copyIn(curves.down));
}

function placeKeys(memory: KernelMemory, address: number, seed: number, layer: number): void {
  const ofPolarity = (purpose: Purpose): Key[] =>
    [0, 1].map((device) => fold(fold(keyOf(seed, purpose), layer), device));
  const { read, predict, backwardRead } = layerKeys(seed, layer);
  const keys = [...ofPolarity('cycleToCycle'), ...ofPolarity('programming'), read, predict, backwardRead];
  keys.push(fold(keyOf(seed, 'writeNoise'), layer));
  keys.forEach(({ a, b }, which) => {
    memory.exports.setKey(address, which, a, b);
  });
}
