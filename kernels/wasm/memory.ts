import { RunError } from '../../src/errors.js';
import { gapScale, ladder, log2Table } from '../jumps.js';
import { normalTable } from '../../src/random.js';
import { binaryBase64, type KernelExports } from './binary.generated.js';

/** A typed array that can be copied into a kernel's memory. */
export type Numbers = Float32Array | Int32Array | Uint32Array | Uint8Array;

let compiled: WebAssembly.Module | undefined;

function compiledModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(binaryBase64), (c) => c.charCodeAt(0)));
  return compiled;
}

/** Whether this engine has what the kernels need: WebAssembly with fixed-width SIMD. */
export function wasmKernelsRun(): boolean {
  try {
    compiledModule();
    return true;
  } catch {
    return false;
  }
}

/** Bytes of the largest memory that 32-bit pointers reach. */
const largestMemory = 2 ** 32;
const pageSize = 65_536;

/**
 * One instance of the compiled kernels with a memory of its own, filled from the bottom and never freed piecewise:
 * whoever opens a session drops it whole.
 */
export class KernelMemory {
  readonly exports: KernelExports;
  private top: number;

  constructor() {
    const abort = (): never => {
      throw new Error('a kernel was aborted');
    };
    const instance = new WebAssembly.Instance(compiledModule(), { env: { abort } });
    this.exports = instance.exports as unknown as KernelExports;
    this.top = this.exports.heapBase();
    this.exports.setNormalTable(this.copyIn(normalTable));
    this.exports.setJumpTables(this.copyIn(log2Table), this.copyIn(gapScale), this.copyIn(ladder));
  }

  /** Address of `bytes` zeroed bytes, aligned to 16. */
  allocate(bytes: number): number {
    const address = (this.top + 15) & ~15;
    const end = address + bytes;
    const missing = end - this.exports.memory.buffer.byteLength;
    if (end > largestMemory) throw outOfMemory(bytes);
    if (missing > 0) this.grow(Math.ceil(missing / pageSize), bytes);
    this.top = end;
    return address >>> 0;
  }

  private grow(pages: number, bytes: number): void {
    try {
      this.exports.memory.grow(pages);
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
    new Uint8Array(this.exports.memory.buffer).set(bytes, address);
  }

  /** A copy, so that it outlives the next growth of the memory. */
  readFloats(address: number, count: number): Float32Array {
    return new Float32Array(this.exports.memory.buffer, address, count).slice();
  }

  /** Copies a row-major matrix in, its rows padded with zeros to `stride` columns. */
  copyInPadded(values: Float32Array, cols: number, stride: number): number {
    if (cols === stride) return this.copyIn(values);
    const rows = values.length / cols;
    const padded = new Float32Array(rows * stride);
    for (let i = 0; i < rows; i++) padded.set(values.subarray(i * cols, (i + 1) * cols), i * stride);
    return this.copyIn(padded);
  }

  readPadded(address: number, rows: number, cols: number, stride: number): Float32Array {
    const padded = this.readFloats(address, rows * stride);
    if (cols === stride) return padded;
    const values = new Float32Array(rows * cols);
    for (let i = 0; i < rows; i++) values.set(padded.subarray(i * stride, i * stride + cols), i * cols);
    return values;
  }
}

function outOfMemory(bytes: number, cause?: unknown): RunError {
  const what = `out of memory: ${bytes} more bytes do not fit (limit ${largestMemory} bytes in all)`;
  return new RunError(
    { where: 'wasm kernels', what, remedy: 'train fewer replicas at once or a smaller network' },
    { cause },
  );
}
