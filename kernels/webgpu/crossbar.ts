import { fold, keyOf, type Key, type Purpose } from '../../src/random.js';
import { driftBounds, retentionOf } from '../../src/crossbar/drift.js';
import { cellParameters, deviceKey } from '../../src/crossbar/weights.js';
import { devicesPerWeight, type CrossbarProgram } from '../../src/crossbar/program.js';
import { tableOfCells } from '../../src/crossbar/table-draws.js';
import { cellSizeOf, writeNoiseOf, type OwnResponse, type TableResponse } from '../../src/device/response.js';
import { activations, quantizerOf, type Activation } from '../arithmetic.js';
import { packTable } from '../table.js';
import { layerKeys } from '../keys.js';
import { heldSize } from '../traps.js';
import type { Arena } from './arena.js';
import type { Part, Source } from './buffers.js';
import { codings, kinds, policies } from './prelude.wgsl.js';
import { descriptorSize, words, type Word } from './words.js';

/** A crossbar's arrays, on the host or on the GPU; `columns` and `hidden` as in CrossbarState. */
export interface CellSources {
  readonly plus: Source;
  readonly minus?: Source | undefined;
  readonly columns?: Source | undefined;
  readonly hidden?: { readonly plus: Source; readonly minus?: Source | undefined } | undefined;
  readonly traps?: { readonly plus: Source; readonly minus?: Source | undefined } | undefined;
}

/** Where a crossbar's arrays lie in the heap: words. */
export interface CrossbarPlaces {
  readonly program: CrossbarProgram;
  readonly cells: readonly number[];
  /** The same as cells, unless writes are noisy. */
  readonly hidden: readonly number[];
  /** Sums, and the offsets right behind them. */
  readonly columns: number;
  /** What classes of traps hold, where there are several. */
  readonly held: readonly number[];
  /** Whether the column sums came with the cells. */
  readonly hasColumns: boolean;
}

export interface CrossbarPlace {
  readonly seed: number;
  readonly layer: number;
  /** Multiplies every request; 1 where the caller asks for ΔW itself. */
  readonly learningRate: number;
}

/** Of a layer in a network: addresses from the start of the network's vectors. */
export interface LayerWords {
  readonly activation: Activation;
  readonly z: number;
  readonly raw: number;
  readonly delta: number;
}

/** One crossbar's words for the shaders. */
class Descriptor {
  private readonly bits = new Uint32Array(1);
  private readonly float = new Float32Array(this.bits.buffer);

  constructor(private readonly target: Uint32Array) {}

  whole(name: Word, ...values: number[]): void {
    this.target.set(values, words[name]);
  }

  real(name: Word, ...values: number[]): void {
    values.forEach((value, i) => {
      this.float[0] = value;
      this.target[words[name] + i] = this.bits[0]!;
    });
  }

  keys(name: Word, ...keys: readonly Key[]): void {
    this.whole(name, ...keys.flatMap(({ a, b }) => [a, b]));
  }
}

/** Room for descriptors, one behind the other: their address, and each one's words to be filled in. */
export function reserveDescriptors(arena: Arena, count: number): { first: number; words: Uint32Array[] } {
  const all = new Uint32Array(count * descriptorSize);
  return { first: arena.constant(all), words: Array.from({ length: count }, (_, i) => descriptorAt(all, i)) };
}

/** One of descriptors that lie one behind the other. */
export function descriptorAt(all: Uint32Array, i: number): Uint32Array {
  return all.subarray(i * descriptorSize, (i + 1) * descriptorSize);
}

/** Gives a crossbar's arrays and tables their places and describes them to the shaders. */
export function placeCrossbar(
  arena: Arena,
  target: Uint32Array,
  program: CrossbarProgram,
  sources: CellSources,
  place: CrossbarPlace,
  layer?: LayerWords,
): CrossbarPlaces {
  const descriptor = new Descriptor(target);
  const { rows, cols, coding, response } = program;
  const devices = devicesPerWeight(coding);
  descriptor.whole('rows', rows);
  descriptor.whole('cols', cols);
  descriptor.whole('coding', codings[coding]);
  descriptor.whole('devices', devices);
  descriptor.whole('policy', policies[program.pulsePolicy]);
  descriptor.whole('kind', kinds[response.kind]);
  const places = placeArrays(arena, descriptor, program, sources);
  describeScales(descriptor, program, place.learningRate);
  describeResponse(arena, descriptor, program, place);
  describeKeys(descriptor, place);
  describeBounds(arena, descriptor, program, place);
  if (layer) {
    descriptor.whole('activation', activations.indexOf(layer.activation));
    for (const name of ['z', 'raw', 'delta'] as const) descriptor.whole(name, layer[name]);
  }
  return places;
}

function placeArrays(
  arena: Arena,
  descriptor: Descriptor,
  program: CrossbarProgram,
  { plus, minus, columns, hidden, traps }: CellSources,
): CrossbarPlaces {
  const { rows, cols, coding, response } = program;
  const count = rows * cols;
  const pair = devicesPerWeight(coding) === 2;
  const both = (of: { plus: Source; minus?: Source | undefined }, size: number): number[] =>
    (pair ? [of.plus, of.minus!] : [of.plus]).map((source) => arena.place(source, size));
  const cells = both({ plus, minus }, count);
  const shown = writeNoiseOf(response) === 0 ? cells : both(hidden ?? { plus, minus }, count);
  const size = heldSize(program);
  const held = size === 0 ? [] : traps ? both(traps, size) : cells.map(() => arena.room(size));
  const sums = columns ? arena.place(columns, 2 * cols) : arena.room(2 * cols);
  descriptor.whole('cells', ...cells);
  descriptor.whole('hidden', ...shown);
  descriptor.whole('held', ...held);
  descriptor.whole('difference', coding === 'ideal' ? cells[0]! : arena.room(count));
  descriptor.whole('sums', sums);
  descriptor.whole('offsets', sums + cols);
  return { program, cells, hidden: shown, columns: sums, held, hasColumns: columns !== undefined };
}

function describeScales(descriptor: Descriptor, program: CrossbarProgram, learningRate: number): void {
  const { response, conductancePerWeight, converters } = program;
  const perRange = response.kind === 'ideal' ? { up: 1, down: 1 } : response.pulsesPerRange;
  const rate = (pulses: number): number => learningRate * conductancePerWeight * pulses;
  descriptor.real('readScale', program.readScale);
  descriptor.real('reference', program.reference);
  descriptor.real('backwardScale', program.backwardScale);
  descriptor.real('backwardShift', program.backwardShift);
  descriptor.real('refreshAt', program.refreshAt);
  descriptor.real('rate', rate(perRange.up), rate(perRange.down));
  descriptor.real('readSigma', response.kind === 'ideal' ? 0 : response.readNoise);
  descriptor.real('floor', program.conductanceFloor);
  descriptor.real('curvature', program.accessCurvature);
  descriptor.real('writeSigma', writeNoiseOf(response));
  for (const name of converterNames) {
    const { limit, step, inverse } = quantizerOf(converters[name]);
    descriptor.real(name, limit, step, inverse);
  }
}

const converterNames = [
  ...(['forwardInput', 'forwardOutput', 'backwardInput', 'backwardOutput', 'updateInput', 'updateError'] as const),
];

function describeResponse(arena: Arena, descriptor: Descriptor, program: CrossbarProgram, place: CrossbarPlace): void {
  const { response } = program;
  if (response.kind === 'ideal') return;
  if (program.quantizeWrites) {
    descriptor.whole('levels', arena.constant(response.levels));
    descriptor.whole('levelCount', response.levels.length);
  }
  if (response.kind === 'table') describeTable(arena, descriptor, program, response, place);
  else describeCells(arena, descriptor, program, response, place);
}

function describeTable(
  arena: Arena,
  descriptor: Descriptor,
  program: CrossbarProgram,
  response: TableResponse,
  { seed, layer }: CrossbarPlace,
): void {
  const { blocks, blockSize, deviceSize, nodes, firstRow } = packTable(response);
  const places = [0, 1].map((polarity) =>
    arena.constant(tableOfCells(program, seed, layer, polarity).map((device) => device * deviceSize)),
  );
  descriptor.whole('parameters', ...places);
  descriptor.whole('parameterStride', response.devices ? 1 : 0);
  descriptor.whole('bins', response.bins);
  descriptor.whole('blocks', arena.constant(blocks.up), arena.constant(blocks.down));
  descriptor.whole('blockSize', blockSize);
  descriptor.whole('nodes', arena.constant(nodes));
  descriptor.whole('firstRow', arena.constant(firstRow));
  descriptor.whole('lastRow', nodes.length / 2 - 1);
}

function describeCells(
  arena: Arena,
  descriptor: Descriptor,
  program: CrossbarProgram,
  response: OwnResponse,
  { seed, layer }: CrossbarPlace,
): void {
  const parameters = [0, 1].map((device) => arena.constant(cellParameters(program, deviceKey(seed, layer, device))));
  descriptor.whole('parameters', ...parameters);
  descriptor.whole('parameterStride', response.drawCell ? cellSizeOf(response) : 0);
  descriptor.real('cycleToCycle', response.cycleToCycle);
  descriptor.real('stepNoise', response.stepNoise ?? 0);
  if (response.kind === 'affine') return;
  descriptor.whole('bins', response.bins);
  descriptor.whole('curves', arena.constant(response.curves.up), arena.constant(response.curves.down));
}

function describeKeys(descriptor: Descriptor, { seed, layer }: CrossbarPlace): void {
  const ofLayer = (purpose: Purpose): Key => fold(keyOf(seed, purpose), layer);
  const ofPolarity = (purpose: Purpose): Key[] => [0, 1].map((device) => fold(ofLayer(purpose), device));
  const { read, predict, backwardRead, gaps, thinning } = layerKeys(seed, layer);
  descriptor.keys('cycleToCycleKeys', ...ofPolarity('cycleToCycle'));
  descriptor.keys('programmingKeys', ...ofPolarity('programming'));
  descriptor.keys('wholeKeys', ...ofPolarity('pulseThinning'));
  descriptor.keys('gapKeys', ...gaps.flat());
  descriptor.keys('thinningKeys', ...thinning.flat());
  descriptor.keys('writeKey', ofLayer('writeNoise'));
  descriptor.keys('readKey', read);
  descriptor.keys('predictKey', predict);
  descriptor.keys('backwardKey', backwardRead);
}

/** Of cells that forget: the classes' weights, and what each cell's conductance stays within and returns to. */
function describeBounds(arena: Arena, descriptor: Descriptor, program: CrossbarProgram, place: CrossbarPlace): void {
  const retention = retentionOf(program);
  if (!retention) return;
  const { seed, layer } = place;
  const polarities = Array.from({ length: devicesPerWeight(program.coding) }, (_, p) =>
    driftBounds(program, seed, layer, p),
  );
  descriptor.whole('classes', retention.weights.length);
  descriptor.whole('trapWeights', arena.constant(Float32Array.from(retention.weights)));
  descriptor.whole('low', ...polarities.map(({ low }) => arena.constant(low)));
  descriptor.whole('high', ...polarities.map(({ high }) => arena.constant(high)));
  descriptor.whole('rest', ...polarities.map(({ rest }) => arena.constant(rest)));
  descriptor.whole('boundStride', polarities[0]!.low.length === 1 ? 0 : 1);
}

/** The parts of the heap that make up a crossbar's state: cells, columns, what is hidden, what traps hold. */
export function partsOf(heap: GPUBuffer, places: CrossbarPlaces, drifted: boolean): Part[] {
  const { program, cells, hidden, columns, held } = places;
  const count = program.rows * program.cols;
  const size = heldSize(program);
  return [
    ...cells.map((at) => ({ buffer: heap, at, count })),
    { buffer: heap, at: columns, count: 2 * program.cols },
    ...(hidden === cells ? [] : hidden.map((at) => ({ buffer: heap, at, count }))),
    ...(drifted ? held.map((at) => ({ buffer: heap, at, count: size })) : []),
  ];
}
