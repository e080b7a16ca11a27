import { RunError } from '../../src/errors.js';
import { firstLine, memoryRemedy, type GpuDevice } from './device.js';

/** Words that a buffer begins with, from the host or from another buffer. */
export type Source = Float32Array | GPUBuffer;

/**
 * A zeroed buffer.
 * @param purpose - as messages name it
 * @throws RunError where the adapter has no buffers of this size; memory that runs out shows in {@link withErrors}
 */
export function createBuffer(gpu: GpuDevice, purpose: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
  gpu.requireAlive();
  const size = Math.max(Math.ceil(bytes / 4) * 4, 4);
  if (size > gpu.largestBuffer) throw outOfMemory(purpose, size, `the adapter's limit is ${gpu.largestBuffer} bytes`);
  return gpu.device.createBuffer({ size, usage, label: `${purpose}, ${size} bytes` });
}

function outOfMemory(purpose: string, bytes: number, limit: string): RunError {
  const what = `out of memory: ${purpose} take ${bytes} bytes; ${limit}`;
  return new RunError({ where: 'webgpu', what, remedy: memoryRemedy });
}

/**
 * Runs commands and waits for what the device says of them.
 * @throws RunError where memory ran out, or a command was refused
 */
export async function withErrors<T>(gpu: GpuDevice, purpose: string, work: () => T): Promise<T> {
  gpu.requireAlive();
  const { device } = gpu;
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  let result: T;
  let scopes: Promise<[GPUError | null, GPUError | null]>;
  try {
    result = work();
  } finally {
    scopes = Promise.all([device.popErrorScope(), device.popErrorScope()]);
  }
  const [refused, exhausted] = await scopes.catch(() => [null, null] as const);
  gpu.requireAlive();
  if (exhausted) throw memoryRanOut(purpose, exhausted.message);
  if (refused) {
    const what = `the GPU refused ${purpose}: ${refused.message.trim().split('\n', 1)[0]}`;
    throw new RunError({ where: 'webgpu', what, remedy: 'this is a bug of Mho or of the driver: use --backend wasm' });
  }
  return result;
}

/** The label that the buffer was given holds its size; most drivers' messages quote it. */
function memoryRanOut(purpose: string, message: string): RunError {
  const bytes = /, (\d+) bytes/.exec(message)?.[1];
  if (bytes !== undefined) return outOfMemory(purpose, Number(bytes), 'the GPU has no more to give');
  const what = `out of memory: the GPU has no more to give for ${purpose}: ${firstLine(message)}`;
  return new RunError({ where: 'webgpu', what, remedy: memoryRemedy });
}

const { COPY_SRC, COPY_DST, STORAGE, UNIFORM, MAP_READ } = {
  ...{ MAP_READ: 0x1, COPY_SRC: 0x4, COPY_DST: 0x8, UNIFORM: 0x40, STORAGE: 0x80 },
};

/** Numbers of WebGPU's own names, which Node has no constants of before Dawn is loaded. */
export const usage = {
  storage: STORAGE | COPY_SRC | COPY_DST,
  uniform: UNIFORM | COPY_DST,
  readBack: MAP_READ | COPY_DST,
} as const;

export function isBuffer(source: Source): source is GPUBuffer {
  return !(source instanceof Float32Array);
}

/** A part of a buffer that is to be read back: words. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly at: number;
  readonly count: number;
}

/**
 * Copies parts of buffers to the host, behind everything that was submitted.
 * @throws RunError where the device was lost meanwhile
 */
export async function readBack(gpu: GpuDevice, parts: readonly Part[]): Promise<Float32Array[]> {
  const { device } = gpu;
  const words = parts.reduce((sum, { count }) => sum + count, 0);
  const staging = createBuffer(gpu, 'results', 4 * words, usage.readBack);
  const encoder = device.createCommandEncoder();
  let to = 0;
  for (const { buffer, at, count } of parts) {
    if (count > 0) encoder.copyBufferToBuffer(buffer, 4 * at, staging, 4 * to, 4 * count);
    to += count;
  }
  device.queue.submit([encoder.finish()]);
  try {
    await staging.mapAsync(0x1);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return split(values, parts);
  } catch (error) {
    await lossIsKnown(device);
    gpu.requireAlive();
    throw new RunError({ where: 'webgpu', what: `results could not be read back: ${String(error)}` }, { cause: error });
  } finally {
    staging.destroy();
  }
}

/** A failed read is told before the loss that made it fail. */
async function lossIsKnown(device: GPUDevice): Promise<void> {
  await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, 200))]);
}

function split(values: Float32Array, parts: readonly Part[]): Float32Array[] {
  let from = 0;
  return parts.map(({ count }) => values.slice(from, (from += count)));
}

/** Waits until everything that was submitted is done. */
export async function finished(gpu: GpuDevice): Promise<void> {
  await gpu.device.queue.onSubmittedWorkDone().catch(() => lossIsKnown(gpu.device));
  gpu.requireAlive();
}
