import { RunError } from '../../src/errors.js';
import { gapScale, ladder, log2Table } from '../jumps.js';
import { normalTable } from '../../src/random.js';
import { binaryBase64, type KernelExports } from './binary.generated.js';

/** A typed array that can be copied into a kernel's memory. */
export type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

const modules = new Map<string, WebAssembly.Module>();

/** A module is compiled once, whoever asks for it. */
export function moduleOf(base64: string): WebAssembly.Module {
  const known = modules.get(base64);
  if (known) return known;
  const compiled = new WebAssembly.Module(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  modules.set(base64, compiled);
  return compiled;
}

/** Whether this engine has what the kernels need: WebAssembly with fixed-width SIMD. */
export function wasmKernelsRun(): boolean {
  try {
    moduleOf(binaryBase64);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of the largest memory that 32-bit pointers reach. */
const largestMemory = 2 ** 32;
const pageSize = 65_536;

/** Pages to grow by where fewer are missing: each growth makes a new buffer, which costs the collector milliseconds. */
const pagesAtOnce = 64;

/** Addresses of the tables that random numbers are read from. */
export interface GeneratorTables {
  readonly normal: number;
  /** log₂, scales of gaps, ladder. */
  readonly jumps: readonly [number, number, number];
}

/**
 * One instance of the compiled kernels with a memory of its own, filled from the bottom and freed from the top:
 * whoever opens a session drops it whole.
 */
export class KernelMemory<Exports extends KernelExports = KernelExports> {
  readonly exports: Exports;
  /** Where the generators' tables stand, for another instance over the same memory. */
  readonly tables: GeneratorTables;
  private top: number;
  private readonly floor: number;
  /** Everything from here on is still zero. */
  private untouched: number;

  /**
   * @param module - the kernels, and what they import beside `env.memory`
   * @param given - the memory that they import; without it, the one that they export
   */
  constructor(
    module = moduleOf(binaryBase64),
    private readonly given?: WebAssembly.Memory,
    imports: Readonly<Record<string, WebAssembly.ImportValue>> = {},
  ) {
    const env = given ? { ...imports, memory: given } : { ...imports };
    this.exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
    this.top = this.exports.heapBase();
    this.untouched = this.top;
    const jumps = [log2Table, gapScale, ladder].map((table) => this.copyIn(table)) as [number, number, number];
    this.tables = { normal: this.copyIn(normalTable), jumps };
    this.exports.setNormalTable(this.tables.normal);
    this.exports.setJumpTables(...jumps);
    this.floor = this.top;
  }

  private get memory(): WebAssembly.Memory {
    return this.given ?? (this.exports as unknown as { readonly memory: WebAssembly.Memory }).memory;
  }

  /** Address of `bytes` zeroed bytes, aligned to a cache line. */
  allocate(bytes: number): number {
    const before = this.untouched;
    const address = this.reserve(bytes);
    if (address < before) new Uint8Array(this.memory.buffer).fill(0, address, Math.min(address + bytes, before));
    return address;
  }

  /** Address of `bytes` bytes that hold anything, aligned to a cache line. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.top / 64) * 64;
    const end = address + bytes;
    const missing = end - this.memory.buffer.byteLength;
    if (end > largestMemory) throw outOfMemory(bytes);
    if (missing > 0) this.growBy(missing, bytes);
    this.top = end;
    this.untouched = Math.max(this.untouched, end);
    return address;
  }

  /** Frees everything that was allocated since the instance was made. */
  reset(): void {
    this.free(this.floor);
  }

  /** Frees everything from an address on. */
  free(from: number): void {
    this.top = from;
  }

  private growBy(missing: number, bytes: number): void {
    const { memory } = this;
    const left = (largestMemory - memory.buffer.byteLength) / pageSize;
    try {
      memory.grow(Math.max(Math.ceil(missing / pageSize), Math.min(pagesAtOnce, left)));
    } catch (error) {
      throw outOfMemory(bytes, error);
    }
  }

  floats(count: number): number {
    return this.allocate(4 * count);
  }

  copyIn(values: Numbers): number {
    const address = this.allocate(values.byteLength);
    this.write(address, values);
    return address;
  }

  write(address: number, values: Numbers): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    new Uint8Array(this.memory.buffer).set(bytes, address);
  }

  /** A copy, so that it outlives the next growth of the memory. */
  readFloats(address: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, count).slice();
  }

  readBytes(address: number, count: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, count).slice();
  }

  readDoubles(address: number, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, count).slice();
  }

  /** Copies a row-major matrix in, its rows padded with zeros to `stride` columns, and `spare` zeros behind it. */
  copyInPadded(values: Float32Array, cols: number, stride: number, spare: number): number {
    const rows = values.length / cols;
    const padded = new Float32Array(rows * stride + spare);
    for (let i = 0; i < rows; i++) padded.set(values.subarray(i * cols, (i + 1) * cols), i * stride);
    return this.copyIn(padded);
  }

  /** Writes a row-major matrix over one that was copied in padded; the padding stays as it is. */
  writePadded(address: number, values: Float32Array, cols: number, stride: number): void {
    const target = new Float32Array(this.memory.buffer, address, (values.length / cols) * stride);
    for (let i = 0, from = 0; from < values.length; i++, from += cols) {
      target.set(values.subarray(from, from + cols), i * stride);
    }
  }

  readPadded(address: number, rows: number, cols: number, stride: number): Float32Array {
    const padded = this.readFloats(address, rows * stride);
    if (cols === stride) return padded;
    const values = new Float32Array(rows * cols);
    for (let i = 0; i < rows; i++) values.set(padded.subarray(i * stride, i * stride + cols), i * cols);
    return values;
  }
}

let scratch: KernelMemory | undefined;

/** An instance for calls that place their arguments, run and copy the result out: it is reused, not made anew. */
export function scratchMemory(): KernelMemory {
  scratch ??= new KernelMemory();
  scratch.reset();
  return scratch;
}

function outOfMemory(bytes: number, cause?: unknown): RunError {
  const what = `out of memory: ${bytes} more bytes do not fit (limit ${largestMemory} bytes in all)`;
  return new RunError(
    {
      where: 'wasm kernels',
      what,
      remedy: 'use a smaller network, fewer replicas at once, or one thread (--threads 1)',
    },
    { cause },
  );
}
