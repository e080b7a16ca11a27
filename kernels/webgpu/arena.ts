import type { GpuDevice } from './device.js';
import { createBuffer, isBuffer, usage, type Source } from './buffers.js';
import { tableBits } from './tables.js';

/** 32-bit values for the read-only buffer. */
export type Constants = Float32Array | Int32Array | Uint32Array;

/** The two buffers that a kernel's crossbars live in. */
export interface Placed {
  readonly heap: GPUBuffer;
  readonly data: GPUBuffer;
  dispose(): void;
}

/** A number of words in each of the two. */
export interface Words {
  readonly heap: number;
  readonly data: number;
}

interface ArenaMark {
  readonly heapWords: number;
  readonly dataWords: number;
  readonly fills: number;
  readonly chunks: number;
}

/** Gives everything a place before the buffers are made: `heap` for what changes, `data` for what does not. */
export class Arena {
  private heapWords = 0;
  private readonly fills: { readonly at: number; readonly source: Source; readonly count: number }[] = [];
  private readonly chunks: { readonly at: number; readonly values: Constants }[] = [];
  private dataWords = 0;
  private readonly known = new Map<Constants, number>();

  constructor() {
    this.constant(tableBits());
  }

  /** Bytes of the larger of the two buffers, with as many words more in each. */
  bytesWith({ heap, data }: Words): number {
    return 4 * Math.max(this.heapWords + heap, this.dataWords + data);
  }

  /** Words that the heap can still be given in a buffer of some bytes. */
  heapLeft(bytes: number): number {
    return Math.max(Math.floor(bytes / 4) - this.heapWords, 0);
  }

  /** A point to come back to. */
  mark(): ArenaMark {
    const { heapWords, dataWords, fills, chunks } = this;
    return { heapWords, dataWords, fills: fills.length, chunks: chunks.length };
  }

  /** Takes back everything that was given a place since the mark. */
  rewind({ heapWords, dataWords, fills, chunks }: ArenaMark): void {
    for (const { values } of this.chunks.slice(chunks)) this.known.delete(values);
    this.fills.length = fills;
    this.chunks.length = chunks;
    this.heapWords = heapWords;
    this.dataWords = dataWords;
  }

  /** Zeroed words that kernels write; their address. */
  room(count: number): number {
    const at = this.heapWords;
    this.heapWords += count;
    return at;
  }

  /** Words that kernels write and that begin with these values. */
  place(source: Source, count: number): number {
    const at = this.room(count);
    if (count > 0) this.fills.push({ at, source, count });
    return at;
  }

  /** Values that kernels only read, once however often they are given; they may be filled in until the buffers are made. */
  constant(values: Constants): number {
    const given = this.known.get(values);
    if (given !== undefined) return given;
    const at = this.dataWords;
    this.dataWords += values.length;
    this.chunks.push({ at, values });
    this.known.set(values, at);
    return at;
  }

  /**
   * Makes the buffers; copies from other buffers are submitted at once.
   * @throws RunError where one is larger than the adapter allows
   */
  build(gpu: GpuDevice): Placed {
    const heap = createBuffer(gpu, 'cells and vectors', 4 * this.heapWords, usage.storage);
    const data = createBuffer(gpu, 'tables and parameters of cells', 4 * this.dataWords, usage.storage);
    for (const { at, values } of this.chunks) write(gpu, data, at, values);
    const encoder = gpu.device.createCommandEncoder();
    for (const { at, source, count } of this.fills) {
      if (isBuffer(source)) encoder.copyBufferToBuffer(source, 0, heap, 4 * at, 4 * count);
      else write(gpu, heap, at, source);
    }
    gpu.device.queue.submit([encoder.finish()]);
    const dispose = (): void => {
      heap.destroy();
      data.destroy();
    };
    return { heap, data, dispose };
  }
}

export function write(gpu: GpuDevice, buffer: GPUBuffer, at: number, values: Constants | Uint8Array): void {
  gpu.device.queue.writeBuffer(buffer, 4 * at, values.buffer, values.byteOffset, values.byteLength);
}
