import { RunError } from '../../src/errors.js';
import { firstLine, memoryRemedy, type GpuDevice } from './device.js';

/** Words that a buffer begins with, from the host or from another buffer. */
export type Source = Float32Array | GPUBuffer;

/** What is said of memory by those who asked for it in the call that is under way. */
type Answers = Promise<RunError | undefined>[];

/** Of the work that {@link withErrors} is doing; what is asked for outside of it is the device's own failure. */
let underWay: Answers | undefined;

/**
 * A zeroed buffer.
 * @param purpose - as messages name it
 * @throws RunError where the adapter has no buffers of this size. Memory that runs out shows in {@link withErrors}, and
 * outside of it in the next call.
 */
export function createBuffer(gpu: GpuDevice, purpose: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
  gpu.requireAlive();
  const { device, largestBuffer } = gpu;
  const size = Math.max(Math.ceil(bytes / 4) * 4, 4);
  const limit = `the adapter's limit for a buffer is ${largestBuffer} bytes`;
  if (size > largestBuffer) throw outOfMemory(`${purpose}, ${size} bytes; ${limit}`);
  // A scope of its own: drivers' messages rarely say what was asked for.
  device.pushErrorScope('out-of-memory');
  const buffer = device.createBuffer({ size, usage, label: purpose });
  const answer = device.popErrorScope().then(
    (error) => (error ? outOfMemory(`${purpose}, ${size} bytes, more than the GPU has left; ${limit}`) : undefined),
    // The device was lost, which is told by itself.
    () => undefined,
  );
  if (underWay) underWay.push(answer);
  else {
    void answer.then((error) => {
      if (error) gpu.fail(error);
    });
  }
  return buffer;
}

function outOfMemory(what: string): RunError {
  return new RunError({ where: 'webgpu', what: `out of memory: ${what}`, remedy: memoryRemedy });
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
  const answers: Answers = [];
  let result: T;
  let scopes: Promise<[GPUError | null, GPUError | null]>;
  const outer = underWay;
  underWay = answers;
  try {
    result = work();
  } finally {
    underWay = outer;
    scopes = Promise.all([device.popErrorScope(), device.popErrorScope()]);
  }
  const [refused, exhausted] = await scopes.catch(() => [null, null] as const);
  const shortage = (await Promise.all(answers)).find((error) => error !== undefined);
  gpu.requireAlive();
  if (shortage) throw shortage;
  if (exhausted) throw outOfMemory(`${purpose}: ${firstLine(exhausted.message)}`);
  if (refused) {
    const what = `the GPU refused ${purpose}: ${firstLine(refused.message)}`;
    throw new RunError({ where: 'webgpu', what, remedy: 'this is a bug of Mho or of the driver: use --backend wasm' });
  }
  return result;
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
 * @throws RunError where the device was lost meanwhile, or memory ran out
 */
export async function readBack(gpu: GpuDevice, parts: readonly Part[]): Promise<Float32Array[]> {
  const words = parts.reduce((sum, { count }) => sum + count, 0);
  const staging = await withErrors(gpu, 'results', () => {
    const buffer = createBuffer(gpu, 'results', 4 * words, usage.readBack);
    copyParts(gpu, parts, buffer, 0);
    return buffer;
  });
  return split(await readStaging(gpu, staging), parts);
}

/** Submits copies of parts, one behind the other, into a buffer from one of its words on. */
export function copyParts({ device }: GpuDevice, parts: readonly Part[], into: GPUBuffer, from: number): void {
  const encoder = device.createCommandEncoder();
  let to = from;
  for (const { buffer, at, count } of parts) {
    if (count > 0) encoder.copyBufferToBuffer(buffer, 4 * at, into, 4 * to, 4 * count);
    to += count;
  }
  device.queue.submit([encoder.finish()]);
}

/**
 * What lies in a buffer that the host can read, once everything is done that was submitted; it is destroyed.
 * @throws RunError where the device was lost meanwhile
 */
export async function readStaging(gpu: GpuDevice, staging: GPUBuffer): Promise<Float32Array> {
  try {
    await staging.mapAsync(0x1);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return values;
  } catch (error) {
    await lossIsKnown(gpu.device);
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
