import type { OnlineSgdProgram, OpenOptions, Replica } from '../contract.js';
import { strideOf } from '../../wasm/crossbar.js';
import type { KernelMemory } from '../../wasm/memory.js';
import type { SharedExports } from '../../wasm/team.js';
import { columnFloats, polaritySize } from './placement.js';

/** Columns of a cache line: threads never write to one line both. */
const block = 16;

/** Cells of a layer below which a meeting of threads costs more than the work that is shared. */
const worthwhileCells = 8192;

/** Columns first … first + cols − 1 of a layer, which fill `width` floats of each padded row. */
interface Columns {
  readonly first: number;
  readonly cols: number;
  readonly width: number;
}

/**
 * Shares a layer's columns out in blocks as evenly as they go; the caller's thread, which also looks at the clock, is
 * never the one with a block more.
 */
export function shareColumns(cols: number, threads: number): Columns[] {
  const blocks = Math.ceil(cols / block);
  const edge = (t: number): number => Math.floor((t * blocks) / threads) * block;
  return Array.from({ length: threads }, (_, t) => {
    const [first, end] = [edge(t), edge(t + 1)];
    return { first, cols: Math.max(0, Math.min(end, cols) - first), width: end - first };
  });
}

/** Whether a layer is shared out: all but the last may be, where they are large enough. */
function isShared({ layers }: OnlineSgdProgram, layer: number, { pace }: OpenOptions): boolean {
  const { rows, cols } = layers[layer]!.crossbar;
  return layer < layers.length - 1 && (pace === 'always' || rows * cols >= worthwhileCells) && cols > block;
}

/** Whether there is anything for more than one thread to do. */
export function gainsByThreads([replica]: readonly Replica[], options: OpenOptions): boolean {
  const { program } = replica!;
  // A ledger's sums by rows would be written by all threads at once.
  if (options.ledger) return false;
  return (options.threads ?? 1) > 1 && program.layers.some((_, l) => isShared(program, l, options));
}

/** What threads have of a network. */
export interface PlacedShares {
  /** Address of the whole layers, and how many there are. */
  readonly layers: number;
  readonly layerCount: number;
  /** Address of a table of addresses, thread by thread and layer by layer: some of a layer's columns, or a copy of all of it. */
  readonly parts: number;
  /** Address of a table of addresses, thread by thread: two layers that hold samples' inputs in turn. */
  readonly inputs: number;
  /** Address of a table of addresses, layer by layer: what threads hand inputs over by that come of their columns; or 0. */
  readonly exchanges: number;
  /** Address of a table of addresses: the layers with which each thread predicts. */
  readonly twins: number;
}

/**
 * Places what each thread has of each layer.
 * @param layers - address of the whole layers, one behind the other
 */
export function placeShares(
  memory: KernelMemory<SharedExports>,
  program: OnlineSgdProgram,
  layers: number,
  options: OpenOptions & { readonly threads: number },
): PlacedShares {
  const { threads } = options;
  const size = memory.exports.layerSize();
  const columns = program.layers.map(({ crossbar }) => shareColumns(crossbar.cols, threads));
  const tableOf = (addresses: readonly number[]): number => memory.copyIn(Uint32Array.from(addresses));
  const each = <T>(place: (thread: number) => T): T[] => Array.from({ length: threads }, (_, t) => place(t));
  const partOf = (thread: number, layer: number): number => {
    const whole = layers + layer * size;
    if (isShared(program, layer, options)) {
      return placeShare(memory, program, layer, whole, columns[layer]![thread]!);
    }
    return placeCopy(memory, program, layer, whole, thread > 0);
  };
  const parts = each((thread) => program.layers.map((_, layer) => partOf(thread, layer)));
  return {
    ...{ layers, layerCount: program.layers.length },
    parts: tableOf(parts.flat()),
    inputs: tableOf(parts.map(([first]) => placeInputs(memory, program, first!))),
    exchanges: tableOf(
      program.layers.map(({ crossbar }, layer) =>
        layer > 0 && isShared(program, layer - 1, options)
          ? placeExchange(memory, columns[layer - 1]!, crossbar.cols)
          : 0,
      ),
    ),
    twins: tableOf(each((thread) => (thread === 0 ? layers : placeTwins(memory, program, layers)))),
  };
}

/**
 * What threads hand to each other of the activations of their columns.
 * @param columns - thread by thread
 * @param cols - columns of the layer that takes them
 */
function placeExchange(memory: KernelMemory<SharedExports>, columns: readonly Columns[], cols: number): number {
  // Room for floats to read and floats to write; blocks of 16 floats are whole cache lines.
  const size = 2 * 4 * Math.max(...columns.map(({ width }) => width));
  const blocks = memory.allocate(2 * columns.length * size);
  const heads = memory.allocate(2 * 4 * strideOf(cols));
  return memory.copyIn(
    Uint32Array.from([blocks, size, heads, ...columns.flatMap(({ first, width }) => [first, width])]),
  );
}

/** A network's layers once more, over the same cells, with working memory for a prediction. */
function placeTwins(memory: KernelMemory<SharedExports>, { layers }: OnlineSgdProgram, whole: number): number {
  const { exports } = memory;
  const size = exports.layerSize();
  const twins = memory.allocate(size * layers.length);
  layers.forEach(({ crossbar }, l) => {
    const rowsSize = 4 * strideOf(crossbar.rows);
    // A vector more than columns: the bias of the next layer is written behind the activations.
    const columnsSize = 4 * (strideOf(crossbar.cols) + block);
    const lists = l === 0 ? memory.allocate(3 * rowsSize) : 0;
    const [columns, rows] = [memory.allocate(2 * columnsSize), memory.allocate(4 * rowsSize)];
    exports.setTwin(twins + l * size, whole + l * size, columns, columnsSize, rows, lists, rowsSize);
  });
  return twins;
}

/** @param part - what a thread has of the first layer */
function placeInputs(memory: KernelMemory<SharedExports>, { layers }: OnlineSgdProgram, part: number): number {
  const { exports } = memory;
  const rowsSize = 4 * strideOf(layers[0]!.crossbar.rows);
  const size = exports.layerSize();
  const address = memory.allocate(2 * size);
  for (const at of [address, address + size]) {
    exports.setInputs(at, part, memory.allocate(4 * rowsSize), memory.allocate(3 * rowsSize), rowsSize);
  }
  return address;
}

/** A part of a layer with working memory of its own: no thread writes what another one works with. */
function placeShare(
  memory: KernelMemory<SharedExports>,
  { layers }: OnlineSgdProgram,
  layer: number,
  whole: number,
  { first, cols, width }: Columns,
): number {
  const { exports } = memory;
  const { crossbar } = layers[layer]!;
  const address = memory.allocate(exports.layerSize() + exports.crossbarSize());
  // Errors are passed down through all columns of the layers above the first one, which therefore stay side by side.
  const cells = layer === 0 ? memory.allocate(exports.cellsSize(whole, width)) : 0;
  const rowsSize = 4 * strideOf(crossbar.rows);
  const errors = memory.floats(strideOf(crossbar.cols));
  const columns = memory.floats(columnFloats(crossbar, Math.max(width, block)));
  const polarity = memory.allocate(polaritySize);
  exports.setShare(
    ...([address, whole, first, cols, width, cells] as const),
    ...([memory.allocate(2 * rowsSize), rowsSize, errors, polarity, columns] as const),
  );
  return address;
}

/** A layer that a thread trains by itself, as the others do theirs. */
function placeCopy(
  memory: KernelMemory<SharedExports>,
  { layers }: OnlineSgdProgram,
  layer: number,
  whole: number,
  ownCells: boolean,
): number {
  const { exports } = memory;
  const { crossbar } = layers[layer]!;
  const address = memory.allocate(exports.layerSize() + exports.crossbarSize());
  const stride = strideOf(crossbar.cols);
  const rowsSize = 4 * strideOf(crossbar.rows);
  // A vector more than columns: the bias of the next layer is written behind the activations.
  const columnsSize = 4 * (stride + block);
  const cells = ownCells ? memory.allocate(exports.cellsSize(whole, stride)) : 0;
  const columns = memory.allocate(4 * columnsSize);
  const errors = memory.floats(stride + block);
  const polarity = memory.allocate(polaritySize);
  exports.setCopy(
    ...([address, whole, cells, columns, columnsSize, memory.allocate(2 * rowsSize), rowsSize] as const),
    ...([errors, polarity, memory.floats(columnFloats(crossbar, stride))] as const),
  );
  return address;
}
